"""Queries about students' own runs of the experiments: one of a person, an experiment and a metric."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from exam.store.engine import hold
from exam.store.tables import membership, run

R = run.c


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as it is kept: of which specification, its accuracies after each epoch (shares of 1), and when it came."""

    person: int
    experiment: str
    metric: str
    sha256: str
    accuracies: list[float]
    at: float


RUN = select(R.person, R.experiment, R.metric, R.sha256, R.accuracies, R.at)


def keep(connection: Connection, one: RunRow) -> None:
    """Keeps a run in the place of the one before."""
    hold(connection, f"runs of {one.person}")
    values: dict[str, Any] = {name: getattr(one, name) for name in RunRow.__dataclass_fields__}
    changed = connection.execute(update(run).where(*same(one.person, one.experiment, one.metric)).values(values))
    if not changed.rowcount:
        connection.execute(insert(run).values(values))


def drop(connection: Connection, who: int, experiment: str, metric: str) -> bool:
    """Deletes a run; False where there is none."""
    return connection.execute(delete(run).where(*same(who, experiment, metric))).rowcount == 1


def same(who: int, experiment: str, metric: str) -> tuple[Any, ...]:
    return R.person == who, R.experiment == experiment, R.metric == metric


def runs_of(connection: Connection, who: int, metric: str, experiments: Collection[str]) -> dict[str, RunRow]:
    """A person's runs of some experiments by one metric."""
    wanted = RUN.where(R.person == who, R.metric == metric, R.experiment.in_(list(experiments)))
    return {row.experiment: RunRow(*row) for row in connection.execute(wanted)}


def runs_in(connection: Connection, school_class: str) -> list[RunRow]:
    """The runs of the students of a class."""
    students = select(membership.c.person).where(membership.c["class"] == school_class, membership.c.role == "student")
    return [RunRow(*row) for row in connection.execute(RUN.where(R.person.in_(students)).order_by(R.experiment, R.metric, R.person))]
