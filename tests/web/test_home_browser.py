"""First steps and the help of authors in a real browser: few clicks, the keyboard alone, accessible in every look."""

import pytest

from tests.web.browser import findings

playwright = pytest.importorskip("playwright.sync_api")
LOOKS = [("vi-VN", "light", 1280), ("en-GB", "dark", 390)]
NEW = ("A neuron", "Một nơ-ron")


@pytest.fixture
def teacher(browser, server, installation):
    """A new teacher's page, not signed in yet; it counts the presses."""

    def arrives(locale="en-GB", scheme="light", width=1280):
        page = browser.new_context(locale=locale, color_scheme=scheme, viewport={"width": width, "height": 900}).new_page()
        page.account, page.person = installation.person("Thầy", "teacher")
        page.address, page.presses = server.address, 0
        page.goto(page.address + "/sign-in")
        page.fill("#name", page.account.name)
        page.fill("#password", page.account.password)
        press(page, "button.primary")
        return page

    return arrives


def press(page, selector):
    page.presses += 1
    with page.expect_navigation():
        page.locator(selector).first.click()


def sound(page):
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: "-".join(map(str, look)))
def test_five_presses_lead_from_an_empty_screen_into_ones_own_paper(teacher, look):
    page = teacher(*look)
    sound(page)
    page.fill(".guide #title", "K67")
    for _ in range(3):  # the class, the paper, the code
        press(page, ".guide .primary")
        sound(page)
    assert page.locator(".guide .hand").inner_text().count("-") == 1
    press(page, ".guide .rehearse .primary")
    assert "/attempts/" in page.url
    assert page.presses == 5
    sound(page)
    page.goto(page.url + "/submit")
    press(page, "form.go .primary")
    sound(page)
    page.goto(page.address + "/teach/papers")
    sound(page)
    press(page, ".rehearse button.link")
    assert page.locator(".rehearse button.link").count() == 0


def editor(page):
    page.goto(page.address + "/teach/new-question")
    page.fill("#vi", NEW[1])
    page.fill("#en", NEW[0])
    press(page, "form .primary")


def at(page, text, after=0):
    """Puts the cursor into the text of the question."""
    page.evaluate(
        "([text, after]) => { const s = document.getElementById('source'); const i = s.value.indexOf(text) + after; s.focus(); "
        "s.setSelectionRange(i, i) }",
        [text, after],
    )


def put(page, kind, name):
    """Reaches a piece of help by the keyboard's focus and presses Enter."""
    page.evaluate("document.querySelectorAll('.helps, .helps details').forEach((one) => (one.open = true))")
    page.locator(f'[data-kind="{kind}"]', has_text=name).filter(has=page.locator(f"text=/{name}$/")).first.focus()
    page.keyboard.press("Enter")


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: "-".join(map(str, look)))
def test_the_field_at_the_cursor_is_explained(teacher, look):
    page = teacher(*look)
    editor(page)
    says = page.evaluate("Object.fromEntries([...document.querySelectorAll('[data-says]')].map((e) => [e.dataset.says, e.textContent]))")
    for text, after, field in (
        ("places: 2", 2, "Part.places"), ("without", 1, "Grid.without"), ("no_bias:", 2, "Step.mistakes"), ("advice:", 1, "Slip.advice"),
        ("prompt:", 0, "Question.prompt"), ("is: w * x + b", 1, "Step.is"), ("expect:", 3, "StoredTest.expect"),
        ("topics:", 1, "Question.topics"),
        ("\n  vi: |", 4, "Words.vi"), ("is: w * x\n", 1, "Slip.is"),
    ):  # fmt: skip
        at(page, text, after)
        playwright.expect(page.locator("#here")).to_have_text(f"{field.split('.')[1]}: {says[field]}")
    page.evaluate("document.querySelectorAll('.helps, .helps details').forEach((one) => (one.open = true))")
    sound(page)


def test_examples_are_put_in_where_they_belong_and_taken_back(teacher):
    page = teacher()
    editor(page)
    before = page.input_value("#source")
    at(page, "places: 2", 3)
    put(page, "Part", "figures")
    assert "- {ask: z, places: 2, figures: 3}\n" in page.input_value("#source")
    page.keyboard.press("Control+z")
    assert page.input_value("#source") == before
    put(page, "Question", "tells_apart")
    assert "- {ask: a, places: 2}\ntells_apart: [no_bias]\n" in page.input_value("#source")
    put(page, "StoredTest", "seed")
    assert page.input_value("#source").rstrip().endswith("  - seed: 7\n    answers: {z: 3}\n    expect: {z: correct}")
    at(page, "is: relu(z)", 4)
    page.keyboard.press("Shift+End")
    put(page, "function", "where")
    assert "    is: where(z > 0, z, 0.1 * z)\n    mistakes: {no_relu: z}" in page.input_value("#source")
    at(page, "name: z", 2)
    put(page, "Step", "name")
    assert 'w x."}\n  - name: z\n    is: w * x + b\n  - name: a' in page.input_value("#source"), "behind the whole step before"
    at(page, "tells_apart", 3)
    put(page, "OneOf", "oneof")
    assert "without: [0]}\n  lr: {oneof: [0.1, 0.2, 0.5]}\n" in page.input_value("#source")
