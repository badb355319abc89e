"""What sitting a paper costs the server: a save, a page, a picture, a submission, a cold start, each beside its floor."""

from __future__ import annotations

import http.client
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from tests.bench import GRADUS, ROOT, ROUNDS, Measured, best_of_servers, cpu_of, served

BARE = "import sys; from tests.bench.sitting import bare; bare(sys.argv[1])"
TABLE = 4  # the Adam table's place in the optimisers paper


def bare(folder: str) -> None:
    """The least such things can cost: a durable insert, a Jinja page of the same size, and the same bytes of a picture."""
    import socket

    import uvicorn
    from fastapi import FastAPI, Response
    from jinja2 import Environment

    database = sqlite3.connect(Path(folder) / "bare.db", isolation_level=None, check_same_thread=False)
    database.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE answer (text TEXT);")
    template = Environment(autoescape=True).from_string(BOXES)
    boxes = [{name: f"{name}{i}" for name in ("name", "label", "text", "echo", "why", "symbol", "title", "version")} for i in range(1000)]
    size = (Path(folder) / "page.html").stat().st_size if (Path(folder) / "page.html").exists() else 0
    count = next(n for n in range(1000) if len(template.render(boxes=boxes[:n])) >= size)
    app = FastAPI(telemetry={"tracing": False, "metrics": False, "logs": False})

    @app.put("/save")
    def save(body: dict[str, Any]) -> dict[str, str]:
        database.execute("INSERT INTO answer VALUES (?)", (body["text"],))
        return {"saved": body["text"]}

    @app.get("/page")
    def show() -> Response:
        return Response(template.render(boxes=boxes[:count]), media_type="text/html")

    @app.get("/picture")
    def picture() -> Response:
        return Response((Path(folder) / "picture.svg").read_bytes(), media_type="image/svg+xml")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, timeout_keep_alive=600)).run(sockets=[listener])


# One loop over boxes like those of the sitting page: no inheritance, no macros, no translation, no database.
BOXES = """{% for box in boxes %}<div class="line">
<span class="symbol"><span class="tex">{{ box.symbol }}</span><small>{{ box.title }}</small></span>
<span class="box"><input type="text" inputmode="decimal" id="{{ box.name }}" name="answer:{{ box.name }}" autocomplete="off"
autocapitalize="off" autocorrect="off" spellcheck="false" lang="en" aria-describedby="{{ box.name }}-echo {{ box.name }}-why"
aria-label="{{ box.label }}" value="{{ box.text }}"><input type="hidden" name="version:{{ box.name }}" value="{{ box.version }}">
<output class="echo" id="{{ box.name }}-echo">{{ box.echo }}</output></span>
<p class="why" id="{{ box.name }}-why" hidden>{{ box.why }}</p></div>
{% endfor %}"""


class Client:
    """A student's browser, or the program that plays one: a kept connection, a session, and a token's header."""

    def __init__(self, connection: http.client.HTTPConnection) -> None:
        self.connection = connection
        self.headers: dict[str, str] = {"Cookie": "gradus_language=en"}

    def ask(self, method: str, path: str, body: Any = None, form: str | None = None) -> tuple[http.client.HTTPResponse, bytes]:
        """Sends a request and reads the reply."""
        kind = "application/x-www-form-urlencoded" if form is not None else "application/json"
        sent = form.encode() if form is not None else None if body is None else json.dumps(body).encode()
        self.connection.request(method, path, sent, {"Content-Type": kind, **self.headers})
        reply = self.connection.getresponse()
        return reply, reply.read()

    def json(self, method: str, path: str, body: Any = None) -> Any:
        """Sends a request that must succeed, and returns its document."""
        reply, text = self.ask(method, path, body)
        assert reply.status < 300, text[:300]
        return json.loads(text)

    def sign_in(self, name: str, password: str) -> None:
        """Opens a session and keeps its cookie."""
        reply, _ = self.ask("POST", "/sign-in", form=f"name={name}&password={password}&next=/papers")
        session = (reply.getheader("set-cookie") or "").split(";")[0]
        assert reply.status == 303, reply.status
        self.headers["Cookie"] += f"; {session}"


@contextmanager
def room() -> Iterator[tuple[int, Client, Path]]:
    """A server with a signed-in student: its process, the client, and a folder for the bare server."""
    with TemporaryDirectory() as state:
        database = Path(state) / "gradus.db"
        account = made(["user", "add", "bench", "--role", "student", "--json"], state)
        with served(GRADUS, ["serve", "--port", "0", "--database", str(database)], state) as (pid, connection):
            client = Client(connection)
            client.sign_in("bench", account["password"])
            yield pid, client, Path(state)


def made(arguments: list[str], state: str) -> Any:
    """What a `gradus … --json` command makes."""
    command = [sys.executable, "-c", GRADUS, *arguments]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "GRADUS_STATE": state}, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def path_of(attempt: str, question: str, part: str) -> str:
    return f"/api/v1/attempts/{attempt}/answers/{question}/{quote(part, safe='')}"


def answer_all(client: Client, attempt: Any, questions: int) -> None:
    """Types something into every part of the first questions."""
    for question in attempt["questions"][:questions]:
        for part in question["parts"]:
            text = "a" if part["kind"] == "choice" else "-1.25"
            client.json("PUT", path_of(attempt["id"], question["question"], part["name"]), {"text": text})


@cache
def sitting_costs(size: int, rounds: int = ROUNDS) -> dict[str, Measured]:
    """All of them in one room: the server is started once."""
    with room() as (pid, client, folder):
        attempt = client.json("POST", "/api/v1/papers/optimisers/attempts")
        answer_all(client, attempt, TABLE)
        id, question = attempt["id"], attempt["questions"][TABLE - 1]["question"]
        page_path = f"/attempts/{id}/questions/{TABLE}"
        page = client.ask("GET", page_path)[1]
        found = re.search(rb'/attempts/[^"]+\.svg[^"]*', page)
        assert found, "the Adam table has a picture"
        picture_path = found[0].decode().replace("&amp;", "&")
        picture = client.ask("GET", picture_path)[1]
        (folder / "page.html").write_bytes(page)
        (folder / "picture.svg").write_bytes(picture)
        count = iter(range(10**9))

        def save() -> None:
            for _ in range(size):
                client.json("PUT", path_of(id, question, "g1[0]"), {"text": f"-1.{next(count)}", "id": f"bench-{next(count)}"})

        def get(asker: Client, path: str) -> Callable[[], None]:
            return lambda: [asker.ask("GET", path) for _ in range(size // 4)] and None

        with served(BARE, [str(folder)], str(folder)) as (bare_pid, bare_connection):
            plain = Client(bare_connection)

            def insert() -> None:
                for _ in range(size):
                    plain.json("PUT", "/save", {"text": f"-1.{next(count)}", "id": f"bench-{next(count)}"})

            def pair(unit: str, per: float, work: Callable[[], None], floor: Callable[[], None]) -> Measured:
                work(), floor()
                seconds, least = best_of_servers(rounds, (work, pid), (floor, bare_pid))
                return Measured(round(seconds / per * 1e3, 4), unit, round(least / per * 1e3, 4), round(seconds / least, 2))

            costs = {
                "save_cpu_ms": pair("ms", size, save, insert),
                "page_cpu_ms": pair("ms", size // 4, get(client, page_path), get(plain, "/page")),
                "picture_cpu_ms": pair("ms", size // 4, get(client, picture_path), get(plain, "/picture")),
                "submit10_cpu_ms": submissions(pid, client, folder, bare_pid, insert, size, rounds),
            }
    kilobytes = len(page) / 1000
    costs["page_html_kb"] = Measured(round(kilobytes, 1), "kB", round(kilobytes, 1), 1.0)
    costs["picture_kb"] = Measured(round(len(picture) / 1000, 1), "kB", round(len(picture) / 1000, 1), 1.0)
    return costs


def submissions(pid: int, client: Client, folder: Path, bare_pid: int, insert: Callable[[], None], size: int, rounds: int) -> Measured:
    """Submitting and marking ten answered questions, each time by a new student; its floor is ten durable inserts."""
    best = float("inf")
    for number in range(rounds):
        account = made(["user", "add", f"bench {number}", "--role", "student", "--json"], str(folder))
        client.headers["Cookie"] = ""
        client.sign_in(quote(account["name"]), account["password"])
        attempt = client.json("POST", "/api/v1/papers/optimisers/attempts")
        answer_all(client, attempt, 10)
        start = cpu_of(pid)
        client.json("POST", f"/api/v1/attempts/{attempt['id']}/submit")
        best = min(best, cpu_of(pid) - start)
    (floor,) = best_of_servers(rounds, (insert, bare_pid))
    least = floor / size * 10
    return Measured(round(best * 1e3, 3), "ms", round(least * 1e3, 4), round(best / least, 2))


@cache
def starting(rounds: int = ROUNDS) -> dict[str, Measured]:
    """CPU seconds until an existing database is served, and what the worker then holds; the floor is a bare application."""
    with TemporaryDirectory() as state:
        made(["user", "add", "bench", "--role", "student", "--json"], state)
        seconds, least = [], []
        megabytes, bare_megabytes = 0.0, 0.0
        for _ in range(rounds):
            with served(GRADUS, ["serve", "--port", "0"], state) as (pid, connection):
                Client(connection).ask("GET", "/healthz")
                seconds.append(cpu_of(pid))
                megabytes = resident(pid)
            (Path(state) / "bare.db").unlink(missing_ok=True)
            with served(BARE, [state], state) as (pid, connection):
                Client(connection).ask("GET", "/page")
                least.append(cpu_of(pid))
                bare_megabytes = resident(pid)
    cold, floor = min(seconds), min(least)
    return {
        "cold_start_s": Measured(round(cold, 3), "s", round(floor, 3), round(cold / floor, 2)),
        "worker_rss_mb": Measured(round(megabytes, 1), "MB", round(bare_megabytes, 1), round(megabytes / bare_megabytes, 2)),
    }


def resident(pid: int) -> float:
    """Megabytes of memory that a process holds; NaN where /proc does not tell."""
    status = Path(f"/proc/{pid}/status")
    found = re.search(r"VmRSS:\s+(\d+)", status.read_text()) if status.exists() else None
    return int(found[1]) / 1024 if found else float("nan")


def sat(name: str) -> Callable[..., Measured]:
    """The bench of that name: those of one room are measured together."""
    return lambda size, rounds=ROUNDS: sitting_costs(size, rounds)[name]


def started(name: str) -> Callable[..., Measured]:
    """The bench of that name: both are measured together."""
    return lambda size, rounds=ROUNDS: starting(rounds)[name]
