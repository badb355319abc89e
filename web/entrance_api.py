"""The REST API for who has no account yet: signing up by a class code or link, and choosing a password by a link that works once."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from pydantic import Field

from exam import links, people
from exam.store.people import Person
from web import examples
from web.class_documents import EnteredDocument, Sent
from web.errors import ErrorDocument
from web.examples import replied, shown
from web.joining import guessers, set_session
from web.signin import store_of

router = APIRouter(
    prefix="/api/v1",
    tags=["entrance"],
    responses={code: {"model": ErrorDocument} for code in (403, 404, 409, 413, 422, 429)},
)


class SigningUp(Sent):
    """A class code, or what follows /join/ in a link; the name and password of the account to make."""

    model_config = shown(examples.SIGNING_UP)

    code: str = Field(max_length=100)
    name: str
    password: str


class ChosenPassword(Sent):
    """What follows /password/ in a link, and the password to have."""

    model_config = shown(examples.CHOSEN_PASSWORD)

    secret: str = Field(max_length=100)
    password: str


def entered(request: Request, response: Response, session: str) -> EnteredDocument:
    """Who came in; their session is in the reply's cookie."""
    set_session(request, response, session)
    person = people.person_of_session(store_of(request), session)
    assert isinstance(person, Person)
    return EnteredDocument(person.name)


@router.post("/sign-up", summary="Sign up by a code or link", status_code=201, responses=replied(examples.ENTERED, 201))
def sign_up(request: Request, response: Response, body: SigningUp) -> EnteredDocument:
    """Makes a student's account, joins the class and signs in: the reply's cookie is the session.  It needs no token.

    404 `unknown_link` for a code or link that leads nowhere, 429 `too_many_guesses` after too many of them from one address, as
    in the browser; 409 `name_taken`.  Who has an account joins by `/join`.
    """
    session = links.sign_up(store_of(request), guessers(request, None), body.code.strip(), body.name, body.password)
    return entered(request, response, session)


@router.post("/password", summary="Choose a password by a link", responses=replied(examples.CHOSE))
def choose_password(request: Request, response: Response, body: ChosenPassword) -> EnteredDocument:
    """Sets the password of whom a link is for, ends every other session of theirs and signs them in.  It needs no token.

    A link works once and until its end; then, and for one that was never handed out, 404 `unknown_link`.
    """
    return entered(request, response, links.choose_password(store_of(request), body.secret, body.password))
