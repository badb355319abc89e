"""The stateless REST API: solve, draw and grade, for programs with a token of scope `grade`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict, Field, RootModel

import questions.bank
from exam.grade import Grade
from exam.submissions import grade_batch, grade_one
from questions import documents, variant
from questions.errors import GradusError
from web import errors
from web.errors import ErrorDocument
from web.signin import program

api = APIRouter(
    prefix="/api/v1",
    tags=["answer book"],
    dependencies=[Depends(program)],
    responses={code: {"model": ErrorDocument} for code in (400, 401, 403, 404, 413, 422)},
)


class Given(BaseModel):
    """The numbers to solve with, by name: numbers and nested lists."""

    model_config = ConfigDict(extra="forbid", strict=True)
    givens: dict[str, Any]


class Submission(RootModel[dict[str, Any]]):
    """{"question", "seed" or "givens", "answers": {part: text}}, and "version" if you wish to pin it."""


class Batch(BaseModel):
    """At most 10,000 submissions."""

    model_config = ConfigDict(extra="forbid", strict=True)
    items: list[Any]


@api.get("/solvers")
def list_solvers() -> list[documents.SolverDocument]:
    """Every solver, with its givens and its known mistakes."""
    return documents.all_solvers()


@api.post("/solvers/{solver}/solve")
def solve(solver: str, body: Given) -> documents.Solution:
    """A worked solution, step by step, in letters and in numbers."""
    return documents.solve(solver, body.givens)


@api.get("/questions")
def list_questions() -> list[documents.QuestionDocument]:
    """Every question of the bank."""
    return [documents.question_document(question) for question in questions.bank.bank().values()]


@api.get("/questions/{id}/variants/{seed}")
def draw_variant(id: str, seed: Annotated[str, Path(description="0 ≤ seed < 2⁴⁸")]) -> documents.VariantDocument:
    """The variant of a seed: the same seed gives the same numbers, always."""
    question = questions.bank.get(id)
    if not seed.isascii() or not seed.isdigit() or len(seed) > 15:
        raise variant.BadSeed("a seed is a whole number from 0 to 2^48 - 1; choose another", "/seed")
    return documents.variant_document(variant.draw(question, int(seed)))


@api.post("/grade")
def grade(body: Submission) -> Grade:
    """Marks every part of one submission: verdict, marks, named mistake, feedback in both languages."""
    return grade_one(body.root)


GradeOrError = Annotated[Grade | ErrorDocument, Field(union_mode="left_to_right")]


@api.post("/grade/batch")
def grade_many(body: Batch) -> list[GradeOrError]:
    """Marks up to 10,000 submissions: a grade or an error for each, in order, always 200."""
    return [ErrorDocument(**errors.document(g)) if isinstance(g, GradusError) else g for g in grade_batch(body.items)]
