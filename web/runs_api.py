"""The REST API of students' own runs of the experiments: sent, read and deleted by their student, read by the staff of a class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Body, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from exam import runs
from exam.runs import OwnRun
from questions.model import Words
from web import examples
from web.classes_api import PROBLEMS, STAFF, TAKERS, ClassId
from web.examples import replied
from web.papers_api import AttemptId, iso_or_none
from web.signin import Staff, Taker, store_of

router = APIRouter(prefix="/api/v1", tags=["papers"], dependencies=TAKERS, responses=PROBLEMS)
classes_router = APIRouter(prefix="/api/v1", tags=["classes"], dependencies=STAFF, responses=PROBLEMS)

QuestionId = Annotated[str, Path(description="The id of a question of the attempt.", examples=["train-one-layer-interval"])]
ExperimentName = Annotated[str, Path(description="One of the question's experiments.", examples=["study-one-layer"])]


class Log(BaseModel):
    """A log of accuracies per epoch: CSV with a header, or JSON, as text."""

    model_config = ConfigDict(extra="forbid", strict=True)
    log: Annotated[str, Field(description="At most 100,000 characters.")]


@dataclass(frozen=True)
class RunDocument:
    """A run of an experiment by one metric: its accuracies as shares of 1, and how they stand to the reference's seeds.

    `accuracies` is empty and what follows null where none is kept; `outside` are the epochs, counted from 1, in which it leaves the band.
    """

    experiment: str
    metric: str
    epochs: int
    accuracies: Sequence[float]
    sent: str | None
    plausible: bool | None
    outside: Sequence[int]
    said: Words | None


@dataclass(frozen=True)
class StudentsRun:
    """A student's run."""

    name: str
    run: RunDocument


def run_document(one: OwnRun) -> RunDocument:
    """A run as a program reads it."""
    found = one.found
    verdict = (found.plausible, found.outside, found.said) if found else (None, (), None)
    return RunDocument(one.experiment, one.metric, one.epochs, one.accuracies, iso_or_none(one.at), *verdict)


@router.get("/attempts/{id}/runs/{question}", summary="Read one's own runs", responses=replied([examples.RUN]))
def list_runs(request: Request, id: AttemptId, question: QuestionId, person: Taker) -> list[RunDocument]:
    """The experiments of a question whose answers are shown, each with one's own run of it.  409 `not_released` before."""
    return [run_document(one) for one in runs.of(store_of(request), person, id, question)]


@router.put("/attempts/{id}/runs/{question}/{experiment}", summary="Send one's own run", responses=replied(examples.RUN))
def put_run(
    request: Request,
    id: AttemptId,
    question: QuestionId,
    experiment: ExperimentName,
    body: Annotated[Log, Body(examples=[examples.LOG])],
    person: Taker,
) -> RunDocument:
    """Keeps a run in the place of the one before, for every question about this experiment and metric.  422 `bad_log`."""
    return run_document(runs.keep(store_of(request), person, id, question, experiment, body.log))


@router.delete("/attempts/{id}/runs/{question}/{experiment}", summary="Delete one's own run", status_code=204)
def delete_run(request: Request, id: AttemptId, question: QuestionId, experiment: ExperimentName, person: Taker) -> None:
    """Deletes a run; 404 `unknown_run` where none is kept."""
    runs.forget(store_of(request), person, id, question, experiment)


@classes_router.get("/classes/{id}/runs", summary="Read the runs of a class", responses=replied([examples.STUDENTS_RUN]))
def list_class_runs(request: Request, id: ClassId, person: Staff) -> list[StudentsRun]:
    """What the students of a class sent: by experiment in the course's order, by metric and by name."""
    return [
        StudentsRun(name, run_document(run)) for each in runs.of_class(store_of(request), person, id) for name, run in each.runs.items()
    ]
