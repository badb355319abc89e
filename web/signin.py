"""Who is asking: a session cookie for browsers, a bearer token for programs; and no posts from other sites."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPBearer
from starlette.types import ASGIApp, Receive, Scope, Send

from exam import people, rights
from exam.people import NotSignedIn
from exam.store import Store
from exam.store.people import Person
from web.errors import reply, told

COOKIE = "gradus_session"
ENTRANCE = ("/api/v1/sign-up", "/api/v1/password")  # of the API, what needs nobody to be signed in
NO_TOKEN = "this needs a token; send 'Authorization: Bearer TOKEN' with one made by `gradus token add`"

# What the API reference says of signing in; `program` and `taker` do it.
bearer = HTTPBearer(
    scheme_name="token",
    description="A token of `gradus token add NAME --scope SCOPE`. Scope `grade`: the answer book. Scope `student`: that person's papers.",
    auto_error=False,
)
session = APIKeyCookie(name=COOKIE, scheme_name="session", description="The cookie of a person signed in with a browser.", auto_error=False)


def store_of(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


def local(path: str) -> str:
    """A path on this server, or the list of papers."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() else "/papers"


def landing_of(person: Person | None, after: str) -> str:
    """Where somebody who signed in goes on: where they wanted, else who teaches to their classes, others to the papers."""
    return local(after) if after else "/teach" if person and rights.makes_classes(person) else "/papers"


async def visitor(request: Request) -> Person | None:
    """The person of the session cookie, if there is one; also kept for the page's header.

    One indexed look-up, cheaper than the hop to a thread and back.
    """
    secret = request.cookies.get(COOKIE)
    request.state.person = people.person_of_session(store_of(request), secret) if secret else None
    person: Person | None = request.state.person
    return person


async def program(request: Request) -> None:
    """A program with a token of scope `grade`.  Raises NotSignedIn, WrongScope."""
    header = request.headers.get("authorization")
    if not header:
        raise NotSignedIn(NO_TOKEN)
    people.check_token(store_of(request), header, "grade")


async def acting(request: Request, scope: str) -> Person:
    """The person who asks: by a token of a scope, or by session.  Raises NotSignedIn, WrongScope."""
    header = request.headers.get("authorization")
    if header:
        token = people.check_token(store_of(request), header, scope)
        if token.person is None:
            raise NotSignedIn(f"this token belongs to nobody; make one with `gradus token add NAME --scope {scope}`")
        return token.person
    person = await visitor(request)
    if person is None:
        raise NotSignedIn("this needs a session or a token; sign in, or send 'Authorization: Bearer TOKEN'")
    return person


async def taker(request: Request) -> Person:
    """The person who takes papers: by a token of scope `student`, or by session.  Raises NotSignedIn, WrongScope."""
    return await acting(request, "student")


async def staff(request: Request) -> Person:
    """The person who keeps classes: by a token of scope `teach`, or by session.  Raises NotSignedIn, WrongScope."""
    return await acting(request, "teach")


async def author(request: Request) -> Person:
    """The person who writes questions: by a token of scope `author`, or by session.  Raises NotSignedIn, WrongScope."""
    return await acting(request, "author")


Author = Annotated[Person, Depends(author)]
Taker = Annotated[Person, Depends(taker)]
Staff = Annotated[Person, Depends(staff)]
Visitor = Annotated[Person | None, Depends(visitor)]


class Gate:
    """Turns strangers away from the API before their body is read, and refuses what another site's page sends with our cookies.

    Programs send no headers of where they come from, and no cookies.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
            safe = scope["method"] in ("GET", "HEAD", "OPTIONS")
            known = b"authorization" in headers or COOKIE in headers.get(b"cookie", "")
            if scope["path"].startswith("/api/") and not known and scope["path"] not in ENTRANCE:
                refused = reply(401, "no_token", NO_TOKEN)
                await refused(scope, receive, send)
                return
            if not safe and b"authorization" not in headers and from_elsewhere(headers):
                said = "this was sent from a page of another site; open Gradus itself and send it from there"
                turned_away = await told(Request(scope), 403, "cross_site", said)
                await turned_away(scope, receive, send)
                return
        await self.app(scope, receive, send)


def from_elsewhere(headers: dict[bytes, str]) -> bool:
    """Whether a browser says that another site's page sent this."""
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get(b"origin")
    return origin is not None and urlsplit(origin).netloc != headers.get(b"host")
