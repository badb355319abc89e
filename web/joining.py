"""The pages behind what a teacher hands out: a class by code or link, with or without an account, a password to choose, a paper."""

from __future__ import annotations

import secrets
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from exam import links, people, timing
from exam.links import Door, Guesser, TooManyGuesses, UnknownLink
from exam.papers import UnknownPaper
from exam.people import BadPassword, BadPerson, NameTaken
from exam.store.people import Person
from questions.errors import quoted
from web.errors import sentence_in
from web.language import language_of
from web.pages import Form, Someone, go, text_of
from web.signin import COOKIE, Visitor, store_of
from web.templates import page

router = APIRouter(include_in_schema=False)
GUEST = "gradus_guest"


def guessers(request: Request, person: Person | None) -> list[Guesser]:
    """Under whose names a wrong code counts: one's account, or else one's browser and, widely, one's address."""
    if person:
        return [Guesser.person(person.id)]
    room = Guesser.address(request.client.host if request.client else "")
    guest = request.cookies.get(GUEST)
    return [Guesser.guest(guest), room] if guest else [room]


def let_in(request: Request, session: str) -> Response:
    """To the papers, with a new session."""
    reply = go("/papers")
    set_session(request, reply, session)
    return reply


def set_session(request: Request, reply: Response, session: str) -> None:
    """Signs the reader of a reply in."""
    secure = request.url.scheme == "https"
    reply.set_cookie(COOKIE, session, max_age=people.SESSION_LASTS, httponly=True, samesite="lax", secure=secure)


def ask_for_code(request: Request, code: str = "", problem: UnknownLink | TooManyGuesses | None = None) -> Response:
    """The page that asks for a code, which knows a guest's browser again."""
    told = sentence_in(language_of(request), problem) if problem else ""
    reply = page(request, "join.html", problem.status if problem else 200, code=code, problem=told)
    if GUEST not in request.cookies:
        reply.set_cookie(GUEST, secrets.token_urlsafe(16), httponly=True, samesite="lax", secure=request.url.scheme == "https")
    return reply


@router.get("/join", response_class=HTMLResponse)
def join_page(request: Request, person: Visitor) -> Response:
    return ask_for_code(request)


@router.post("/join")
def go_to_class(request: Request, form: Form, person: Visitor) -> Response:
    """A code, or a link that was pasted."""
    code = text_of(form, "code").strip().rsplit("/", 1)[-1][:100]
    return go(f"/join/{quote(code, safe='')}") if code.strip(".") else ask_for_code(request, code, links.leads_nowhere())


@router.get("/join/{secret}", response_class=HTMLResponse)
def class_page(request: Request, secret: str, person: Visitor) -> Response:
    """Where a code or link leads, and how to come in."""
    try:
        door = links.door(store_of(request), guessers(request, person), secret, person)
    except (UnknownLink, TooManyGuesses) as problem:
        return ask_for_code(request, secret, problem)
    return show_door(request, secret, door)


def show_door(
    request: Request, secret: str, door: Door, name: str = "", problem: BadPerson | BadPassword | NameTaken | None = None
) -> Response:
    """The page of an invitation: join, or first make an account."""
    told = sentence_in(language_of(request), problem) if problem else ""
    return page(
        request, "join-class.html", problem.status if problem else 200,
        title=door.school_class.title, role=door.role, secret=secret, name=name, problem=told, shortest=people.SHORTEST_PASSWORD,
    )  # fmt: skip


@router.post("/join/{secret}")
def join(request: Request, secret: str, form: Form, person: Visitor) -> Response:
    """Joins with one's account, or with a new one."""
    store, who = store_of(request), guessers(request, person)
    try:
        if person:
            links.join(store, person, secret)
            return go("/papers")
        return let_in(request, links.sign_up(store, who, secret, text_of(form, "name"), text_of(form, "password")))
    except (UnknownLink, TooManyGuesses) as problem:
        return ask_for_code(request, secret, problem)
    except (BadPerson, BadPassword, NameTaken) as problem:
        return show_door(request, secret, links.door(store, who, secret), text_of(form, "name"), problem)


@router.get("/papers/{id}")
def handed_paper(request: Request, id: str, person: Someone) -> Response:
    """The link to a paper that a teacher hands out: to its place in the list.  Raises UnknownPaper for whom it is not for."""
    if not any(offer.paper.id == id for offer in timing.offers(store_of(request), person)):
        raise UnknownPaper(f"{quoted(id)} is not a paper of yours; GET /api/v1/papers lists them", "/paper")
    return go(f"/papers#paper-{id}")


@router.get("/password/{secret}", response_class=HTMLResponse)
def password_page(request: Request, secret: str, person: Visitor) -> Response:
    """Asks for a new password; looking uses nothing up.  Raises UnknownLink."""
    return ask_for_password(request, secret)


def ask_for_password(request: Request, secret: str, problem: BadPassword | None = None) -> Response:
    name = links.holder(store_of(request), secret)
    told = sentence_in(language_of(request), problem) if problem else ""
    code = problem.status if problem else 200
    return page(request, "password.html", code, secret=secret, name=name, problem=told, shortest=people.SHORTEST_PASSWORD)


@router.post("/password/{secret}")
def choose_password(request: Request, secret: str, form: Form, person: Visitor) -> Response:
    """Sets the password, ends every session of its owner, and signs them in here.  Raises UnknownLink."""
    try:
        return let_in(request, links.choose_password(store_of(request), secret, text_of(form, "password")))
    except BadPassword as problem:
        return ask_for_password(request, secret, problem)
