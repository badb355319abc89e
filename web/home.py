"""The home of who teaches: their classes, and the first steps, until they are done or put away."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from exam import classes, papers, people, rehearsals, rights
from exam.first_steps import STEPS, copy_paper, first_steps
from exam.store.people import Person
from web.errors import sentence_in
from web.pages import Form, go, text_of
from web.signin import store_of
from web.teaching import InCharge, address, show_class, tongue
from web.templates import page

router = APIRouter(prefix="/teach", include_in_schema=False)
AWAY = "gradus_guide_away"  # holds the number of who put the guide away in this browser


@router.get("", response_class=HTMLResponse)
def home(request: Request, person: InCharge) -> Response:
    return show_home(request, person)


def show_home(request: Request, person: Person, problem: str = "", title: str = "", code: int = 200) -> Response:
    """The classes one has charge of; what could not be made stands in its box, with the reason."""
    store, makes = store_of(request), rights.makes_classes(person)
    found = classes.overviews(store, person)
    guide = first_steps(store, person) if makes else None
    more = {"guide": guide if guide and guide.next else None, "away": request.cookies.get(AWAY) == str(person.id), "steps": STEPS}
    return page(
        request, "teach.html", code, classes=found, may_make=makes, problem=problem, title=title, address=address(request), **more
    )  # fmt: skip


@router.post("/classes")
def make_class(request: Request, form: Form, person: InCharge) -> Response:
    try:
        made = classes.make(store_of(request), person, text_of(form, "title"))
    except classes.BadClass as problem:
        return show_home(request, person, sentence_in(tongue(request), problem), text_of(form, "title"), problem.status)
    return go(after(form, f"/teach/classes/{made.id}"))


def after(form: Form, otherwise: str) -> str:
    """Where a form leads: back to the guide, if it stands there."""
    return "/teach#guide" if text_of(form, "guide") else otherwise


@router.post("/guide")
def put_away(request: Request, form: Form, person: InCharge) -> Response:
    """Puts the guide away in this browser, or calls it back."""
    if text_of(form, "do") != "away":
        reply = go("/teach#guide")
        reply.delete_cookie(AWAY)
        return reply
    reply = go("/teach")
    reply.set_cookie(AWAY, str(person.id), max_age=365 * people.DAY, httponly=True, samesite="lax")
    return reply


@router.post("/classes/{id}/papers")
def copy_into_class(request: Request, id: str, form: Form, person: InCharge) -> Response:
    """Copies a paper into a class, where it is open at once."""
    try:
        copy_paper(store_of(request), person, text_of(form, "paper"), id)
    except papers.BadPaper as problem:
        return show_class(request, person, id, "papers", problem, form)
    return go(after(form, f"/teach/classes/{id}#papers"))


@router.post("/papers/{id}/rehearsal")
def rehearse(request: Request, id: str, person: InCharge) -> Response:
    """Takes a paper in one's charge as a student would; a rehearsal that is open goes on."""
    return go(f"/attempts/{rehearsals.begin(store_of(request), person, id)}")


@router.post("/rehearsals/{id}/remove")
def remove_rehearsal(request: Request, id: str, person: InCharge) -> Response:
    rehearsals.remove(store_of(request), person, id)
    return go("/teach/papers")
