"""The REST API of printed copies: from the code on a sheet back to its questions and their key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Security

from exam import printing
from exam.keys import KeyEntry, key_of
from questions.variant import Variant
from web import examples
from web.errors import ErrorDocument
from web.examples import replied
from web.room_api import PaperId
from web.signin import Staff, bearer, session, staff, store_of

router = APIRouter(
    prefix="/api/v1/teach",
    tags=["room"],
    dependencies=[Security(bearer, scopes=["teach"]), Depends(session), Depends(staff)],
    responses={code: {"model": ErrorDocument} for code in (400, 401, 403, 404, 409, 413, 422)},
)
CopyCode = Annotated[str, Path(description="The code that stands on a printed copy.", examples=["KTMP-01"])]


@dataclass(frozen=True)
class CopyQuestion:
    """A question of a copy: its seed and givens, and the key of every part."""

    question: str
    version: int
    seed: int | None
    givens: dict[str, Any]
    key: list[KeyEntry]


@dataclass(frozen=True)
class CopyDocument:
    """A printed copy.

    `faithful` is false where these are no longer the numbers that were printed: then mark it from the printed key.
    """

    code: str
    number: int
    name: str
    attempt: str | None
    faithful: bool
    questions: list[CopyQuestion]


@router.get("/papers/{id}/copies/{code}", summary="Find a printed copy", responses=replied(examples.COPY))
def get_copy(request: Request, id: PaperId, code: CopyCode, person: Staff) -> CopyDocument:
    """What a printed copy asks, by the code on it, with its key.  404 `unknown_copy`."""
    copy = printing.find(store_of(request), person, id, code)
    asked = [question_of(variant) for variant in copy.variants]
    return CopyDocument(copy.code, copy.number, copy.name, copy.attempt, copy.faithful, asked)


def question_of(variant: Variant) -> CopyQuestion:
    return CopyQuestion(variant.question.id, variant.question.version, variant.seed, variant.plain_givens(), key_of(variant))
