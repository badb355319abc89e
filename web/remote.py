"""A Gradus elsewhere, asked over its REST API as a teacher's program: where `gradus pull`, `push` and `check` find the questions."""

from __future__ import annotations

import os
import re
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2 as httpx

from exam.drafts import Standing, digest, is_id
from questions.errors import GradusError, quoted
from web.command import text_of

PATIENCE = httpx.Timeout(60, connect=15)  # seconds: a question is checked with hundreds of simulated students before it is published
LOOPBACK = ("localhost", "127.0.0.1", "::1")
TOKEN = "GRADUS_TOKEN"


class BadServer(GradusError):
    """An address that no token is sent to."""

    code = "bad_server"


class NoToken(GradusError):
    code = "no_token"
    status = 401


class Unreachable(GradusError):
    """No reply: no network, nobody there, or somebody whose certificate does not hold."""

    code = "unreachable"
    status = 503


class NotGradus(GradusError):
    """A reply, but none that a Gradus of today gives."""

    code = "not_gradus"
    status = 502


class Refused(GradusError):
    """What the server refused, in its own words, with its code and status."""

    def __init__(self, status: int, code: str, detail: str, where: str | None) -> None:
        super().__init__(detail, where)
        self.status, self.code = status, code


class Server:
    """The questions that teachers keep on a server.  Raises Unreachable, NotGradus, Refused."""

    def __init__(self, address: str, token: str) -> None:
        self.address = checked(address)
        headers = {"Authorization": f"Bearer {token}", "User-Agent": "gradus"}
        self._client = httpx.Client(base_url=self.address, headers=headers, timeout=PATIENCE, verify=ssl.create_default_context())

    def close(self) -> None:
        self._client.close()

    def standings(self) -> dict[str, Standing]:
        """How all of them stand, by id."""
        try:
            found = {
                one["id"]: Standing(int(one["revision"]), int(one["version"]), str(one["sha256"])) for one in self._ask("GET", "sources")
            }
        except (KeyError, TypeError, ValueError):
            raise self._strange("its list of sources is not one") from None
        if strange := [id for id in found if not (isinstance(id, str) and is_id(id))]:
            raise self._strange(f"{quoted(str(strange[0]))} is no question's id")  # an id is the name of a file
        return found

    def standing(self, id: str) -> tuple[Standing, str]:
        """How one stands, and its text."""
        document = self._ask("GET", f"questions/{quote(id, safe='')}/source")
        try:
            source = str(document["source"])
            return Standing(int(document["revision"]), int(document["version"]), digest(source)), source
        except (KeyError, TypeError, ValueError):
            raise self._strange(f"the source of {id} is not one") from None

    def create(self, source: str) -> Standing:
        self._ask("POST", "questions", {"source": source})
        return Standing(1, 0, digest(source))

    def save(self, id: str, source: str, known: Standing) -> Standing:
        self._ask("PUT", f"questions/{quote(id, safe='')}", {"source": source}, known)
        return Standing(known.revision + 1, known.version, digest(source))

    def publish(self, id: str, known: Standing) -> Standing:
        self._ask("POST", f"questions/{quote(id, safe='')}/publish", None, known)
        return Standing(0, known.version + 1, known.sha256)

    def hindrances(self, source: str) -> list[str]:
        found = [str(problem["detail"]) for problem in self._ask("POST", "questions/validate", {"source": source})["problems"]]
        return found or [str(problem) for problem in self._ask("POST", "questions/variants", {"source": source})["problems"]]

    def _ask(self, method: str, path: str, body: Any = None, known: Standing | None = None) -> Any:
        """The document that a route replies with; `known` is what a change is made over."""
        headers = {"If-Match": f'"{known.revision}.{known.version}"'} if known else {}
        try:
            reply = self._client.request(method, f"api/v1/{path}", json=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as problem:
            raise unreachable(self.address, problem) from None
        if reply.is_redirect:
            raise self._strange(f"it leads on to {quoted(reply.headers.get('location', ''), 120)}; name that address, if it is yours")
        try:
            document = reply.json()
            if reply.is_success:
                return document
            code, detail, where = document["error"], str(document["detail"]), document.get("where")
        except (ValueError, KeyError, TypeError, AttributeError):
            raise self._strange(f"it replies {reply.status_code} without a document of Gradus") from None
        if code in ("unknown_path", "method_not_allowed"):
            raise self._strange(
                f"it does not know {method} /api/v1/{path}: it is older than this gradus; update it, or use an older gradus"
            )
        raise Refused(reply.status_code, str(code), detail, where)

    def _strange(self, why: str) -> NotGradus:
        return NotGradus(f"{self.address} does not answer as Gradus does: {why}")


def checked(address: str) -> str:
    """The address of a server, to which a token may be sent: over TLS, or on this machine.  Raises BadServer."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or parts.username or parts.query or parts.fragment:
        raise BadServer(f"{quoted(address, 80)} is no address of a server; write one like https://gradus.example.edu")
    if parts.scheme == "http" and host not in LOOPBACK:
        raise BadServer(f"over http:// everybody on the way could read the token; write https://{parts.netloc}{parts.path}")
    return address.rstrip("/") + "/"


def unreachable(address: str, problem: Exception) -> Unreachable:
    """Why there is no reply, and what to do."""
    said = str(problem) or type(problem).__name__
    if isinstance(problem, httpx.TimeoutException):
        return Unreachable(f"{address} does not answer in time; try again")
    if "CERTIFICATE" in said.upper():
        why = re.sub(r"^.*certificate verify failed: | \(_ssl.*$", "", said)
        return Unreachable(
            f"the certificate of {address} does not hold ({why}); name its authority's file in SSL_CERT_FILE if you trust it"
        )
    return Unreachable(f"{address} cannot be reached ({said}); check the address and the network")


def token_from(file: Path | None) -> str:
    """The token of a file, else of the environment: a command line is seen by everybody on the machine.  Raises NoToken, BadFile."""
    text = (text_of(file) if file else os.environ.get(TOKEN, "")).strip()
    if not text:
        remedy = f"put one of scope author into {TOKEN}, or into a file and name it with --token-file"
        raise NoToken(f"there is no token; {remedy}: `gradus token add NAME --scope author` makes one on the server")
    if not re.fullmatch(r"[!-~]{1,400}", text):
        raise NoToken("this is no token: it has spaces, lines or letters that none has; give the one line that `gradus token add` printed")
    return text
