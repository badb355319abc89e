"""A form of the staff's pages outlives its session: who signs in again sends on what was typed, to the letter, and nothing else does."""

import re
from html import unescape

import pytest

from exam import classes, people
from web import again

HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
TITLE = "Lớp \"hai\" <b>&amp;</b>\r\n'x'"


@pytest.fixture
def teacher(browse):
    return browse("Cô", "teacher")


@pytest.fixture
def ended(teacher):
    """The teacher's browser, whose session has ended."""
    teacher.cookies.delete("gradus_session")
    return teacher


def fields(page):
    return [(unescape(name), unescape(value)) for name, value in HIDDEN.findall(page)]


def sign_in(browser, page, password=None):
    sent = dict(fields(page)) | {"name": browser.account.name, "password": password or browser.account.password}
    return browser.post("/sign-in", data=sent)


def test_what_was_typed_goes_on_after_signing_in_to_the_letter(ended, installation):
    page = ended.post("/teach/classes", data={"title": TITLE, "empty": ""})
    assert page.status_code == 401
    assert ("kept:title", TITLE) in fields(page.text)
    page = sign_in(ended, page.text, "wrong")
    assert page.status_code == 401
    assert ("kept:title", TITLE) in fields(page.text), "also after a slip in the password"
    page = sign_in(ended, page.text)
    assert page.status_code == 200
    assert fields(page.text)[-2:] == [("title", TITLE), ("empty", "")]
    assert 'action="/teach/classes"' in page.text
    assert page.headers["cache-control"] == "no-store"
    assert ended.account.password not in page.text
    assert not classes.overviews(installation.store, ended.person), "nothing is done before the button is pressed"
    done = ended.post("/teach/classes", data={"title": "Lớp hai"})
    assert done.headers["location"].startswith("/teach/classes/")


def test_a_field_of_many_values_keeps_them_all(ended):
    page = ended.post("/teach/papers/aio2024", data={"classes": ["a", "b"], "title_vi": "Đề"})
    assert [value for name, value in fields(page.text) if name == "kept:classes"] == ["a", "b"]


def test_a_file_is_not_carried_and_that_is_said(ended):
    page = ended.post("/teach/classes/k67/roster", data={"text": "An"}, files={"file": ("k67.csv", b"secret,roster")})
    assert page.status_code == 401
    assert ("kept:text", "An") in fields(page.text)
    assert "secret,roster" not in page.text
    assert "has to be sent again" in page.text


def test_too_much_is_not_carried_and_that_is_said(ended):
    page = ended.post("/teach/classes", data={"title": "x" * (again.MOST + 1)})
    assert page.status_code == 401
    assert "has to be sent again" in page.text
    assert len(page.text) < 20_000
    page = ended.post("/teach/classes", data={"title": "x" * (again.MOST - 10)})
    assert "has to be sent again" not in page.text
    assert sign_in(ended, page.text).status_code == 200


@pytest.mark.parametrize("content", [b"", b"%ff%fe=%00", b"a" * 3000 + b"=1"])
@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data", "text/plain"]
)
def test_what_is_no_form_asks_to_sign_in_all_the_same(ended, content, kind):
    assert ended.post("/teach/classes", content=content, headers={"Content-Type": kind}).status_code in (400, 401)


def test_only_forms_of_the_staff_pages_wait_and_only_on_this_server(ended):
    assert ended.post("/practice", data={"question": "optim-gd-vary"}).headers["location"] == "/sign-in?next=/papers"
    for after in ("https://evil.example/teach/", "//evil.example/teach/", "/papers", "/teach"):
        sent = {"next": after, "again": "yes", "kept:title": "x", "name": ended.account.name, "password": ended.account.password}
        assert ended.post("/sign-in", data=sent).status_code == 303
    cross = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert ended.post("/teach/classes", data={"title": "x"}, headers=cross).status_code == 403


def test_what_waits_is_in_no_log(ended, caplog, capfd):
    page = ended.post("/teach/classes", data={"title": "nowhere else"})
    sign_in(ended, page.text)
    assert "nowhere else" not in caplog.text + "".join(capfd.readouterr())


def test_who_is_not_of_the_staff_is_told_so_once_the_form_goes_on(browse):
    an = browse()
    an.cookies.delete("gradus_session")
    page = sign_in(an, an.post("/teach/classes", data={"title": "x"}).text)
    assert page.status_code == 200
    assert people.SESSION_LASTS
    assert an.post("/teach/classes", data={"title": "x"}).status_code == 403
