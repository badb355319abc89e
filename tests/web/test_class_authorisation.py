"""Who may do what with a class: a matrix over every route of the people part and everybody who could ask."""

import time

import pytest
from starlette.testclient import TestClient

from exam import arrangements, classes, links, people, roster
from exam.store import acts
from exam.store import classes as rows
from exam.store import runs as own
from questions.experiments import references
from web.signin import COOKIE

CROSS = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
WHO = (
    "nobody", "class teacher", "assistant", "class student", "other teacher", "outsider", "administrator",
    "grade token", "student token", "teach token", "outsider's teach token", "expired session", "forged session", "cross-site",
)  # fmt: skip
STRANGERS = ("nobody", "expired session", "forged session")
OK = "done"


def row(everybody=None, strangers=None, **more):
    """The outcomes by who asks; what is not said is as for everybody."""
    found = dict.fromkeys(WHO, everybody) | (dict.fromkeys(STRANGERS, strangers) if strangers else {})
    named = {who.replace("_", " ").replace("cross site", "cross-site").replace("outsiders", "outsider's"): how for who, how in more.items()}
    return found | named


OPEN = row(OK)
SEEN = row(404, strangers=401, class_teacher=OK, assistant=OK, administrator=OK, teach_token=OK, cross_site=OK,
           grade_token=403, student_token=403)  # fmt: skip
MANAGED = SEEN | {"assistant": 403}
MAKERS = row(
    OK, strangers=401, assistant=403, class_student=403, outsider=403, grade_token=403, student_token=403, outsiders_teach_token=403
)
STAFF = row(OK, strangers=401, grade_token=403, student_token=403)
TAKERS = row(OK, strangers=401, grade_token=403, teach_token=403, outsiders_teach_token=403)
ADMINISTRATORS = row(403, strangers=401, administrator=OK)
TOKENS = dict.fromkeys(("grade token", "student token", "teach token", "outsider's teach token"), "sign in")
IN_CHARGE = row(OK, strangers="sign in", class_student=403, outsider=403) | TOKENS
SEEN_PAGE = IN_CHARGE | {"other teacher": 404}
MANAGED_PAGE = SEEN_PAGE | {"assistant": 403}
MAKERS_PAGE = IN_CHARGE | {"assistant": 403}
ADMINISTRATORS_PAGE = row(403, strangers="sign in", administrator=OK) | TOKENS


def posted(outcomes):
    """As by a button of our own pages; from another site nobody's cookies do anything."""
    return outcomes | {"cross-site": 403}


API, PAGE, HERE = "/api/v1/classes/{id}", "/teach/classes/{id}", "/members/{member}"
TERMS = {"reason": "x", "percent": 25}
MATRIX = {
    ("GET", "/api/v1/classes"): (STAFF, {}),
    ("POST", "/api/v1/classes"): (posted(MAKERS), {"json": {"title": "New"}}),
    ("GET", API): (SEEN, {}),
    ("PATCH", API): (posted(MANAGED), {"json": {"title": "New"}}),
    ("DELETE", API): (posted(MANAGED), {}),
    ("GET", API + "/members"): (SEEN, {}),
    ("PATCH", API + HERE): (posted(MANAGED), {"json": {"team": "B"}}),
    ("DELETE", API + HERE): (posted(MANAGED), {}),
    ("POST", API + HERE + "/password-link"): (posted(MANAGED), {"json": {}}),
    ("POST", API + "/roster/preview"): (posted(MANAGED), {"json": {"text": "An"}}),
    ("POST", API + "/roster"): (posted(MANAGED), {"json": {"text": "Roster {id}", "digest": "{digest}"}}),
    ("POST", API + "/code"): (posted(MANAGED), {}),
    ("DELETE", API + "/code"): (posted(MANAGED), {}),
    ("GET", API + "/links"): (MANAGED, {}),
    ("POST", API + "/links"): (posted(MANAGED), {"json": {}}),
    ("DELETE", API + "/links/{link}"): (posted(MANAGED), {}),
    ("GET", API + "/arrangements"): (SEEN, {}),
    ("POST", API + "/arrangements"): (posted(MANAGED), {"json": TERMS | {"team": "A"}}),
    ("DELETE", API + "/arrangements/{arrangement}"): (posted(MANAGED), {}),
    ("GET", API + "/runs"): (SEEN, {}),
    ("GET", API + "/acts"): (MANAGED, {}),
    ("GET", "/api/v1/acts"): (ADMINISTRATORS, {}),
    ("POST", "/api/v1/join"): (posted(TAKERS), {"json": {"code": "{code}"}}),
    ("POST", "/api/v1/sign-up"): (posted(OPEN), {"json": {"code": "{join}", "name": "New {id}", "password": "long enough"}}),
    ("POST", "/api/v1/password"): (posted(OPEN), {"json": {"secret": "{password}", "password": "long enough"}}),
    ("GET", "/teach"): (IN_CHARGE, {}),
    ("POST", "/teach/classes"): (posted(MAKERS_PAGE), {"data": {"title": "New"}}),
    ("GET", PAGE): (SEEN_PAGE, {}),
    ("POST", PAGE): (posted(MANAGED_PAGE), {"data": {"title": "New"}}),
    ("GET", PAGE + "/delete"): (MANAGED_PAGE, {}),
    ("POST", PAGE + "/delete"): (posted(MANAGED_PAGE), {}),
    ("POST", PAGE + "/papers"): (posted(MANAGED_PAGE), {"data": {"paper": "aio2024"}}),
    ("POST", PAGE + "/roster"): (posted(MANAGED_PAGE), {"data": {"text": "An"}}),
    ("POST", PAGE + "/roster/take"): (posted(MANAGED_PAGE), {"data": {"text": "Roster {id}", "digest": "{digest}"}}),
    ("GET", PAGE + HERE): (SEEN_PAGE, {}),
    ("POST", PAGE + HERE): (posted(MANAGED_PAGE), {"data": {"role": "student", "team": "B"}}),
    ("POST", PAGE + HERE + "/remove"): (posted(MANAGED_PAGE), {}),
    ("POST", PAGE + HERE + "/password-link"): (posted(MANAGED_PAGE), {"data": {"days": "3"}}),
    ("POST", PAGE + HERE + "/arrangements"): (posted(MANAGED_PAGE), {"data": TERMS}),
    ("POST", PAGE + "/code"): (posted(MANAGED_PAGE), {"data": {"do": "renew"}}),
    ("POST", PAGE + "/links"): (posted(MANAGED_PAGE), {"data": {"role": "student"}}),
    ("POST", PAGE + "/links/{link}/withdraw"): (posted(MANAGED_PAGE), {}),
    ("POST", PAGE + "/arrangements"): (posted(MANAGED_PAGE), {"data": TERMS | {"team": "A"}}),
    ("POST", PAGE + "/arrangements/{arrangement}/withdraw"): (posted(MANAGED_PAGE), {}),
    ("GET", PAGE + "/runs"): (SEEN_PAGE, {}),
    ("GET", PAGE + "/runs/{experiment}/{metric}.svg"): (SEEN_PAGE, {}),
    ("GET", PAGE + "/acts"): (MANAGED_PAGE, {}),
    ("GET", "/teach/acts"): (ADMINISTRATORS_PAGE | {"class student": 403}, {}),
    ("GET", "/join"): (OPEN, {}),
    ("POST", "/join"): (posted(OPEN), {"data": {"code": "{code}"}}),
    ("GET", "/join/{secret}"): (OPEN, {}),
    ("POST", "/join/{secret}"): (posted(OPEN), {"data": {"name": "New {id}", "password": "long enough"}}),
    ("GET", "/password/{secret}"): (OPEN, {}),
    ("POST", "/password/{secret}"): (posted(OPEN), {"data": {"password": "long enough"}}),
}


class School:
    """Everybody who could ask, and a class that each test has new."""

    def __init__(self, installation, token):
        self.store, self.people, self.sent = installation.store, {}, {"nobody": {}, "forged session": {"Cookie": f"{COOKIE}={'f' * 40}"}}
        roles = {"class teacher": "teacher", "other teacher": "teacher", "administrator": "administrator"}
        for who in WHO[1:7]:
            account, self.people[who] = installation.person(who, roles.get(who, "student"))
            self.sent[who] = self.session(account)
            if who == "class teacher":
                with pytest.MonkeyPatch.context() as patch:
                    before = time.time() - people.SESSION_LASTS - 60
                    patch.setattr(people.time, "time", lambda then=before: then)
                    self.sent["expired session"] = self.session(account)
        self.sent["cross-site"] = self.sent["class teacher"] | CROSS
        self.sent["grade token"] = {"Authorization": f"Bearer {token}"}
        for who, scope, kind in (
            ("class student", "student", "student token"),
            ("class teacher", "teach", "teach token"),
            ("outsider", "teach", "outsider's teach token"),
        ):
            self.sent[kind] = {"Authorization": f"Bearer {people.add_token(self.store, self.people[who].name, scope)}"}

    def session(self, account):
        return {"Cookie": f"{COOKIE}={people.sign_in(self.store, account.name, account.password)}"}

    def acts(self):
        return [act.id for act in self.store.read(lambda c: acts.acts_of(c, most=1))]

    def new_class(self):
        """A class with everything that a route could name."""
        teacher, store = self.people["class teacher"], self.store
        id = classes.make(store, teacher, "Matrix").id

        def fill(connection):
            rows.add_member(connection, id, self.people["assistant"].id, "assistant", "", 0.0)
            rows.add_member(connection, id, self.people["class student"].id, "student", "", 0.0)

            found = references.reference("chain-adam")
            run = own.RunRow(self.people["class student"].id, "chain-adam", "test", found.sha256, [0.5] * 15, 0.0)
            own.keep(connection, run)

        store.write(fill)
        roster.take(store, teacher, id, f"Member {id},A")
        (member,) = (one.person for one in classes.members(store, teacher, id) if one.team == "A")
        secret = links.invite(store, teacher, id, "student", 1, 9).secret
        return {
            "id": id,
            "experiment": "chain-adam",
            "metric": "test",
            "member": member,
            "link": people.hashed(secret)[:12],
            "arrangement": arrangements.arrange(store, teacher, id, arrangements.Terms("x", minutes=5), person=member).id,
            "code": links.new_code(store, teacher, id),
            "digest": roster.preview(store, teacher, id, f"Roster {id}").digest,
            "join": secret,
            "password": links.hand_out(store, teacher, id, member, 1).secret,
        }


@pytest.fixture(scope="module")
def school(installation, token):
    return School(installation, token)


@pytest.fixture(scope="module")
def anybody(app, stranger):
    """A client that keeps no cookies."""
    client = TestClient(app, raise_server_exceptions=False, follow_redirects=False)
    client.portal = stranger.portal
    client.event_hooks = {"response": [lambda response: client.cookies.clear()]}
    return client


def outcome(reply):
    if reply.status_code == 303 and reply.headers["location"].startswith("/sign-in"):
        return "sign in"
    if reply.status_code == 401 and 'name="again"' in reply.text:
        return "sign in"
    return OK if reply.status_code < 400 else reply.status_code


@pytest.mark.parametrize(("method", "path"), MATRIX)
def test_each_route_does_for_each_who_asks_what_the_matrix_says(anybody, school, method, path):
    outcomes, body = MATRIX[method, path]
    one, found = school.new_class(), {}
    # First who is refused, which must change nothing; then who is let in, each at a class of their own where something changes.
    for who in sorted(WHO, key=lambda who: outcomes[who] == OK):
        if outcomes[who] == OK and method != "GET":
            one = school.new_class()
        one["secret"] = one["password" if path.startswith("/password") else "join"]
        filled = {kind: {name: str(value).format(**one) if isinstance(value, str) else value for name, value in fields.items()}
                  for kind, fields in body.items()}  # fmt: skip
        before = school.acts()
        reply = anybody.request(method, path.format(**one), headers=school.sent[who], **filled)
        found[who] = outcome(reply)
        if outcomes[who] != OK or method == "GET":
            assert school.acts() == before, f"{who}: nothing happened"
        elif path not in UNNOTED:
            assert school.acts() != before, f"{who}: it is in the trail"
    assert found == outcomes


# A preview changes nothing, the page of a code only leads on, and who is in a class already does not join it.
UNNOTED = (API + "/roster/preview", PAGE + "/roster", "/join", "/join/{secret}", "/api/v1/join")
