"""The REST API of sitting papers: start, save, clock, submit, review; for a student's own attempts only."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Query, Request, Response, Security
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from exam import checks, clock, papers, review, room, shown, sittings, starting, timing
from exam.grade import Grade, total
from exam.shown import NotReleased, as_shown, shown_of
from exam.sittings import Conflict, Sitting
from exam.timing import Offer
from questions import documents
from questions.documents import VariantDocument
from questions.model import Words
from web import examples
from web.errors import ErrorDocument
from web.examples import replied
from web.signin import Taker, bearer, session, store_of, taker

router = APIRouter(
    prefix="/api/v1",
    tags=["papers"],
    dependencies=[Security(bearer, scopes=["student"]), Depends(session), Depends(taker)],
    responses={code: {"model": ErrorDocument} for code in (400, 401, 403, 404, 409, 413, 422)},
)

PaperId = Annotated[str, Path(description="An id from /papers.", examples=["aio2024"])]
AttemptId = Annotated[str, Path(description="The id of an attempt, from starting it or from /papers.", examples=["7f3a9c2e5b8d4f16"])]


@dataclass(frozen=True)
class PaperDocument:
    """A paper as it stands for a student: state is not_yet, open, in_progress, submitted or closed; `attempt` is the latest of theirs.

    `opens` and `closes` hold for this student, `minutes` from delivery, `attempts` how many are allowed; null where there is no limit.
    """

    id: str
    title: Words
    state: str
    description: Words
    questions: int
    marks: float
    attempt: str | None
    opens: str | None
    closes: str | None
    minutes: float | None
    attempts: int | None
    can_start: bool
    password: bool
    forward_only: bool


@dataclass(frozen=True)
class AttemptDocument:
    """An attempt: its variants without any reference answer, and what was typed, with the version of each answer.

    `at_question` is where a paper that goes forward only stands: what comes after is not told yet.
    """

    id: str
    paper: str
    state: str
    questions: list[VariantDocument]
    answers: dict[str, dict[str, str]]
    versions: dict[str, dict[str, int]]
    deadline: str | None
    paused: str | None
    at_question: int | None


class Started(BaseModel):
    """What starting a paper may need."""

    model_config = ConfigDict(extra="forbid", strict=True)
    password: str = Field(default="", max_length=200)


@dataclass(frozen=True)
class ClockDocument:
    """The clock of an attempt, by the server: `seconds_left` null where there is no end, `paused` since when it stands still."""

    now: str
    deadline: str | None
    seconds_left: float | None
    paused: str | None
    state: str


class Typed(BaseModel):
    """An answer as typed; `id` names the save, `base_version` is the version it was typed over."""

    model_config = ConfigDict(extra="forbid", strict=True)
    text: str
    id: str | None = Field(default=None, min_length=1, max_length=64)
    base_version: int | None = Field(default=None, ge=0)


@dataclass(frozen=True)
class SavedDocument:
    """An answer that is on disk; `problem` says why it could not be read, if so.  The clock is told with every reply."""

    saved_at: str
    version: int
    read_as: str | None
    problem: Words | None
    deadline: str | None
    seconds_left: float | None
    paused: str | None


SAVED = TypeAdapter(SavedDocument)


@dataclass(frozen=True)
class Receipt:
    """The head of the attempt's chain of events."""

    receipt: str


@dataclass(frozen=True)
class ReviewedQuestion(Grade):
    """A grade with the worked solution beside it."""

    solution: list[review.ReviewStep]


@dataclass(frozen=True)
class ReviewDocument:
    """A marked attempt, with its worked solutions."""

    attempt: str
    marks: float
    max_marks: float
    questions: list[ReviewedQuestion]


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def iso_or_none(seconds: float | None) -> str | None:
    return None if seconds is None else iso(seconds)


def seconds_left(deadline: float | None, paused: float | None) -> float | None:
    """How much time an attempt has left, which stands while it is paused; None where it has no end."""
    return None if deadline is None else max(deadline - (paused or clock.now()), 0.0)


def attempt_document(one: Sitting) -> AttemptDocument:
    """An attempt for its student: the seeds stay secret."""
    reached = one.clock.at_question if one.clock.closed is None else None
    variants = [documents.variant_document(variant, secret_seed=True) for variant in one.variants[:reached]]
    answers = {question: {part: answer.text for part, answer in parts.items()} for question, parts in one.state.answers.items()}
    versions = {question: {part: answer.version for part, answer in parts.items()} for question, parts in one.state.answers.items()}
    state = "open" if one.clock.closed is None else "submitted"
    ends = (iso_or_none(one.clock.deadline), iso_or_none(one.clock.paused), one.clock.at_question)
    return AttemptDocument(one.row.id, one.row.paper, state, variants, answers, versions, *ends)


def paper_document(offer: Offer) -> PaperDocument:
    """A paper with the state it has for a person."""
    paper, own = offer.paper, offer.times
    return PaperDocument(
        id=paper.id,
        title=paper.title,
        state=offer.state,
        description=paper.description,
        questions=paper.count,
        marks=paper.marks,
        attempt=offer.attempt,
        opens=iso_or_none(own.opens),
        closes=iso_or_none(own.closes),
        minutes=own.minutes,
        attempts=own.attempts,
        can_start=offer.can_start,
        password=bool(paper.password),
        forward_only=paper.forward_only,
    )


@router.get("/papers", summary="List the papers", responses=replied(examples.PAPERS))
def list_papers(request: Request, person: Taker) -> list[PaperDocument]:
    """The papers that are for this person, as they stand for them."""
    return [paper_document(offer) for offer in timing.offers(store_of(request), person)]


@router.post("/papers/{id}/attempts", status_code=201, summary="Start an attempt")
def start_attempt(request: Request, response: Response, id: PaperId, person: Taker, body: Started | None = None) -> AttemptDocument:
    """Starts an attempt (201), or returns the one that is open (200); its time runs from then.

    409 `not_yet_open`, `paper_closed`, or `submitted` where no attempt is left; 403 `wrong_paper_password`.
    """
    store = store_of(request)
    attempt, new = starting.start(store, person, id, body.password if body else "")
    response.status_code = 201 if new else 200
    return attempt_document(sittings.sitting(store, person, attempt))


@router.get("/attempts/{id}", summary="Read an attempt")
def get_attempt(request: Request, id: AttemptId, person: Taker) -> AttemptDocument:
    """An attempt of one's own."""
    return attempt_document(sittings.take(store_of(request), person, id))


@router.get("/attempts/{id}/clock", summary="Read the clock", response_model=ClockDocument, responses=replied(examples.CLOCK))
async def get_clock(
    request: Request,
    id: AttemptId,
    person: Taker,
    unsent: Annotated[int, Query(ge=0, le=100_000, description="answers this page has not sent yet", examples=[0])] = 0,
    question: Annotated[int, Query(ge=0, le=10_000, description="the number of the question it shows", examples=[1])] = 0,
) -> JSONResponse:
    """The clock of one's own attempt; asking tells the invigilator that the page is there and what it has not sent.

    Every open page asks every few seconds: one look-up, no thread, and what is told is put together by hand.
    """
    store = store_of(request)
    now, note = room.heard_of(store, person, id, unsent, question)
    if note:
        await asyncio.wrap_future(store.submit(note))
    left = seconds_left(now.deadline, now.paused)
    told = {"now": iso(now.now), "deadline": iso_or_none(now.deadline), "seconds_left": left, "paused": iso_or_none(now.paused)}
    return JSONResponse(told | {"state": now.state})


class Shortcut(APIRoute):
    """What a server does most is done by hand, for a seventh less CPU; whatever is odd goes FastAPI's own way, and is told there."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own, behind a shorter one for a body that is right."""
        reply = super().get_route_handler()

        async def handle(request: Request) -> Response:
            if request.headers.get("content-type") != "application/json":
                return await reply(request)
            try:
                typed = Typed.model_validate_json(await request.body())
            except ValidationError:
                return await reply(request)
            named = request.path_params
            saved = await save_answer(request, named["id"], named["question"], named["part"], typed, await taker(request))
            return Response(SAVED.dump_json(saved), media_type="application/json")

        return handle


async def save_answer(
    request: Request,
    id: AttemptId,
    question: Annotated[str, Path(description="The id of a question of the attempt.", examples=["aio2024-cau-01"])],
    part: Annotated[str, Path(description="One of its parts.", examples=["answer"])],
    body: Annotated[Typed, Body(examples=[{"text": "c"}])],
    person: Taker,
) -> SavedDocument:
    """Saves an answer; the reply comes when it is on disk.  No thread stands and waits for that: it is what a server does most."""
    store = store_of(request)
    job = sittings.saving(store, person, id, question, part, body.text, body.id, body.base_version)
    saved = sittings.kept(await asyncio.wrap_future(store.submit(job)))
    ends = (iso_or_none(saved.deadline), seconds_left(saved.deadline, saved.paused), iso_or_none(saved.paused))
    return SavedDocument(iso(saved.saved_at), saved.version, saved.read_as, saved.problem, *ends)


router.add_api_route(
    "/attempts/{id}/answers/{question}/{part}",
    save_answer,
    methods=["PUT"],
    summary="Save an answer",
    responses={409: {"description": "submitted, time_is_up, or conflict with both texts"}},
    route_class_override=Shortcut,
)


@router.post("/attempts/{id}/check/{question}", summary="Check a question", responses=replied(examples.CHECKED_QUESTION))
def check_question(
    request: Request,
    id: AttemptId,
    question: Annotated[str, Path(description="The id of a question of the attempt.", examples=["optim-gd-vary"])],
    person: Taker,
) -> Grade:
    """The verdicts of one question while it is taken, and the feedback where it is shown; nothing is handed in.

    409 `not_released` for every paper that does not show verdicts while it is taken.
    """
    return checks.check(store_of(request), person, id, question)


@router.post("/attempts/{id}/next", summary="Go forward")
def next_question(request: Request, id: AttemptId, person: Taker) -> AttemptDocument:
    """Goes to the next question of a paper that goes forward only; a paper that is free stays as it is."""
    store = store_of(request)
    sittings.move_on(store, person, id)
    return attempt_document(sittings.sitting(store, person, id))


@router.post("/attempts/{id}/submit", summary="Hand in")
def submit_attempt(request: Request, id: AttemptId, person: Taker) -> Receipt:
    """Hands the attempt in; doing it again returns the same receipt."""
    return Receipt(sittings.submit(store_of(request), person, id))


@router.get("/attempts/{id}/review", summary="Read the marks")
def review_attempt(request: Request, id: AttemptId, person: Taker) -> ReviewDocument:
    """Marks, verdicts, feedback and worked solutions of a submitted attempt, as far as its paper shows them now.

    409 `not_released` where it shows no marks yet; no questions where it shows no verdicts, no steps where it shows no solution.
    """
    store = store_of(request)
    one = sittings.sitting(store, person, id)
    now = shown_of(store, one, paper_of(request, one))
    grades = sittings.grades_of(store, one)
    if not now.marks:
        raise NotReleased("this paper shows its marking once a teacher has released it; come back then")
    told = [as_shown(grade, variant.question, now) for grade, variant in zip(grades, one.variants, strict=True)]
    reviewed = [reviewed_question(one, i, grade, now) for i, grade in enumerate(told)] if now.verdicts else []
    return ReviewDocument(id, total(g.marks for g in grades), total(g.max_marks for g in grades), reviewed)


def paper_of(request: Request, one: Sitting) -> papers.Paper | None:
    """The paper an attempt is at; None for practice."""
    return papers.paper(store_of(request), one.row.paper) if one.row.paper else None


def reviewed_question(one: Sitting, at: int, grade: Grade, now: shown.Shown) -> ReviewedQuestion:
    script = one.script(one.variants[at])
    fields: dict[str, Any] = {name: getattr(grade, name) for name in Grade.__dataclass_fields__}
    return ReviewedQuestion(**fields, solution=review.worked(script, grade) if now.solution else [])


async def conflict(request: Request, problem: Exception) -> JSONResponse:
    """A conflict tells both texts and the version to save over."""
    assert isinstance(problem, Conflict)
    body = {"error": problem.code, "detail": problem.detail, "where": None}
    return JSONResponse(body | {"mine": problem.mine, "theirs": problem.theirs, "version": problem.version}, problem.status)
