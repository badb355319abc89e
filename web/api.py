"""The stateless REST API: solve, draw and grade, for programs with a token of scope `grade`."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Request, Response, Security
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, RootModel, WithJsonSchema
from pydantic_core import CoreSchema

from exam import library
from exam.grade import Grade
from exam.submissions import MOST_IN_BATCH, grade_batch, grade_one
from questions import documents, variant
from questions.errors import GradusError
from questions.experiments.documents import ExperimentDocument, experiments
from questions.experiments.references import Reference, reference
from web import errors, examples
from web.errors import ErrorDocument
from web.examples import replied
from web.sent import JsonRequest
from web.signin import bearer, program, store_of


class AnswerBook(APIRoute):
    """Looks at the token before the body, and reads the body's JSON patiently."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own, which reads the body before anything else, behind the token."""
        reply = super().get_route_handler()

        async def handle(request: Request) -> Response:
            await program(request)
            return await reply(JsonRequest(request.scope, request.receive))

        return handle


api = APIRouter(
    prefix="/api/v1",
    tags=["answer book"],
    route_class=AnswerBook,
    dependencies=[Security(bearer, scopes=["grade"])],
    responses={code: {"model": ErrorDocument} for code in (400, 401, 403, 404, 413, 422)},
)

Givens = Annotated[dict[str, Any], Field(description="Numbers and nested lists, by name.")]


class Given(BaseModel):
    """The numbers to solve with."""

    model_config = ConfigDict(extra="forbid", strict=True)
    givens: Givens


Number = int | float
Typed = str | Number | list[Any] | None


class SubmissionFields(BaseModel):
    """A question, the seed or the givens of its variant, and what was answered."""

    model_config = ConfigDict(extra="forbid", title="Submission")
    question: str
    seed: Annotated[int | None, Field(ge=0, lt=variant.SEEDS, description="Either this or `givens`.")] = None
    givens: Givens | None = None
    version: Annotated[int | None, Field(description="To insist on a version.")] = None
    answers: Annotated[dict[str, Typed], Field(description="By part: text as typed, a number or nested lists; missing is blank.")] = {}


class Submission(RootModel[dict[str, Any]]):
    """A submission as it came: described by its fields, but what is wrong with it is told by grading, in its own words."""

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(SubmissionFields.__pydantic_core_schema__)


MANY = {"type": "array", "items": {"$ref": "#/components/schemas/Submission"}, "maxItems": MOST_IN_BATCH}


class Batch(BaseModel):
    """Submissions, in the order of their grades; each is told by itself what is wrong with it."""

    model_config = ConfigDict(extra="forbid", strict=True)
    items: Annotated[list[Any], WithJsonSchema(MANY)]


@api.get("/solvers", summary="List the solvers", responses=replied(examples.SOLVERS))
def list_solvers() -> list[documents.SolverDocument]:
    """Every solver, with its givens and its known mistakes."""
    return documents.all_solvers()


@api.post("/solvers/{solver}/solve", summary="Solve step by step")
def solve(
    solver: Annotated[str, Path(description="A name from /solvers.", examples=["relu_softmax"])],
    body: Annotated[Given, Body(examples=[{"givens": examples.NET}])],
) -> documents.Solution:
    """A worked solution, step by step, in letters and in numbers."""
    return documents.solve(solver, body.givens)


@api.get("/questions", summary="List the questions", responses=replied(examples.QUESTIONS))
def list_questions(request: Request) -> list[documents.QuestionDocument]:
    """Every question: the bank, and what teachers published."""
    return [documents.question_document(question) for question in library.questions(store_of(request))]


@api.get("/questions/{id}/variants/{seed}", summary="Draw a variant")
def draw_variant(
    id: Annotated[str, Path(description="An id from /questions.", examples=["optim-adam-vary"])],
    seed: Annotated[str, Path(description="A whole number, 0 ≤ seed < 2⁴⁸.", examples=["7"])],
    request: Request,
) -> documents.VariantDocument:
    """The variant of a seed: the same seed gives the same numbers, always."""
    question = library.question_of(store_of(request), id)
    if not seed.isascii() or not seed.isdigit() or len(seed) > 15:
        raise variant.BadSeed("a seed is a whole number from 0 to 2^48 - 1; choose another", "/seed")
    return documents.variant_document(variant.draw(question, int(seed)))


@api.get("/experiments", summary="List the experiments", responses=replied(examples.EXPERIMENTS))
def list_experiments() -> list[ExperimentDocument]:
    """The experiments behind the training questions, each with its specification in words and the hash of the exact one."""
    return experiments()


@api.get("/experiments/{name}", summary="Read an experiment", responses=replied(examples.REFERENCE))
def get_experiment(name: Annotated[str, Path(description="A name from /experiments.", examples=["chain-adam"])]) -> Reference:
    """The specification with its hash, and of every seed: right answers by metric and mean loss after each epoch, the gradient norm of
    each layer, CPU time, and the sha256 of the last weights; with the command and the environment that made it.
    """
    return reference(name)


@api.post("/grade", summary="Mark a submission")
def grade(body: Annotated[Submission, Body(examples=[examples.SUBMISSION])], request: Request) -> Grade:
    """Marks every part of one submission: verdict, marks, named mistake, feedback in both languages."""
    return grade_one(body.root, partial(library.question_of, store_of(request)))


GradeOrError = Annotated[Grade | ErrorDocument, Field(union_mode="left_to_right")]


@api.post("/grade/batch", summary="Mark many submissions")
def grade_many(body: Annotated[Batch, Body(examples=[{"items": [examples.SUBMISSION]}])], request: Request) -> list[GradeOrError]:
    """Marks up to 10,000 submissions: a grade or an error for each, in order, always 200."""
    graded = grade_batch(body.items, partial(library.question_of, store_of(request)))
    return [ErrorDocument(**errors.document(g)) if isinstance(g, GradusError) else g for g in graded]
