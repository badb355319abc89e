"""Classes in a real browser: every page accessible in both languages and both schemes, on a phone, by keyboard, on paper."""

import pytest

from exam import arrangements, classes, links, people, roster
from exam.store import people as rows
from tests.web.browser import findings

pytest.importorskip("playwright.sync_api")


class Teacher:
    """A teacher with a class in which everything occurs, in a browser of their own."""

    def __init__(self, browser, server, installation, **settings):
        self.store, self.server = installation.store, server
        account, self.person = installation.person("Cô Nguyễn Thị Minh Hà", "teacher")
        self.id = classes.make(self.store, self.person, "Học sâu nâng cao").id
        names = [f"Nguyễn Hoàng Phương {next(installation.numbers)}" for _ in range(6)]
        _, self.slips = roster.take(self.store, self.person, self.id, "\n".join(f"{name},Buổi sáng" for name in names))
        self.member = self.store.read(lambda c: rows.find_person(c, names[0]))[0].id
        self.code = links.new_code(self.store, self.person, self.id)
        links.invite(self.store, self.person, self.id, "assistant", 7, 2)
        for whom in ({"person": self.member}, {"team": "Buổi sáng"}):
            terms = arrangements.Terms("Giấy của bác sĩ", paper="aio2024-vary", percent=25, closes=1.8e9)
            arrangements.arrange(self.store, self.person, self.id, terms, **whom)
        self.context = browser.new_context(**{"locale": "en-US", "viewport": {"width": 1280, "height": 900}, **settings})
        self.page = self.context.new_page()
        secret = people.sign_in(self.store, account.name, account.password)
        self.context.add_cookies([{"name": "gradus_session", "value": secret, "url": server.address}])

    def go(self, path):
        self.page.goto(self.server.address + path)

    def screens(self):
        """Goes through every screen and yields its name once it stands there."""
        here = f"/teach/classes/{self.id}"
        for path in ("/teach", here, f"{here}/members/{self.member}", f"{here}/acts", f"/join/{self.code}"):
            self.go(path)
            yield path
        for text in ("An,Buổi sáng\nBình", "An,Buổi sáng\nAn\n,x"):
            self.go(here)
            self.page.fill("#text", text)
            self.page.click("#roster .press button")
            yield f"preview of {text!r}"
        self.go(here)
        self.page.fill("#text", f"Trần Thị Thanh {self.member}\nLê Quang {self.member}")
        self.page.click("#roster .press button")
        self.page.click(".preview .primary")
        yield "slips"
        self.go(here)
        self.page.click("#links .press button")
        yield "link"
        self.go(f"{here}/members/{self.member}")
        self.page.fill("#reason", "x")
        self.page.click("#arrangements .press button")
        yield "an arrangement that arranges nothing"
        self.context.clear_cookies()
        for path in ("/join", "/join/BCDFGHJK", f"/join/{self.code}", f"/password/{self.slips[-1].secret}", "/password/none"):
            self.go(path)
            yield path


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_accessibility_checker_finds_nothing_on_any_page_of_a_class(browser, server, installation, language, scheme):
    teacher = Teacher(browser, server, installation, color_scheme=scheme, locale={"vi": "vi-VN", "en": "en-US"}[language])
    found = {name: problems for name in teacher.screens() if (problems := findings(teacher.page))}
    assert teacher.page.evaluate("document.documentElement.lang") == language
    teacher.context.close()
    assert found == {}


SMALL = """() => [...document.querySelectorAll("main :is(a, button, input, select, textarea, summary)")]
  .filter(e => e.type !== "hidden" && e.getClientRects().length)
  .filter(e => { const r = e.getBoundingClientRect(); return r.height < 24 || r.width < 24; })
  .filter(e => !e.closest("p")).map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().height, e.getBoundingClientRect().width])"""


def test_on_a_phone_nothing_overflows_and_everything_can_be_pressed(browser, server, installation):
    teacher = Teacher(browser, server, installation, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True, locale="vi-VN")
    for name in teacher.screens():
        assert teacher.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert teacher.page.evaluate(SMALL) == [], name
    teacher.context.close()


def test_a_class_is_made_and_filled_by_keyboard_alone(browser, server, installation):
    teacher = Teacher(browser, server, installation)
    page = teacher.page
    teacher.go("/teach")

    def tab_to(selector):
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.evaluate(f"document.activeElement.matches({selector!r})"):
                return
        raise AssertionError(f"Tab never comes to {selector}")

    tab_to("#title")
    page.keyboard.type("By keys")
    page.keyboard.press("Enter")
    page.wait_for_url("**/teach/classes/by-keys*")
    tab_to("#text")
    page.keyboard.type(f"Keyboard {teacher.member}")
    tab_to("#roster .primary")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Before anything is done").wait_for()
    tab_to(".preview .primary")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="A slip to hand out").wait_for()
    teacher.context.close()


def test_the_slips_are_saved_as_a_table_and_printed_without_the_frame(browser, server, installation):
    teacher = Teacher(browser, server, installation)
    for name in teacher.screens():
        if name == "slips":
            break
    page = teacher.page
    with page.expect_download() as saved:
        page.click("a[download]")
    assert saved.value.suggested_filename == f"{teacher.id}.csv"
    assert len(saved.value.path().read_text(encoding="utf-8-sig").splitlines()) == 3
    page.emulate_media(media="print")
    assert page.locator("header").is_hidden()
    assert page.locator(".screen").is_hidden()
    assert page.locator(".slips li").count() == 2
    teacher.context.close()
