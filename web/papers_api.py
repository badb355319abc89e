"""The REST API of sitting papers: start, save, submit, review; for a student's own attempts only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Request, Response, Security
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from exam import papers, review, sittings
from exam.grade import Grade
from exam.sittings import Conflict, Sitting
from exam.store.people import Person
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
    """A paper as a student sees it: state is open, in_progress or submitted; `attempt` is the latest of theirs."""

    id: str
    title: Words
    state: str
    description: Words
    questions: int
    attempt: str | None


@dataclass(frozen=True)
class AttemptDocument:
    """An attempt: its variants without any reference answer, and what was typed, with the version of each answer."""

    id: str
    paper: str
    state: str
    questions: list[VariantDocument]
    answers: dict[str, dict[str, str]]
    versions: dict[str, dict[str, int]]
    deadline: str | None


class Typed(BaseModel):
    """An answer as typed; `id` names the save, `base_version` is the version it was typed over."""

    model_config = ConfigDict(extra="forbid", strict=True)
    text: str
    id: str | None = Field(default=None, min_length=1, max_length=64)
    base_version: int | None = Field(default=None, ge=0)


@dataclass(frozen=True)
class SavedDocument:
    """An answer that is on disk; `problem` says why it could not be read, if so."""

    saved_at: str
    version: int
    read_as: str | None
    problem: Words | None


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


def attempt_document(one: Sitting) -> AttemptDocument:
    """An attempt for its student: the seeds stay secret."""
    variants = [documents.variant_document(variant, secret_seed=True) for variant in one.variants]
    answers = {question: {part: answer.text for part, answer in parts.items()} for question, parts in one.state.answers.items()}
    versions = {question: {part: answer.version for part, answer in parts.items()} for question, parts in one.state.answers.items()}
    return AttemptDocument(one.row.id, one.row.paper, "open" if one.state.open else "submitted", variants, answers, versions, None)


def paper_documents(request: Request, person: Person) -> list[PaperDocument]:
    """Every paper, with the state it has for this person."""
    store = store_of(request)
    latest = sittings.latest_attempts(store, person)
    found = []
    for paper in papers.papers(store):
        attempt, state = latest.get(paper.id, (None, "open"))
        found.append(PaperDocument(paper.id, paper.title, state, paper.description, len(paper.questions), attempt))
    return found


@router.get("/papers", summary="List the papers", responses=replied(examples.PAPERS))
def list_papers(request: Request, person: Taker) -> list[PaperDocument]:
    """The papers that can be taken."""
    return paper_documents(request, person)


@router.post("/papers/{id}/attempts", status_code=201, summary="Start an attempt")
def start_attempt(request: Request, response: Response, id: PaperId, person: Taker) -> AttemptDocument:
    """Starts an attempt (201), or returns the one that is open (200); a paper that was handed in is not taken again (409 `submitted`)."""
    store = store_of(request)
    attempt, new = sittings.start(store, person, id)
    response.status_code = 201 if new else 200
    return attempt_document(sittings.sitting(store, person, attempt))


@router.get("/attempts/{id}", summary="Read an attempt")
def get_attempt(request: Request, id: AttemptId, person: Taker) -> AttemptDocument:
    """An attempt of one's own."""
    return attempt_document(sittings.sitting(store_of(request), person, id))


@router.put(
    "/attempts/{id}/answers/{question}/{part}",
    summary="Save an answer",
    responses={409: {"description": "submitted, or conflict with both texts"}},
)
def save_answer(
    request: Request,
    id: AttemptId,
    question: Annotated[str, Path(description="The id of a question of the attempt.", examples=["aio2024-cau-01"])],
    part: Annotated[str, Path(description="One of its parts.", examples=["answer"])],
    body: Annotated[Typed, Body(examples=[{"text": "c"}])],
    person: Taker,
) -> SavedDocument:
    """Saves an answer; the reply comes when it is on disk."""
    saved = sittings.save(store_of(request), person, id, question, part, body.text, body.id, body.base_version)
    return SavedDocument(iso(saved.saved_at), saved.version, saved.read_as, saved.problem)


@router.post("/attempts/{id}/submit", summary="Hand in")
def submit_attempt(request: Request, id: AttemptId, person: Taker) -> Receipt:
    """Hands the attempt in; doing it again returns the same receipt."""
    return Receipt(sittings.submit(store_of(request), person, id))


@router.get("/attempts/{id}/review", summary="Read the marks")
def review_attempt(request: Request, id: AttemptId, person: Taker) -> ReviewDocument:
    """Marks, verdicts, feedback and worked solutions of a submitted attempt."""
    store = store_of(request)
    one = sittings.sitting(store, person, id)
    grades = sittings.grades_of(store, one)
    reviewed = [reviewed_question(one, i, grade) for i, grade in enumerate(grades)]
    return ReviewDocument(id, sum(g.marks for g in grades), sum(g.max_marks for g in grades), reviewed)


def reviewed_question(one: Sitting, at: int, grade: Grade) -> ReviewedQuestion:
    script = one.script(one.variants[at])
    fields: dict[str, Any] = {name: getattr(grade, name) for name in Grade.__dataclass_fields__}
    return ReviewedQuestion(**fields, solution=review.worked(script, grade))


async def conflict(request: Request, problem: Exception) -> JSONResponse:
    """A conflict tells both texts and the version to save over."""
    assert isinstance(problem, Conflict)
    body = {"error": problem.code, "detail": problem.detail, "where": None}
    return JSONResponse(body | {"mine": problem.mine, "theirs": problem.theirs, "version": problem.version}, problem.status)
