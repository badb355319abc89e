"""The pages of papers for their staff while they are taken: the list, and the room with its clocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from exam import history, issuing, papers, rehearsals, room, trail
from exam.room import Whom
from exam.store.people import Person
from questions.errors import GradusError
from web.errors import sentence_in
from web.issuing import number_of
from web.pages import Form, go, text_of
from web.room_api import room_document, state_of
from web.signin import store_of
from web.teaching import InCharge, tongue
from web.templates import page, zone

router = APIRouter(prefix="/teach/papers", include_in_schema=False)


@router.get("", response_class=HTMLResponse)
def list_papers(request: Request, person: InCharge) -> Response:
    """The papers in one's charge, to run or to change: those that are being made first."""
    store = store_of(request)
    found = [(issuing.standing(store, paper), role) for paper, role in room.papers_of(store, person)]
    return page(
        request,
        "teach-papers.html",
        papers=sorted(found, key=lambda one: (one[0].paper.published, not one[0].paper.classes)),
        rehearsals=rehearsals.latest(store, person),
    )


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
