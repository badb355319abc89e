"""Kills the server again and again while fifty clients save, and counts what was acknowledged and is lost: `./dev torture`."""

from __future__ import annotations

import argparse
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from argon2 import PasswordHasher
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from exam import papers, people, starting
from exam.attempts import Event, broken_at
from exam.store import attempts as rows
from exam.store import open_store
from exam.store import people as people_rows

ROOT = Path(__file__).parents[1]
QUESTION = "optim-gd-vary"
PARTS = [f"{name}[{i}]" for name in ("g1", "w1", "g2", "w2") for i in (0, 1)]
LONGEST_LIFE = 1.5  # seconds from the address to the kill; a fifth are killed as they start


@dataclass(frozen=True)
class Save:
    """What a client sends, under a name of its own so that it may be sent again."""

    id: str
    part: str
    text: str


@dataclass
class Client:
    """A student's browser: saves one answer after the other, and sends again what was not acknowledged, until told to stop."""

    attempt: str
    token: str
    acknowledged: dict[Save, int] = field(default_factory=dict)
    sent: set[Save] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)

    def run(self, port: int, over: threading.Event, hopeless: threading.Event | None = None) -> None:
        """Goes on until `over` and its last save is acknowledged, or until it is `hopeless`."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        while not over.is_set():
            number = len(self.sent)
            save = Save(f"save-{number}", PARTS[number % len(PARTS)], f"{number}.5")
            self.sent.add(save)
            while not self.acknowledges(connection, save):
                connection.close()
                if hopeless and hopeless.is_set():
                    return
                time.sleep(0.05)
        connection.close()

    def acknowledges(self, connection: http.client.HTTPConnection, save: Save) -> bool:
        """Sends a save once; whether it was answered for good."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        path = f"/api/v1/attempts/{self.attempt}/answers/{QUESTION}/{quote(save.part, safe='')}"
        try:
            connection.request("PUT", path, json.dumps({"text": save.text, "id": save.id}), headers)
            reply = connection.getresponse()
            document = json.loads(reply.read())
        except (OSError, http.client.HTTPException, ValueError):
            return False
        if reply.status == 200:
            self.acknowledged[save] = document["version"]
        elif reply.status != 503:
            self.refused.append(f"{reply.status} {document}")
        return bool(reply.status != 503)


class Server:
    """`gradus serve` in processes of its own, always at the same port."""

    def __init__(self, database: str, workers: int = 1) -> None:
        self.database, self.workers = database, workers
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]

    def start(self) -> None:
        """Starts, and returns when it has said its address."""
        options = ["--port", str(self.port), "--workers", str(self.workers), "--database", self.database]
        command = [sys.executable, "-c", "from web.cli import main; main()", "serve", *options]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT, start_new_session=True)
        assert self.process.stdout is not None
        while "http://" not in (line := self.process.stdout.readline()):
            assert line, "the server ended before it said its address"

    def end(self, signal_number: int) -> None:
        """Sends a signal to the server and its workers, and waits until they are gone."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal_number)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process.wait(30)


@dataclass(frozen=True)
class Report:
    """What was seen.  `lost` counts acknowledged saves that are not in the record as acknowledged, `twice` those that are there twice."""

    kills: int
    acknowledged: int
    lost: int
    broken_chains: int
    twice: int

    @property
    def sound(self) -> bool:
        return self.lost == self.broken_chains == self.twice == 0


def clients_on(database: str, count: int) -> list[Client]:
    """Students, each with an attempt and a token.  Their passwords are never used, so they are hashed cheaply."""
    store, hasher, made = open_store(database), people.HASHER, []
    people.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    try:
        papers.load(store)
        for i in range(count):
            name = f"torture {os.getpid()} {time.time_ns()} {i}"
            people.add_person(store, name, "student")
            person, _ = store.read(lambda c, name=name: people_rows.find_person(c, name))  # type: ignore[misc]
            made.append(Client(starting.practise(store, person, QUESTION), people.add_token(store, name, "student")))
    finally:
        people.HASHER = hasher
        store.close()
    return made


def check(database: str, clients: list[Client], kills: int) -> Report:
    """Compares what the clients know with what the database holds."""
    store = open_store(database)
    lost = broken = twice = 0
    for client in clients:
        events = store.read(lambda c, id=client.attempt: rows.events_of(c, id))  # type: ignore[misc]
        broken += broken_at(client.attempt, events) is not None
        lost += sum(not kept(events, save, version) for save, version in client.acknowledged.items())
        typed = [(event.part, event.text) for event in events if event.kind == "answered"]
        twice += len(typed) - len(set(typed))
        assert set(typed) <= {(save.part, save.text) for save in client.sent}, "nothing is there that was never sent"
    store.close()
    return Report(kills, sum(len(client.acknowledged) for client in clients), lost, broken, twice)


def kept(events: list[Event], save: Save, version: int) -> bool:
    """Whether a save is in the record under its name, with the version that was acknowledged."""
    return any((e.client, e.part, e.text, e.version) == (save.id, save.part, save.text, version) for e in events)


def torture(database: str, times: int, clients: int = 50, workers: int = 1, seed: int = 0, progress: Any = None) -> Report:
    """Kills the server `times` times while clients save, then lets them finish and checks."""
    rng, over, hopeless = Random(seed), threading.Event(), threading.Event()
    made, server = clients_on(database, clients), Server(database, workers)
    threads = [threading.Thread(target=client.run, args=(server.port, over, hopeless)) for client in made]
    for thread in threads:
        thread.start()
    try:
        for _ in progress or range(times):
            server.start()
            if rng.random() > 0.2:
                wait_for_some(made, len(made))
            time.sleep(rng.uniform(0, LONGEST_LIFE))
            server.end(signal.SIGKILL)
        server.start()
        wait_for_some(made, len(made))
    except BaseException:
        hopeless.set()
        raise
    finally:
        over.set()
        for thread in threads:
            thread.join(60)
        server.end(signal.SIGTERM)
    refused = [problem for client in made for problem in client.refused]
    assert not refused, f"{len(refused)} saves were refused, such as {refused[0]}"
    return check(database, made, times)


def wait_for_some(clients: list[Client], more: int) -> None:
    """Waits until so many more saves are acknowledged."""
    before, until = sum(len(client.acknowledged) for client in clients), time.monotonic() + 60
    while sum(len(client.acknowledged) for client in clients) < before + more:
        assert time.monotonic() < until, "the server acknowledges nothing"
        time.sleep(0.01)


def main() -> None:
    """Prints the report; the exit code is 1 where something was lost or broken."""
    parser = argparse.ArgumentParser(prog="./dev torture", description="Kills the server while clients save, and counts what is lost.")
    parser.add_argument("--times", type=int, default=100, help="how often it is killed")
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--workers", type=int, default=1, help="processes of the server")
    parser.add_argument("--seed", type=int, default=0, help="of the moments at which it is killed")
    parser.add_argument("--database", metavar="URL", help="postgresql://… or a file, to be thrown away afterwards; default: a new file")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report to FILE as well")
    chosen = parser.parse_args()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with TemporaryDirectory() as folder, Progress(*columns, console=Console(stderr=True)) as bar:
        kills = bar.track(range(chosen.times), description="killing the server")
        database = chosen.database or f"{folder}/gradus.db"
        report = torture(database, chosen.times, chosen.clients, chosen.workers, chosen.seed, kills)
    text = json.dumps(asdict(report))
    print(text)
    if chosen.json:
        chosen.json.write_text(text + "\n", encoding="utf-8")
    sys.exit(0 if report.sound else 1)


if __name__ == "__main__":
    main()
