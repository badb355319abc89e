"""The REST API of making papers: the bank by words, what a paper would come to, a copy for another year, any student's paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Security
from pydantic import Field

from exam import issuing, library
from exam.composing import checked, sections_of
from exam.papers import Paper
from questions import documents
from questions.documents import VariantDocument
from questions.model import Question, Words
from web import examples, practice
from web.errors import ErrorDocument
from web.examples import replied, shown
from web.room_api import PaperId, PaperSent, Sent
from web.signin import Staff, bearer, session, staff, store_of

router = APIRouter(
    prefix="/api/v1/teach",
    tags=["room"],
    dependencies=[Security(bearer, scopes=["teach"]), Depends(session), Depends(staff)],
    responses={code: {"model": ErrorDocument} for code in (400, 401, 403, 404, 409, 413, 422)},
)


@dataclass(frozen=True)
class BankDocument:
    """A question that a paper can ask: by what it is answered (num, mc, essay), whether its numbers are drawn, and its own marks."""

    id: str
    title: Words
    topic: str
    kind: str
    varies: bool
    marks: float


@dataclass(frozen=True)
class FlawDocument:
    """What is wrong with a paper, and where; what `stops` keeps it from being saved, the rest from being published."""

    where: str
    said: Words
    stops: bool


@dataclass(frozen=True)
class CheckedPaper:
    """What a paper comes to for each student, how many questions of each topic one may expect, and what is wrong."""

    questions: int
    marks: float
    topics: dict[str, float]
    problems: list[FlawDocument]


@dataclass(frozen=True)
class GivenDocument:
    """A student's paper without reference answers: taken, prepared, will_get (if nothing is changed before), or an example."""

    state: Literal["taken", "prepared", "will_get", "example"]
    questions: list[VariantDocument]


class Copying(Sent):
    """The id and title of the copy, and how its times move: out, to the same date or weekday next year, or by days."""

    model_config = shown(examples.COPYING)

    id: str = Field(max_length=80)
    title: Words
    shift: issuing.Shift = "none"
    days: int = Field(default=0, ge=-issuing.MOST_DAYS, le=issuing.MOST_DAYS)


def bank_document(question: Question) -> BankDocument:
    marks = sum(part.marks for part in question.parts)
    return BankDocument(question.id, question.title, practice.topic_of(question), question.kind, question.varies, marks)


@router.get("/bank", summary="Search the bank", responses=replied(examples.BANK))
def search_bank(
    request: Request,
    person: Staff,
    find: Annotated[str, Query(max_length=200, description="words of title, topic or id, in either language", examples=["momentum"])] = "",
    kind: Annotated[Literal["", "num", "mc", "essay"], Query(description="by what it is answered", examples=["num"])] = "",
    topic: Annotated[str, Query(max_length=80, description="a topic", examples=["optimisers"])] = "",
) -> list[BankDocument]:
    """The questions in which every word is found, with or without tones and marks; for teachers."""
    store = store_of(request)
    issuing.teaches(store, person)
    groups = practice.groups(library.questions(store), find, kind)
    return [bank_document(question) for group in groups if topic in ("", group.topic) for question in group.questions]


@router.post("/papers/check", summary="Check a paper", responses=replied(examples.CHECKED_PAPER))
def check_paper(request: Request, person: Staff, body: PaperSent) -> CheckedPaper:
    """What a paper would come to, and what is wrong with its questions; nothing is kept.  422 `bad_paper` for what is no paper."""
    store = store_of(request)
    issuing.teaches(store, person)
    known = {question.id: question for question in library.questions(store)}
    comes_to, found = checked(sections_of(body), known, practice.topic_of)
    problems = [FlawDocument(where_of(flaw.where), flaw.said, flaw.stops) for flaw in found]
    return CheckedPaper(comes_to.questions, comes_to.marks, comes_to.topics, problems)


def where_of(place: tuple[int, ...]) -> str:
    """A place of a board as a pointer into the paper's document."""
    return "".join(f"/{name}/{at}" for name, at in zip(("sections", "questions", "questions"), place, strict=False))


@router.post("/papers/{id}/copy", summary="Copy a paper", status_code=201, responses=replied(examples.COPIED, 201))
def copy_paper(request: Request, id: PaperId, person: Staff, body: Copying) -> Paper:
    """A paper like this one, for nobody until it is published; classes and password stay with the old one.  409 `paper_exists`."""
    return issuing.copy(store_of(request), person, id, body.id, body.title.model_dump(), body.shift, body.days)


@router.get("/papers/{id}/preview", summary="Preview as a student", responses=replied(examples.GIVEN))
def preview_paper(
    request: Request,
    id: PaperId,
    person: Staff,
    student: Annotated[str, Query(max_length=200, description="a student's name, as the room has it", examples=[""])] = "",
    seed: Annotated[int, Query(ge=0, lt=2**48, description="of an example, where no student is named", examples=[7])] = 0,
) -> GivenDocument:
    """The very paper that a student has or will get, or an example; nothing is made.  404 `unknown_student`."""
    store = store_of(request)
    given: Any = issuing.given_to_name(store, person, id, student) if student else issuing.example(store, person, id, seed)
    return GivenDocument(given.state, [documents.variant_document(variant, secret_seed=True) for variant in given.variants])
