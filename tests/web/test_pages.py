"""The pages without scripts: signing in, answering by buttons, handing in and reading the marks, in both languages, safely."""

import re
import secrets
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlsplit

import numpy as np
import pytest
from markupsafe import escape

from exam import keeping, people, sittings, starting
from exam.store import attempts
from exam.store.attempts import AttemptRow
from questions import bank
from questions.variant import draw
from web.errors import SAID
from web.landing import example
from web.language import translations

VOID = {"meta", "link", "input", "br", "img", "hr"}
GD, FIRST = "optim-gd-vary", "aio2024-cau-01-vary"


class Page(HTMLParser):
    """What a browser without scripts makes of a page: its forms with their fields and buttons, links, and text."""

    def __init__(self, reply):
        super().__init__()
        self.reply, self.elements, self.words, self.open = reply, [], [], []
        self.forms, self.buttons, self.form, self.area = {}, [], None, None
        self.feed(reply.text)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.elements.append((tag, attributes))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "form":
            self.form = attributes.get("id", str(len(self.forms)))
            self.forms[self.form] = {"action": attributes["action"], "method": attributes["method"], "fields": {}}
        name = attributes.get("name")
        mine = attributes.get("form", self.form)
        if tag == "button" and name:
            self.buttons.append((mine, name, attributes.get("value", "")))
        elif tag == "input" and name and mine is not None:
            if attributes.get("type") != "radio" or "checked" in attributes:
                self.forms[mine]["fields"][name] = attributes.get("value") or ""
        elif tag == "textarea":
            self.area = (mine, name, [])

    def handle_endtag(self, tag):
        if tag in self.open:
            while self.open.pop() != tag:
                pass
        if tag == "form":
            self.form = None
        if tag == "textarea":
            form, name, pieces = self.area
            self.forms[form]["fields"][name] = "".join(pieces).removeprefix("\n")
            self.area = None

    def handle_data(self, data):
        if self.area:
            self.area[2].append(data)
        elif not {"style", "script", "title", "template"} & set(self.open):
            self.words.append(data)

    def links(self):
        return [a["href"] for tag, a in self.elements if tag == "a" and "href" in a]

    def form_to(self, action):
        return next(form for form in self.forms.values() if form["action"] == action)

    def answers(self):
        return {
            name.removeprefix("answer:"): value for name, value in self.forms["answers"]["fields"].items() if name.startswith("answer:")
        }


class Reader:
    """Somebody with a browser that has no scripts."""

    def __init__(self, client):
        self.client, self.page = client, None

    def see(self, reply):
        while reply.status_code in (302, 303, 307):
            reply = self.client.get(reply.headers["location"])
        self.page = Page(reply)
        return self.page

    def go(self, path):
        return self.see(self.client.get(path))

    def press(self, form, button=None, value=None, **typed):
        """Sends a form as it stands, with what was typed, by one of its buttons."""
        found = self.page.forms[form] if form in self.page.forms else self.page.form_to(form)
        fields = {**found["fields"], **{name.replace("__", ":"): text for name, text in typed.items()}}
        if button:
            assert any(b[1:] == (button, value) for b in self.page.buttons), f"no button {button}={value}"
            fields[button] = value
        return self.see(self.client.request(found["method"].upper(), found["action"], data=fields))

    def type(self, go, **answers):
        """Types answers on a sitting page and presses a button."""
        form = self.page.forms["answers"]
        for name, text in answers.items():
            assert f"answer:{name}" in form["fields"] or f"version:{name}" in form["fields"], name
            form["fields"][f"answer:{name}"] = text
        return self.press("answers", "go", go)


@pytest.fixture
def reader(browse):
    return lambda **more: Reader(browse(**more))


def practise(installation, reader, question):
    """An open attempt at one question, seen by its student."""
    id = starting.practise(installation.store, reader.client.person, question)
    return id, reader.go(f"/attempts/{id}")


# The whole way


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_paper_is_taken_from_the_landing_page_to_the_marks_without_scripts(reader, installation, lang):
    an = reader(signed_in=False, lang=lang)
    account, _ = installation.person("Student")
    assert "/sign-in" in an.go("/").links()
    an.go("/sign-in")
    page = an.press("/sign-in", name=account.name, password=account.password)
    assert page.reply.url.path == "/papers"
    page = an.press("/papers/aio2024-vary/attempts")
    attempt = page.reply.url.path.split("/")[2]
    assert list(page.answers()) == ["z", "R", "h[0]", "h[1]"]
    page = an.type("next", z="1", R="what?")
    assert page.reply.url.path.endswith("/questions/2")
    an.type("2", p="0,5")
    assert an.page.answers()["p"] == "0,5"
    assert "0.5" in an.page.text
    page = an.type("previous")
    assert page.answers() == {"z": "1", "R": "what?", "h[0]": "", "h[1]": ""}
    page = an.type("submit")
    assert page.reply.url.path == f"/attempts/{attempt}/submit"
    listed = [link for link in page.links() if "/questions/" in link]
    assert listed == [f"/attempts/{attempt}/questions/{n}" for n in (1, 1, 2, 3, 4, 5, 6)], "unreadable first, then the blank ones"
    assert "h_{0}" in page.text or "h_0" in page.text
    page = an.press(f"/attempts/{attempt}/submit")
    assert page.reply.url.path == f"/attempts/{attempt}/review"
    for number in range(1, 7):
        page = an.go(f"/attempts/{attempt}/review/{number}")
        assert page.reply.status_code == 200
        assert "/10" in page.text.replace(" ", "")
        practice = page.form_to("/practice")
    assert practice is not None
    page = an.press("/practice", "question", "aio2024-cau-06-vary")
    assert page.reply.url.path.split("/")[2] != attempt
    assert set(page.answers()) == {"h", "z", "loss"}
    page = an.type("submit", loss="1")
    page = an.press(page.reply.url.path)
    assert page.reply.url.path.endswith("/review")
    page = an.go("/papers")
    assert f"/attempts/{attempt}/review" in page.links()
    an.press("/sign-out")
    assert an.page.reply.url.path == "/"
    assert an.go("/papers").reply.url.path == "/sign-in"


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_example_on_the_landing_page_is_marked_by_the_engine_and_adds_up(reader, lang):
    shown = example(lang)
    lines = shown["lines"]
    assert [line["verdict"] for line in lines] == ["wrong", "correct", "carried", "mistake", "carried"]
    assert [line["first_wrong"] for line in lines] == [True, False, False, False, False]
    assert sum(line["marks"] for line in lines) == shown["earned"] == 3
    assert (shown["of"], shown["alone"]) == (5, 0)
    page = reader(signed_in=False, lang=lang).go("/")
    assert "3 /5" in page.text
    for line in lines:
        assert line["text"] in page.text
        assert line["verdict_words"].split("$")[0].strip() in page.text


def test_switching_the_language_loses_nothing_that_was_typed(reader, installation):
    an = reader(lang="en")
    id, page = practise(installation, an, GD)
    page.forms["answers"]["fields"] |= {"answer:g1[0]": "1", "answer:w2[1]": "2,5 typed"}
    assert 'lang="en"' in page.reply.text
    page = an.press("answers", "lang", "vi")
    assert page.reply.url.path == f"/attempts/{id}/questions/1"
    assert '<html lang="vi"' in page.reply.text
    assert (page.answers()["g1[0]"], page.answers()["w2[1]"]) == ("1", "2,5 typed")
    page = an.press("answers", "lang", "en")
    assert '<html lang="en"' in page.reply.text
    assert page.answers()["w2[1]"] == "2,5 typed"


@pytest.mark.parametrize("path", ["/", "/sign-in", "/papers", "/docs", "/nowhere"])
def test_the_language_is_switched_where_one_stands(reader, path):
    an = reader(lang="en", signed_in=path != "/sign-in")
    assert '<html lang="en"' in an.go(path).reply.text
    page = an.press("/language", "lang", "vi")
    assert page.reply.url.path == path
    assert '<html lang="vi"' in page.reply.text


@pytest.mark.parametrize(
    ("header", "lang"),
    [("", "vi"), ("en", "en"), ("vi-VN,vi;q=0.9,en;q=0.8", "vi"), ("fr,en-GB;q=0.7", "en"), ("de", "vi"), (",;;=,\t", "vi"), ("EN", "en")],
)
def test_the_first_language_is_the_browsers(reader, header, lang):
    an = reader(signed_in=False)
    assert f'<html lang="{lang}"' in an.see(an.client.get("/", headers={"Accept-Language": header})).reply.text


def test_a_chosen_option_stands_chosen(reader, installation):
    an = reader()
    an.go("/papers")
    an.press("/papers/optimisers/attempts")
    page = an.go(an.page.reply.url.path + "/questions/5")
    assert page.answers() == {}
    page = an.type("5", answer="c")
    assert page.answers() == {"answer": "c"}
    page = an.type("submit")
    assert not [link for link in page.links() if link.endswith("/questions/5")]


def test_pressing_a_button_again_saves_nothing_twice(reader, installation):
    an = reader()
    id, _ = practise(installation, an, GD)
    an.type("1", **{"g1[0]": "1"})
    before = sittings.sitting(installation.store, an.client.person, id).state.head
    an.type("1")
    an.type("1")
    assert sittings.sitting(installation.store, an.client.person, id).state.head == before


def test_an_answer_may_be_deleted(reader, installation):
    an = reader()
    practise(installation, an, GD)
    an.type("1", **{"g1[0]": "1"})
    assert an.type("1", **{"g1[0]": ""}).answers()["g1[0]"] == ""


def test_what_two_windows_typed_is_told_and_not_overwritten(reader, installation):
    """The window that comes second keeps its other answers, and reads both texts on a page."""
    an = reader()
    id, page = practise(installation, an, GD)
    old = dict(page.forms["answers"]["fields"])
    an.type("1", **{"g1[0]": "first window"})
    page.forms["answers"]["fields"] = old | {"answer:g1[0]": "second window", "answer:w2[1]": "7"}
    an.page = page
    told = an.press("answers", "go", "1")
    assert told.reply.headers["content-type"].startswith("text/html")
    assert "first window" in told.reply.text
    assert "second window" in told.reply.text
    state = sittings.sitting(installation.store, an.client.person, id).state
    assert state.text(GD, "g1[0]") == "first window"
    assert state.text(GD, "w2[1]") == "7"


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_paper_that_was_handed_in_is_shown_with_its_marks_and_not_taken_again(reader, installation, lang):
    an = reader(lang=lang)
    id, _ = starting.start(installation.store, an.client.person, "aio2024")
    sittings.submit(installation.store, an.client.person, id)
    told = an.see(an.client.post("/papers/aio2024/attempts"))
    assert told.reply.status_code == 409
    assert translations(lang).gettext(SAID["submitted"][1]) in told.text
    page = an.go("/papers")
    assert f"/attempts/{id}/review" in page.links()
    assert "/papers/aio2024/attempts" not in [form["action"] for form in page.forms.values()]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_key_of_a_paper_is_not_read_by_practising_it(reader, installation, lang):
    an = reader(lang=lang)
    starting.start(installation.store, an.client.person, "optimisers")
    told = an.see(an.client.post("/practice", data={"question": "optim-mcq-01"}))
    assert told.reply.status_code == 403
    assert translations(lang).gettext(SAID["not_for_practice"][1]) in told.text


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_an_answer_that_is_too_long_is_told_in_its_box_and_the_others_are_saved(reader, installation, lang):
    an = reader(lang=lang)
    id, _ = practise(installation, an, GD)
    long = "1" * 10_050
    page = an.type("1", **{"g1[0]": long, "g1[1]": "2", "w2[1]": "7"})
    assert page.reply.status_code == 413
    for message in ("Not saved.", "This answer is longer than 10,000 characters. Shorten it."):
        assert translations(lang).gettext(message) in page.text
    assert page.answers()["g1[0]"] == long, "what was typed stays on the page"
    state = sittings.sitting(installation.store, an.client.person, id).state
    assert [state.text(GD, part) for part in ("g1[0]", "g1[1]", "w2[1]")] == ["", "2", "7"]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_session_that_ended_loses_no_answer_signing_in_saves_them(reader, installation, lang):
    an = reader(lang=lang)
    id, page = practise(installation, an, GD)
    an.client.cookies.delete("gradus_session")
    page = an.type("1", **{"g1[0]": "1,5", "w2[1]": 'lines\n"and" <marks>'})
    assert page.reply.status_code == 401
    assert translations(lang).gettext("You are signed out. Sign in, and the answers you just sent are saved.") in page.text
    account = an.client.account
    page = an.press("/sign-in", name=account.name, password="wrong")
    assert page.reply.status_code == 401
    page = an.press("/sign-in", name=account.name, password=account.password)
    assert page.reply.url.path == f"/attempts/{id}/questions/1"
    state = sittings.sitting(installation.store, an.client.person, id).state
    assert state.text(GD, "g1[0]") == "1,5"
    assert state.text(GD, "w2[1]").split() == ["lines", '"and"', "<marks>"]


def test_answers_kept_through_a_sign_in_are_saved_into_nobody_elses_attempt(reader, installation):
    an, binh = reader(), reader()
    id, _ = practise(installation, an, GD)
    an.client.cookies.delete("gradus_session")
    an.type("1", **{"g1[0]": "1"})
    page = an.press("/sign-in", name=binh.client.account.name, password=binh.client.account.password)
    assert page.reply.status_code == 404
    assert sittings.sitting(installation.store, an.client.person, id).state.answers == {}


def test_after_a_session_that_ended_one_comes_back_to_where_one_was(reader, installation):
    an = reader()
    id, _ = practise(installation, an, GD)
    an.client.cookies.delete("gradus_session")
    assert an.client.post(f"/attempts/{id}/submit").headers["location"] == f"/sign-in?next=/attempts/{id}/submit"


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_unfinished_practice_is_found_again_and_its_submit_page_speaks_of_marking(reader, installation, lang):
    an = reader(lang=lang)
    id, _ = practise(installation, an, GD)
    assert f"/attempts/{id}" in an.go("/papers").links()
    page = an.go(f"/attempts/{id}/submit")
    said = translations(lang).gettext
    assert said("Mark it") in page.text
    assert said("Hand in") not in page.text
    an.press(f"/attempts/{id}/submit")
    assert f"/attempts/{id}" not in an.go("/papers").links()


def test_switching_the_language_on_the_sign_in_page_keeps_where_one_wanted_to_go(reader):
    an = reader(signed_in=False, lang="en")
    an.go("/sign-in?next=/attempts/x/questions/3")
    page = an.press("/language", "lang", "vi")
    assert page.form_to("/sign-in")["fields"]["next"] == "/attempts/x/questions/3"


def test_an_answer_after_handing_in_is_told_on_a_page(reader, installation):
    an = reader()
    id, _ = practise(installation, an, GD)
    sittings.submit(installation.store, an.client.person, id)
    told = an.type("1", **{"g1[0]": "1"})
    assert told.reply.status_code == 409
    assert SAID["submitted"][0] in told.text
    assert an.go(f"/attempts/{id}").reply.url.path == f"/attempts/{id}/review/1"
    assert an.go(f"/attempts/{id}/submit").reply.url.path == f"/attempts/{id}/review"
    assert an.go(f"/attempts/{id}/review").reply.status_code == 200


# Signing in


def test_after_signing_in_one_stands_where_one_wanted_to_go(reader, installation):
    an = reader(signed_in=False)
    account, person = installation.person("An")
    id = starting.practise(installation.store, person, GD)
    assert an.go(f"/attempts/{id}/questions/1").reply.url.path == "/sign-in"
    assert an.press("/sign-in", name=account.name, password=account.password).reply.url.path == f"/attempts/{id}/questions/1"


ELSEWHERE = [
    "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "evil.example",
    "/\t/evil.example", "/\n/evil.example", "\t//evil.example", "http:evil.example", "///evil.example", "", "/\x00/evil.example",
]  # fmt: skip


@pytest.mark.parametrize("target", ELSEWHERE)
@pytest.mark.parametrize("way", ["sign-in", "page", "language"])
def test_nobody_is_sent_to_another_site(reader, browse, target, way):
    an = reader(signed_in=way == "page")
    if way == "sign-in":
        account = browse().account
        reply = an.client.post("/sign-in", data={"name": account.name, "password": account.password, "next": target})
    elif way == "page":
        reply = an.client.get("/sign-in", params={"next": target})
    else:
        reply = an.client.post("/language", data={"lang": "en", "next": target})
    assert (reply.status_code, reply.headers["location"]) == (303, "/papers")


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("known", [False, True])
def test_a_wrong_password_is_told_in_ones_language_and_the_name_stays(reader, installation, lang, known):
    an = reader(signed_in=False, lang=lang)
    name = installation.person("An")[0].name if known else f'"><script>alert("{lang}")</script>'
    an.go("/sign-in")
    page = an.press("/sign-in", name=name, password="wrong")
    assert page.reply.status_code == 401
    assert translations(lang).gettext(SAID["wrong_password"][1]) in page.text
    assert page.form_to("/sign-in")["fields"]["name"] == name
    assert "alert" not in page.text
    assert "wrong" not in str(page.form_to("/sign-in")["fields"])
    for _ in range(people.FAILURES):
        page = an.press("/sign-in", name=name, password="wrong")
    assert page.reply.status_code == 429
    assert translations(lang).gettext(SAID["too_many_failures"][1]) in page.text


def test_signing_out_ends_the_session_on_the_server(browse):
    an = browse()
    cookie = dict(an.cookies)
    assert an.get("/papers").status_code == 200
    an.post("/sign-out")
    assert an.get("/papers").status_code == 303
    an.cookies.update(cookie)
    assert an.get("/papers").status_code == 303


# Errors


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "unknown_path"),
        ("GET", "/static/nowhere.js", 404, "unknown_path"),
        ("GET", "/attempts/nothing", 404, "unknown_attempt"),
        ("GET", "/attempts/nothing/pictures/1.svg", 404, "unknown_attempt"),
        ("GET", "/attempts/nothing/questions/one", 404, "unknown_path"),
        ("GET", "/attempts/{}/questions/0", 404, "unknown_question"),
        ("GET", "/attempts/{}/questions/99", 404, "unknown_question"),
        ("GET", "/attempts/{}/questions/-1", 404, "unknown_question"),
        ("GET", "/attempts/{}/questions/" + "9" * 40, 404, "unknown_question"),
        ("GET", "/attempts/{}/pictures/2.svg", 404, "unknown_question"),
        ("GET", "/attempts/{}/review", 409, "not_submitted"),
        ("GET", "/attempts/{}/review/1", 409, "not_submitted"),
        ("GET", "/practice", 405, "method_not_allowed"),
        ("DELETE", "/papers", 405, "method_not_allowed"),
        ("POST", "/papers/aio2025/attempts", 404, "unknown_paper"),
        ("POST", "/practice", 404, "unknown_question"),
        ("POST", "/attempts/nothing/submit", 404, "unknown_attempt"),
    ],
)
def test_a_problem_is_a_page_in_the_readers_language(reader, installation, lang, method, path, status, code):
    an = reader(lang=lang)
    id, _ = practise(installation, an, GD)
    page = an.see(an.client.request(method, path.format(id)))
    assert page.reply.status_code == status
    assert page.reply.headers["content-type"].startswith("text/html")
    assert f'<html lang="{lang}"' in page.reply.text
    for said in SAID[code]:
        assert translations(lang).gettext(said) in page.text


@pytest.mark.parametrize("path", ["/nowhere", "/static/nowhere.js", "/attempts/nothing", "/practice"])
def test_whoever_is_signed_in_stays_so_on_the_page_of_a_problem(reader, path):
    an = reader()
    page = an.go(path)
    assert an.client.account.name in page.text
    assert "/papers" in page.links()


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize(
    ("headers", "body", "status", "code"),
    [
        ({"Origin": "https://evil.example"}, {"go": "1"}, 403, "cross_site"),
        ({}, {"answer:g1[0]": "1" * 2_000_000}, 413, "too_large"),
    ],
)
def test_what_is_refused_at_the_door_is_told_on_a_page_too(reader, installation, lang, headers, body, status, code):
    an = reader(lang=lang)
    id, _ = practise(installation, an, GD)
    reply = an.client.post(f"/attempts/{id}/questions/1", data=body, headers=headers)
    assert reply.status_code == status
    assert reply.headers["content-type"].startswith("text/html"), reply.text[:200]
    assert translations(lang).gettext(SAID[code][0]) in Page(reply).text
    assert sittings.sitting(installation.store, an.client.person, id).state.answers == {}


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_form_that_cannot_be_read_is_told_on_a_page(reader, installation, lang):
    an = reader(lang=lang)
    id, _ = practise(installation, an, GD)
    for body in (b"--x\r\nnonsense", b"--x\r\nContent-Disposition: form-data\r\n\r\n--x--"):
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        reply = an.client.post(f"/attempts/{id}/questions/1", content=body, headers=headers)
        assert reply.status_code in (303, 400)
    files = {"answer:g1[0]": ("answer.txt", b"1")}
    assert an.client.post(f"/attempts/{id}/questions/1", files=files).status_code in (303, 400)
    many = {f"answer:{i}": "1" for i in range(3000)}
    assert an.client.post(f"/attempts/{id}/questions/1", data=many).status_code in (303, 400)
    assert sittings.sitting(installation.store, an.client.person, id).state.answers == {}


# Safety


HOSTILE = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</textarea><script>alert(1)</script>", "' onfocus='alert(1)",
    "{{ 7*7 }}", "$\\href{javascript:alert(1)}{x}$", "<!--", "]]>", "\x00\x1b[31m\x7f", "&lt;script&gt;",
]  # fmt: skip
TAGS = {"script", "img", "iframe", "object", "embed", "base", "style", "form"}


@pytest.mark.parametrize("question", [GD, "aio2024-cau-05-vary", "optim-gd-vary-mc"])
@pytest.mark.parametrize("typed", HOSTILE)
def test_markup_in_an_answer_is_shown_and_never_run(reader, installation, question, typed):
    an = reader()
    id, clean = practise(installation, an, question)
    part = bank.get(question).parts[0].name
    sittings.save(installation.store, an.client.person, id, question, part, typed)
    ours = [(tag, sorted(a)) for tag, a in clean.elements if tag in TAGS]
    page = an.go(f"/attempts/{id}/questions/1")
    assert [(tag, sorted(a)) for tag, a in page.elements if tag in TAGS] == ours
    if question != "optim-gd-vary-mc" and "\x00" not in typed:
        assert page.answers()[part] == typed
    an.go(f"/attempts/{id}/submit")
    safe(an.page)
    sittings.submit(installation.store, an.client.person, id)
    safe(an.go(f"/attempts/{id}/review"))
    assert "{{" not in typed or "49" not in an.page.text.split()


def safe(page):
    """Nothing of our own or of anybody else's runs or is styled inline, and nothing comes from elsewhere."""
    for tag, attributes in page.elements:
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            assert name != "style", tag
            assert name != "srcdoc"
            if name in ("href", "src", "action", "srcset", "poster", "data", "formaction"):
                split = urlsplit(value or "")
                assert (split.scheme, split.netloc) == ("", ""), (tag, value)
        assert tag not in ("style", "iframe", "object", "embed", "base")
        if tag == "script":
            assert attributes["src"].startswith("/static/")
    assert not re.search(r"<script[^>]*>\s*[^<\s]", page.reply.text)


@pytest.fixture
def everywhere(reader, installation):
    """Every kind of page there is."""

    def walk(lang):
        nobody, an = reader(signed_in=False, lang=lang), reader(lang=lang)
        store, person = installation.store, an.client.person
        yield from (nobody.go(path) for path in ("/", "/sign-in", "/docs", "/nowhere"))
        other = reader(lang=lang)
        done, _ = starting.start(store, other.client.person, "aio2024-vary")
        sittings.save(store, other.client.person, done, FIRST, "z", "1,5")
        sittings.submit(store, other.client.person, done)
        practice = starting.practise(store, person, GD)
        ids = [starting.start(store, person, paper)[0] for paper in ("aio2024", "aio2024-vary", "optimisers")]
        yield from (an.go(path) for path in ("/", "/papers", "/docs", f"/attempts/{practice}", f"/attempts/{ids[0]}/review"))
        yield from (other.go(f"/attempts/{done}/review/{n}") for n in range(1, 7))
        yield other.go("/papers")
        for id, count in zip(ids, (6, 6, 18), strict=True):
            yield from (an.go(f"/attempts/{id}/questions/{n}") for n in range(1, count + 1))
            yield an.go(f"/attempts/{id}/submit")

    return walk


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_page_is_well_formed_guarded_and_needs_nothing_from_elsewhere(everywhere, lang):
    for page in everywhere(lang):
        where = page.reply.url.path
        headers = page.reply.headers
        assert page.reply.status_code < 500, where
        policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
        assert policy["default-src"] == policy["script-src"] == policy["style-src"] == "'self'", where
        assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
        assert policy["form-action"] == "'self'"
        assert (headers["x-content-type-options"], headers["referrer-policy"], headers["cache-control"]) == (
            "nosniff",
            "same-origin",
            "no-store",
        )
        safe(page)
        assert page.reply.text.startswith("<!doctype html>"), where
        assert f'<html lang="{lang}"' in page.reply.text
        ids = [a["id"] for _, a in page.elements if "id" in a]
        assert len(set(ids)) == len(ids), where
        assert sum(tag == "h1" for tag, _ in page.elements) == 1, where
        assert all(a.get("alt") for tag, a in page.elements if tag == "img"), where
        for tag, a in page.elements:
            for name in ("aria-describedby", "aria-labelledby", "for"):
                for target in (a.get(name) or "").split():
                    assert target in ids, (where, tag, target)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_link_form_and_file_of_every_page_leads_somewhere(everywhere, reader, lang):
    an, seen = reader(signed_in=False), set()
    for page in everywhere(lang):
        for tag, a in page.elements:
            found = (a.get("src") or a.get("href") or "").partition("#")[0]
            if found.startswith("/static/") and found not in seen:
                seen.add(found)
                reply = an.client.get(found)
                assert reply.status_code == 200, (tag, found)
                assert "immutable" in reply.headers["cache-control"]
    assert len(seen) >= 8


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("filled", [False, True])
def test_the_page_of_the_largest_table_is_small(reader, installation, lang, filled):
    an = reader(lang=lang)
    _, page = practise(installation, an, "optim-adam-vary")
    assert len(page.answers()) == 24
    if filled:
        page = an.type("1", **dict.fromkeys(page.answers(), "-0.1234567"))
    assert len(page.reply.content) <= 30_000


def reviewed(installation, reader, question, answer):
    """The review of one question, each part of it answered by `answer(variant, part, i)`."""
    store, person = installation.store, reader.client.person
    variant = draw(bank.get(question), 7)
    row = AttemptRow(secrets.token_urlsafe(12), person.id, "", True, 0)
    store.write(lambda c: attempts.add_attempt(c, row, [keeping.stored(variant)]))
    for i, part in enumerate(variant.question.parts):
        sittings.save(store, person, row.id, question, part.name, answer(variant, part, i))
    sittings.submit(store, person, row.id)
    return reader.go(f"/attempts/{row.id}/review")


def slipped(variant, part, i):
    """A wrong answer with many digits, of a named mistake where there is one."""
    if part.kind == "text":
        return "Vì thế."
    if part.lettered:
        options = variant.options[part.name]
        return options[-1].key if part.choice else ", ".join(option.key for option in options)
    mistakes = list(variant.sheet.steps[part.step].mistakes.values())
    value = np.asarray(mistakes[i % len(mistakes)] if mistakes else variant.sheet.steps[part.step].value + 0.1234567)
    value = np.broadcast_to(value, np.shape(variant.sheet.steps[part.step].value))
    return str(np.round(value[part.index] if part.index else value, 6).tolist())


def rightly(variant, part, i):
    """A right answer, but for a slip at the start."""
    if part.numeric and i:
        return str(np.round(variant.reference(part), 6).tolist())
    return slipped(variant, part, i)


LARGEST = ["optim-adam-vary", "optim-adam-30-vary", "optim-mcq-14", "bowl-adam-vary", "adopt-vary", "softmax-step", "swish-family"]


@pytest.mark.parametrize("answer", [slipped, rightly])
@pytest.mark.parametrize("questions", [LARGEST, pytest.param(list(bank.bank()), marks=pytest.mark.slow)], ids=["largest", "all"])
def test_the_review_of_every_question_is_small(reader, installation, questions, answer):
    an, large = reader(lang="vi"), {}
    for question in questions:
        page = reviewed(installation, an, question, answer)
        assert page.reply.status_code == 200, question
        if len(page.reply.content) > 30_000:
            large[question] = len(page.reply.content)
    assert large == {}


def sections(page):
    return [a["id"].removeprefix("step-") for tag, a in page.elements if tag == "section" and a.get("id", "").startswith("step-")]


def test_a_worked_solution_has_only_the_steps_that_lead_to_what_was_asked(reader, installation):
    assert sections(reviewed(installation, reader(), "optim-mcq-05", slipped)) == ["g1", "w1", "g2", "w2"]
    page = reviewed(installation, reader(), "aio2024-cau-01-vary", slipped)
    assert sections(page) == ["z", "R", "h"], "the loss and the way back were not asked"


def test_of_a_long_solution_the_first_and_last_epochs_are_shown_and_the_others_have_an_address(reader, installation):
    an = reader()
    page = reviewed(installation, an, "optim-gd-30-vary", slipped)
    assert sections(page) == ["g1", "w1", "g2", "w2", "g29", "w29", "g30", "w30"]
    assert "?epoch=3#step-g3" in page.links(), "after w2"
    assert "?epoch=28#step-w28" in page.links(), "before g29"
    here = page.reply.url.path
    page = an.go(f"{here}?epoch=3")
    assert sections(page) == ["g3", "w3"]
    assert {"?epoch=2#step-w2", "?epoch=4#step-g4", "?epoch=30#step-w30"} <= set(page.links())
    for nonsense in ("0", "31", "-1", "x", "9" * 40, "²"):
        page = an.go(f"{here}?epoch={nonsense}")
        assert page.reply.status_code == 200
        assert "w30" in sections(page)


def test_a_table_has_only_the_epochs_that_are_asked(reader, installation):
    an = reader()
    _, page = practise(installation, an, "optim-gd-30-vary")
    assert page.text.count("Epoch") == 1
    assert "Epoch 30" in page.text
    assert list(page.answers()) == ["w30[0]", "w30[1]"]


@pytest.mark.parametrize("typed", ["-1,50", " 007.10 ", "１２，５", "1.234,5", "1e-1", "<b>2</b>&amp;", "a  b"])
def test_what_was_typed_is_quoted_as_it_was_typed(reader, installation, typed):
    """Every digit, comma and blank, in the table and beside the worked step, and as text alone."""
    page = reviewed(installation, reader(), "aio2024-cau-01-vary", lambda variant, part, i: typed if part.name == "z" else "1")
    quoted = re.findall(r'<(?:u|span) class="(?:hand )?typed[^"]*">(.*?)</(?:u|span)>', page.reply.text)
    assert str(escape(typed)) in quoted
    assert "<b>2" not in page.reply.text


@pytest.mark.parametrize(("lang", "said"), [("vi", "trong 'abc'"), ("en", "in 'abc'")])
def test_a_box_that_cannot_be_read_says_so_to_screen_readers_and_quotes_what_was_typed(reader, installation, lang, said):
    an = reader(lang=lang)
    practise(installation, an, FIRST)
    page = an.type("1", z="abc", R="1")
    boxes = {a["id"]: a for tag, a in page.elements if tag == "input" and a.get("name", "").startswith("answer:")}
    assert boxes["z"].get("aria-invalid") == "true"
    assert "aria-invalid" not in boxes["R"]
    why = re.search(r'<p class="why" id="z-why">(.*?)</p>', page.reply.text)[1]
    assert said in unescape(why)
    assert "z-why" in boxes["z"]["aria-describedby"].split()


def test_one_mark_is_one_mark(reader, installation):
    an = reader(lang="en")
    page = reviewed(installation, an, "optim-average-vary", slipped)
    assert "of 1 mark" in page.text
    assert "of 1 marks" not in page.text
    practise(installation, an, FIRST)
    assert "Each box is worth 0.25 marks." in an.page.text or "Each box is worth 1 mark." in an.page.text


@pytest.mark.parametrize(("lang", "said"), [("vi", "4 điểm chờ giảng viên chấm"), ("en", "4 marks wait for a teacher")])
def test_the_marks_of_an_essay_that_is_not_marked_yet_are_said_to_wait(reader, installation, lang, said):
    assert said in reviewed(installation, reader(lang=lang), "optim-written", slipped).text


def test_pairs_are_reviewed_in_one_table_and_the_explanation_is_told_once(reader, installation):
    page = reviewed(installation, reader(lang="en"), "gate-names", slipped)
    assert sum(tag == "table" for tag, _ in page.elements) == 1
    assert page.reply.text.count("GLU, PyTorch") == 1
    said = bank.get("gate-names").explanation.en.split("$")[0].strip()
    assert page.text.count(said) == 1
    assert "SiLU is Swish with" in page.text, "why a pair belongs together is told to who chose another"


@pytest.mark.parametrize(
    "name", ["style.css", "sitting.js", "outbox.js", "maths.js", "entering.js", "fonts/fonts.css", "katex/katex.min.css"]
)
def test_no_file_of_ours_names_another_host(reader, name):
    text = reader(signed_in=False).client.get(f"/static/{name}").text
    assert not re.search(
        r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", re.sub(r"/\*.*?\*/", "", text, flags=re.S).replace("http://www.w3.org", "")
    )


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2f..%2fpyproject.toml", "/static//etc/passwd", "/static/"]
)
def test_only_static_files_are_static(reader, path):
    assert reader(signed_in=False).client.get(path).status_code == 404
