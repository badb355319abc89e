"""`gradus pull`, `push` and `check` with a server elsewhere: what goes wrong on the way is said clearly, and nothing is lost."""

import json
import shutil
import ssl
import subprocess

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse

from exam import drafts, people
from exam.store import open_store
from tests.exam.school import School
from tests.web import browser
from tests.web.test_cli import document, gradus  # noqa: F401
from web.app import make_app
from web.examples import LINE


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    store = open_store(str(tmp_path_factory.mktemp("server") / "gradus.db"))
    yield School(store)
    store.close()


@pytest.fixture(scope="module")
def server(school):
    served = browser.Server(make_app(school.store))
    yield served
    served.stop()


@pytest.fixture
def token(school):
    return people.add_token(school.store, school.teacher.name, "author")


@pytest.fixture
def files(tmp_path):
    made = tmp_path / "files"
    made.mkdir()
    return made


def fresh(files, id):
    (files / f"{id}.yaml").write_text(f"# {id}\n" + LINE.replace("id: line", f"id: {id}"))


def test_a_folder_goes_to_the_server_and_comes_back(gradus, school, server, token, files, tmp_path):  # noqa: F811
    fresh(files, "sent")
    at = ("--server", server.address)
    checked = gradus("check", files, *at, GRADUS_TOKEN=token)
    assert "1 of 1 may be published" in checked.stdout
    dry = gradus("push", files, *at, "--publish", "--dry-run", GRADUS_TOKEN=token)
    assert dry.stdout.split() == ["published", "sent", "1", "of", "1", "differ"]
    assert "sent" not in drafts.standings(school.store, school.teacher)
    file = tmp_path / "token"
    file.write_text(token + "\n")
    sent = document(gradus("push", files, *at, "--publish", "--json", "--token-file", file))
    assert [(one["id"], one["did"]) for one in sent] == [("sent", "published")]
    other = tmp_path / "other"
    other.mkdir()
    assert gradus("pull", other, *at, GRADUS_TOKEN=token).exit_code == 0
    assert (other / "sent.yaml").read_bytes() == (files / "sent.yaml").read_bytes()
    (other / "sent.yaml").write_text((files / "sent.yaml").read_text() + "# mine\n")
    drafts.save(school.store, school.other, "sent", (files / "sent.yaml").read_text() + "# theirs\n")
    conflict = gradus("push", other, *at, GRADUS_TOKEN=token)
    assert (conflict.exit_code, "-# theirs" in conflict.stdout, "+# mine" in conflict.stdout) == (1, True, True)


def test_a_token_is_never_on_the_command_line(gradus):  # noqa: F811
    for command in ("pull", "push", "check"):
        assert "--token " not in gradus(command, "--help").stdout


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://gradus.example.edu", "over http:// everybody on the way could read the token"),
        ("gradus.example.edu", "is no address of a server"),
        ("ftp://gradus.example.edu", "is no address of a server"),
        ("https://", "is no address of a server"),
        ("https://an:secret@gradus.example.edu", "is no address of a server"),
        ("https://[gradus", "is no address of a server"),
        ("https://gradus.example.edu:99999", "is no address of a server"),
    ],
)
def test_no_token_is_sent_to_an_address_that_is_none(gradus, files, address, said):  # noqa: F811
    told = gradus("pull", files, "--server", address, GRADUS_TOKEN="gr-0")
    assert (told.exit_code, said in told.stderr) == (1, True), told.stderr
    assert "Traceback" not in told.output


def test_a_wrong_token_or_scope_or_person_is_told(gradus, school, server, files):  # noqa: F811
    wrong = {
        "": "there is no token; put one of scope author into GRADUS_TOKEN",
        "two words": "this is no token",
        "gradus-nothing": "this token is not known",
        people.add_token(school.store, "answers", "grade"): "this token has the scope grade; this needs author",
        people.add_token(school.store, school.an.name, "author"): "Only teachers may write questions",
    }
    for token, said in wrong.items():
        told = gradus("push", files, "--server", server.address, GRADUS_TOKEN=token)
        assert (told.exit_code, said in told.stderr) == (1, True), told.stderr
        if token:
            assert token not in told.output
    told = document(gradus("push", files, "--server", server.address, "--json", GRADUS_TOKEN="gradus-nothing"), code=1)
    assert told["error"] == "no_token"


def test_either_the_database_here_or_a_server_is_named(gradus, files):  # noqa: F811
    for more in ((), ("--as", "Cô Hà", "--server", "https://gradus.example.edu")):
        told = gradus("pull", files, *more)
        assert told.exit_code == 2
        assert "one of the two" in " ".join(told.stderr.replace("│", " ").split())


def test_without_a_network_nothing_is_lost_and_it_is_said(gradus, school, token, files):  # noqa: F811
    fresh(files, "offline-a")
    gone = browser.Server(make_app(school.store))
    gone.stop()
    told = gradus("push", files, "--server", gone.address, GRADUS_TOKEN=token)
    assert (told.exit_code, "cannot be reached" in told.stderr) == (1, True), told.stderr


def test_a_server_that_breaks_halfway_is_told_with_what_was_done(gradus, school, token, files):  # noqa: F811
    for id in ("half-a", "half-b", "half-c"):
        fresh(files, id)
    app, asked = make_app(school.store), []

    async def breaks(scope, receive, send):
        if scope.get("method") == "POST":
            asked.append(scope["path"])
            if len(asked) == 2:
                await PlainTextResponse("<h1>502 Bad Gateway</h1>", 502)(scope, receive, send)
                return
        await app(scope, receive, send)

    served = browser.Server(breaks)
    told = gradus("push", files, "--server", served.address, GRADUS_TOKEN=token)
    served.stop()
    assert told.exit_code == 1
    assert "new        half-a" in told.stdout
    assert "does not answer as Gradus does: it replies 502" in told.stderr
    assert list(json.loads((files / ".gradus.json").read_text())) == ["half-a"]


def strange(reply):
    """A server that answers everything so."""
    app = FastAPI(telemetry={"tracing": False, "metrics": False, "logs": False})

    @app.get("/{path:path}")
    def answer(path: str):
        return reply

    return app


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (PlainTextResponse("hello"), "it replies 200 without a document of Gradus"),
        (RedirectResponse("https://elsewhere.example/"), "it leads on to 'https://elsewhere.example/'"),
        (JSONResponse({"error": "unknown_path", "detail": "no such path", "where": None}, 404), "it is older than this gradus"),
        (JSONResponse([{"id": "../../escaped", "revision": 1, "version": 0, "sha256": ""}]), "'../../escaped' is no question's id"),
        (JSONResponse([{"id": "line"}]), "its list of sources is not one"),
        (JSONResponse(7), "its list of sources is not one"),
        (JSONResponse({"detail": "nothing"}, 500), "it replies 500 without a document of Gradus"),
    ],
)
def test_who_does_not_answer_as_gradus_does_is_told(gradus, files, reply, said):  # noqa: F811
    served = browser.Server(strange(reply))
    told = gradus("pull", files, "--server", served.address, GRADUS_TOKEN="gr-0")
    served.stop()
    assert (told.exit_code, said in told.stderr) == (1, True), told.stderr
    assert [path.name for path in files.iterdir() if path.name != ".gradus.json"] == []
    assert not (files.parent.parent / "escaped.yaml").exists()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes a certificate with openssl")
def test_a_certificate_is_believed_only_where_its_authority_is(gradus, school, token, files, tmp_path, monkeypatch):  # noqa: F811
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", certificate, *subject],
        check=True, capture_output=True,
    )  # fmt: skip

    plain = uvicorn.Config
    monkeypatch.setattr(uvicorn, "Config", lambda *a, **more: plain(*a, ssl_keyfile=str(key), ssl_certfile=str(certificate), **more))
    served = browser.Server(make_app(school.store))
    address = served.address.replace("http:", "https:")
    told = gradus("pull", files, "--server", address, GRADUS_TOKEN=token)
    assert (told.exit_code, "does not hold" in told.stderr, "SSL_CERT_FILE" in told.stderr) == (1, True, True), told.stderr
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert ssl.get_default_verify_paths().cafile == str(certificate)
    assert gradus("pull", files, "--server", address, GRADUS_TOKEN=token).exit_code in (0, 1)
    assert (files / ".gradus.json").exists()
    served.stop()
