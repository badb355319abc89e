"""What marking, drawing and one request cost, in CPU time, beside a floor that was measured in the same run."""

from __future__ import annotations

import gc
import http.client
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from exam import students
from exam.grading import WRONG, mark
from exam.layout import Layout, layout_for
from questions import bank
from questions.tolerance import shown
from questions.variant import Variant, draw

ROOT = Path(__file__).parents[2]
QUESTION = "optim-adam-vary"
ROUNDS = 5
GRADUS = "from web.cli import main; main()"
SLIP = students.by_factor(1.37)  # lands on no named mistake, so that all of them are tried


@dataclass(frozen=True)
class Measured:
    """What one thing costs, and the least that it could cost."""

    value: float
    unit: str
    floor: float
    ratio: float


def best_of(rounds: int, work: Callable[[], object], floor: Callable[[], object], clock: Callable[[], float] = time.process_time) -> Any:
    """The least CPU seconds of `work` and of `floor`, taken in turn."""
    seconds: dict[Callable[[], object], list[float]] = {work: [], floor: []}
    for _ in range(rounds):
        for run, taken in seconds.items():
            gc.collect()
            start = clock()
            run()
            taken.append(clock() - start)
    return min(seconds[work]), min(seconds[floor])


def measured(unit: str, per: float, work: float, floor: float) -> Measured:
    """Seconds of a round as `unit` each, `per` things a round."""
    scale = {"ms": 1e3, "us": 1e6}[unit] / per
    return Measured(round(work * scale, 4), unit, round(floor * scale, 4), round(work / floor, 2))


# Adam tables with one wrong entry and everything after it consistent


def drawn(count: int) -> tuple[Layout, list[Variant], dict[str, Any]]:
    """The layout, `count` variants of it, and their givens stacked."""
    question = bank.get(QUESTION)
    variants = [draw(question, seed) for seed in range(count)]
    return layout_for(question, variants[0].givens), variants, question.computation.stack([v.givens for v in variants])


def slipped_at(layout: Layout, givens: dict[str, Any], count: int, entry: int) -> Any:
    """What students type who get this entry wrong and compute on from it."""
    habit = students.slips_once(layout, entry, SLIP, as_they_go=False)
    return students.write_down(layout, students.work(layout, givens, count, habit))


def mark_adam_table(size: int, rounds: int = ROUNDS) -> Measured:
    """One table, marked `size` times; its first entry is wrong and the other 23 follow.  Floor: the bare solver."""
    layout, _, givens = drawn(1)
    typed = slipped_at(layout, givens, 1, 0)
    verdicts = mark(layout, givens, typed).verdict[:, 0]
    assert (verdicts == WRONG).tolist() == [True] + [False] * (len(layout.parts) - 1), "one wrong entry, the rest follows"

    def work() -> None:
        for _ in range(size):
            mark(layout, givens, typed)

    def floor() -> None:
        for _ in range(size):
            layout.solver.run(givens)

    return measured("ms", size, *best_of(rounds, work, floor))


def draw_variant(size: int, rounds: int = ROUNDS) -> Measured:
    """Variants of `size` seeds, each with its reference answers.  Floor: the bare solver on the same givens."""
    question = bank.get(QUESTION)
    givens = [draw(question, seed).givens for seed in range(size)]

    def work() -> None:
        for seed in range(size):
            _ = draw(question, seed).sheet

    def floor() -> None:
        for one in givens:
            question.computation.run(one)

    return measured("ms", size, *best_of(rounds, work, floor))


def cohort(size: int, rounds: int = ROUNDS) -> Measured:
    """`size` submissions as arrays, every other one with one wrong entry, each entry in turn.  Floor: the solver over the arrays."""
    layout, _, givens = drawn(size)
    typed = students.rounds_when_typing(layout, givens, size)
    entries = len(layout.entries)
    for entry in range(entries):
        who = np.arange(1 + 2 * entry, size, 2 * entries)
        typed[:, who] = slipped_at(layout, givens, size, entry)[:, who]
    wrong = (mark(layout, givens, typed).verdict != 1).any(axis=0)
    assert not wrong[::2].any(), "the other half is right"
    assert wrong[1::2].mean() > 0.9, "half of them hold a wrong entry"

    return measured("us", size, *best_of(rounds, lambda: mark(layout, givens, typed), lambda: layout.solver.run(givens)))


# Requests


def cpu_of(pid: int) -> float:
    """The CPU seconds that a process has used, in user and system mode, over all its threads."""
    if sys.platform == "linux":
        return time.clock_gettime((~pid << 3) | 2)  # what clock_getcpuclockid(3) gives
    taken = subprocess.run(["ps", "-o", "cputime=", "-p", str(pid)], capture_output=True, text=True, check=True).stdout
    return sum(float(part) * 60**i for i, part in enumerate(reversed(re.split("[:-]", taken.strip()))))


@contextmanager
def served(code: str, arguments: list[str], state: str) -> Iterator[tuple[int, http.client.HTTPConnection]]:
    """A server in a process of its own, that prints its address: its id and a connection that is kept."""
    environment = {**os.environ, "GRADUS_STATE": state}
    with subprocess.Popen(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            found = (re.search(r"//([\d.]+):(\d+)", line) for line in process.stdout)
            address = next((match for match in found if match), None)
            assert address, "the server did not say its address"
            connection = http.client.HTTPConnection(address[1], int(address[2]), timeout=30)
            for _ in range(100):
                try:
                    connection.connect()
                    break
                except ConnectionRefusedError:
                    time.sleep(0.1)
            yield process.pid, connection
            connection.close()
        finally:
            process.terminate()


def bare(reply: str) -> None:
    """Serves a route that takes a body and answers with the text in the file `reply`: the least a request can cost."""
    import socket

    import uvicorn
    from fastapi import FastAPI

    document: dict[str, Any] = json.loads(Path(reply).read_text(encoding="utf-8"))
    app = FastAPI(telemetry={"tracing": False, "metrics": False, "logs": False})

    @app.post("/api/v1/grade")
    def grade(body: dict[str, Any]) -> dict[str, Any]:
        return document

    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).run(sockets=[listener])


def token_of(state: str) -> str:
    """A new token of scope `grade`."""
    command = [sys.executable, "-c", GRADUS, "token", "add", "bench", "--scope", "grade"]
    made = subprocess.run(command, cwd=ROOT, env={**os.environ, "GRADUS_STATE": state}, capture_output=True, text=True, check=True)
    return made.stdout.strip()


def submissions(count: int) -> list[bytes]:
    """Bodies of `POST /api/v1/grade`: Adam tables with 24 answers, one wrong entry each, consistent afterwards."""
    layout, variants, givens = drawn(count)
    typed = slipped_at(layout, givens, count, 0)
    assert len(layout.parts) == 24
    return [
        json.dumps(
            {
                "question": QUESTION,
                "seed": variant.seed,
                "answers": {part.name: shown(number, part) for part, number in zip(layout.parts, typed[:, i], strict=True)},
            }
        ).encode()
        for i, variant in enumerate(variants)
    ]


def grade_request(size: int, rounds: int = ROUNDS) -> Measured:
    """`size` requests over one kept connection to `gradus serve`, CPU of the server.  Floor: a bare route with the same bodies."""
    bodies = submissions(min(size, 50))
    with TemporaryDirectory() as state:
        token = token_of(state)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        reply = Path(state) / "reply.json"

        def post(connection: http.client.HTTPConnection, body: bytes) -> bytes:
            connection.request("POST", "/api/v1/grade", body, headers)
            answer = connection.getresponse()
            text = answer.read()
            assert answer.status == 200, text[:300]
            return text

        with served(GRADUS, ["serve", "--port", "0"], state) as (pid, connection):
            reply.write_bytes(post(connection, bodies[0]))
            verdicts = [part["verdict"] for part in json.loads(reply.read_bytes())["parts"]]
            assert verdicts.count("wrong") == 1, verdicts
            with served("import sys; from tests.bench import bare; bare(sys.argv[1])", [str(reply)], state) as (bare_pid, bare_connection):

                def requests(to: http.client.HTTPConnection) -> Callable[[], None]:
                    return lambda: [post(to, bodies[i % len(bodies)]) for i in range(size)] and None

                work, floor = requests(connection), requests(bare_connection)
                work(), floor()  # a warm server
                return measured("ms", size, *best_of_servers(rounds, (work, pid), (floor, bare_pid)))


def best_of_servers(rounds: int, *served: tuple[Callable[[], None], int]) -> list[float]:
    """The least CPU seconds that each server spends on its requests, taken in turn."""
    best = [float("inf")] * len(served)
    for _ in range(rounds):
        for i, (requests, pid) in enumerate(served):
            start = cpu_of(pid)
            requests()
            best[i] = min(best[i], cpu_of(pid) - start)
    return best


@dataclass(frozen=True)
class Bench:
    """One bench: how to measure, how many things a round, and what may be spent on one."""

    measure: Callable[..., Measured]
    size: int
    budget: float


def as_json(found: dict[str, Measured]) -> str:
    """Each name with its value, unit, floor and ratio."""
    return json.dumps({name: asdict(one) for name, one in found.items()}, indent=2) + "\n"
