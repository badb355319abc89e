"""The pages of papers for their staff: the list, the settings, and the room with its clocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData

from exam import classes, history, papers, rehearsals, room, trail
from exam.papers import PRESETS, BadPaper, Paper, Shows
from exam.room import Whom
from exam.store.people import Person
from questions.errors import GradusError
from web.errors import sentence_in
from web.pages import Form, go, text_of
from web.room_api import room_document, state_of
from web.signin import store_of
from web.teaching import InCharge, tongue
from web.templates import page, zone

router = APIRouter(prefix="/teach/papers", include_in_schema=False)
WHENS = ("while_taking", "on_submission", "after_release", "never")


@router.get("", response_class=HTMLResponse)
def list_papers(request: Request, person: InCharge) -> Response:
    """The papers in one's charge, to run or to change."""
    found = room.papers_of(store_of(request), person)
    return page(request, "teach-papers.html", papers=found, rehearsals=rehearsals.latest(store_of(request), person))


@router.get("/{id}", response_class=HTMLResponse)
def settings(request: Request, id: str, person: InCharge) -> Response:
    return show_settings(request, person, room.paper_of(store_of(request), person, id, "manage"))


def show_settings(
    request: Request, person: Person, paper: Paper, form: FormData | None = None, problem: GradusError | None = None
) -> Response:
    """The settings of a paper; where they do not hold together, what was typed stands there with the reason."""
    mine = [one.school_class for one in classes.overviews(store_of(request), person)]
    told = sentence_in(tongue(request), problem) if problem else ""
    typed = dict(form) if form else fields_of(paper)
    chosen = form.getlist("classes") if form else paper.classes
    more = {"mine": mine, "typed": typed, "chosen": chosen, "problem": told, "zone": zone(), "whens": WHENS, "presets": list(PRESETS)}
    return page(request, "teach-paper.html", problem.status if problem else 200, paper=paper, shown=list(Shows.model_fields), **more)


def fields_of(paper: Paper) -> dict[str, Any]:
    """A paper as its form shows it."""
    plain = paper.model_dump(mode="json")
    moments = {
        name: moment.astimezone().strftime("%Y-%m-%dT%H:%M") if (moment := getattr(paper, name)) else "" for name in ("opens", "closes")
    }
    return {
        **{f"{name}_{language}": getattr(getattr(paper, name), language) for name in ("title", "description") for language in ("vi", "en")},
        **{name: plain[name] or "" for name in ("preset", "attempts", "password", "forward_only", "shuffled", "one_variant")},
        "minutes": "" if paper.minutes is None else f"{paper.minutes:g}",
        **{f"shows_{name}": when for name, when in plain["shows"].items()},
        **moments,
        "sections": papers.sections_text(paper),
    }


def document_of(id: str, form: FormData) -> dict[str, Any]:
    """The paper that a form states.  Raises BadPaper."""
    sections = papers.sections_read(text_of(form, "sections"))
    texts = {name: {language: text_of(form, f"{name}_{language}") for language in ("vi", "en")} for name in ("title", "description")}
    numbers = {name: number_of(form, name) for name in ("minutes", "attempts")}
    moments = {name: moment_of(form, name) for name in ("opens", "closes")}
    switches = {name: bool(text_of(form, name)) for name in ("forward_only", "shuffled", "one_variant", "as_printed")}
    shows = {name: text_of(form, f"shows_{name}") for name in Shows.model_fields}
    named = {"id": id, "sections": sections, "classes": form.getlist("classes"), "preset": text_of(form, "preset"), "shows": shows}
    return {**named, **texts, **numbers, **moments, **switches, "password": text_of(form, "password").strip()}


def number_of(form: FormData, name: str) -> float | None:
    """A number, None where the box is empty.  Raises BadPaper."""
    text = text_of(form, name).strip().replace(",", ".")
    try:
        value = float(text) if text else None
    except ValueError:
        raise BadPaper(f"{name}: this is not a number; type one, or leave the box empty for no limit", f"/{name}") from None
    return value if value is None or not value.is_integer() else int(value)


def moment_of(form: FormData, name: str) -> str | None:
    """A moment on the clock of the server's place, None where the box is empty.  Raises BadPaper."""
    text = text_of(form, name).strip()
    try:
        return datetime.fromisoformat(text).astimezone().isoformat() if text else None
    except (ValueError, OverflowError):
        raise BadPaper(f"{name}: this is not a date and time; choose one like 2026-12-01T08:00", f"/{name}") from None


@router.post("/{id}")
def change(request: Request, id: str, form: Form, person: InCharge) -> Response:
    """Changes a paper; who has started keeps their questions."""
    store = store_of(request)
    before = room.paper_of(store, person, id, "manage")
    try:
        room.change_paper(store, person, document_of(id, form))
    except GradusError as problem:
        return show_settings(request, person, before, form, problem)
    return go(f"/teach/papers/{id}")


@router.post("/{id}/copy")
def copy(request: Request, id: str, form: Form, person: InCharge) -> Response:
    """A paper like this one under another id, to be changed."""
    store = store_of(request)
    before = room.paper_of(store, person, id)
    wanted = text_of(form, "id").strip()
    try:
        if any(paper.id == wanted for paper in papers.papers(store)):
            raise BadPaper(f"there is already a paper '{wanted}'; choose another id", "/id")
        mine = [one.school_class.id for one in classes.overviews(store, person)]
        kept = {"id": wanted, "classes": [one for one in before.classes if one in mine]}
        room.change_paper(store, person, before.model_dump(mode="json") | kept)
    except GradusError as problem:
        return show_settings(request, person, before, None, problem)
    return go(f"/teach/papers/{wanted}")


@router.get("/{id}/room", response_class=HTMLResponse)
def invigilate(request: Request, id: str, person: InCharge) -> Response:
    return show_room(request, person, id)


def show_room(request: Request, person: Person, id: str, problem: GradusError | None = None) -> Response:
    """The room: who is in and how they stand; what could not be done is told above it."""
    one = room.room(store_of(request), person, id)
    one = replace(one, seats=room.by_trouble(one))
    manages = any(paper.id == id and role == "teacher" for paper, role in room.papers_of(store_of(request), person))
    told = sentence_in(tongue(request), problem) if problem else ""
    counts = {state: sum(state_of(seat) == state for seat in one.seats) for state in ("absent", "in_progress", "paused", "submitted")}
    silent = [room.silent_since(seat, one.now) for seat in one.seats]
    counts["silent"] = sum(since is not None for since in silent)
    acts = store_of(request).read(lambda c: trail.told(c, one.acts[-50:]))
    document = room_document(one)
    code = problem.status if problem else 200
    more = {"counts": counts, "acts": acts[::-1], "manages": manages, "problem": told, "moment": trail.moment, "zone": zone()}
    rows = zip(one.seats, document.students, silent, strict=True)
    return page(request, "teach-room.html", code, paper=one.paper, room=document, now=one.now, rows=rows, **more)


@router.get("/{id}/attempts/{attempt}", response_class=HTMLResponse)
def attempt_history(request: Request, id: str, attempt: str, person: InCharge) -> Response:
    """What happened in a student's attempt, with what came too late."""
    paper = room.paper_of(store_of(request), person, id)
    name, events = history.in_room(store_of(request), person, id, attempt)
    return page(request, "history.html", title=paper.title, events=events, name=name, back=f"/teach/papers/{id}/room")


@router.post("/{id}/room")
def act(request: Request, id: str, form: Form, person: InCharge) -> Response:
    """One act in the room: minutes, pause, resume, reopen, a note, release."""
    store, do = store_of(request), text_of(form, "do")
    whom = Whom(text_of(form, "attempt") or None, text_of(form, "team"))
    deeds: dict[str, Callable[[], None]] = {
        "minutes": lambda: room.add_minutes(store, person, id, number_of(form, "minutes") or 0, whom, text_of(form, "reason")),
        "pause": lambda: room.pause(store, person, id, whom),
        "resume": lambda: room.resume(store, person, id, whom),
        "reopen": lambda: room.reopen(store, person, id, whom.attempt or "", number_of(form, "minutes") or 0, text_of(form, "reason")),
        "note": lambda: room.note_incident(store, person, id, text_of(form, "text"), whom),
        "release": lambda: room.release(store, person, id),
        "withhold": lambda: room.release(store, person, id, released=False),
    }
    try:
        if do in deeds:
            deeds[do]()
    except papers.UnknownPaper:
        raise
    except GradusError as problem:
        return show_room(request, person, id, problem)
    return go(f"/teach/papers/{id}/room")
