"""Who may do what: a matrix over every route of the application and everybody who could ask."""

import time

import pytest
from starlette.routing import Mount
from starlette.testclient import TestClient

from exam import papers, people, runs, sittings, starting
from exam.store import attempts as rows
from tests.web.test_class_authorisation import MATRIX as CLASSES
from web.examples import LINE, LOG
from web.signin import COOKIE

CROSS = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
WHO = (
    "nobody", "owner", "another student", "teacher", "administrator",
    "grade token", "student token", "expired session", "forged session", "cross-site",
)  # fmt: skip
STRANGERS = ("nobody", "expired session", "forged session")
MEMBERS = ("another student", "teacher", "administrator")


def row(everybody=None, strangers=None, owner=None, members=None, **more):
    """The statuses by who asks; what is not said is as for everybody."""
    found = dict.fromkeys(WHO, everybody)
    found |= dict.fromkeys(STRANGERS, strangers) if strangers else {}
    found |= dict.fromkeys(("owner", "cross-site"), owner) if owner else {}
    found |= dict.fromkeys(MEMBERS, members) if members else {}
    return found | {who.replace("_", " ").replace("cross site", "cross-site"): status for who, status in more.items()}


OPEN = row(200)
AUTHORS = row(strangers=401, owner=403, members=200, another_student=403, grade_token=403, student_token=403)
NO_QUESTION = AUTHORS | {"teacher": 404, "administrator": 404}
ANSWER_BOOK = row(401, grade_token=200, student_token=403)
TAKERS = row(strangers=401, owner=200, members=200, grade_token=403, student_token=200)
MINE = TAKERS | row(strangers=401, owner=200, members=404, grade_token=403, student_token=200)
PAGE = row(strangers=303, owner=200, members=200, grade_token=303, student_token=303)
MY_PAGE = PAGE | dict.fromkeys(MEMBERS, 404)
POST_OF_MINE = row(strangers=303, owner=303, members=404, grade_token=303, student_token=303)
ANSWERS_OF_MINE = row(strangers=401, owner=303, members=404, grade_token=401, student_token=401)  # answers wait on the sign-in page


def posted(statuses):
    """As by a button of our own pages; from another site nobody's cookies do anything."""
    return statuses | {"cross-site": 403}


def staff(status):
    """As who has charge of a paper that is opened to all."""
    return dict.fromkeys(("teacher", "administrator"), status)


IN_CHARGE = row(404, strangers=401, grade_token=403, student_token=403) | staff(200)
MAKERS = row(403, strangers=401) | staff(200)
WRITERS = row(403, strangers=303, grade_token=303, student_token=303) | staff(200)
STAFF_PAGE = row(403, strangers=303, grade_token=303, student_token=303) | staff(200)


RUN = "/api/v1/attempts/{trained}/runs/train-one-layer-interval/study-one-layer"

# What each route answers; {attempt} is an open one of the owner's, {done} a submitted one, {trained} one about an experiment with a run.
MATRIX = {
    ("GET", "/"): ("/", OPEN),
    ("GET", "/docs"): ("/docs", OPEN),
    ("GET", "/healthz"): ("/healthz", OPEN),
    ("GET", "/openapi.json"): ("/openapi.json", OPEN),
    ("HEAD", "/openapi.json"): ("/openapi.json", OPEN),
    ("GET", "/static"): ("/static/style.css", OPEN),
    ("GET", "/sign-in"): ("/sign-in", row(200, owner=303, members=303)),
    ("POST", "/sign-in"): ("/sign-in", posted(row(401))),
    ("POST", "/sign-out"): ("/sign-out", posted(row(303))),
    ("POST", "/language"): ("/language", posted(row(303))),
    ("GET", "/papers"): ("/papers", PAGE),
    ("POST", "/papers/{id}/attempts"): ("/papers/aio2024/attempts", posted(row(303))),
    ("POST", "/practice"): ("/practice", posted(row(303))),
    ("GET", "/attempts/{id}"): ("/attempts/{attempt}", MY_PAGE),
    ("GET", "/attempts/{id}/questions/{number}"): ("/attempts/{attempt}/questions/1", MY_PAGE),
    ("POST", "/attempts/{id}/questions/{number}"): ("/attempts/{attempt}/questions/1", posted(ANSWERS_OF_MINE)),
    ("GET", "/attempts/{id}/pictures/{number}.svg"): ("/attempts/{attempt}/pictures/1.svg", MY_PAGE),
    ("GET", "/attempts/{id}/history"): ("/attempts/{attempt}/history", MY_PAGE),
    ("GET", "/attempts/{id}/submit"): ("/attempts/{attempt}/submit", MY_PAGE),
    ("POST", "/attempts/{id}/submit"): ("/attempts/{attempt}/submit", posted(POST_OF_MINE)),
    ("GET", "/attempts/{id}/review"): ("/attempts/{done}/review", MY_PAGE),
    ("GET", "/attempts/{id}/review/{number}"): ("/attempts/{done}/review/1", MY_PAGE),
    ("POST", "/attempts/{id}/review/{number}"): ("/attempts/{trained}/review/1", posted(POST_OF_MINE)),
    ("POST", "/attempts/{id}/review/{number}/delete-run"): ("/attempts/{trained}/review/1/delete-run", posted(POST_OF_MINE)),
    ("GET", "/api/v1/solvers"): ("/api/v1/solvers", ANSWER_BOOK),
    ("POST", "/api/v1/solvers/{solver}/solve"): ("/api/v1/solvers/adam/solve", posted(ANSWER_BOOK)),
    ("GET", "/api/v1/questions"): ("/api/v1/questions", ANSWER_BOOK),
    ("GET", "/api/v1/questions/{id}/variants/{seed}"): ("/api/v1/questions/optim-gd/variants/0", ANSWER_BOOK),
    ("GET", "/api/v1/experiments"): ("/api/v1/experiments", ANSWER_BOOK),
    ("GET", "/api/v1/experiments/{name}"): ("/api/v1/experiments/chain-adam", ANSWER_BOOK),
    ("POST", "/api/v1/grade"): ("/api/v1/grade", posted(ANSWER_BOOK)),
    ("POST", "/api/v1/grade/batch"): ("/api/v1/grade/batch", posted(ANSWER_BOOK)),
    ("GET", "/api/v1/schema/question"): ("/api/v1/schema/question", TAKERS | {"student token": 403}),
    ("POST", "/api/v1/questions/validate"): ("/api/v1/questions/validate", posted(AUTHORS)),
    ("POST", "/api/v1/questions/variants"): ("/api/v1/questions/variants", posted(AUTHORS)),
    ("POST", "/api/v1/questions"): ("/api/v1/questions", posted(AUTHORS | {"teacher": 409, "administrator": 409})),
    ("PUT", "/api/v1/questions/{id}"): ("/api/v1/questions/never-made", posted(NO_QUESTION)),
    ("GET", "/api/v1/questions/{id}/draft"): ("/api/v1/questions/never-made/draft", NO_QUESTION),
    ("GET", "/api/v1/sources"): ("/api/v1/sources", AUTHORS),
    ("GET", "/api/v1/questions/{id}/source"): ("/api/v1/questions/never-made/source", NO_QUESTION),
    ("POST", "/api/v1/questions/{id}/publish"): ("/api/v1/questions/never-made/publish", posted(NO_QUESTION)),
    ("DELETE", "/api/v1/questions/{id}/draft"): ("/api/v1/questions/never-made/draft", posted(NO_QUESTION)),
    ("DELETE", "/api/v1/questions/{id}"): ("/api/v1/questions/never-made", posted(NO_QUESTION)),
    ("POST", "/api/v1/questions/{id}/withdraw"): ("/api/v1/questions/never-made/withdraw", posted(NO_QUESTION)),
    ("POST", "/api/v1/questions/{id}/put-back"): ("/api/v1/questions/never-made/put-back", posted(NO_QUESTION)),
    ("GET", "/api/v1/questions/{id}/versions"): ("/api/v1/questions/never-made/versions", NO_QUESTION),
    ("GET", "/api/v1/questions/{id}/versions/{number}"): ("/api/v1/questions/never-made/versions/1", NO_QUESTION),
    ("GET", "/api/v1/papers"): ("/api/v1/papers", TAKERS),
    ("POST", "/api/v1/papers/{id}/attempts"): ("/api/v1/papers/aio2024/attempts", posted(TAKERS)),
    ("GET", "/api/v1/attempts/{id}"): ("/api/v1/attempts/{attempt}", MINE),
    ("GET", "/api/v1/attempts/{id}/clock"): ("/api/v1/attempts/{attempt}/clock", MINE),
    ("PUT", "/api/v1/attempts/{id}/answers/{question}/{part}"): ("/api/v1/attempts/{attempt}/answers/optim-gd-vary/w1[0]", posted(MINE)),
    ("POST", "/api/v1/attempts/{id}/check/{question}"): ("/api/v1/attempts/{attempt}/check/optim-gd-vary", posted(MINE)),
    ("POST", "/api/v1/attempts/{id}/next"): ("/api/v1/attempts/{attempt}/next", posted(MINE)),
    ("POST", "/api/v1/attempts/{id}/submit"): ("/api/v1/attempts/{attempt}/submit", posted(MINE)),
    ("GET", "/api/v1/attempts/{id}/review"): ("/api/v1/attempts/{done}/review", MINE),
    ("GET", "/api/v1/attempts/{id}/record"): ("/api/v1/attempts/{attempt}/record", MINE),
    ("GET", "/api/v1/attempts/{id}/runs/{question}"): ("/api/v1/attempts/{trained}/runs/train-one-layer-interval", MINE),
    ("PUT", "/api/v1/attempts/{id}/runs/{question}/{experiment}"): (RUN, posted(MINE)),
    ("DELETE", "/api/v1/attempts/{id}/runs/{question}/{experiment}"): (
        RUN,
        posted(MINE | {"owner": 204, "student token": 204}),
    ),
    ("GET", "/worker.js"): ("/worker.js", OPEN),
    ("GET", "/api/v1/teach/papers"): (
        "/api/v1/teach/papers",
        row(strangers=401, owner=200, members=200, grade_token=403, student_token=403),
    ),
    ("GET", "/api/v1/teach/papers/{id}"): ("/api/v1/teach/papers/aio2024", IN_CHARGE),
    ("PUT", "/api/v1/teach/papers/{id}"): ("/api/v1/teach/papers/aio2024", posted(IN_CHARGE)),
    ("GET", "/api/v1/teach/papers/{id}/room"): ("/api/v1/teach/papers/aio2024/room", IN_CHARGE),
    ("POST", "/api/v1/teach/papers/{id}/room/minutes"): ("/api/v1/teach/papers/aio2024/room/minutes", posted(IN_CHARGE)),
    ("POST", "/api/v1/teach/papers/{id}/room/pause"): ("/api/v1/teach/papers/aio2024/room/pause", posted(IN_CHARGE)),
    ("POST", "/api/v1/teach/papers/{id}/room/resume"): ("/api/v1/teach/papers/aio2024/room/resume", posted(IN_CHARGE)),
    ("POST", "/api/v1/teach/papers/{id}/room/notes"): ("/api/v1/teach/papers/aio2024/room/notes", posted(IN_CHARGE | staff(201))),
    ("POST", "/api/v1/teach/papers/{id}/attempts/{attempt}/reopen"): (
        "/api/v1/teach/papers/aio2024/attempts/none/reopen",
        posted(IN_CHARGE | staff(404)),
    ),
    ("POST", "/api/v1/teach/papers/{id}/release"): ("/api/v1/teach/papers/aio2024/release", posted(IN_CHARGE)),
    ("POST", "/api/v1/teach/papers/{id}/copy"): ("/api/v1/teach/papers/aio2024/copy", posted(IN_CHARGE | staff(409))),
    ("GET", "/api/v1/teach/papers/{id}/preview"): ("/api/v1/teach/papers/aio2024/preview", IN_CHARGE),
    ("POST", "/api/v1/teach/papers/check"): ("/api/v1/teach/papers/check", posted(MAKERS)),
    ("GET", "/api/v1/teach/bank"): ("/api/v1/teach/bank", MAKERS),
    ("GET", "/teach/questions"): ("/teach/questions", WRITERS),
    ("GET", "/teach/questions/{id}"): ("/teach/questions/optim-gd", WRITERS),
    ("POST", "/teach/questions/{id}"): ("/teach/questions/optim-gd", posted(WRITERS | staff(409))),
    ("POST", "/teach/questions/{id}/take-back/{deed}"): ("/teach/questions/never-made/take-back/delete", posted(WRITERS | staff(404))),
    ("POST", "/teach/questions/{id}/ask"): ("/teach/questions/optim-gd/ask", posted(WRITERS | staff(404))),
    ("GET", "/teach/questions/{id}/versions"): ("/teach/questions/never-made/versions", WRITERS | staff(404)),
    ("GET", "/teach/new-question"): ("/teach/new-question", WRITERS),
    ("GET", "/teach/new-question/{solver}"): ("/teach/new-question/adam", WRITERS),
    ("POST", "/teach/new-question"): ("/teach/new-question", posted(WRITERS | staff(303))),
    ("POST", "/teach/preview-question"): ("/teach/preview-question", posted(WRITERS)),
    ("GET", "/teach/papers"): ("/teach/papers", STAFF_PAGE),
    ("POST", "/teach/papers/{id}/rehearsal"): ("/teach/papers/aio2024/rehearsal", posted(STAFF_PAGE | staff(303))),
    ("POST", "/teach/rehearsals/{id}/remove"): ("/teach/rehearsals/{attempt}/remove", posted(STAFF_PAGE | staff(404))),
    ("POST", "/teach/guide"): ("/teach/guide", posted(STAFF_PAGE | staff(303))),
    ("GET", "/teach/papers/{id}"): ("/teach/papers/aio2024", STAFF_PAGE),
    ("POST", "/teach/papers/{id}"): ("/teach/papers/aio2024", posted(STAFF_PAGE)),
    ("GET", "/teach/papers/{id}/settings"): ("/teach/papers/aio2024/settings", STAFF_PAGE),
    ("POST", "/teach/papers/{id}/settings"): ("/teach/papers/aio2024/settings", posted(STAFF_PAGE | staff(422))),
    ("GET", "/teach/papers/{id}/open"): ("/teach/papers/aio2024/open", STAFF_PAGE),
    ("POST", "/teach/papers/{id}/open"): ("/teach/papers/aio2024/open", posted(STAFF_PAGE | staff(422))),
    ("GET", "/teach/papers/{id}/copy"): ("/teach/papers/aio2024/copy", STAFF_PAGE),
    ("POST", "/teach/papers/{id}/copy"): ("/teach/papers/aio2024/copy", posted(STAFF_PAGE | staff(422))),
    ("GET", "/teach/papers/{id}/preview"): ("/teach/papers/aio2024/preview", STAFF_PAGE),
    ("GET", "/teach/new-paper"): ("/teach/new-paper", STAFF_PAGE),
    ("POST", "/teach/new-paper"): ("/teach/new-paper", posted(STAFF_PAGE | staff(422))),
    ("GET", "/papers/{id}"): ("/papers/aio2024", row(303)),
    ("GET", "/teach/papers/{id}/print"): ("/teach/papers/aio2024/print", STAFF_PAGE),
    ("POST", "/teach/papers/{id}/print"): ("/teach/papers/aio2024/print", posted(STAFF_PAGE | staff(303))),
    ("GET", "/teach/papers/{id}/print/{run}"): ("/teach/papers/aio2024/print/NONE", STAFF_PAGE | staff(404)),
    ("GET", "/api/v1/teach/papers/{id}/copies/{code}"): ("/api/v1/teach/papers/aio2024/copies/NONE-1", IN_CHARGE | staff(404)),
    ("GET", "/teach/papers/{id}/room"): ("/teach/papers/aio2024/room", STAFF_PAGE),
    ("GET", "/teach/papers/{id}/attempts/{attempt}"): ("/teach/papers/aio2024/attempts/{attempt}", STAFF_PAGE | staff(404)),
    ("POST", "/teach/papers/{id}/room"): ("/teach/papers/aio2024/room", posted(STAFF_PAGE | staff(303))),
}
# What is sent under /teach waits on the sign-in page itself.
for (method, path), (_, statuses) in MATRIX.items():
    if method == "POST" and path.startswith("/teach/"):
        statuses |= {who: 401 for who in (*STRANGERS, "grade token", "student token") if statuses[who] == 303}
ADAM = {"a": [0.1, 2], "w0": [-5, -2], "lr": 0.2, "beta1": 0.9, "beta2": 0.999, "eps": 1e-6, "epochs": 2}
BODIES = {
    "/api/v1/solvers/{solver}/solve": {"json": {"givens": ADAM}},
    "/api/v1/questions": {"json": {"source": {"id": "optim-gd"}}},
    "/api/v1/questions/{id}": {"json": {"source": {"id": "never-made"}}},
    "/api/v1/questions/validate": {"json": {"source": LINE}},
    "/api/v1/questions/variants": {"json": {"source": LINE, "count": 2}},
    "/api/v1/grade": {"json": {"question": "optim-gd", "seed": 0, "answers": {}}},
    "/api/v1/grade/batch": {"json": {"items": []}},
    "/api/v1/attempts/{id}/answers/{question}/{part}": {"json": {"text": "1"}},
    "/api/v1/teach/papers/{id}": {"json": papers.shipped()[0].model_dump(mode="json")},
    "/api/v1/teach/papers/{id}/copy": {"json": {"id": "aio2024", "title": {"vi": "Đề", "en": "Paper"}}},
    "/api/v1/teach/papers/check": {"json": {"questions": []}},
    "/api/v1/teach/papers/{id}/room/minutes": {"json": {"minutes": 5}},
    "/api/v1/teach/papers/{id}/room/pause": {"json": {}},
    "/api/v1/teach/papers/{id}/room/resume": {"json": {}},
    "/api/v1/teach/papers/{id}/room/notes": {"json": {"text": "nothing"}},
    "/api/v1/teach/papers/{id}/attempts/{attempt}/reopen": {"json": {"minutes": 5}},
    "/api/v1/teach/papers/{id}/release": {"json": {"released": False}},
    "/teach/questions/{id}": {"data": {"do": "save", "source": "id: optim-gd"}},
    "/teach/questions/{id}/ask": {"data": {"where": "never-made"}},
    "/teach/papers/{id}/print": {"data": {"whom": "numbered", "count": "1"}},
    "/teach/new-question": {"data": {"way": "essay", "vi": "Thử", "en": "Try"}},
    "/teach/preview-question": {"data": {"source": LINE, "piece": "look"}},
    "/practice": {"data": {"question": "optim-gd-vary"}},
    "/attempts/{id}/review/{number}": {"data": {"log": LOG["log"]}},
    "/attempts/{id}/review/{number}/delete-run": {"data": {"of": "study-one-layer"}},
    "/api/v1/attempts/{id}/runs/{question}/{experiment}": {"json": LOG},
    "/sign-in": {"data": {"name": "nobody at all", "password": "x"}},
    "/language": {"data": {"lang": "en", "next": "/"}},
    "/attempts/{id}/questions/{number}": {"data": {"answer:w1[0]": "1"}},
}


def routes(found):
    """Every method and path that the application answers, also inside included routers."""
    for route in found:
        if isinstance(route, Mount):
            yield "GET", route.path
        elif hasattr(route, "original_router"):
            yield from routes(route.original_router.routes)
        else:
            for method in route.methods:
                yield method, route.path


def test_the_matrix_knows_every_route(app):
    assert set(routes(app.routes)) == set(MATRIX) | set(CLASSES)


@pytest.fixture(scope="module")
def owner(installation):
    return installation.person("Owner")


@pytest.fixture(scope="module")
def everybody(owner, installation, token):
    """What each who could ask sends along."""
    store = installation.store
    roles = {"another student": "student", "teacher": "teacher", "administrator": "administrator"}

    def session(account):
        return {"Cookie": f"{COOKIE}={people.sign_in(store, account.name, account.password)}"}

    with pytest.MonkeyPatch.context() as patch:
        before = time.time() - people.SESSION_LASTS - 60
        patch.setattr(people.time, "time", lambda: before)
        expired = session(owner[0])
    return {
        "nobody": {},
        "owner": session(owner[0]),
        **{who: session(installation.person(who, role)[0]) for who, role in roles.items()},
        "grade token": {"Authorization": f"Bearer {token}"},
        "student token": {"Authorization": f"Bearer {people.add_token(store, owner[0].name, 'student')}"},
        "expired session": expired,
        "forged session": {"Cookie": f"{COOKIE}={'forged' * 8}"},
        "cross-site": session(owner[0]) | CROSS,
    }


@pytest.fixture(scope="module")
def anybody(app, stranger):
    """A client that keeps no cookies."""
    client = TestClient(app, raise_server_exceptions=False, follow_redirects=False)
    client.portal = stranger.portal
    client.event_hooks = {"response": [lambda response: client.cookies.clear()]}
    return client


@pytest.fixture
def ids(owner, installation):
    attempt, done = (starting.practise(installation.store, owner[1], "optim-gd-vary") for _ in range(2))
    sittings.submit(installation.store, owner[1], done)
    trained = starting.practise(installation.store, owner[1], "train-one-layer-interval")
    sittings.submit(installation.store, owner[1], trained)
    runs.keep(installation.store, owner[1], trained, "train-one-layer-interval", "study-one-layer", LOG["log"])
    return {"attempt": attempt, "done": done, "trained": trained}


CHANGES = {("owner", 200), ("owner", 303), ("student token", 200)}


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(("method", "path"), MATRIX)
def test_each_route_answers_each_who_asks_as_the_matrix_says(anybody, everybody, ids, installation, method, path, who):
    address, statuses = MATRIX[method, path]
    headers, expected = everybody[who], statuses[who]
    if path == "/sign-out" and "Cookie" in headers:
        headers = headers | {"Cookie": f"{COOKIE}=any"}
    before = installation.store.read(lambda c: rows.events_of(c, ids["attempt"]))
    headers = headers | ({"If-Match": '"1.0"'} if method == "DELETE" else {})
    reply = anybody.request(method, address.format(**ids), headers=headers, **(BODIES.get(path, {}) if method != "DELETE" else {}))
    started = (method, path) == ("POST", "/api/v1/papers/{id}/attempts") and reply.status_code == 201
    assert (200 if started else reply.status_code) == expected, reply.text[:200]
    if expected == 303 and "Cookie" not in headers and not path.startswith(("/sign", "/language")):
        assert reply.headers["location"].startswith("/sign-in?next=/")
    if (who, expected) not in CHANGES:
        assert installation.store.read(lambda c: rows.events_of(c, ids["attempt"])) == before, "nothing happened"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Origin": "http://testserver"}, 303),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://testserver.evil.example"}, 403),
        ({"Origin": "http://testserver:81"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://other.testserver"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, 403),
    ],
)
def test_only_our_own_pages_may_post(browse, headers, status):
    assert browse().post("/papers/aio2024/attempts", headers=headers).status_code == status


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_another_sites_page_cannot_save_or_submit_over_rest(browse, installation, method):
    an = browse()
    id = starting.practise(installation.store, an.person, "optim-gd-vary")
    path = f"/api/v1/attempts/{id}/" + ("answers/optim-gd-vary/w1[0]" if method == "PUT" else "submit")
    reply = an.request(method, path, content='{"text": "1"}', headers=CROSS | {"Content-Type": "text/plain"})
    assert (reply.status_code, reply.json()["error"]) == (403, "cross_site")
    assert len(installation.store.read(lambda c: rows.events_of(c, id))) == 1


def test_a_token_acts_also_from_another_sites_page(program):
    assert program().post("/api/v1/papers/aio2024/attempts", headers=CROSS).status_code == 201


@pytest.mark.parametrize("kind", ["grade", "nonsense"])
def test_a_bad_token_is_not_healed_by_a_good_session(browse, token, kind):
    reply = browse().get("/api/v1/papers", headers={"Authorization": f"Bearer {token if kind == 'grade' else kind}"})
    assert reply.status_code == (403 if kind == "grade" else 401)


def test_the_session_cookie_is_for_the_server_alone(browse):
    browser = browse(signed_in=False)
    an = browse()
    reply = browser.post("/sign-in", data={"name": an.account.name, "password": an.account.password})
    cookie = reply.headers["set-cookie"].casefold()
    assert cookie.startswith(f"{COOKIE}=")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie
    over_tls = browser.post(
        "https://testserver/sign-in", data={"name": an.account.name, "password": an.account.password}
    ).headers["set-cookie"]  # fmt: skip
    assert "secure" in over_tls.casefold()
