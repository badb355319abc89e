"""Every problem leaves the API in one shape, {"error", "detail", "where"}, and the pages as one sentence in the reader's language."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response

from questions.errors import GradusError, in_json, pointer, quoted
from questions.model import Words
from web.language import language_of, translations
from web.templates import page

log = logging.getLogger("gradus")


class ErrorDocument(BaseModel):
    """What went wrong: a code for programs, one sentence for people, and a JSON pointer to the place or null."""

    error: str
    detail: str
    where: str | None


def document(problem: GradusError) -> dict[str, Any]:
    return {"error": problem.code, "detail": problem.detail, "where": problem.where}


def reply(status: int, error: str, detail: str, where: str | None = None) -> JSONResponse:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse({"error": error, "detail": detail, "where": where}, status, headers)


def N_(message: str) -> str:
    """Marks a message for translation."""
    return message


# What a reader of the pages is told, by code: a title and what to do.
SAID = {
    "unknown_path": (N_("There is no such page"), N_("Check the address, or go back to the papers.")),
    "unknown_attempt": (N_("This is not an attempt of yours"), N_("Go back to the papers; there you find what you started.")),
    "unknown_paper": (N_("There is no such paper"), N_("Choose one of the papers in the list.")),
    "unknown_question": (N_("There is no such question"), N_("Choose one of the questions in the list.")),
    "unknown_part": (N_("There is no such answer box"), N_("Reload the question and type your answer again.")),
    "not_for_practice": (
        N_("This question is kept for a paper"),
        N_("Its numbers are fixed, so it cannot be practised. Choose one of the questions to practise."),
    ),
    "submitted": (N_("This attempt was handed in"), N_("Its answers can no longer change. You can read how it was marked.")),
    "not_submitted": (N_("This attempt is still open"), N_("Hand it in to see how it was marked.")),
    "time_is_up": (N_("The time is up"), N_("What was saved in time was handed in. What came later is kept for your teacher to see.")),
    "passed": (N_("This question is behind you"), N_("This paper goes forward only. Go on with the question it stands at.")),
    "not_yet_open": (N_("This paper is not open yet"), N_("The list of papers says when it opens. Come back then.")),
    "paper_closed": (N_("This paper is closed"), N_("Ask your teacher if you should still take it.")),
    "wrong_paper_password": (N_("This paper has a password"), N_("Type the password that your invigilator says.")),
    "not_released": (N_("The marking is not released yet"), N_("You can read it here once your teacher has released it.")),
    "conflict": (
        N_("This answer was changed elsewhere"),
        N_("Go back and reload the question: both texts are kept; type the one you want."),
    ),
    "too_long": (N_("This answer is too long"), N_("Shorten it to 10,000 characters and save again.")),
    "too_large": (N_("This is more than can be sent at once"), N_("Send less, and try again.")),
    "cross_site": (N_("This was sent from another site"), N_("Open Gradus itself and send it from there.")),
    "wrong_password": (
        N_("Sign-in failed"),
        N_("Name and password do not belong together. Check both, or ask your teacher for a new password."),
    ),
    "too_many_failures": (
        N_("Sign-in failed"),
        N_("Too many failed sign-ins for this name. Wait five minutes, or ask your teacher for a new password."),
    ),
    "store_unavailable": (N_("The database does not answer"), N_("What was saved is safe. Wait a moment and try again.")),
    "method_not_allowed": (N_("This cannot be done here"), N_("Go back and use the buttons of the page.")),
}
OTHERWISE = (N_("This could not be done"), N_("Go back and try again. If it stays so, tell your teacher what you did."))


def problem_in(language: str, code: str, said: Words | None = None) -> tuple[str, str]:
    """A problem's title and sentence in a language; `said` is a sentence that knows more than the code."""
    gettext = translations(language).gettext
    title, detail = SAID.get(code, OTHERWISE)
    return gettext(title), (said.vi if language == "vi" else said.en) if said else gettext(detail)


def sentence_in(language: str, problem: GradusError) -> str:
    """What a form says of a problem."""
    return problem_in(language, problem.code, getattr(problem, "said", None))[1]


async def told(request: Request, status: int, code: str, detail: str, where: str | None = None, said: Words | None = None) -> Response:
    """A problem as JSON under /api, as a page elsewhere."""
    if request.url.path.startswith("/api/"):
        return reply(status, code, detail, where)
    if not hasattr(request.state, "person"):
        await remember_visitor(request)
    language = language_of(request)
    title, sentence = problem_in(language, code, said)
    return page(request, "error.html", status, language, status=status, title=title, detail=sentence)


async def remember_visitor(request: Request) -> None:
    """Looks who is signed in, so that the page of a problem says so too; without a store it does not."""
    from web.signin import visitor

    with suppress(GradusError):
        await visitor(request)


async def gradus_error(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, GradusError)
    return await told(request, problem.status, problem.code, problem.detail, problem.where, getattr(problem, "said", None))


# What pydantic calls by Python's words, in JSON's.
ALLOWED = {
    "dict_type": "an object like {}",
    "model_type": "an object like {}",
    "list_type": "a list like []",
    "string_type": "text, in double quotes",
    "int_type": "a whole number",
}


def place_of(error: Any, body: Any) -> tuple[Any, ...]:
    """Where in the body or the query something is wrong: without the names that pydantic gives to the kinds a field may be of."""
    path = error["loc"][1:] if error["loc"][:1] in (("body",), ("query",)) else error["loc"]
    for i, step in enumerate(path):
        if i and not isinstance(body, list if isinstance(step, int) else dict):
            return tuple(path[:i])
        try:
            body = body[step]
        except (KeyError, IndexError, TypeError):
            break
    return tuple(path)


async def invalid_request(request: Request, problem: Exception) -> Response:
    """pydantic's first complaint, as one sentence."""
    assert isinstance(problem, RequestValidationError)
    found = problem.errors()
    first = found[0]
    if first["type"] == "json_invalid":
        return await told(request, 400, "malformed", "the body is not JSON; send one JSON object as application/json")
    if first["loc"][:1] == ("path",):
        return await told(request, 404, "unknown_path", f"{quoted(request.url.path)} is not a path here; /docs lists them")
    path = place_of(first, problem.body)
    where = pointer(*path)
    named = quoted(str(path[-1])) if path else ""
    if not path and first["type"] == "missing":
        return await told(request, 400, "malformed", "the body is empty; send one JSON object as application/json")
    if not path:
        detail = "the body must be a JSON object, sent as application/json"
    elif first["type"] == "missing":
        detail = f"{named} is missing; add it"
    elif first["type"] == "extra_forbidden":
        detail = f"{named} is not a field here; remove it"
    elif first["type"] in ALLOWED:
        allowed = (ALLOWED[one["type"]] for one in found if one["type"] in ALLOWED and place_of(one, problem.body) == path)
        detail = f"{named} must be {' or '.join(allowed)}, and is {in_json(first['input'])}; correct it"
    else:
        detail = f"{named}: {first['msg'][:1].lower()}{first['msg'][1:]}; correct it"
    return await told(request, 422, "invalid", detail, where)


async def http_error(request: Request, problem: Exception) -> Response:
    """What the router refuses: no such path, no such method, a body that is no JSON."""
    assert isinstance(problem, HTTPException)
    path = quoted(request.url.path)
    if problem.status_code == 404:
        return await told(request, 404, "unknown_path", f"{path} is not a path here; /docs lists them")
    if problem.status_code == 405:
        refused = await told(request, 405, "method_not_allowed", f"{request.method} is not allowed on {path}; /docs says what is")
        refused.headers["Allow"] = (problem.headers or {}).get("Allow", "")
        return refused
    if problem.status_code == 400:
        return await told(request, 400, "malformed", "the body cannot be read; send one JSON object as application/json")
    return await told(request, problem.status_code, "invalid", str(problem.detail))


async def unexpected(request: Request, problem: Exception) -> Response:
    log.error("unexpected error on %s", request.url.path, exc_info=problem)
    return await told(request, 500, "unexpected", "something broke that should not have; it was logged, please report what you sent")


def install(app: FastAPI) -> None:
    """Gives every kind of problem its reply."""
    app.add_exception_handler(GradusError, gradus_error)
    app.add_exception_handler(RequestValidationError, invalid_request)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(Exception, unexpected)
