"""Runs the application under uvicorn: says its address, ends on SIGTERM."""

from __future__ import annotations

import socket

import uvicorn

from exam import people
from exam.people import Account
from exam.store import Store, open_store
from questions.errors import GradusError
from web.app import make_app


class PortTaken(GradusError):
    code = "port_taken"


def serve(database: str, host: str, port: int) -> None:
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
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=5))
        print(f"Gradus runs at http://{shown}:{listener.getsockname()[1]}", flush=True)
        server.run(sockets=[listener])


def demo_people(store: Store) -> list[Account]:
    """A teacher and a student to begin with, where nobody has an account yet; their passwords are shown this once."""
    if people.anybody(store):
        return []
    return [people.add_person(store, role, role) for role in ("teacher", "student")]
