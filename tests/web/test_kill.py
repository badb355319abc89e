"""An answer that was acknowledged survives kill -9: a server is killed again and again while students save."""

import http.client
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import pytest
from argon2 import PasswordHasher

from exam import papers, people, starting
from exam.attempts import broken_at
from exam.store import attempts as rows
from exam.store import open_store
from exam.store import people as people_rows

ROOT = Path(__file__).parents[2]
STUDENTS, ROUNDS, BEFORE_KILLING = 8, 3, 0.7
PARTS = [f"{name}[{i}]" for name in ("g1", "w1", "g2", "w2") for i in (0, 1)]


class Server:
    """`gradus serve` as a process of its own."""

    def __init__(self, database):
        command = [sys.executable, "-c", "from web.cli import main; main()", "serve", "--port", "0", "--database", str(database)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT)
        line = ""
        while "http://" not in line:
            line = self.process.stdout.readline()
            assert line, "the server ended before it said its address"
        self.address = line.split("http://")[1].strip()

    def end(self, signal_number):
        self.process.send_signal(signal_number)
        self.process.stdout.close()
        return self.process.wait(20)


class Student(Thread):
    """Saves answers one after the other until the server is gone, and remembers what was acknowledged and what was only sent."""

    def __init__(self, address, attempt, token, acknowledged, sent):
        super().__init__()
        self.address, self.attempt, self.token = address, attempt, token
        self.acknowledged, self.sent = acknowledged, sent

    def run(self):
        connection = http.client.HTTPConnection(self.address, timeout=10)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        try:
            while True:
                number = len(self.sent)
                part, text = PARTS[number % len(PARTS)], f"{number}.5"
                self.sent.append((part, text))
                path = f"/api/v1/attempts/{self.attempt}/answers/optim-gd-vary/{part}"
                connection.request("PUT", path, json.dumps({"text": text, "id": f"save-{number}"}), headers)
                reply = connection.getresponse()
                document = json.loads(reply.read())
                assert reply.status == 200, document
                self.acknowledged.append((part, text, document["version"], document["saved_at"]))
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()


@pytest.fixture
def students(tmp_path, monkeypatch):
    """The database, with students who each have an attempt and a token."""
    monkeypatch.setattr(people, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    store = open_store(str(tmp_path / "gradus.db"))
    papers.load(store)
    made = []
    for i in range(STUDENTS):
        people.add_person(store, f"student {i}", "student")
        person = store.read(lambda c, name=f"student {i}": people_rows.find_person(c, name))[0]
        attempt = starting.practise(store, person, "optim-gd-vary")
        made.append((attempt, people.add_token(store, f"student {i}", "student"), [], []))
    store.close()
    return tmp_path / "gradus.db", made


def test_every_acknowledged_answer_survives_the_killing_of_the_server(students):
    database, made = students
    for _ in range(ROUNDS):
        server = Server(database)
        before = sum(len(acknowledged) for *_, acknowledged, _ in made)
        threads = [Student(server.address, *student) for student in made]
        for thread in threads:
            thread.start()
        until = monotonic() + BEFORE_KILLING
        while monotonic() < until or sum(len(acknowledged) for *_, acknowledged, _ in made) < before + 50:
            sleep(0.01)
        assert server.end(signal.SIGKILL) == -signal.SIGKILL
        for thread in threads:
            thread.join(20)
        check(database, made)
    server = Server(database)
    for attempt, token, acknowledged, sent in made:
        connection = http.client.HTTPConnection(server.address, timeout=10)
        connection.request("GET", f"/api/v1/attempts/{attempt}", headers={"Authorization": f"Bearer {token}"})
        answers = json.loads(connection.getresponse().read())["answers"]["optim-gd-vary"]
        connection.close()
        last = {part: float(text) for part, text, *_ in acknowledged}
        assert all(float(answers[part]) >= text for part, text in last.items())
        assert all((part, text) in sent for part, text in answers.items())
    assert server.end(signal.SIGTERM) in (0, -signal.SIGTERM)


def check(database, made):
    """Every acknowledged answer is in its attempt's events, the chain of which is whole, and nothing that was never sent."""
    store = open_store(str(database))
    for attempt, _, acknowledged, sent in made:
        events = store.read(lambda c, id=attempt: rows.events_of(c, id))
        assert broken_at(attempt, events) is None
        kept = [(event.part, event.text) for event in events if event.kind == "answered"]
        versions = {(event.part, event.text): event.version for event in events}
        assert acknowledged
        for part, text, version, _ in acknowledged:
            assert versions.get((part, text)) == version, f"{part} = {text} was acknowledged and is lost"
        assert set(kept) <= set(sent)
        assert len(kept) == len(set(kept)), "no save is there twice"
        assert len(kept) - len(acknowledged) <= ROUNDS, "only what was on its way may be there unacknowledged"
    store.close()
