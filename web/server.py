"""Runs the application under uvicorn, in one process or several: says its address, ends on SIGTERM."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from exam import people
from exam.memory import keep_memory, settle
from exam.people import Account
from exam.store import Store, open_store
from questions.errors import GradusError
from web.app import make_app
from web.settings import default_database

# A connection is kept longer than students pause and than nginx keeps its own, so that neither meets one that is just being closed.
SETTINGS: dict[str, Any] = {"timeout_keep_alive": 75, "log_level": "warning", "access_log": False, "timeout_graceful_shutdown": 5}


class PortTaken(GradusError):
    code = "port_taken"


def serve(database: str, host: str, port: int, workers: int = 1) -> None:
    """Serves until SIGTERM or SIGINT.  Raises PortTaken, StoreUnavailable, BankChanged."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(2048)
        except OSError as problem:
            raise PortTaken(f"cannot listen on {host} port {port} ({problem.strerror}); choose another with --port") from None
        store = open_store(database)
        app = make_app(store)
        for account in demo_people(store):
            print(account.name, account.password)
        shown = f"[{host}]" if ":" in host else host
        print(f"Gradus runs at http://{shown}:{listener.getsockname()[1]}", flush=True)
        if workers == 1:
            settle()
            uvicorn.Server(uvicorn.Config(app, **SETTINGS)).run(sockets=[listener])
            return
        store.close()
        os.environ["GRADUS_DATABASE"] = database
        config = uvicorn.Config("web.server:worker", factory=True, workers=workers, **SETTINGS)
        Multiprocess(config, sockets=[listener]).run()


def worker() -> FastAPI:
    """The application of one process among several; it ends with the one that started it, however that ended."""
    keep_memory()
    threading.Thread(target=end_with, args=(os.getppid(),), name="parent", daemon=True).start()
    app = make_app(open_store(default_database()))
    settle()
    return app


def end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def demo_people(store: Store) -> list[Account]:
    """A teacher and a student to begin with, where nobody has an account yet; their passwords are shown this once."""
    if people.anybody(store):
        return []
    return [people.add_person(store, role, role) for role in ("teacher", "student")]
