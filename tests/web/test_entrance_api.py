"""Coming in over REST: by a code or link, and by a link to choose a password, with the guarantees and limits of the browser."""

import time

import pytest
from starlette.testclient import TestClient

from exam import classes, links, people
from exam.store import acts
from exam.store import classes as rows


@pytest.fixture
def school(installation):
    """A class with a code, and its teacher."""
    teacher = installation.person("Cô", "teacher")[1]
    id = classes.make(installation.store, teacher, "Entrance").id
    return id, teacher, links.new_code(installation.store, teacher, id)


@pytest.fixture
def somebody(browse):
    return browse(signed_in=False)


def sign_up(client, code, name, password="three small words", **more):
    return client.post("/api/v1/sign-up", json={"code": code, "name": name, "password": password}, **more)


def refused(reply, status, error):
    assert (reply.status_code, reply.json()["error"]) == (status, error)
    assert "set-cookie" not in reply.headers
    return reply.json()["detail"]


def test_who_signs_up_is_in_the_class_and_signed_in(installation, somebody, school):
    id, teacher, code = school
    reply = sign_up(somebody, f" {code.lower()} ", "  Lê\u0300 Hà ")
    assert reply.status_code == 201
    assert reply.json() == {"name": "Lề Hà"}
    assert "HttpOnly" in reply.headers["set-cookie"]
    assert "SameSite=lax" in reply.headers["set-cookie"]
    assert somebody.get("/api/v1/papers").status_code == 200, "with the cookie alone"
    assert [one.name for one in classes.members(installation.store, teacher, id) if one.role == "student"] == ["Lề Hà"]
    assert [act.kind for act in installation.store.read(lambda c: acts.acts_of(c, school_class=id))][-2:] == ["joined", "signed_up"]
    assert refused(sign_up(somebody, code, "Lề Hà"), 409, "name_taken")


def test_an_invitation_works_as_often_as_it_was_made_for(installation, somebody, school):
    id, teacher, _ = school
    secret = links.invite(installation.store, teacher, id, "assistant", 1, 1).secret
    assert sign_up(somebody, secret, "Only One").status_code == 201
    somebody.cookies.clear()
    refused(sign_up(somebody, secret, "Another"), 404, "unknown_link")
    assert {one.name: one.role for one in classes.members(installation.store, teacher, id)}["Only One"] == "assistant"


@pytest.mark.parametrize(("field", "value"), [("name", ""), ("name", "x" * 500), ("password", "short"), ("password", "x" * 100_000)])
def test_what_is_no_name_or_password_makes_no_account_and_uses_nothing_up(installation, somebody, school, field, value):
    id, teacher, _ = school
    secret = links.invite(installation.store, teacher, id, "student", 1, 1).secret
    reply = somebody.post("/api/v1/sign-up", json={"code": secret, "name": "Fine", "password": "long enough", field: value})
    assert reply.status_code in (413, 422)
    assert value[:20] not in reply.json()["detail"] or field == "name" or not value
    assert len(classes.members(installation.store, teacher, id)) == 1
    assert links.invitations(installation.store, teacher, id)[0].uses_left == 1


@pytest.mark.parametrize("body", [{}, {"code": 7}, {"code": "x" * 200, "name": "A", "password": "long enough"}, [], "text"])
@pytest.mark.parametrize("path", ["sign-up", "password"])
def test_a_bad_body_is_refused_in_one_sentence(somebody, path, body):
    assert somebody.post(f"/api/v1/{path}", json=body).status_code == 422


def test_wrong_codes_are_counted_for_an_address_as_in_the_browser(app, stranger, somebody, school, monkeypatch):
    monkeypatch.setattr(links, "GUESSES_OF_STRANGERS", 5)
    there = TestClient(app, raise_server_exceptions=False, client=("203.0.113.9", 50000))
    there.portal = stranger.portal
    for _ in range(5):
        refused(sign_up(there, "BCDFGHJK", "Guessing"), 404, "unknown_link")
    refused(sign_up(there, school[2], "Guessing"), 429, "too_many_guesses")
    assert there.get(f"/join/{school[2]}").status_code == 429, "one limit for both"
    monkeypatch.undo()
    assert sign_up(there, school[2], "Guessing").status_code == 201


def test_from_a_page_of_another_site_nothing_is_done(somebody, school):
    reply = sign_up(somebody, school[2], "Lured", headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"})
    assert reply.status_code == 403


def test_a_password_link_works_once_ends_other_sessions_and_signs_in(installation, somebody, browse):
    an = browse()
    handed = links.hand_out_by_name(installation.store, an.account.name, 1)
    refused(somebody.post("/api/v1/password", json={"secret": handed.secret, "password": "short"}), 422, "bad_password")
    reply = somebody.post("/api/v1/password", json={"secret": handed.secret.upper(), "password": "three small words"})
    assert (reply.status_code, reply.json()) == (200, {"name": an.account.name})
    assert somebody.get("/api/v1/papers").status_code == 200
    assert an.get("/api/v1/papers").status_code == 401
    assert people.sign_in(installation.store, an.account.name, "three small words")
    again = {"secret": handed.secret, "password": "other small words"}
    refused(somebody.post("/api/v1/password", json=again), 404, "unknown_link")


def test_a_password_link_that_ended_or_was_replaced_leads_nowhere(installation, somebody, browse, monkeypatch):
    an = browse()
    old, new = (links.hand_out_by_name(installation.store, an.account.name, 1).secret for _ in range(2))
    body = {"password": "three small words"}
    refused(somebody.post("/api/v1/password", json=body | {"secret": old}), 404, "unknown_link")
    then = time.time() + 2 * 86_400
    monkeypatch.setattr(links.time, "time", lambda: then)
    refused(somebody.post("/api/v1/password", json=body | {"secret": new}), 404, "unknown_link")


def test_a_class_link_chooses_no_password_and_a_password_link_opens_no_class(installation, somebody, browse, school):
    id, teacher, _ = school
    secret = links.invite(installation.store, teacher, id, "student", 1, 9).secret
    handed = links.hand_out_by_name(installation.store, browse().account.name, 1)
    refused(somebody.post("/api/v1/password", json={"secret": secret, "password": "three small words"}), 404, "unknown_link")
    refused(sign_up(somebody, handed.secret, "Sly"), 404, "unknown_link")
    assert installation.store.read(lambda c: rows.counts(c, "student")).get(id, 0) == 0
