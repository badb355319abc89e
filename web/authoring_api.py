"""The REST API of writing questions: check, look, keep a draft, publish; by a teacher's session or a token of scope `author`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Header, Path, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from exam import authoring, drafts, withdrawing
from exam.authoring import Glance, Preview
from exam.drafts import Draft, DraftChanged, Standing
from exam.store.questions import VersionRow
from questions import documents
from questions.documents import QuestionDocument
from questions.errors import GradusError, quoted
from questions.schema import question_schema
from web import errors, examples
from web.classes_api import PROBLEMS
from web.errors import ErrorDocument
from web.examples import replied
from web.papers_api import iso
from web.signin import Author, author, store_of

router = APIRouter(prefix="/api/v1", tags=["writing questions"], dependencies=[Depends(author)], responses=PROBLEMS)
Id = Annotated[str, Path(description="The id of a question.", examples=["line"])]


class Source(BaseModel):
    """A question as YAML text, or as the same in JSON."""

    model_config = ConfigDict(extra="forbid", strict=True)
    source: Annotated[str, Field(max_length=1_000_000)] | dict[str, Any]


class Seeded(Source):
    """A question and which of its variants to show."""

    seed: int = Field(default=0, ge=0, lt=2**48)


class Counted(Source):
    """A question and how many of its variants to show."""

    count: int = Field(default=20, ge=1, le=authoring.MOST_VARIANTS)


class Change(Source):
    """A changed question; `revision` is that of the draft it was made from, `version` the latest then published; 0 where there was none."""

    revision: int | None = Field(default=None, ge=0)
    version: int | None = Field(default=None, ge=0)


@dataclass(frozen=True)
class CheckedDocument:
    """A question with one variant as its author sees it; null where `problems` keep it from being used."""

    preview: Preview | None
    problems: list[ErrorDocument]


@dataclass(frozen=True)
class DraftDocument:
    """A draft as it was typed, saved when, and what was found of it; `question` is null where `problems` keep it from being used."""

    id: str
    revision: int
    saved_at: str
    source: str
    question: QuestionDocument | None
    problems: list[ErrorDocument]


@dataclass(frozen=True)
class StandingDocument:
    """How a question that a teacher wrote stands: its draft's revision and its latest version, 0 for none; the SHA-256 of its text."""

    id: str
    revision: int
    version: int
    sha256: str


@dataclass(frozen=True)
class SourceDocument(StandingDocument):
    """How a question stands, and its text as typed: the draft's, else that of the latest version."""

    source: str


@dataclass(frozen=True)
class VersionDocument:
    """A published version: when, and the question as data; `source` is what was typed. A shipped question has neither time nor source."""

    id: str
    version: int
    published_at: str | None
    question: dict[str, Any]
    source: str | None


class BadMatch(GradusError):
    """An If-Match that no question's ETag can be."""

    code = "bad_match"
    status = 400


class MatchRequired(GradusError):
    """A deletion that does not say what was read."""

    code = "match_required"
    status = 428


Match = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The ETag of what was read: where the question stands otherwise by now, nothing is done, and the reply is 412.",
        examples=['"1.0"'],
    ),
]
CHANGED: dict[int | str, dict[str, Any]] = {412: {"model": ErrorDocument, "description": "It was changed since; see If-Match."}}


def tag(revision: int, version: int) -> str:
    """The ETag of a question: the revision of its draft and its latest version, 0 for none."""
    return f'"{revision}.{version}"'


@contextmanager
def matching(match: str | None) -> Iterator[tuple[int, int] | None]:
    """The revision and version that a change is made over, None for any; what was changed since is told with 412.  Raises BadMatch."""
    found = re.fullmatch(r'"(\d{1,9})\.(\d{1,9})"', match or "")
    if match is not None and match.strip() != "*" and not found:
        raise BadMatch(f"{quoted(match)} is no ETag of a question; send one as it came, or leave If-Match out", None)
    try:
        yield (int(found[1]), int(found[2])) if found else None
    except DraftChanged as problem:
        if found:
            problem.status = 412
        raise


def required(match: str | None) -> str:
    """The If-Match of a deletion.  Raises MatchRequired."""
    if match is None or match.strip() == "*":
        raise MatchRequired("state what you read: send its ETag as If-Match, so that nobody's change is deleted unread")
    return match


def problem(found: GradusError) -> ErrorDocument:
    return ErrorDocument(**errors.document(found))


def draft_document(draft: Draft) -> DraftDocument:
    row, found = draft.row, draft.found
    known = documents.question_document(found.question) if found.question else None
    return DraftDocument(row.id, row.revision, iso(row.at), row.source, known, [problem(one) for one in found.problems])


def version_document(id: str, row: VersionRow) -> VersionDocument:
    at = None if row.at is None else iso(row.at)
    return VersionDocument(id, row.version, at, json.loads(row.document), row.source)


@router.get("/schema/question", summary="The JSON Schema of a question", responses=replied(examples.SCHEMA))
def schema() -> dict[str, Any]:
    """What a question file may hold, as JSON Schema: editors complete and check with it."""
    return question_schema()


@router.post("/questions/validate", summary="Check a question", responses=replied(examples.CHECKED))
def validate(body: Annotated[Seeded, Body(examples=[examples.SOURCE])], person: Author) -> CheckedDocument:
    """Reads a question without keeping it: all problems, or one variant with its answers, solution and what students would get."""
    drafts.allowed(person)
    found = authoring.check(body.source)
    if found.question is None:
        return CheckedDocument(None, [problem(one) for one in found.problems])
    return CheckedDocument(authoring.preview(found.question, body.seed), [])


@router.post("/questions/variants", summary="Look at many variants", responses=replied(examples.GLANCE))
def variants(body: Annotated[Counted, Body(examples=[examples.SOURCE | {"count": 3}])], person: Author) -> Glance:
    """Variants with their answers, how many draws are fair and why others are not, and what keeps the question from being published."""
    drafts.allowed(person)
    return authoring.glance(authoring.read(body.source), body.count)


def standing_document(id: str, one: Standing) -> StandingDocument:
    return StandingDocument(id, one.revision, one.version, one.sha256)


def saved(response: Response, draft: Draft) -> DraftDocument:
    """A draft with its ETag."""
    response.headers["ETag"] = tag(draft.row.revision, draft.version)
    return draft_document(draft)


@router.post("/questions", status_code=201, summary="Write a question", responses={201: {"description": "A draft was made."}})
def create(
    body: Annotated[Source, Body(examples=[examples.SOURCE])], request: Request, response: Response, person: Author
) -> DraftDocument:
    """Keeps a draft as it was typed, also one with problems."""
    made = drafts.create(store_of(request), person, body.source)
    response.headers["Location"] = f"/api/v1/questions/{made.row.id}/draft"
    return saved(response, made)


@router.put("/questions/{id}", summary="Change a question", responses=replied(examples.DRAFT) | CHANGED)
def change(
    id: Id, body: Annotated[Change, Body(examples=[examples.SOURCE])], request: Request, response: Response, person: Author,
    if_match: Match = None,
) -> DraftDocument:  # fmt: skip
    """Keeps a change as the draft of the next version; what is published stays as it is."""
    with matching(if_match) as read:
        revision, version = read or (body.revision, body.version)
        return saved(response, drafts.save(store_of(request), person, id, body.source, revision, version))


@router.get("/questions/{id}/draft", summary="Read a draft", responses=replied(examples.DRAFT))
def read_draft(id: Id, request: Request, response: Response, person: Author) -> DraftDocument:
    """The draft as it was typed, and what is to be mended."""
    return saved(response, drafts.draft(store_of(request), person, id))


@router.get("/sources", summary="List what teachers wrote", responses=replied([examples.STANDING]))
def list_sources(request: Request, person: Author) -> list[StandingDocument]:
    """How every question that a teacher wrote stands, drafts and published, without the texts: enough to see what changed."""
    return [standing_document(id, one) for id, one in drafts.standings(store_of(request), person).items()]


@router.get("/questions/{id}/source", summary="Read a question as it was typed", responses=replied(examples.TEXT))
def read_source(id: Id, request: Request, response: Response, person: Author) -> SourceDocument:
    """The text of the draft, else of the latest version; its ETag goes into the If-Match of a change."""
    one, source = drafts.standing(store_of(request), person, id)
    response.headers["ETag"] = tag(one.revision, one.version)
    return SourceDocument(**vars(standing_document(id, one)), source=source)


@router.delete("/questions/{id}/draft", status_code=204, summary="Throw a draft away", responses=CHANGED)
def discard(id: Id, request: Request, person: Author, if_match: Match = None) -> None:
    """Throws a draft away, over what was read (If-Match); what is published stays."""
    with matching(required(if_match)) as read:
        drafts.discard(store_of(request), person, id, read[0] if read else 0)


@router.post("/questions/{id}/publish", summary="Publish a question", responses=replied(examples.VERSION) | CHANGED)
def publish(id: Id, request: Request, response: Response, person: Author, if_match: Match = None) -> VersionDocument:
    """Makes the draft the next version, for good; refused where it cannot be marked fairly."""
    with matching(if_match) as read:
        row = drafts.publish(store_of(request), person, id, *(read or ()))
    response.headers["ETag"] = tag(0, row.version)
    return version_document(id, row)


@router.get("/questions/{id}/versions", summary="List the versions of a question", responses=replied([examples.VERSION]))
def list_versions(id: Id, request: Request, person: Author) -> list[VersionDocument]:
    """Every published version, oldest first."""
    return [version_document(id, row) for row in drafts.versions(store_of(request), person, id)]


@router.get("/questions/{id}/versions/{number}", summary="Read a version of a question", responses=replied(examples.VERSION))
def read_version(
    id: Id, number: Annotated[int, Path(description="A version.", ge=1, lt=2**31, examples=[1])], request: Request, person: Author
) -> VersionDocument:
    """One published version, as data and as it was typed."""
    return version_document(id, drafts.version(store_of(request), person, id, number))


@dataclass(frozen=True)
class OfferDocument:
    """Whether a published question is found: in lists, in practice, by topics of papers."""

    id: str
    withdrawn: bool


@router.post("/questions/{id}/withdraw", summary="Withdraw a question", responses=replied(examples.WITHDRAWN))
def withdraw(id: Id, request: Request, person: Author) -> OfferDocument:
    """Lets nobody find it any more; the papers that ask it and the attempts that have it keep it."""
    withdrawing.withdraw(store_of(request), person, id)
    return OfferDocument(id, True)


@router.post("/questions/{id}/put-back", summary="Put a withdrawn question back", responses=replied(examples.PUT_BACK))
def put_back(id: Id, request: Request, person: Author) -> OfferDocument:
    """Lets it be found again."""
    withdrawing.put_back(store_of(request), person, id)
    return OfferDocument(id, False)


@router.delete("/questions/{id}", status_code=204, summary="Delete a question", responses=CHANGED)
def delete(id: Id, request: Request, person: Author, if_match: Match = None) -> None:
    """Deletes all its versions and its draft, for good, over what was read (If-Match); 409 where a paper or an attempt has it."""
    with matching(required(if_match)) as read:
        withdrawing.delete(store_of(request), person, id, *(read or (0, 0)))
