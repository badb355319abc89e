"""An answer that was acknowledged survives kill -9: a server is killed again and again while students save."""

import http.client
import json
import signal
import time

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from exam.store import open_store
from tests.databases import on_both, on_postgresql, on_sqlite
from tests.torture import QUESTION, Server, check, clients_on, torture
from web.app import make_app


@on_both
def test_every_acknowledged_answer_survives_the_killing_of_the_server(database):
    report = torture(database, times=2, clients=12, seed=time.time_ns())
    assert report.acknowledged >= 36
    assert (report.kills, report.lost, report.broken_chains, report.twice) == (2, 0, 0, 0)


@pytest.mark.slow
@on_both
def test_every_acknowledged_answer_survives_the_killing_of_two_workers(database):
    report = torture(database, times=3, clients=20, workers=2, seed=time.time_ns())
    assert report.sound, report


@on_postgresql
def test_while_the_database_restarts_saves_are_told_503_and_then_go_through(database, postgresql):
    (client,) = clients_on(database, 1)
    name = database.rpartition("/")[2]
    with TestClient(make_app(open_store(database)), headers={"Authorization": f"Bearer {client.token}"}) as asker:

        def save(text):
            return asker.put(f"/api/v1/attempts/{client.attempt}/answers/{QUESTION}/w1[0]", json={"text": text, "id": text})

        assert save("1").status_code == 200
        postgresql.sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        postgresql.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        refused = save("2")
        assert (refused.status_code, refused.json()["error"]) == (503, "store_unavailable")
        postgresql.sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        assert save("2").json()["version"] == 2


@pytest.fixture
def saved(database):
    """A client with saves that a server has acknowledged, and that server."""
    (client,) = clients_on(database, 1)
    server = Server(database)
    server.start()
    over = StopAfter(client, 10)
    client.run(server.port, over)
    yield client, server
    server.end(signal.SIGTERM)


class StopAfter:
    """Is set once a client has so many saves acknowledged."""

    def __init__(self, client, many):
        self.client, self.many = client, many

    def is_set(self):
        return len(self.client.acknowledged) >= self.many


@on_sqlite
def test_the_served_attempt_holds_what_was_acknowledged_last(saved):
    client, server = saved
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", f"/api/v1/attempts/{client.attempt}", headers={"Authorization": f"Bearer {client.token}"})
    served = json.loads(connection.getresponse().read())["answers"][QUESTION]
    connection.close()
    last = {save.part: save.text for save in sorted(client.acknowledged, key=lambda save: int(save.id.rpartition("-")[2]))}
    assert served == last


LOSSES = {
    "the last answer": ("DELETE FROM event WHERE number = 10", (1, 0, 0)),
    "an answer in the middle": ("DELETE FROM event WHERE number = 4", (1, 1, 0)),
    "a character": ("UPDATE event SET text = '3' WHERE number = 4", (1, 1, 0)),
    "a save's name": ("UPDATE event SET client = 'x' WHERE number = 4", (1, 1, 0)),
}


@on_sqlite
@pytest.mark.parametrize("loss", LOSSES)
def test_the_torture_notices_a_loss(saved, database, loss):
    client, _ = saved
    assert check(database, [client], 0).sound
    statement, expected = LOSSES[loss]
    store = open_store(database)
    store.write(lambda c: c.execute(text(statement)))
    store.close()
    if loss == "a character":
        client.sent.add(type(next(iter(client.sent)))("x", "w1[1]", "3"))
    report = check(database, [client], 0)
    assert (report.lost, report.broken_chains, report.twice) == expected
    assert not report.sound
