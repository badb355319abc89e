"""Paper out of a real browser: sheets that are accessible, black on white, whole on every page, and as many as they should be."""

import re

import pytest

from exam import people, printing, sittings, starting
from tests.web.browser import findings
from tests.web.test_printing import ASKED

pytest.importorskip("playwright.sync_api")
WHOLE = ".psteps, figure, .bracket, .ask, .asked-on-paper, .q.whole"  # what a page may never cut


@pytest.fixture(params=[{}, {"color_scheme": "dark", "viewport": {"width": 390, "height": 800}}], ids=["light", "dark phone"])
def desk(request, browser, server, installation):
    """A teacher's browser at a paper of which two copies were made: the page, the paper's address there, and the run's code."""
    account, teacher = installation.person("Cô", "teacher")
    id = f"paper-{next(installation.numbers)}"
    installation.paper(id, ASKED, teacher=teacher, preset="exam")
    run = printing.numbered(installation.store, teacher, id, 2)
    context, complaints = browser.new_context(**{"locale": "vi-VN", **request.param}), []
    secret = people.sign_in(installation.store, account.name, account.password)
    context.add_cookies([{"name": "gradus_session", "value": secret, "url": server.address}])
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None)
    yield page, f"{server.address}/teach/papers/{id}/print", run.code
    context.close()
    assert complaints == []


def pages_of(pdf):
    """How many pages a PDF has."""
    return max(int(count) for count in re.findall(rb"/Count (\d+)", pdf))


def test_every_page_is_accessible_and_no_wider_than_the_screen(desk):
    page, here, code = desk
    for path in ("", "?code=none", f"/{code}?show=blank", f"/{code}?show=solution&language=en", f"/{code}?show=key"):
        page.goto(here + path)
        page.wait_for_load_state("load")
        page.evaluate("document.fonts.ready")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        if "none" not in path:
            assert findings(page) == [], path


def test_on_paper_there_is_the_sheet_alone_black_on_white(desk):
    page, here, code = desk
    for show in ("blank", "answers", "solution", "key"):
        page.goto(f"{here}/{code}?show={show}&language=vi")
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 673, "height": 1000})  # A4 between its margins, in CSS pixels
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        seen = page.evaluate(
            """() => ({hidden: [...document.querySelectorAll('body > header, .desk')].every((e) => !e.checkVisibility()),
              ink: getComputedStyle(document.querySelector('.sheets')).color,
              paper: getComputedStyle(document.documentElement).backgroundColor,
              wide: [...document.querySelectorAll('.sheets :is(.work, .piece, .ask, .psteps, figure, svg, .poptions, .pmatch)')]
                .filter((e) => e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.outerHTML.slice(0, 90)),
              raw: document.querySelectorAll('.tex:not(:has(.katex))').length, wrong: document.querySelectorAll('.katex-error').length})"""
        )
        if show == "key":
            seen["wide"] = []  # landscape
        assert seen == {"hidden": True, "ink": "rgb(0, 0, 0)", "paper": "rgb(255, 255, 255)", "wide": [], "raw": 0, "wrong": 0}, show


def test_each_copy_begins_a_page_and_nothing_whole_is_cut(desk):
    page, here, code = desk
    counts = {}
    for asked in ("copy=1", "copy=2", ""):
        page.goto(f"{here}/{code}?show=blank&{asked}")
        page.evaluate("document.fonts.ready")
        counts[asked] = pages_of(page.pdf(prefer_css_page_size=True))
    assert 5 <= counts["copy=1"] <= 15
    assert counts[""] == counts["copy=1"] + counts["copy=2"]
    page.emulate_media(media="print")
    breaks = page.evaluate("(whole) => [...document.querySelectorAll(whole)].map((e) => getComputedStyle(e).breakInside)", WHOLE)
    assert len(breaks) > 10
    assert set(breaks) == {"avoid"}


def test_a_student_prints_their_own_review(browser, server, installation):
    account, student = installation.person("Dương")
    id = f"paper-{next(installation.numbers)}"
    installation.paper(id, ["optim-adam-vary", "train-sgd-interval"], student)
    attempt = starting.start(installation.store, student, id)[0]
    sittings.save(installation.store, student, attempt, "optim-adam-vary", "g1[0]", "0.5")
    sittings.submit(installation.store, student, attempt)
    context = browser.new_context(locale="vi-VN", color_scheme="dark")
    secret = people.sign_in(installation.store, account.name, account.password)
    context.add_cookies([{"name": "gradus_session", "value": secret, "url": server.address}])
    page = context.new_page()
    page.goto(f"{server.address}/attempts/{attempt}/review/1")
    page.evaluate("document.fonts.ready")
    assert 2 <= pages_of(page.pdf(prefer_css_page_size=True)) <= 7
    page.emulate_media(media="print")
    assert page.get_by_text(account.name).is_visible(), "whose it is"
    assert not page.get_by_role("button").first.is_visible()
    steps = page.locator(".solution section")
    assert all(steps.nth(i).is_visible() for i in range(steps.count())), "the whole solution"
    assert page.evaluate("getComputedStyle(document.documentElement).color") == "rgb(0, 0, 0)"
    context.close()
