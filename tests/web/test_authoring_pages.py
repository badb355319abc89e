"""Writing questions in the browser: from the empty database to a student's marks, without scripts and with them, attacked and shared."""

import html
import math
import re

import pytest

from exam import classes, drafts, library, papers, people, roster, sittings, starting
from exam.store import open_store
from exam.store import people as rows
from questions import starts
from questions.bank import bank, parse
from questions.model import Words
from questions.variant import draw
from tests.web.browser import Server, findings
from web.app import make_app
from web.examples import LINE
from web.problems import in_vietnamese

pytest.importorskip("playwright.sync_api")
_count = iter(range(10_000))


@pytest.fixture
def teacher(browse):
    return browse("Cô Hà", "teacher")


def draft(teacher, installation, text=LINE):
    """A draft of one's own: its address and its text."""
    id = f"page-{next(_count)}"
    text = text.replace("id: line", f"id: {id}")
    drafts.create(installation.store, teacher.person, text)
    return f"/teach/questions/{id}", text


def send(teacher, address, text, do, revision=1, version=0, **more):
    return teacher.post(address, data={"source": text, "do": do, "revision": revision, "version": version, **more})


def source_in(reply):
    """What stands in the box of a page."""
    return html.unescape(re.search(r'<textarea id="source"[^>]*>\n(.*?)</textarea>', reply.text, re.DOTALL)[1])


@pytest.mark.parametrize("way", starts.TEMPLATES)
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_template_is_started_looked_at_and_published_without_scripts(browse, installation, way, lang):
    teacher = browse("Cô Hà", "teacher", lang)
    made = teacher.post("/teach/new-question", data={"way": way, "vi": "Thử <b>", "en": f"Try {way} {lang}"})
    assert made.status_code == 303
    address = made.headers["location"]
    page = teacher.get(address)
    assert page.status_code == 200
    assert 'data-line="' not in page.text
    assert "<b>" not in page.text.split("<h1>")[1].split("</h1>")[0]
    assert page.text.count('class="as-student"') == 2
    done = send(teacher, address, source_in(page), "publish")
    assert done.headers["location"] == f"{address}?seed=0#state"
    assert library.question_of(installation.store, address.rpartition("/")[2]).title.vi == "Thử <b>"


def test_a_title_is_asked_for_in_both_languages_and_what_was_typed_stays(teacher):
    told = teacher.post("/teach/new-question", data={"way": "order", "vi": "Chỉ tiếng Việt", "en": " "})
    assert told.status_code == 422
    assert "Write a title in both languages." in told.text
    assert 'value="Chỉ tiếng Việt"' in told.text
    assert re.search(r'value="order" checked', told.text)


def test_a_question_is_started_from_ticked_steps_of_a_solver(teacher):
    page = teacher.get("/teach/new-question/adam")
    assert 'name="ask" value="vhat1"' in page.text
    nothing = teacher.post("/teach/new-question", data={"way": "solver", "of": "adam", "vi": "a", "en": "b"})
    assert "Tick at least one step to ask." in nothing.text
    made = teacher.post("/teach/new-question", data={"way": "solver", "of": "adam", "vi": "a", "en": "Adam, ticked", "ask": ["g1", "w1"]})
    text = source_in(teacher.get(made.headers["location"]))
    assert "solver: adam" in text
    assert "{ask: g1, entries: 2, places: 4}" in text
    assert "ask: vhat1" not in text


def test_a_shipped_question_is_read_and_copied_and_never_changed(teacher):
    page = teacher.get("/teach/questions/optim-adam-vary")
    assert re.search(r'<textarea id="source"[^>]* readonly', page.text)
    assert 'value="publish"' not in page.text
    assert send(teacher, "/teach/questions/optim-adam-vary", "id: optim-adam-vary", "save", 0, 0).status_code == 409
    made = teacher.post("/teach/new-question", data={"way": "copy", "of": "optim-adam-vary"})
    copied = source_in(teacher.get(made.headers["location"]))
    assert copied.startswith("id: optim-adam-vary-copy")
    assert copied.partition("\n")[2] == source_in(page).partition("\n")[2]


def test_looking_keeps_nothing_and_saving_keeps_every_letter(teacher, installation):
    address, text = draft(teacher, installation)
    changed = text + "# ơ, một chú thích\n\n"
    looked = send(teacher, address, changed.replace("A line", "Another"), "look", to="3")
    assert "Another" in looked.text
    assert re.search(r'name="seed" value="3"', looked.text)
    assert source_in(teacher.get(address)) == text
    assert send(teacher, address, changed.replace("\n", "\r\n"), "save").status_code == 303
    assert source_in(teacher.get(address)) == changed


@pytest.mark.parametrize(("lang", "said"), [("en", "neither a given nor a step"), ("vi", "không phải dữ kiện")])
def test_a_problem_says_its_line_and_leads_there(browse, installation, lang, said):
    teacher = browse("Cô Hà", "teacher", lang)
    address, text = draft(teacher, installation)
    told = send(teacher, address, text.replace("w * x + b", "w * x + q"), "look")
    assert '<a href="#source" data-line="8" data-column="5">' in told.text
    assert said in html.unescape(told.text)
    assert "w * x + q" in source_in(told)


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "share every answer; widen the grids"), ("vi", "có chung mọi đáp số; hãy nới rộng lưới")]
)
def test_an_unfair_question_is_not_published_and_the_reasons_stand_on_the_page(browse, installation, lang, said):
    teacher = browse("Cô Hà", "teacher", lang)
    narrow = LINE.replace("{from: 2, to: 9, step: 1}", "3").replace("{from: 2, to: 9, step: 0.5}", "{from: 2, to: 3, step: 1}")
    address, text = draft(teacher, installation, narrow)
    told = send(teacher, address, text, "publish")
    assert told.status_code == 422
    assert said in told.text
    assert source_in(told) == text
    assert address.rpartition("/")[2] not in {question.id for question in library.published(installation.store)}


def test_an_author_tries_answers_and_sees_how_they_are_marked(teacher, installation):
    address, text = draft(teacher, installation)
    givens = draw(parse(text)[0], 0).givens
    x, w = givens["x"], givens["w"]
    told = send(teacher, address, text, "try", **{"answer:en-z": str(w * x), "answer:vi-z": "mười"})
    assert re.search(r'class="verdict mistake"', told.text)
    assert "chưa" in told.text.casefold() or "không đọc" in told.text


# Two teachers


def test_two_teachers_see_each_others_change_and_nothing_is_lost(browse, installation):
    ha, binh = browse("Cô Hà", "teacher"), browse("Thầy Bình", "teacher")
    address, text = draft(ha, installation)
    hers, his = text.replace("A line", "Her line"), text + "# his remark\n"
    assert send(ha, address, hers, "save").status_code == 303
    told = send(binh, address, his, "save")
    assert told.status_code == 409
    assert source_in(told) == his
    assert "Her line" in told.text
    assert re.search(r'<tr class="out">.*?Her line', told.text, re.DOTALL)
    assert re.search(r'<tr class="in">.*?his remark', told.text, re.DOTALL)
    assert source_in(ha.get(address)) == hers, "what was saved stays until somebody who has seen it saves over it"
    revision = re.search(r'name="revision" value="(\d+)"', told.text)[1]
    assert send(binh, address, hers + "# his remark\n", "save", revision).status_code == 303
    assert source_in(ha.get(address)) == hers + "# his remark\n"


def test_a_change_of_what_was_published_in_between_is_told_also_where_the_revisions_agree(browse, installation):
    ha, binh = browse("Cô Hà", "teacher"), browse("Thầy Bình", "teacher")
    address, text = draft(ha, installation)
    assert send(ha, address, text, "publish").status_code == 303
    assert send(ha, address, text + "# new\n", "save", 0, 1).status_code == 303
    told = send(binh, address, text + "# old\n", "save", 1, 0)
    assert told.status_code == 409
    assert source_in(ha.get(address)) == text + "# new\n"


def test_a_draft_is_thrown_away_only_as_it_was_seen(teacher, installation):
    address, text = draft(teacher, installation)
    send(teacher, address, text + "#\n", "save")
    assert teacher.post(f"{address}/take-back/discard", data={"revision": 1}).status_code == 409
    assert teacher.post(f"{address}/take-back/discard", data={"revision": 2}).headers["location"] == "/teach/questions"
    assert teacher.get(address).status_code == 404


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_question_is_withdrawn_put_back_and_deleted_without_scripts(browse, installation, lang):
    teacher = browse("Cô Hà", "teacher", lang)
    address, text = draft(teacher, installation)
    send(teacher, address, text, "publish")
    id = address.rpartition("/")[2]
    assert f"{address}/take-back/delete" in teacher.get(address).text
    installation.paper(f"paper-{id}", [id], teacher=teacher.person)
    page = teacher.get(address).text
    assert f"{address}/take-back/delete" not in page
    refused = teacher.post(f"{address}/take-back/delete", data={"revision": 0, "version": 1})
    assert refused.status_code == 409
    assert {"vi": f"đang được dùng (đề: “Đề paper-{id}”)", "en": f"it is asked by “Paper paper-{id}”"}[lang] in html.unescape(refused.text)
    assert source_in(refused) == text
    assert teacher.post(f"{address}/take-back/withdraw").headers["location"] == f"{address}#uses"
    listed = teacher.get("/teach/questions?find=" + id).text
    assert {"vi": "Đã rút lại", "en": "Withdrawn"}[lang] in listed
    assert teacher.post("/practice", data={"question": id}).status_code == 404
    page = teacher.get(address).text
    assert f"{address}/take-back/put-back" in page
    assert f"{address}/take-back/withdraw" not in page
    teacher.post(f"{address}/take-back/put-back")
    assert f"{address}/take-back/withdraw" in teacher.get(address).text

    address, text = draft(teacher, installation)
    send(teacher, address, text, "publish")
    assert teacher.post(f"{address}/take-back/delete", data={"revision": 0, "version": 2}).status_code == 409
    assert teacher.post(f"{address}/take-back/delete", data={"revision": 0, "version": 1}).headers["location"] == "/teach/questions"
    assert teacher.get(address).status_code == 404
    assert teacher.post(f"{address}/take-back/burn").status_code == 404


# Versions, and students


def test_who_takes_the_older_version_keeps_it_and_the_difference_can_be_read(browse, installation):
    store, teacher, an = installation.store, browse("Cô Hà", "teacher"), browse("An")
    address, text = draft(teacher, installation)
    send(teacher, address, text, "publish")
    id = address.rpartition("/")[2]
    attempt = starting.practise(store, an.person, id)
    changed = text.replace("w * x + b", "w * x - b").replace("from: 2, to: 9, step: 1", "from: 4, to: 9, step: 1")
    assert send(teacher, address, changed, "publish", 0, 1).status_code == 303
    (variant,) = sittings.take(store, an.person, attempt).variants
    x, w, b = (variant.givens[name] for name in "xwb")
    an.post(f"/attempts/{attempt}/questions/1", data={"answer:z": str(w * x + b), "go": "next"})
    sittings.submit(store, an.person, attempt)
    (grade,) = sittings.grades_of(store, sittings.take(store, an.person, attempt))
    assert (grade.version, grade.marks) == (1, 1.0)
    page = teacher.get(f"{address}/versions").text
    assert re.search(r'<tr class="out">.*?w \* x \+ b', page, re.DOTALL)
    assert re.search(r'<tr class="in">.*?w \* x - b', page, re.DOTALL)


def test_a_published_question_is_put_in_a_new_paper_of_a_class_and_its_page_says_so(browse, installation):
    teacher = browse("Cô Hà", "teacher")
    school_class = classes.make(installation.store, teacher.person, "K67").id
    address, text = draft(teacher, installation)
    refused = teacher.post(f"{address}/ask", data={"where": f"class:{school_class}"})
    assert refused.status_code == 404, "nobody asks a draft"
    send(teacher, address, text, "publish")
    made = teacher.post(f"{address}/ask", data={"where": f"class:{school_class}"})
    paper = made.headers["location"].rpartition("/")[2]
    assert papers.paper(installation.store, paper).classes == [school_class]
    assert f'href="/teach/papers/{paper}"' in teacher.get(address).text
    twice = teacher.post(f"{address}/ask", data={"where": paper})
    assert twice.status_code == 422
    assert "could be asked twice" in html.unescape(twice.text)


def test_drafts_and_questions_are_found_by_words_with_or_without_marks(teacher, installation):
    address, _ = draft(teacher, installation, LINE.replace("Đường thẳng", "Đường thẳng đặc biệt"))
    for words in ("dac biet", "ĐẶC BIỆT", address.rpartition("/")[2]):
        assert f'href="{address}"' in teacher.get("/teach/questions", params={"find": words}).text
    assert f'href="{address}"' not in teacher.get("/teach/questions", params={"find": "momentum"}).text
    assert 'href="/teach/questions/optim-momentum"' in teacher.get("/teach/questions", params={"find": "bảng momentum"}).text


# Attacks

EVIL = '</textarea><script>alert(1)</script><img src=x onerror="alert(1)">'


@pytest.mark.parametrize(
    "text",
    [
        LINE.replace("title: {vi: Đường thẳng, en: A line}", f"title: {{vi: Đường thẳng, en: '{EVIL}'}}"),
        LINE.replace('en: "$x = @x$', f"en: '{EVIL} [x](javascript:alert(1)) $x = @x$").replace('$b = @b$."}\nsteps', "$b = @b$.'}\nsteps"),
        LINE + f"# {EVIL}\n",
        LINE.replace("no_bias: w * x", "no_bias: {is: w * x, label: {vi: '<script>alert(1)</script>', en: '<script>alert(1)</script>'}}"),
        LINE.replace("w * x + b", "__import__('os').system('true')"),
        LINE.replace("w * x + b", "x.__class__"),
        LINE.replace("w * x + b", "9^9^9^9^9"),
        LINE.replace("w * x + b", "(" * 500 + "x" + ")" * 500),
        LINE.replace("w * x + b", "w / 0"),
        LINE.replace("steps:", "a: &a [1]\nb: *a\nsteps:"),
        "a: " + "[" * 5000,
        "id: line\nid: line\n",
        "- id: a\n- id: b\n",
        "\x00\x01",
        "!!python/object/apply:os.system ['true']",
        "id: line\ntitle: {vi: '\ud7ff', en: '\u202e'}",
        "",
    ],
)  # fmt: skip
def test_hostile_text_is_shown_as_text_and_breaks_nothing(teacher, installation, text):
    address, _ = draft(teacher, installation)
    for do in ("look", "try", "check", "save"):
        told = send(teacher, address, text, do, to="1", **{"answer:en-z": EVIL})
        assert told.status_code in (200, 303, 409, 422)
        assert "<script>alert" not in told.text
        assert "<img src=x" not in told.text
        assert 'href="javascript' not in told.text
    for piece in ("look", "many", "check", "nonsense"):
        told = teacher.post("/teach/preview-question", data={"source": text, "seed": "1", "piece": piece})
        assert told.status_code == 200
        assert "<script>alert" not in told.text
        assert "<img src=x" not in told.text


@pytest.mark.parametrize(
    "fields", [{}, {"seed": "9" * 99}, {"seed": "-1"}, {"revision": "x"}, {"to": "²"}, {"do": "fly"}, {"version": "1e9"}]
)
def test_a_form_that_no_page_sends_is_answered_all_the_same(teacher, installation, fields):
    address, text = draft(teacher, installation)
    reply = teacher.post(address, data={"source": text, "do": "look", "revision": "1", "version": "0"} | fields)
    assert reply.status_code == 200
    assert teacher.post(address, data=fields).status_code == 200
    assert teacher.get(address, params={"seed": fields.get("seed", "x")}).status_code == 200


def test_what_is_no_question_and_no_start_is_not_found(teacher):
    for path in ("/teach/questions/nothing", "/teach/questions/nothing/versions", "/teach/new-question/nothing"):
        assert teacher.get(path).status_code == 404
    assert teacher.get("/teach/new-question", params={"of": "nothing"}).status_code == 404
    for way in ("poem", "copy", "solver"):
        fields = {"way": way, "of": "nothing", "vi": "a", "en": "b", "ask": "x"}
        assert teacher.post("/teach/new-question", data=fields).status_code == 404


def test_what_the_audit_says_is_said_in_vietnamese_too():
    assert in_vietnamese("test 2: z should be correct, but is wrong") == "phép thử 2: z phải là correct, nhưng lại là wrong"
    told = in_vietnamese("column 9: 'q' is neither a given nor a step before this one; there are x, w")
    assert told == "cột 9 của công thức: 'q' không phải dữ kiện, cũng không phải bước ở trên; có: x, w"
    assert in_vietnamese("something else") == "something else"


# In a real browser


@pytest.fixture
def empty(tmp_path):
    """A server over an empty database, and who signs in there."""
    store = open_store(str(tmp_path / "gradus.db"))
    server = Server(make_app(store))
    yield store, server
    server.stop()
    store.close()


def sits_down(browser, store, server, name, role, **settings):
    account = people.add_person(store, name, role)
    context = browser.new_context(**{"locale": "en-US", "viewport": {"width": 1280, "height": 900}, **settings})
    context.add_cookies([{"name": "gradus_session", "value": people.sign_in(store, name, account.password), "url": server.address}])
    return store.read(lambda c: rows.find_person(c, name))[0], context.new_page()


NEW_STEPS = """\
steps:
  - name: q
    is: x^2 + w
    mistakes: {not_squared: x + w}
  - name: r
    is: ln(q) / b
    mistakes: {not_divided: ln(q)}
parts:
  - {ask: q, places: 2}
  - {ask: r, places: 3}
"""


def test_new_arithmetic_is_written_from_the_empty_database_to_a_students_marks(browser, empty):
    store, server = empty
    ha, page = sits_down(browser, store, server, "Cô Hà", "teacher")
    errors = []
    page.on("pageerror", lambda problem: errors.append(str(problem)))
    school_class = classes.make(store, ha, "K67").id
    roster.take(store, ha, school_class, "An")
    page.goto(server.address + "/teach")
    page.click("text=Questions")
    page.click("text=New question")
    page.fill("#vi", "Một phép tính mới")
    page.fill("#en", "A new computation")
    page.click("button.primary")
    text = page.input_value("#source")
    text = text[: text.index("# The computation")] + NEW_STEPS
    page.fill("#source", text.replace("ln(q)", "lnn(q)"))
    page.wait_for_selector("#look [data-line]")
    assert "lnn" in page.inner_text("#look .problems")
    page.click("#look [data-line]")
    assert page.evaluate("document.activeElement.id") == "source"
    page.fill("#source", text)
    page.wait_for_selector("#look .outcomes")
    page.wait_for_selector("#saved >> text=draft saved")
    page.wait_for_selector("#check .fair", timeout=20_000)
    page.click("button[value=publish]")
    page.wait_for_selector("#state >> text=version 1")
    page.select_option("#where", f"class:{school_class}")
    page.click("text=Add to the paper")
    page.wait_for_url("**/teach/papers/a-new-computation-paper")

    account = people.reset_password(store, "An")
    context = browser.new_context(locale="vi-VN")
    context.add_cookies([{"name": "gradus_session", "value": people.sign_in(store, "An", account.password), "url": server.address}])
    an = context.new_page()
    an.goto(server.address + "/papers")
    an.locator("form.start button").first.click()  # papers of one's classes stand first
    an.wait_for_selector("#answers")
    attempt = an.url.split("/attempts/")[1].split("/")[0]
    student = store.read(lambda c: rows.find_person(c, "An"))[0]
    (variant,) = sittings.take(store, student, attempt).variants
    x, w, b = (float(variant.givens[name]) for name in "xwb")
    an.fill('[name="answer:q"]', f"{x * x + w:.2f}")
    an.fill('[name="answer:r"]', f"{math.log(x * x + w) / b:.3f}".replace(".", ","))
    an.click(".map .plain")
    an.wait_for_url("**/submit")
    an.click("main .go button.primary")
    an.wait_for_url("**/review")
    (grade,) = sittings.grades_of(store, sittings.take(store, student, attempt))
    assert grade.marks == grade.max_marks == 2
    assert errors == []


def test_a_conflict_is_told_while_typing_and_the_text_stays(browser, empty):
    store, server = empty
    ha, page = sits_down(browser, store, server, "Cô Hà", "teacher")
    binh, _ = sits_down(browser, store, server, "Thầy Bình", "teacher")
    drafts.create(store, ha, LINE)
    page.goto(server.address + "/teach/questions/line")
    drafts.save(store, binh, "line", LINE + "# his\n", 1)
    page.fill("#source", LINE + "# hers\n")
    page.wait_for_selector("#saved.warn")
    assert "Somebody else saved this question" in page.inner_text("#saved")
    assert store.read(lambda c: drafts.rows.find_draft(c, "line")).source == LINE + "# his\n"
    page.click("button[value=save]")
    page.wait_for_selector(".changes")
    assert page.input_value("#source") == LINE + "# hers\n"
    page.click("button[value=save]")
    page.wait_for_selector("#state >> text=draft saved")
    assert store.read(lambda c: drafts.rows.find_draft(c, "line")).source == LINE + "# hers\n"


@pytest.mark.parametrize("look", [{"locale": "vi-VN", "color_scheme": "dark"}, {"viewport": {"width": 390, "height": 844}}])
def test_every_page_of_writing_is_accessible_and_fits(browser, empty, look):
    store, server = empty
    ha, page = sits_down(browser, store, server, "Cô Hà", "teacher", **look)
    drafts.create(store, ha, LINE)
    drafts.publish(store, ha, "line")
    drafts.save(store, ha, "line", LINE.replace("A line", "A straight line"))
    drafts.create(store, ha, starts.template("match", "pairs", Words(vi="Ghép", en="Match"), "Cô Hà"))
    drafts.create(store, ha, starts.copied(starts.as_yaml(starts.document_of(bank()["optim-adam-vary"])), "mine"))
    drafts.create(store, ha, "id: broken\ntitle: 3\n")
    screens = ("questions", "questions?find=relu", "new-question", "new-question/relu_softmax", "questions/line", "questions/pairs",
               "questions/mine", "questions/broken", "questions/line/versions", "questions/optim-mcq-01")  # fmt: skip
    for screen in screens:
        page.goto(f"{server.address}/teach/{screen}")
        page.wait_for_load_state("networkidle")
        assert findings(page) == [], screen
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), screen


def test_twenty_variants_are_twenty_rows(teacher):
    told = teacher.post("/teach/preview-question", data={"source": LINE, "piece": "many"})
    assert told.text.count("<tr") == 21
