"""The REST API of the room: papers and their clocks, for the staff of the classes they are opened to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Request, Response, Security
from pydantic import BaseModel, ConfigDict, Field

from exam import room
from exam.papers import Paper
from exam.room import Room, Whom
from exam.store.times import Seat
from web import examples
from web.errors import ErrorDocument
from web.examples import replied, shown
from web.papers_api import iso, iso_or_none, seconds_left
from web.signin import Staff, bearer, session, staff, store_of

router = APIRouter(
    prefix="/api/v1/teach",
    tags=["room"],
    dependencies=[Security(bearer, scopes=["teach"]), Depends(session), Depends(staff)],
    responses={code: {"model": ErrorDocument} for code in (400, 401, 403, 404, 409, 413, 422)},
)
PaperSent = Annotated[dict[str, Any], Body(examples=[examples.PAPER])]
RoomAttempt = Annotated[str, Path(description="An attempt, as the room lists it.", examples=["7f3a9c2e5b8d4f16"])]
PaperId = Annotated[str, Path(description="The id of a paper.", examples=["aio2024"])]


class Sent(BaseModel):
    """What is sent: nothing but the fields there are, each of its own type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Concerns(Sent):
    """Whom it concerns: one attempt, one team, or all where neither is named; and why."""

    model_config = shown(examples.CONCERNS)

    attempt: str | None = None
    team: str = Field(default="", max_length=80)
    reason: str = Field(default="", max_length=400)

    @property
    def whom(self) -> Whom:
        return Whom(self.attempt, self.team)


class Minutes(Concerns):
    """Minutes to give, or to take back where negative."""

    model_config = shown(examples.MINUTES)

    minutes: float = Field(allow_inf_nan=False, examples=[5])


class Reopening(Sent):
    """For how many minutes, and why."""

    model_config = shown(examples.REOPENING)

    minutes: float = Field(allow_inf_nan=False, examples=[10])
    reason: str = Field(default="", max_length=400)


class Incident(Sent):
    """What happened, in the room or to one attempt."""

    model_config = shown(examples.INCIDENT)

    text: str = Field(min_length=1, max_length=2000, examples=["The projector failed for two minutes."])
    attempt: str | None = None


class Release(Sent):
    """Whether students may read what the paper shows after release."""

    model_config = shown(examples.RELEASE)

    released: bool = True


@dataclass(frozen=True)
class SeatDocument:
    """A student: state is absent, in_progress, paused or submitted; what their page last said of itself."""

    name: str
    attempt: str | None
    state: str
    delivered: str | None
    deadline: str | None
    seconds_left: float | None
    saved_at: str | None
    seen_at: str | None
    unsent: int | None
    question: int | None


@dataclass(frozen=True)
class RoomDocument:
    """The room of a paper, its students by name."""

    paper: str
    now: str
    paused: str | None
    released: str | None
    students: list[SeatDocument]


@dataclass(frozen=True)
class PaperInCharge:
    """A paper one has charge of, and as what."""

    id: str
    role: str
    paper: Paper


def state_of(seat: Seat) -> str:
    """How a student stands."""
    if seat.delivered is None:
        return "absent"
    return "submitted" if seat.closed is not None else "paused" if seat.paused is not None else "in_progress"


def seat_document(seat: Seat) -> SeatDocument:
    """A student as a program reads of them."""
    left = seconds_left(seat.deadline, seat.paused) if seat.closed is None else None
    return SeatDocument(
        seat.name,
        seat.attempt,
        state_of(seat),
        iso_or_none(seat.delivered),
        iso_or_none(seat.deadline),
        left,
        iso_or_none(seat.saved),
        iso_or_none(seat.seen),
        seat.unsent,
        seat.number,
    )


def room_document(one: Room) -> RoomDocument:
    """A room as a program reads it."""
    seats = [seat_document(seat) for seat in one.seats]
    return RoomDocument(one.paper.id, iso(one.now), iso_or_none(one.paused), iso_or_none(one.released), seats)


@router.get("/papers", summary="List the papers in one's charge", responses=replied([examples.IN_CHARGE]))
def list_papers(request: Request, person: Staff) -> list[PaperInCharge]:
    """The papers that are opened to one's classes, with all their settings."""
    return [PaperInCharge(paper.id, role, paper) for paper, role in room.papers_of(store_of(request), person)]


@router.get("/papers/{id}", summary="Read a paper", responses=replied(examples.STORED))
def get_paper(request: Request, id: PaperId, person: Staff) -> Paper:
    """A paper with all its settings."""
    return room.paper_of(store_of(request), person, id)


@router.put("/papers/{id}", summary="Make or change a paper", responses=replied(examples.STORED))
def put_paper(request: Request, response: Response, id: PaperId, person: Staff, body: PaperSent) -> Paper:
    """Makes a paper (201), or changes one (200): who has started keeps their questions, and every clock follows.  422 `bad_paper`."""
    paper, new = room.change_paper(store_of(request), person, {**body, "id": id})
    response.status_code = 201 if new else 200
    return paper


@router.get("/papers/{id}/room", summary="Look into the room", responses=replied(examples.ROOM))
def get_room(request: Request, id: PaperId, person: Staff) -> RoomDocument:
    """Who is in, their last save, what is unsent, their time left and their connection."""
    return room_document(room.room(store_of(request), person, id))


@router.post("/papers/{id}/room/minutes", summary="Give minutes", responses=replied(examples.ROOM))
def give_minutes(request: Request, id: PaperId, body: Minutes, person: Staff) -> RoomDocument:
    """Gives minutes to one attempt, a team or the room; open pages notice within seconds."""
    room.add_minutes(store_of(request), person, id, body.minutes, body.whom, body.reason)
    return get_room(request, id, person)


@router.post("/papers/{id}/room/pause", summary="Pause", responses=replied(examples.PAUSED_ROOM))
def pause(request: Request, id: PaperId, body: Concerns, person: Staff) -> RoomDocument:
    """Stops the clocks; the time until they are resumed is given back."""
    room.pause(store_of(request), person, id, body.whom, body.reason)
    return get_room(request, id, person)


@router.post("/papers/{id}/room/resume", summary="Resume", responses=replied(examples.ROOM))
def resume(request: Request, id: PaperId, body: Concerns, person: Staff) -> RoomDocument:
    """Lets the clocks go on."""
    room.resume(store_of(request), person, id, body.whom)
    return get_room(request, id, person)


@router.post("/papers/{id}/room/notes", summary="Note an incident", status_code=201, responses=replied(examples.ROOM, 201))
def note(request: Request, id: PaperId, body: Incident, person: Staff) -> RoomDocument:
    """Keeps what happened in the trail."""
    room.note_incident(store_of(request), person, id, body.text, Whom(body.attempt))
    return get_room(request, id, person)


@router.post("/papers/{id}/attempts/{attempt}/reopen", summary="Reopen an attempt", responses=replied(examples.ROOM))
def reopen(request: Request, id: PaperId, attempt: RoomAttempt, body: Reopening, person: Staff) -> RoomDocument:
    """Opens a closed attempt again for some minutes, with what stood in it."""
    room.reopen(store_of(request), person, id, attempt, body.minutes, body.reason)
    return get_room(request, id, person)


@router.post("/papers/{id}/release", summary="Release the marking", responses=replied({"paused": None}))
def release(request: Request, id: PaperId, body: Release, person: Staff) -> RoomDocument:
    """Shows students what the paper shows after release, or takes that back."""
    room.release(store_of(request), person, id, body.released)
    return get_room(request, id, person)
