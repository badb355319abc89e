"""Making papers in the browser: from nothing to students who take one, without scripts, with keys and pointer, attacked and shared."""

import re
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest

from exam import classes, drafts, issuing, papers, people, room, roster, sittings, starting, withdrawing
from tests.web.browser import findings
from tests.web.test_authoring_pages import empty, sits_down
from web.examples import LINE
from web.language import translations

assert empty
pytest.importorskip("playwright.sync_api")
WORDS = {"vi": "Đề", "en": "Paper"}
A, B, C, D = "optim-mcq-01", "optim-mcq-02", "optim-mcq-03", "optim-gd-vary"
EVIL = "<script>alert(1)</script>\"'&{{7*7}}"


class Fields(HTMLParser):
    """The fields of the builder's form in their order, and the values of its buttons."""

    def __init__(self, html):
        super().__init__()
        self.inside, self.fields, self.deeds, self.area, self.select = False, [], [], None, None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.inside = given.get("id") == "compose"
        if not self.inside:
            return
        if tag == "input" and given.get("name"):
            self.fields.append((given["name"], given.get("value") or ""))
        elif tag == "button":
            self.deeds.append(given["value"])
        elif tag == "textarea":
            self.area = [given["name"], ""]
        elif tag == "select":
            self.select = given["name"]
        elif tag == "option" and "selected" in given:
            self.fields.append((self.select, given["value"]))

    def handle_data(self, data):
        if self.area:
            self.area[1] += data

    def handle_endtag(self, tag):
        if tag == "textarea" and self.area:
            self.fields.append((self.area[0], self.area[1].removeprefix("\n")))
            self.area = None
        elif tag == "form":
            self.inside = False


class Builder:
    """Somebody who puts a paper together in a browser that has no scripts."""

    def __init__(self, client, id):
        self.client, self.address = client, f"/teach/papers/{id}"
        self.see(client.get(self.address))

    def see(self, reply):
        if reply.status_code == 303:
            reply = self.client.get(reply.headers["location"])
        self.reply, found = reply, Fields(reply.text)
        self.fields, self.deeds = found.fields, found.deeds
        return self

    def type(self, name, text, at=0):
        """Types into the box of that name, the first of them where no other is meant."""
        here = [i for i, (field, _) in enumerate(self.fields) if field == name]
        self.fields[here[at]] = (name, text)
        return self

    def choose(self, name, value):
        self.fields = [one for one in self.fields if one[0] != name] + [(name, value)]
        return self

    def press(self, deed):
        """Presses a button, which must be there."""
        assert deed in self.deeds, f"no button {deed}; there are {self.deeds}"
        return self.send(deed)

    def send(self, deed, **more):
        body = [*self.fields, ("do", deed), *more.items()]
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.see(self.client.post(self.address, content=urlencode(body), headers=headers))

    def values(self, name):
        return [value for field, value in self.fields if field == name]


@pytest.fixture
def teacher(browse):
    return browse("Cô Hà", "teacher")


@pytest.fixture
def new(installation):
    """A new paper of somebody's, as a page: it asks nothing."""

    def made(client, preset="quiz"):
        return Builder(client, issuing.make(installation.store, client.person, preset, WORDS).id)

    return made


def kept(installation, builder):
    return papers.paper(installation.store, builder.address.rsplit("/", 1)[1])


# Without scripts


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_from_nothing_to_a_paper_that_students_take_without_scripts(browse, installation, lang):
    said = translations(lang).gettext
    teacher, student = browse("Cô Hà", "teacher", lang), browse("An", lang=lang)
    assert 'href="/teach/new-paper"' in teacher.get("/teach/papers").text
    assert said("Exam") in teacher.get("/teach/new-paper").text
    made = teacher.post("/teach/new-paper", data={"preset": "exam", "vi": f"Giữa kỳ {lang}", "en": f"Midterm {lang}"})
    id = made.headers["location"].rsplit("/", 1)[1]
    builder = Builder(teacher, id)
    assert said("This paper asks nothing yet") in builder.reply.text
    assert said("no student sees it yet") in builder.reply.text
    builder.type("find", "bang hai epoch adam" if lang == "vi" else "two-epoch table adam").press("look")
    assert "add:optim-adam-vary" in builder.deeds
    builder.press("add:optim-adam-vary").type("find", "").press("look").type("find", "OPTIM-MCQ").press("look")
    for question in (A, B, C):
        builder.press(f"add:{question}")
    builder.press("up:0.3").press("section").type("section_vi", "Phần hai", 1).type("section_en", "Part two", 1)
    builder.choose("pool_topic", "losses").press("topic").type("choose", "2").type("marks", "1,5", -1).press("save")
    paper = kept(installation, builder)
    assert [item if isinstance(item, str) else (item.choose, item.topic, item.marks) for item in paper.items][:4] == [
        "optim-adam-vary",
        A,
        C,
        B,
    ]
    assert paper.sections[1].title.vi == "Phần hai"
    assert (paper.count, paper.published) == (6, False)
    assert said("saved") in builder.reply.text

    school_class = classes.make(installation.store, teacher.person, id).id
    room_page = teacher.post(f"/teach/papers/{id}/open", data={"do": "publish"})
    assert room_page.status_code == 422
    opened = teacher.post(f"/teach/papers/{id}/open", data={"do": "publish", "classes": school_class, "opens": "", "closes": ""})
    page = teacher.get(opened.headers["location"]).text
    assert f"/papers/{id}</code>" in page
    assert said("It is open") in page
    assert student.get(f"/papers/{id}").status_code == 404
    installation.enrol(id, student.person)
    assert student.get(f"/papers/{id}").headers["location"] == f"/papers#paper-{id}"
    assert f'id="paper-{id}"' in student.get("/papers").text
    seen = teacher.get(f"/teach/papers/{id}/preview?student={student.person.id}")
    attempt = starting.start(installation.store, student.person, id)[0]
    one = sittings.sitting(installation.store, student.person, attempt)
    asked = re.findall(r'<p class="title">(.*?)</p>', seen.text, re.DOTALL)
    assert len(asked) == len(one.variants) == 6
    assert seen.text.count('class="sheet"') == 6
    first = Builder(teacher, id).reply.text
    assert said("Who has started keeps their questions, numbers and marks. What you change here is for those who start later.") in first
    refused = teacher.post(f"/teach/papers/{id}/open", data={"do": "withdraw", "classes": school_class})
    assert refused.status_code == 409
    assert "hãy đặt giờ đóng" in refused.text or "set when it closes" in refused.text


def test_every_step_is_a_button_and_undo_takes_the_last_one_back(teacher, new, installation):
    builder = new(teacher)
    for question in (D, A, B):
        builder.type("find", question).press("look").press(f"add:{question}")
    assert builder.values("ask") == [D, A, B]
    assert builder.press("down:0.0").values("ask") == [A, D, B]
    assert 'id="down-0.1" autofocus' in builder.reply.text, "the hand stays where it was"
    assert builder.press("remove:0.1").values("ask") == [A, B]
    assert builder.press("undo").values("ask") == [A, D, B]
    builder.press("section")
    assert builder.press("down:0.2").values("ask") == [A, D, B]
    assert builder.press("save").reply.status_code == 200
    assert [section.questions for section in kept(installation, builder).sections] == [[A, D], [B]]
    assert builder.press("remove:1").values("section") == ["0"]
    assert builder.press("undo").values("section") == ["0", "1"]


def test_a_pool_is_filled_from_the_bank_and_warns_until_it_is_large_enough(teacher, new, installation):
    builder = new(teacher).press("pool")
    assert "chooses 1" in builder.reply.text
    for question in (A, B):
        builder.type("find", question).press("look").press(f"add:{question}")
    assert builder.values("member") == [A, B]
    assert "chooses" not in builder.reply.text
    assert builder.type("choose", "2").press("save").reply.status_code == 422
    assert "It has 2 questions and chooses 2" in builder.reply.text
    assert builder.values("choose") == ["2"], "what was typed stands"
    builder.type("choose", "1").press("save")
    (item,) = kept(installation, builder).items
    assert (item.choose, item.questions) == (1, [A, B])


def test_cards_and_text_are_one_and_where_both_were_changed_it_is_asked_which(teacher, new, installation):
    builder = new(teacher).type("text", f"- questions: [{A}, {{question: {B}, marks: 2}}]\n").press("text")
    assert builder.values("ask") == [A, B]
    assert builder.values("marks") == ["", "2"]
    builder.type("text", f"- questions: [{A}]\n").type("marks", "7").press("save")
    assert "both changed" in builder.reply.text
    assert builder.values("marks")[0] == "7"
    assert builder.values("text") == [f"- questions: [{A}]\n"]
    kept_text = list(builder.fields)
    assert builder.press("cards").values("ask") == [A, B]
    builder.fields = kept_text
    builder.deeds.append("text")
    assert builder.press("text").values("ask") == [A]
    assert builder.type("text", f"- questions: [{C}]").press("save").reply.status_code == 200, "text that was changed alone counts"
    assert kept(installation, builder).items == [C]


@pytest.mark.parametrize("text", ["- questions: [", "- questions: [{choose: 3, questions: [optim-mcq-01]}]", "- 7", EVIL])
def test_text_that_cannot_be_read_stands_with_the_reason_and_nothing_is_saved(teacher, new, installation, text):
    builder = new(teacher).type("find", A).press("look").press(f"add:{A}").press("save").type("text", text).press("save")
    assert builder.values("text")[0].strip() == text.strip()
    assert builder.values("ask") == [A]
    assert 'role="alert"' in builder.reply.text
    assert EVIL not in builder.reply.text
    assert kept(installation, builder).items == [A]


def test_what_somebody_else_saved_meanwhile_is_not_written_over_unseen(teacher, new, installation):
    builder = new(teacher).type("find", A).press("look").press(f"add:{A}")
    before = kept(installation, builder).model_dump(mode="json")
    room.change_paper(installation.store, teacher.person, before | {"sections": [{"questions": [B]}]})
    assert builder.press("save").reply.status_code == 409
    assert builder.values("ask") == [A]
    assert kept(installation, builder).items == [B]
    assert builder.press("save").reply.status_code == 200
    assert kept(installation, builder).items == [A]


def test_a_published_paper_keeps_its_questions_where_an_empty_one_is_saved(teacher, installation):
    installation.paper("never-empty", [A], teacher=teacher.person)
    builder = Builder(teacher, "never-empty").press("remove:0.0").press("save")
    assert builder.reply.status_code == 422
    assert kept(installation, builder).items == [A]


@pytest.mark.parametrize("do", ["up:0.9", "up:x", "remove:", "remove:-1", "add:nothing", "up:0.0.0.0", "up:" + "9" * 50, "dance:1", ""])
def test_a_step_that_fits_nothing_does_nothing(teacher, new, do):
    builder = new(teacher).type("find", A).press("look").press(f"add:{A}")
    assert builder.send(do).values("ask") == [A]
    assert builder.send(do, before=EVIL).reply.status_code == 200


def test_what_is_typed_is_text_on_every_page(teacher, new, installation):
    builder = new(teacher)
    builder.fields += [
        ("section", "0"),
        ("section_vi", EVIL),
        ("section_en", EVIL),
        ("ask", EVIL),
        ("marks", EVIL),
        ("pool", EVIL),
        ("choose", EVIL),
    ]
    for piece in ({}, {"piece": "board"}):
        reply = builder.send("look", **piece).reply
        assert reply.status_code == 200
        assert EVIL not in reply.text
    assert "<!doctype html>" not in builder.send("look", piece="board").reply.text


def test_a_question_is_put_into_a_paper_that_asks_nothing_yet(teacher, new, installation):
    builder = new(teacher)
    reply = teacher.post(f"/teach/questions/{A}/ask", data={"where": builder.address.rsplit("/", 1)[1]})
    assert reply.headers["location"] == builder.address
    assert kept(installation, builder).items == [A]


def test_a_paper_keeps_a_question_that_was_withdrawn_and_no_other_paper_finds_it(teacher, new, installation):
    store, id = installation.store, "kept-line"
    drafts.create(store, teacher.person, LINE.replace("id: line", f"id: {id}"))
    drafts.publish(store, teacher.person, id)
    builder, other = new(teacher), new(teacher)
    assert teacher.post(f"/teach/questions/{id}/ask", data={"where": builder.address.rsplit("/", 1)[1]}).status_code == 303
    withdrawing.withdraw(store, teacher.person, id)
    builder.see(teacher.get(builder.address))
    assert "amiss" not in builder.reply.text
    assert "flaws" not in teacher.get(f"{builder.address}/open").text
    assert builder.type("marks", "3").press("save").reply.status_code == 200
    assert kept(installation, builder).marks == 3
    assert f"add:{id}" not in other.deeds
    assert f"add:{id}" not in other.type("find", "kept").press("look").deeds


def test_nobody_reads_of_papers_that_others_are_making(teacher, browse, installation):
    other = browse("Thầy", "teacher")
    secret = issuing.make(installation.store, other.person, "exam", {"vi": "Đề mật", "en": "A secret paper"}).id
    school_class = classes.make(installation.store, teacher.person, "Nosy").id
    for path in ("/teach/papers", f"/teach/classes/{school_class}", f"/teach/questions/{A}", "/papers"):
        assert "A secret paper" not in teacher.get(path).text
    for end in ("", "/settings", "/open", "/copy", "/preview", "/room"):
        assert teacher.get(f"/teach/papers/{secret}{end}").status_code == 404


# Settings, opening, copying, previewing


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_settings_that_do_not_hold_together_stand_with_the_field_and_the_reason(browse, new, lang):
    builder = new(browse("Cô Hà", "teacher", lang))
    address = builder.address + "/settings"
    fields = {**{f"{name}_{code}": "x" for name in ("title", "description") for code in ("vi", "en")}, "preset": "quiz",
              **{f"shows_{name}": "on_submission" for name in ("marks", "verdicts", "feedback", "answers", "solution")}}  # fmt: skip
    for change, told in [
        ({"minutes": "a lot"}, {"vi": "Số phút: đây không phải là số", "en": "Minutes: this is not a number"}),
        ({"attempts": "0"}, {"vi": "Số lần làm: chỗ này cần số từ 1", "en": "Attempts: Input should be greater"}),
        ({"title_en": ""}, {"vi": "Tên: chỗ này cần ít nhất 1 ký tự", "en": "Title: String should have at least 1"}),
        ({"shows_marks": "never"}, {"vi": "biết đúng sai thì biết điểm; hãy cho xem điểm", "en": "verdicts tell the marks"}),
    ]:
        reply = builder.client.post(address, data=fields | change)
        assert reply.status_code == 422
        assert told[lang] in reply.text
        assert all(f'value="{typed}"' in reply.text for name, typed in change.items() if not name.startswith("shows") and typed)
    preset = builder.client.post(address, data=fields | {"preset": "exam", "do": "preset", "title_en": "typed"})
    assert preset.text.count('value="after_release" selected') == 5
    assert 'value="typed"' in preset.text
    assert builder.client.post(address, data=fields | {"minutes": "45"}).status_code == 303
    assert 'value="45"' in builder.client.get(address).text


def test_a_paper_that_closes_before_it_opens_is_told_so(teacher, installation):
    installation.paper("upside-down", [A], teacher=teacher.person)
    (mine,) = papers.paper(installation.store, "upside-down").classes
    fields = {"classes": mine, "opens": "2027-01-02T08:00", "closes": "2027-01-01T08:00", "do": "save"}
    reply = teacher.post("/teach/papers/upside-down/open", data=fields)
    assert reply.status_code == 422
    assert "closes before it opens" in reply.text
    assert 'value="2027-01-02T08:00"' in reply.text
    assert teacher.post("/teach/papers/upside-down/open", data=fields | {"closes": "soon"}).status_code == 422


def test_a_copy_says_what_it_takes_over_and_where_its_times_go(teacher, installation):
    installation.paper("final-2026", [A], teacher=teacher.person, opens="2026-12-01T08:00+07:00", closes="2026-12-01T10:00+07:00")
    page = teacher.get("/teach/papers/final-2026/copy").text
    assert 'value="final-2027"' in page
    assert page.count('datetime="2027-11-30T01:00:00Z"') == page.count('datetime="2027-12-01T01:00:00Z"') == 1
    fields = {"id": "final-2026", "vi": "Mới", "en": "New", "shift": "year"}
    taken = teacher.post("/teach/papers/final-2026/copy", data=fields)
    assert taken.status_code == 409
    assert "already a paper" in taken.text
    assert 'value="New"' in taken.text
    for wrong in ({"id": "Two words"}, {"shift": "days", "days": "many"}, {"en": ""}):
        assert teacher.post("/teach/papers/final-2026/copy", data=fields | {"id": "final-2027"} | wrong).status_code == 422
    made = teacher.post("/teach/papers/final-2026/copy", data=fields | {"id": "final-2027"})
    assert made.headers["location"] == "/teach/papers/final-2027"
    new = papers.paper(installation.store, "final-2027")
    assert (new.published, new.classes, new.opens.isoformat()[:10]) == (False, [], "2027-12-01")


def test_a_preview_shows_the_students_of_the_paper_and_nobody_else(teacher, browse, installation):
    an, stranger = installation.person("An")[1], installation.person("Lạ")[1]
    installation.paper("looked-at", [D, {"choose": 1, "questions": [A, B]}], an, teacher=teacher.person)
    page = teacher.get(f"/teach/papers/looked-at/preview?student={an.id}")
    assert f"This is the paper that {an.name} gets" in page.text
    assert page.text.count('class="sheet"') == 2
    assert stranger.name not in page.text
    assert teacher.get(f"/teach/papers/looked-at/preview?student={stranger.id}").status_code == 404
    one, other = (teacher.get(f"/teach/papers/looked-at/preview?seed={seed}").text for seed in (3, 4))
    assert one != other
    for odd in ("?seed=x", "?seed=-1", "?seed=" + "9" * 40, "?student=x"):
        assert teacher.get("/teach/papers/looked-at/preview" + odd).status_code == 200
    assert browse("Thầy", "teacher").get("/teach/papers/looked-at/preview").status_code == 404


def test_a_link_to_a_paper_leads_there_by_way_of_signing_in(browse, installation):
    assert browse(signed_in=False).get("/papers/aio2024").headers["location"] == "/sign-in?next=/papers/aio2024"


# Over REST


def test_the_bank_is_searched_and_a_paper_checked_over_rest(program, installation):
    teacher, student = program("Cô", "teacher", "teach"), program("An", "student", "teach")
    found = teacher.get("/api/v1/teach/bank", params={"find": "DAO HAM relu", "kind": "num"}).json()
    assert {one["id"] for one in found} >= {"relu", "relu-vary"}
    assert all(one["topic"] == "losses" for one in teacher.get("/api/v1/teach/bank", params={"topic": "losses"}).json())
    assert student.get("/api/v1/teach/bank").status_code == 403
    assert student.post("/api/v1/teach/papers/check", json={"questions": []}).status_code == 403
    body = {"sections": [{"questions": [A, A]}, {"questions": []}]}
    told = teacher.post("/api/v1/teach/papers/check", json=body).json()
    assert [(one["where"], one["stops"]) for one in told["problems"]] == [
        ("/sections/0/questions/0", True), ("/sections/0/questions/1", True), ("/sections/1", False),
    ]  # fmt: skip
    assert teacher.post("/api/v1/teach/papers/check", json={"sections": 3}).json()["where"] == "/sections"


def test_a_paper_is_made_previewed_copied_and_published_over_rest(program, installation):
    teacher = program("Cô", "teacher", "teach")
    school_class = classes.make(installation.store, teacher.person, "K67").id
    document = {"title": WORDS, "description": WORDS, "published": False, "sections": []}
    assert teacher.put("/api/v1/teach/papers/rest-quiz", json=document).status_code == 201
    assert teacher.put("/api/v1/teach/papers/rest-quiz", json=document | {"published": True}).json()["where"] == "/sections"
    document |= {"published": True, "classes": [school_class], "sections": [{"questions": [D]}]}
    assert teacher.put("/api/v1/teach/papers/rest-quiz", json=document).status_code == 200
    an = installation.person("An")[1]
    installation.enrol("rest-quiz", an)
    seen = teacher.get("/api/v1/teach/papers/rest-quiz/preview", params={"student": an.name}).json()
    assert seen["state"] == "will_get"
    one = sittings.sitting(installation.store, an, starting.start(installation.store, an, "rest-quiz")[0])
    assert seen["questions"][0]["givens"] == one.variants[0].plain_givens()
    assert "reference" not in str(seen)
    assert teacher.get("/api/v1/teach/papers/rest-quiz/preview", params={"student": "nobody"}).status_code == 404
    body = {"id": "rest-quiz-2", "title": WORDS, "shift": "none"}
    assert teacher.post("/api/v1/teach/papers/rest-quiz/copy", json=body).json()["published"] is False
    assert teacher.post("/api/v1/teach/papers/rest-quiz/copy", json=body).json()["error"] == "paper_exists"
    assert teacher.put("/api/v1/teach/papers/rest-quiz", json=document | {"published": False}).json()["error"] == "is_taken"


# In a real browser


@pytest.fixture
def ready(empty):
    """A teacher with a class and a paper in it, on a server of their own."""
    store, server = empty
    people.add_person(store, "Cô", "teacher")
    ha = store.read(lambda c: people.rows.find_person(c, "Cô"))[0]
    school_class = classes.make(store, ha, "K67").id
    roster.take(store, ha, school_class, "An\nBình")
    sections = [{"title": WORDS, "questions": [D, "optim-adam-vary"]}, {"questions": [{"choose": 1, "questions": [A, B], "marks": 1}]}]
    document = {"id": "quiz", "title": WORDS, "description": WORDS, "sections": sections, "classes": [school_class]}
    room.change_paper(store, ha, document)
    return store, server, school_class


def at_work(browser, ready, **settings):
    store, server, _ = ready
    person, page = sits_down(browser, store, server, "Cô Hà", "administrator", **settings)
    page.errors = []
    page.on("pageerror", lambda problem: page.errors.append(str(problem)))
    page.goto(server.address + "/teach/papers/quiz")
    return person, page


def asked(page):
    return page.locator("#sections [name=ask], #sections [name=member]").evaluate_all("all => all.map(one => one.value)")


def drag(page, grip, to, dy=0.5):
    """Takes a grip by the pointer and lets it go over something, at a share of its height."""
    start, end = grip.bounding_box(), to.bounding_box()
    page.mouse.move(start["x"] + 8, start["y"] + 8)
    page.mouse.down()
    for share in (0.3, 0.7, 1):
        x, y = end["x"] + 80, end["y"] + dy * end["height"]
        page.mouse.move(start["x"] + share * (x - start["x"]), start["y"] + share * (y - start["y"]), steps=3)
    with page.expect_response("**/teach/papers/quiz"):
        page.mouse.up()
    page.wait_for_timeout(100)


def test_cards_are_dragged_within_a_section_out_of_a_pool_and_in_from_the_bank(browser, ready):
    _, page = at_work(browser, ready)
    cards = page.locator(".block").first.locator(".cards > .card")
    drag(page, cards.nth(0).locator(".grip"), cards.nth(1), 0.9)
    assert asked(page) == ["optim-adam-vary", D, A, B]
    drag(page, page.locator(".members .grip").first, cards.nth(0), 0.1)
    assert asked(page) == [A, "optim-adam-vary", D, B]
    assert "choose" in page.inner_text(".amiss"), "one is too few for a pool"
    page.fill("#words", C)
    page.wait_for_selector(f"#found .card:first-child[data-id={C}]")
    drag(page, page.locator("#found .grip").first, page.locator(".members"), 0.2)
    assert set(asked(page)[3:]) == {B, C}
    assert page.locator(".amiss").all_inner_texts() == [], page.locator("#sections [name=member]").evaluate_all(
        "all => all.map(one => one.value)"
    )
    page.click("button[value=save]")
    page.wait_for_url("**?saved=yes")
    assert [len(section.questions) for section in papers.paper(ready[0], "quiz").sections] == [3, 1]
    assert page.errors == []


def test_the_keyboard_alone_builds_a_paper(browser, ready):
    _, page = at_work(browser, ready)
    page.focus("#words")
    page.keyboard.type("cau hoi khong co")
    page.wait_for_selector("#found ul:empty, #found ul:not(:has(.card))", state="attached")
    page.fill("#words", "")
    page.keyboard.type(C)
    page.wait_for_selector(f"#found .card:first-child[data-id={C}]")
    page.keyboard.press("Enter")
    page.focus(f"button[value='add:{C}']")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#sections [value={C}]", state="attached")
    page.focus("[id='up-1.1']")
    for _ in range(2):
        with page.expect_response("**/teach/papers/quiz"):
            page.keyboard.press("Enter")
        page.wait_for_timeout(100)
    assert asked(page) == [D, "optim-adam-vary", C, A, B]
    assert page.evaluate("document.activeElement.id") == "up-0.2"
    assert page.inner_text("#news") == "Moved to place 3 of section 1."
    page.focus("[name=marks]")
    page.keyboard.type("none")
    page.keyboard.press("Tab")
    page.wait_for_selector(".warned")
    assert page.errors == []


def test_going_on_to_the_next_box_of_a_new_section_stays_there(browser, ready):
    _, page = at_work(browser, ready)
    page.click("button[value=section]")
    page.wait_for_selector("#title-2")
    page.keyboard.type("Phần ba")
    with page.expect_response("**/teach/papers/quiz"):
        page.keyboard.press("Tab")
    page.wait_for_timeout(100)
    page.keyboard.type("Part three")
    assert page.input_value("#title-2") == "Phần ba"
    assert page.input_value(".block:nth-of-type(3) [name=section_en]") == "Part three"
    page.click("button[value=undo]")
    page.wait_for_selector("#title-2", state="detached")
    assert page.evaluate("document.activeElement.id") == "words"


def test_a_long_formula_scrolls_in_itself_and_not_the_page(browser, ready):
    store, server, _ = ready
    document = {"id": "wide", "title": WORDS, "description": WORDS, "sections": [{"questions": ["bce-vary-mc"]}]}
    _, page = at_work(browser, ready, viewport={"width": 390, "height": 844})
    room.change_paper(store, store.read(lambda c: people.rows.find_person(c, "Cô"))[0], document)
    for seed in range(4):
        page.goto(f"{server.address}/teach/papers/wide/preview?seed={seed}")
        page.wait_for_selector(".piece")
        assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_leaving_with_a_change_asks_first_and_saving_does_not(browser, ready):
    _, page = at_work(browser, ready)
    page.click("[id='down-0.0']")
    page.wait_for_selector("#news >> text=place 2")
    asked_first = []
    page.on("dialog", lambda dialog: (asked_first.append(dialog.type), dialog.dismiss()))
    page.click(".tabs a >> nth=1", no_wait_after=True)
    page.wait_for_timeout(300)
    assert asked_first == ["beforeunload"]
    page.click("button[value=save]")
    page.wait_for_url("**?saved=yes")
    assert asked_first == ["beforeunload"]


PAGES = ("/teach/papers", "/teach/new-paper", *(f"/teach/papers/quiz{end}" for end in ("", "/settings", "/open", "/preview", "/copy")))


@pytest.mark.parametrize(("width", "language", "scheme"), [(1280, "vi", "light"), (390, "en", "dark"), (390, "vi", "light")])
def test_no_page_of_a_paper_is_too_wide_and_the_accessibility_checker_finds_nothing(browser, ready, width, language, scheme):
    settings = {"viewport": {"width": width, "height": 3000}, "color_scheme": scheme, "locale": "vi-VN" if language == "vi" else "en-US"}
    _, page = at_work(browser, ready, **settings)  # so tall that nothing lies under the bar at its foot
    found = {}
    for path in PAGES:
        page.goto(ready[1].address + path)
        page.wait_for_timeout(150)
        assert page.evaluate("document.documentElement.lang") == language
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        if problems := findings(page):
            found[path] = problems
    page.goto(ready[1].address + "/teach/papers/quiz")
    page.click("button[value=pool]")
    page.wait_for_selector(".amiss")
    page.click(".as-text summary")
    if problems := findings(page):
        found["at work"] = problems
    assert found == {}
