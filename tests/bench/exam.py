"""A whole exam over HTTP: N students sign in within a minute, save as they work, hand in together and read their marks."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote, urlencode

from rich.console import Console
from rich.progress import Progress

from exam import people
from exam.store import open_store
from exam.store import people as people_rows
from tests.bench import GRADUS, ROOT, cpu_of

PAPER = "optimisers"
SAVES = 20
RUSH, WORKING, ENDING = 60.0, 60.0, 15.0  # seconds: to sign in and start, to work, to hand in and read
BUDGETS = {"start_p95_ms": 300.0, "p95_ms": 300.0, "errors": 0.0, "exam_cpu_ms": 80.0}
CURVE = (50, 100, 200, 500, 1000)
PASSWORD = "a password for the bench"
STARTING = ("sign in", "start", "page")


@dataclass
class Seen:
    """How long every request took, in seconds by kind, and what went wrong."""

    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    problems: list[str] = field(default_factory=list)

    def p95_ms(self, kinds: Iterable[str] | None = None) -> float:
        """What 95 of 100 requests are not slower than; NaN where there were none."""
        taken = sorted(one for kind in kinds or self.taken for one in self.taken[kind])
        return round(taken[-(-len(taken) * 95 // 100) - 1] * 1e3, 1) if taken else float("nan")


class Browser:
    """The cheapest HTTP client there is: one kept connection, opened again where the server has closed it, and a cookie."""

    def __init__(self, port: int, seen: Seen) -> None:
        self.port, self.seen, self.cookie = port, seen, "gradus_language=en"

    async def __aenter__(self) -> Browser:
        await self.connect()
        return self

    async def connect(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 24)

    async def __aexit__(self, *problem: object) -> None:
        self.writer.close()

    async def ask(self, kind: str, method: str, path: str, body: Any = None, form: bool = False) -> bytes:
        """Sends a request, notes how long the reply took, and returns its body."""
        sent = b"" if body is None else urlencode(body).encode() if form else json.dumps(body).encode()
        kept = "application/x-www-form-urlencoded" if form else "application/json"
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {self.cookie}\r\n"
        start = time.perf_counter()
        if self.reader.at_eof():
            self.writer.close()
            await self.connect()
        self.writer.write(f"{head}Content-Type: {kept}\r\nContent-Length: {len(sent)}\r\n\r\n".encode() + sent)
        told = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = re.search(r"(?i)content-length: (\d+)", told)
        text = await self.reader.readexactly(int(length[1]) if length else 0)
        self.seen.taken[kind].append(time.perf_counter() - start)
        if session := re.search(r"(?i)set-cookie: (gradus_session=[^;]+)", told):
            self.cookie = f"{self.cookie}; {session[1]}"
        if int(told.split()[1]) >= 400:
            self.seen.problems.append(f"{kind}: {told.split()[1]} {text[:200].decode(errors='replace')}")
        return text


@dataclass(frozen=True)
class Pace:
    """When students do things, in seconds from the beginning: they come within `rush`, work, and all end within `ending`."""

    rush: float = RUSH
    working: float = WORKING
    ending: float = ENDING

    @property
    def length(self) -> float:
        return self.rush + self.working + self.ending


async def sit(port: int, name: str, seen: Seen, rng: Random, pace: Pace) -> None:
    """One student's exam, from sign-in to the review."""
    began = asyncio.get_running_loop().time()

    async def wait_until(moment: float) -> None:
        await asyncio.sleep(max(0.0, began + moment - asyncio.get_running_loop().time()))

    comes = rng.uniform(0, pace.rush)
    await wait_until(comes)
    async with Browser(port, seen) as browser:
        await browser.ask("sign in", "POST", "/sign-in", {"name": name, "password": PASSWORD, "next": "/papers"}, form=True)
        attempt = json.loads(await browser.ask("start", "POST", f"/api/v1/papers/{PAPER}/attempts", {}))
        await browser.ask("page", "GET", f"/attempts/{attempt['id']}/questions/1")
        boxes = [(question["question"], part) for question in attempt["questions"] for part in question["parts"]]
        for i, moment in enumerate(sorted(rng.uniform(comes + 1, pace.rush + pace.working) for _ in range(SAVES))):
            await wait_until(moment)
            question, part = boxes[i % len(boxes)]
            text = "a" if part["kind"] == "choice" else f"-1.{rng.randrange(10_000)}"
            path = f"/api/v1/attempts/{attempt['id']}/answers/{question}/{quote(part['name'], safe='')}"
            await browser.ask("save", "PUT", path, {"text": text, "id": f"bench-{i}"})
        await wait_until(pace.rush + pace.working + rng.uniform(0, pace.ending))
        await browser.ask("submit", "POST", f"/api/v1/attempts/{attempt['id']}/submit", {})
        await browser.ask("review", "GET", f"/attempts/{attempt['id']}/review")


async def sit_all(port: int, names: list[str], seed: int, pace: Pace) -> Seen:
    """All of them at once; a student whose connection breaks is a problem of the exam, not of the others."""
    seen, rng = Seen(), Random(seed)
    done = await asyncio.gather(*(sit(port, name, seen, Random(rng.random()), pace) for name in names), return_exceptions=True)
    seen.problems += [f"{type(one).__name__}: {one}" for one in done if isinstance(one, BaseException)]
    return seen


# The server


@contextmanager
def served(database: str, workers: int) -> Iterator[tuple[int, int]]:
    """`gradus serve` in processes of its own: the first one's id, and the port."""
    options = ["serve", "--port", "0", "--workers", str(workers), "--database", database]
    with subprocess.Popen([sys.executable, "-c", GRADUS, *options], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = (re.search(r"http://.*:(\d+)", line) for line in process.stdout)
            address = next((match for match in found if match), None)
            assert address, "the server did not say its address"
            yield process.pid, int(address[1])
        finally:
            process.terminate()


def cpu_of_all(pid: int) -> float:
    """CPU seconds of a server and its workers."""
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True).stdout.split()
    workers = [int(one) for one in listed if Path(f"/proc/{one}").exists()]
    return cpu_of(pid) + sum(cpu_of(one) for one in workers)


def enrolled(database: str, count: int) -> list[str]:
    """New students, all with one password, which is hashed as every password is."""
    store, run = open_store(database), time.time_ns()
    kept, names = people.HASHER.hash(PASSWORD), [f"bench {run} {i}" for i in range(count)]
    store.write(lambda c: [people_rows.add_person(c, name, "student", kept, 0.0) for name in names])
    store.close()
    return names


@dataclass(frozen=True)
class Result:
    """What an exam of so many students took: 95 % of the requests while starting and of all, in ms, and server CPU for each student."""

    students: int
    start_p95_ms: float
    p95_ms: float
    errors: int
    exam_cpu_ms: float


def exam(database: str, students: int, workers: int = 1, pace: Pace = Pace(), seed: int = 0, quiet: bool = False) -> tuple[Result, Seen]:
    """One exam.  A few students sit it before, so that nothing is measured cold."""
    names = enrolled(database, students + 2 * workers)
    with served(database, workers) as (pid, port):
        asyncio.run(sit_all(port, names[students:], seed, Pace(1, 1, 1)))
        before = cpu_of_all(pid)
        seen = asyncio.run(watched(sit_all(port, names[:students], seed, pace), pace, quiet))
        spent = cpu_of_all(pid) - before
    cpu = round(spent / students * 1e3, 1)
    return Result(students, seen.p95_ms(STARTING), seen.p95_ms(), len(seen.problems), cpu), seen


async def watched(running: Any, pace: Pace, quiet: bool) -> Any:
    """Waits for an exam with a progress bar over its time."""
    async with ticking(pace, quiet):
        return await running


@asynccontextmanager
async def ticking(pace: Pace, quiet: bool) -> AsyncIterator[None]:
    with Progress(console=Console(stderr=True, quiet=quiet), transient=True) as bar:
        task = bar.add_task("the exam runs", total=pace.length)

        async def tick() -> None:
            while True:
                await asyncio.sleep(0.5)
                bar.advance(task, 0.5)

        ticker = asyncio.create_task(tick())
        yield
        ticker.cancel()


def table(result: Result, seen: Seen) -> str:
    """The numbers beside their budgets, and what each kind of request took."""
    lines = [f"{'':<14}{'value':>9}{'budget':>9}"]
    for name, budget in BUDGETS.items():
        value = getattr(result, name)
        lines.append(f"{name:<14}{value:>9.1f}{budget:>9.0f}  {'within' if value <= budget else 'OVER'} its budget")
    lines += [f"{kind:<14}{seen.p95_ms([kind]):>9.1f}{'':>9}  p95 of {len(taken):,} in ms" for kind, taken in seen.taken.items()]
    lines += [f"error: {problem}" for problem in seen.problems[:5]]
    return "\n".join(lines)


def main() -> None:
    """Measures and prints; the exit code is 0 whatever it takes."""
    parser = argparse.ArgumentParser(prog="./dev bench exam", description="A whole exam over HTTP, generator and server on this machine.")
    parser.add_argument("--students", type=int, default=300)
    parser.add_argument("--database", metavar="URL", help="postgresql://… or a file, to be thrown away afterwards; default: a new file")
    parser.add_argument("--workers", type=int, help="processes of the server; default: 1, on PostgreSQL 2")
    parser.add_argument("--rush", type=float, default=RUSH, metavar="SECONDS", help="within which all sign in and start")
    parser.add_argument("--working", type=float, default=WORKING, metavar="SECONDS")
    parser.add_argument("--ending", type=float, default=ENDING, metavar="SECONDS", help="within which all hand in and read their marks")
    parser.add_argument("--curve", action="store_true", help=f"what a student costs among {', '.join(map(str, CURVE))}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers to FILE as well")
    chosen = parser.parse_args()
    workers = chosen.workers or (2 if (chosen.database or "").startswith("postgresql") else 1)
    with TemporaryDirectory() as folder:
        os.environ["GRADUS_STATE"] = folder
        database = chosen.database or f"{folder}/gradus.db"
        pace = Pace(chosen.rush, chosen.working, chosen.ending)
        result, seen = exam(database, chosen.students, workers, pace)
        print(table(result, seen))
        document: dict[str, Any] = asdict(result)
        if chosen.curve:
            document["curve"] = {}
            for students in CURVE:
                pace = Pace(students / 10, 20, max(students / 20, 5))
                one, _ = exam(database, students, workers, pace)
                document["curve"][students] = one.exam_cpu_ms
                print(f"{students:>5} students: {one.exam_cpu_ms:6.1f} ms CPU each, {one.errors} errors", flush=True)
    if chosen.json:
        chosen.json.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
