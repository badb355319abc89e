"""A student in a real browser: typing, saving, offline, by keyboard, on a phone, without scripts, and every page accessible."""

import re

import pytest

from exam import people, sittings, starting
from exam.store import people as rows
from tests.web.browser import findings

pytest.importorskip("playwright.sync_api")


class Student:
    """Somebody with an account and a browser of their own; whatever the browser complains of is kept."""

    def __init__(self, browser, server, installation, name, **settings):
        people.add_person(installation.store, name, "student", "pass-word")
        self.store, self.server, self.complaints = installation.store, server, []
        self.person = self.store.read(lambda c: rows.find_person(c, name))[0]
        secret = people.sign_in(self.store, name, "pass-word")
        self.context = browser.new_context(**{"locale": "en-US", "viewport": {"width": 1280, "height": 900}, **settings})
        self.context.add_cookies([{"name": "gradus_session", "value": secret, "url": server.address}])
        self.page = self.open()

    def open(self):
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self.complaints.append(message.text) if "Content Security" in message.text else None)
        return page

    def start(self, paper="aio2024-vary"):
        return starting.start(self.store, self.person, paper)[0]

    def go(self, path, page=None):
        (page or self.page).goto(self.server.address + path)

    def typed(self, attempt, question, part):
        return sittings.sitting(self.store, self.person, attempt).state.text(question, part)


@pytest.fixture
def student(request, browser, server, installation):
    name = re.sub(r"\W", "", request.node.name)[-40:]
    made = Student(browser, server, installation, name, **getattr(request, "param", {}))
    yield made
    made.context.close()
    assert made.complaints == []


def box(page, part):
    return page.locator(f'[name="answer:{part}"]')


def saved(page):
    page.locator('#saved [data-state="saved"]').wait_for(state="visible")
    page.wait_for_timeout(100)


def test_an_answer_is_saved_as_it_is_typed_and_read_back(student):
    attempt = student.start()
    student.go(f"/attempts/{attempt}/questions/3")
    box(student.page, "dh[0]").fill("-0,157")
    saved(student.page)
    student.page.get_by_text("−0.157").wait_for()
    assert student.typed(attempt, "aio2024-cau-03-vary", "dh[0]") == "-0,157"
    student.page.reload()
    assert box(student.page, "dh[0]").input_value() == "-0,157"


def test_what_cannot_be_read_is_said_on_leaving_the_box_and_never_while_typing(student):
    student.go(f"/attempts/{student.start()}/questions/3")
    box(student.page, "dR").press_sequentially("-0.11oo", delay=30)
    assert student.page.get_by_text("cannot read this yet").count() == 0
    box(student.page, "dR").blur()
    student.page.get_by_text("Did you mean -0.1100?").wait_for()


def test_offline_everything_is_kept_and_sent_when_the_line_is_back_also_after_a_reload(student):
    attempt = student.start()
    student.go(f"/attempts/{attempt}/questions/3")
    student.context.set_offline(True)
    box(student.page, "dh[0]").fill("0.25")
    box(student.page, "dh[0]").blur()
    student.page.locator('#saved [data-state="offline"]').wait_for(state="visible")
    assert student.typed(attempt, "aio2024-cau-03-vary", "dh[0]") == ""
    student.context.set_offline(False)
    student.page.reload()
    saved(student.page)
    assert student.typed(attempt, "aio2024-cau-03-vary", "dh[0]") == "0.25"
    assert box(student.page, "dh[0]").input_value() == "0.25"


def test_a_server_that_dies_mid_answer_loses_nothing(student, server):
    attempt = student.start()
    student.go(f"/attempts/{attempt}/questions/1")
    server.stop()
    box(student.page, "z").fill("2.5")
    box(student.page, "z").blur()
    student.page.locator('#saved [data-state="offline"]').wait_for(state="visible")
    server.start()
    saved(student.page)
    assert student.typed(attempt, "aio2024-cau-01-vary", "z") == "2.5"


def test_two_tabs_that_disagree_show_both_texts_and_the_student_chooses(student):
    attempt = student.start()
    other = student.open()
    for page in (student.page, other):
        student.go(f"/attempts/{attempt}/questions/1", page)
    box(student.page, "z").fill("1.5")
    saved(student.page)
    box(other, "z").fill("7.5")
    other.get_by_text("also changed elsewhere").first.wait_for()
    assert student.typed(attempt, "aio2024-cau-01-vary", "z") == "1.5"
    other.get_by_role("button", name="Keep mine").click()
    saved(other)
    other.wait_for_timeout(400)
    assert student.typed(attempt, "aio2024-cau-01-vary", "z") == "7.5"


def test_switching_the_language_loses_nothing_that_was_just_typed(student):
    attempt = student.start()
    student.go(f"/attempts/{attempt}/questions/1")
    box(student.page, "z").fill("3.25")
    student.page.get_by_role("button", name="VI").or_(student.page.locator('button[name=lang][value="vi"]')).first.click()
    student.page.get_by_role("heading", name="Câu 1").wait_for()
    assert box(student.page, "z").input_value() == "3.25"


PASTE = """text => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}));
}"""


def test_a_table_is_pasted_at_once_and_the_arrow_keys_move_through_it(student):
    attempt = student.start("optimisers")
    student.go(f"/attempts/{attempt}/questions/1")
    box(student.page, "g1[0]").focus()
    student.page.evaluate(PASTE, "-1\t-8\n-4,6\t1,2")
    assert [box(student.page, part).input_value() for part in ("g1[0]", "g1[1]", "w1[0]", "w1[1]")] == ["-1", "-8", "-4,6", "1,2"]
    box(student.page, "g1[0]").focus()
    student.page.keyboard.press("ArrowDown")
    assert student.page.evaluate("document.activeElement.name") == "answer:w1[0]"


def test_an_input_method_is_left_alone_until_it_has_composed(student):
    attempt = student.start()
    student.go(f"/attempts/{attempt}/questions/1")
    client = student.context.new_cdp_session(student.page)
    box(student.page, "z").focus()
    client.send("Input.imeSetComposition", {"text": "12", "selectionStart": 2, "selectionEnd": 2})
    student.page.wait_for_timeout(700)
    assert student.typed(attempt, "aio2024-cau-01-vary", "z") == ""
    client.send("Input.insertText", {"text": "12"})
    saved(student.page)
    assert student.typed(attempt, "aio2024-cau-01-vary", "z") == "12"


def test_a_paper_is_taken_by_keyboard_alone(student):
    """Every box is reached by Tab, filled, and the paper handed in, without a pointer."""
    attempt = student.start()
    student.go(f"/attempts/{attempt}/questions/6")
    page, filled = student.page, set()
    for _ in range(60):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.name || ''")
        if name.startswith("answer:"):
            page.keyboard.type("0.5")
            filled.add(name)
        if page.evaluate("document.activeElement.matches('.bar button[value=submit]')"):
            break
    assert filled == {"answer:h", "answer:z", "answer:loss"}
    page.keyboard.press("Enter")
    page.wait_for_url("**/submit")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(f"document.activeElement.matches('form[action$=\"{attempt}/submit\"] button')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/review")
    assert page.get_by_text("/10").first.is_visible()


@pytest.mark.parametrize("student", [{"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}], indirect=True)
def test_on_a_phone_nothing_overflows_and_minus_and_e_are_offered(student):
    attempt = student.start("optimisers")
    for path in (
        "/",
        "/papers",
        "/papers?topic=activations",
        f"/attempts/{attempt}/questions/4",
        f"/attempts/{attempt}/questions/6",
        f"/attempts/{attempt}/submit",
    ):
        student.go(path)
        student.page.wait_for_timeout(200)
        assert student.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    done = student.start()
    sittings.submit(student.store, student.person, done)
    for number in (1, 3, 5):
        student.go(f"/attempts/{done}/review/{number}")
        student.page.wait_for_timeout(200)
        assert student.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), number
    student.go(f"/attempts/{attempt}/questions/4")
    box(student.page, "g1[0]").tap()
    student.page.get_by_role("button", name="minus").first.tap()
    box(student.page, "g1[0]").press_sequentially("1.5")
    assert box(student.page, "g1[0]").input_value() == "-1.5"


@pytest.mark.parametrize("student", [{"viewport": {"width": 390, "height": 740}, "has_touch": True, "is_mobile": True}], indirect=True)
def test_on_a_phone_the_whole_map_with_handing_in_is_seen_and_no_bar_covers_the_focused_box(student):
    attempt = student.start("optimisers")
    student.go(f"/attempts/{attempt}/questions/4")
    for button in student.page.locator(".map button").all():
        box_ = button.bounding_box()
        assert box_["x"] >= 0
        assert box_["x"] + box_["width"] <= 390
    bar = student.page.locator(".bar").bounding_box()
    for field in student.page.locator(".box > input:not([type=hidden])").all():
        field.focus()
        assert field.bounding_box()["y"] + field.bounding_box()["height"] <= bar["y"], field.get_attribute("name")


@pytest.mark.parametrize("student", [{"viewport": {"width": 820, "height": 1000}}], indirect=True)
def test_below_a_thousand_pixels_the_solution_stands_under_the_work(student):
    done = student.start()
    sittings.submit(student.store, student.person, done)
    student.go(f"/attempts/{done}/review/3")
    marked, solution = (student.page.locator(name).bounding_box() for name in (".marked", ".solution"))
    assert solution["y"] >= marked["y"] + marked["height"]
    assert marked["width"] == solution["width"]


def test_the_receipt_is_opened_and_copied_by_keyboard(student):
    done = student.start()
    sittings.submit(student.store, student.person, done)
    student.go(f"/attempts/{done}/review/1")
    receipt, page = sittings.sitting(student.store, student.person, done).state.receipt, student.page
    assert page.locator("#receipt").is_hidden()
    page.locator(".receipt summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("copied", exact=True).wait_for()
    assert page.evaluate("getSelection().toString()") == receipt


@pytest.mark.parametrize("student", [{"java_script_enabled": False}], indirect=True)
def test_without_scripts_answers_are_sent_by_the_buttons(student):
    attempt = student.start()
    student.go(f"/attempts/{attempt}/questions/1")
    box(student.page, "z").fill("4.5")
    student.page.locator('.bar button[value="next"]').click()
    assert student.page.url.endswith("/questions/2")
    assert student.typed(attempt, "aio2024-cau-01-vary", "z") == "4.5"


def test_mathematics_is_rendered_with_its_mathml_and_nothing_comes_from_elsewhere(student):
    asked = []
    student.page.on("request", lambda request: asked.append(request.url))
    student.go(f"/attempts/{student.start()}/questions/5")
    student.page.locator(".katex math").first.wait_for(state="attached")
    assert student.page.locator(".katex-error").count() == 0
    assert all(url.startswith((student.server.address, "data:")) for url in asked)


def test_practice_gives_fresh_numbers_and_is_marked_at_once(student):
    student.go("/papers")
    student.page.get_by_label("Words of the title").fill("gd vary")
    student.page.keyboard.press("Enter")
    student.page.locator('button[value="optim-gd-vary"]').click()
    student.page.wait_for_url("**/attempts/**")
    box(student.page, "g1[0]").fill("-1")
    student.page.locator('button[value="submit"]').first.click()
    student.page.wait_for_url("**/submit")
    student.page.locator('form[action$="/submit"] button').first.click()
    student.page.wait_for_url("**/review")
    first = student.page.locator("article .prose, section .prose").first.inner_text()
    student.page.get_by_role("button", name="Another one like this").click()
    student.page.wait_for_url(re.compile(r"/attempts/[^/]+$"))
    assert student.page.locator("article .prose, section .prose").first.inner_text() != first


def handed_in(student, question, **typed):
    """The address of the review of one practised question."""
    attempt = starting.practise(student.store, student.person, question)
    for part, text in typed.items():
        sittings.save(student.store, student.person, attempt, question, part, text)
    sittings.submit(student.store, student.person, attempt)
    return f"/attempts/{attempt}/review"


def test_a_step_of_a_long_solution_is_fetched_when_it_is_asked_for_and_the_page_stays(student):
    student.go(handed_in(student, "optim-gd-30-vary", **{"w30[0]": "1"}))
    page = student.page
    page.evaluate("window.stays = true")
    page.locator(".marked td a").first.click()
    page.locator("#step-w30").wait_for(state="visible")
    for _ in range(3):
        page.locator(".solution .shown [rel=prev]").click()
        page.wait_for_timeout(50)
    page.locator("#step-g29").get_by_role("link", name="Step before").click()
    page.locator("#step-w28").wait_for(state="visible")
    assert page.evaluate("document.activeElement.id") == "step-w28"
    assert page.locator("#step-w28 .katex").count() > 0, "what was fetched is typeset"
    assert page.evaluate("window.stays"), "nothing was reloaded"
    order = page.evaluate("[...document.querySelectorAll('.solution section')].map(section => Number(section.dataset.at))")
    assert order == sorted(order)
    student.context.set_offline(True)
    page.locator("#step-w28 [rel=prev]").click()
    page.locator("#step-g28").wait_for(state="visible")
    student.context.set_offline(False)


BAR = """cell => {
  const style = getComputedStyle(cell);
  return [Math.max(...style.boxShadow.match(/-?[\\d.]+px/g).map(parseFloat)), parseFloat(style.outlineWidth), cell.className];
}"""


def test_the_first_wrong_step_is_marked_also_while_it_is_selected(student):
    student.go(handed_in(student, "aio2024-cau-01-vary", z="123", R="123"))
    width, outline, classes = student.page.locator("td.first").evaluate(BAR)
    assert "selected" in classes
    assert width >= outline + 4


def test_a_line_of_mathematics_never_ends_with_a_relation(student):
    for path in ("/attempts/" + student.start("optimisers") + "/questions/1", handed_in(student, "optim-adam-vary", **{"g1[0]": "1"})):
        student.go(path)
        student.page.locator(".katex").first.wait_for(state="attached")
        ends = """[...document.querySelectorAll(".katex-base")]
            .filter((piece) => piece.nextElementSibling)
            .filter((piece) => [...piece.children].filter((node) => !node.matches(".mspace")).at(-1).matches(".mrel")).length"""
        assert student.page.locator(".katex-base").count() > 10, "the class that KaTeX gives"
        assert student.page.evaluate(ends) == 0


def test_a_comma_after_a_formula_stays_with_it(student):
    student.go(f"/attempts/{student.start('optimisers')}/questions/1")
    student.page.locator(".katex").first.wait_for(state="attached")
    alone = """[...document.querySelectorAll('.prose .tex:not(.display)')].filter(tex =>
        tex.nextSibling?.nodeType === Node.TEXT_NODE && /^[,.;:]/.test(tex.nextSibling.data)).length"""
    assert student.page.evaluate(alone) == 0


def test_a_box_that_cannot_be_read_is_invalid_until_it_can_be(student):
    student.go(f"/attempts/{student.start()}/questions/3")
    field = box(student.page, "dR")
    field.fill("1.234,5")
    field.blur()
    student.page.locator("#dR-why").wait_for(state="visible")
    assert field.get_attribute("aria-invalid") == "true"
    assert "1.234,5" in student.page.locator("#dR-why").inner_text()
    field.fill("1.2345")
    field.blur()
    student.page.locator("#dR-why").wait_for(state="hidden")
    assert field.get_attribute("aria-invalid") is None


PAGES = ["/", "/sign-in", "/docs", "/papers", "/papers?topic=optimisers", "/papers?find=adam&kind=mc", "/nothing-here", "submit"]
PAGES += ["open/1", "open/3", "open/5", "table/1", "choice/1", "order/1", "done/1", "done/4", "done/14", "trained/2", "trained/4"]


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_accessibility_checker_finds_nothing_on_any_page(browser, server, installation, language, scheme):
    settings = {"color_scheme": scheme, "locale": "vi-VN" if language == "vi" else "en-US"}
    student = Student(browser, server, installation, f"axe {language} {scheme}", **settings)
    done = student.start("optimisers")
    for part, text in (("g1[0]", "1"), ("g1[1]", "x"), ("w1[0]", "-2")):
        sittings.save(student.store, student.person, done, "optim-gd-vary", part, text)
    sittings.submit(student.store, student.person, done)
    trained = student.start("training")
    sittings.save(student.store, student.person, trained, "train-vanishing-ratio", "answer", "a")
    sittings.submit(student.store, student.person, trained)
    table, choice, order = (
        starting.practise(student.store, student.person, id) for id in ("optim-adam-vary", "optim-gd-vary-mc", "optim-adam-order")
    )
    attempts = {"open": student.start(), "table": table, "choice": choice, "order": order, "done": done, "trained": trained}
    sittings.save(student.store, student.person, attempts["open"], "aio2024-cau-03-vary", "dR", "oo")
    found = {}
    for name in PAGES:
        kind, _, number = name.partition("/")
        path = f"/attempts/{attempts['open']}/submit" if name == "submit" else name
        if kind in attempts:
            path = f"/attempts/{attempts[kind]}/{'review' if kind in ('done', 'trained') else 'questions'}/{number}"
        student.go(path)
        student.page.wait_for_timeout(250)
        assert student.page.evaluate("document.documentElement.lang") == language
        if problems := findings(student.page):
            found[path] = problems
    student.context.close()
    assert found == {}
