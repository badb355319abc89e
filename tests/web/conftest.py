"""An installation with one grade token, and clients on which every reply must keep the error contract."""

import time
from itertools import count
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from exam import classes, papers, people, room
from exam.store import classes as class_rows
from exam.store import open_store
from exam.store import people as rows
from tests.web.browser import OPTIONS, Server, chromium
from web.app import make_app


class Installation:
    """A store of its own in `folder`, and the application over it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = open_store(str(folder / "gradus.db"))
        self.app = make_app(self.store)
        self.numbers = count(1)

    def token(self, name, scope="grade", days=None):
        """A new token's text; one of scope `student` acts as that person, who is made."""
        if scope == "student":
            people.add_person(self.store, name, "student")
        return people.add_token(self.store, name, scope, days)

    def person(self, name, role="student"):
        """Somebody new, with a name that begins like this."""
        account = people.add_person(self.store, f"{name} {next(self.numbers)}", role)
        return account, self.store.read(lambda c: rows.find_person(c, account.name))[0]

    def paper(self, id, questions, *students, teacher=None, **stated):
        """A paper for a class of its own, which these students sit; its teacher, one of its own where none is named."""
        teacher = teacher or self.person("Cô", "teacher")[1]
        school_class = classes.make(self.store, teacher, id).id
        words = {name: {"vi": f"Đề {id}", "en": f"Paper {id}"} for name in ("title", "description")}
        room.change_paper(self.store, teacher, {"id": id, **words, "questions": questions, "classes": [school_class], **stated})
        for student in students:
            self.enrol(id, student)
        return teacher

    def enrol(self, paper, student):
        """Puts a student into the class of a paper."""
        (school_class,) = papers.paper(self.store, paper).classes
        self.store.write(lambda c: class_rows.add_member(c, school_class, student.id, "student", "", time.time()))

    def on_disk(self):
        """All that this installation keeps, as bytes."""
        return b"".join(path.read_bytes() for path in self.folder.rglob("*") if path.is_file())


def keeps_the_contract(response):
    """Whatever is sent: no trace, nothing unexpected, and every problem of the API has the one shape with one clear sentence."""
    response.read()
    assert "Traceback" not in response.text
    assert response.status_code < 500 or response.status_code == 503, response.text[:500]
    if response.status_code >= 400 and response.request.url.path.startswith("/api/"):
        problem = response.json()
        assert list(problem) == ["error", "detail", "where"] + ["mine", "theirs", "version"] * (problem["error"] == "conflict")
        assert problem["error"].replace("_", "").isalpha()
        assert problem["detail"] == problem["detail"].strip() != ""
        assert len(problem["detail"]) < 1000
        assert problem["where"] is None or problem["where"] == "" or problem["where"].startswith("/")


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords():
    """Passwords are hashed as fast as can be: how they are kept is tested with the people."""
    with pytest.MonkeyPatch.context() as patch:
        hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(people, "HASHER", hasher)
        patch.setattr(people, "NOBODY", hasher.hash("a password nobody has"))
        yield


@pytest.fixture(scope="session")
def installation(tmp_path_factory):
    return Installation(tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="session")
def token(installation):
    return installation.token("tests")


@pytest.fixture(scope="session")
def app(installation):
    return installation.app


@pytest.fixture(scope="session")
def stranger(app):
    """A client without a token."""
    with TestClient(app, raise_server_exceptions=False) as client:
        client.event_hooks = {"response": [keeps_the_contract]}
        yield client


@pytest.fixture(scope="session")
def client(app, stranger, token):
    """A client with a token of scope `grade`; the application runs as long as the stranger's."""
    client = TestClient(app, raise_server_exceptions=False, headers={"Authorization": f"Bearer {token}"})
    client.portal = stranger.portal
    client.event_hooks = {"response": [keeps_the_contract]}
    return client


@pytest.fixture
def browse(app, stranger, installation):
    """Makes somebody, signed in in a browser of their own that follows no redirects by itself."""

    def sit_down(name="An", role="student", lang="en", signed_in=True):
        browser = TestClient(app, raise_server_exceptions=False, follow_redirects=False, headers={"Accept-Language": lang})
        browser.portal = stranger.portal
        browser.event_hooks = {"response": [keeps_the_contract]}
        if signed_in:
            browser.account, browser.person = installation.person(name, role)
            browser.cookies.set("gradus_session", people.sign_in(installation.store, browser.account.name, browser.account.password))
        return browser

    return sit_down


@pytest.fixture
def program(app, stranger, installation):
    """Makes somebody whose program has a token: a student, with one of scope `student`, if nothing else is said."""

    def made(name="An", role="student", scope="student"):
        account, person = installation.person(name, role)
        token = people.add_token(installation.store, account.name, scope)
        client = TestClient(app, raise_server_exceptions=False, headers={"Authorization": f"Bearer {token}"})
        client.portal, client.person, client.account = stranger.portal, person, account
        client.event_hooks = {"response": [keeps_the_contract]}
        return client

    return made


@pytest.fixture(scope="module")
def server(installation):
    """The installation at an address of its own."""
    running = Server(installation.app)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser():
    """Chromium, driven by Playwright."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=chromium(), args=OPTIONS)
        yield found
        found.close()
