"""A student's own runs are kept once for each experiment and metric, replaced, deleted, and gone with the person."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from exam import classes, record, runs, sittings, starting
from exam.classes import UnknownClass
from exam.runs import UnknownRun
from exam.shown import NotReleased
from exam.store import Store, open_store
from exam.store import runs as rows
from exam.store.migrate import HEAD, config, revision
from questions.experiments import references
from questions.experiments.logs import BadLog
from tests.databases import on_both

STUDY, NAME, METRIC = "train-one-layer-interval", "study-one-layer", "running_train"
GOOD = references.reference(NAME).accuracies(METRIC)[0]
LOG = json.dumps(GOOD)


def practised(school, person=None):
    """A marked attempt at a question about an experiment."""
    id = starting.practise(school.store, person or school.an, STUDY)
    sittings.submit(school.store, person or school.an, id)
    return id


def kept(school):
    return school.store.read(lambda c: c.execute(text("SELECT person, experiment, metric FROM run")).all())


@on_both
def test_a_run_is_kept_replaced_and_deleted(school):
    id = practised(school)
    assert [one.accuracies for one in runs.of(school.store, school.an, id, STUDY)] == [()]
    assert runs.keep(school.store, school.an, id, STUDY, NAME, LOG).found.plausible
    wild = runs.keep(school.store, school.an, id, STUDY, NAME, "[0.1, 0.2, 0.3, 0.4]")
    assert not wild.found.plausible
    assert kept(school) == [(school.an.id, NAME, METRIC)]
    (found,) = runs.of(school.store, school.an, practised(school), STUDY)
    assert (found.accuracies, found.at) == ([0.1, 0.2, 0.3, 0.4], wild.at)
    runs.forget(school.store, school.an, id, STUDY, NAME)
    assert kept(school) == []
    with pytest.raises(UnknownRun):
        runs.forget(school.store, school.an, id, STUDY, NAME)


@on_both
def test_a_bad_log_leaves_what_was_there(school):
    id = practised(school)
    runs.keep(school.store, school.an, id, STUDY, NAME, LOG)
    with pytest.raises(BadLog):
        runs.keep(school.store, school.an, id, STUDY, NAME, "[0.1, NaN, 0.3, 0.4]")
    assert runs.of(school.store, school.an, id, STUDY)[0].accuracies == pytest.approx(GOOD)
    with pytest.raises(UnknownRun):
        runs.keep(school.store, school.an, id, STUDY, "chain-adam", LOG)
    open_attempt = starting.practise(school.store, school.an, STUDY)
    with pytest.raises(NotReleased):
        runs.keep(school.store, school.an, open_attempt, STUDY, NAME, LOG)


@on_both
def test_many_that_send_at_once_leave_one_run(school):
    id = practised(school)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: runs.keep(school.store, school.an, id, STUDY, NAME, f"[0.{i}, 0, 0, 0]"), range(1, 9)))
    assert len(kept(school)) == 1


def test_a_run_of_another_specification_is_left_aside(school):
    id = practised(school)
    runs.keep(school.store, school.an, id, STUDY, NAME, LOG)
    school.store.write(lambda c: c.execute(text("UPDATE run SET sha256 = 'x'")))
    assert runs.of(school.store, school.an, id, STUDY)[0].found is None
    assert runs.of_class(school.store, school.teacher, school.id) == []


@on_both
def test_a_deleted_person_leaves_no_run(school):
    runs.keep(school.store, school.an, practised(school), STUDY, NAME, LOG)
    record.delete_person(school.store, school.an.name, sure=True)
    assert kept(school) == []


def test_the_staff_of_a_class_see_its_students_runs_and_nobody_elses(school):
    for who in (school.an, school.stranger):
        runs.keep(school.store, who, practised(school, who), STUDY, NAME, LOG)
    for who in (school.teacher, school.assistant, school.admin):
        (found,) = runs.of_class(school.store, who, school.id)
        assert (found.experiment, found.metric, list(found.runs)) == (NAME, METRIC, ["An"])
    for who in (school.an, school.stranger, school.other):
        with pytest.raises(UnknownClass):
            runs.of_class(school.store, who, school.id)
    classes.remove_member(school.store, school.teacher, school.id, school.an.id)
    assert runs.of_class(school.store, school.teacher, school.id) == []


def test_a_database_of_the_version_before_is_taken_over(empty_database):
    from alembic import command

    old = Store(empty_database)
    with old.writer.connect() as connection, connection.begin():
        command.upgrade(config(connection), "0003")
        connection.execute(text("INSERT INTO person (id, name, role, password, created) VALUES (7, 'An', 'student', '-', 1.5)"))
    old.close()
    store = open_store(empty_database)
    assert store.read(revision) == HEAD
    one = rows.RunRow(7, NAME, METRIC, "x", [0.5, 0.25], time.time())
    store.write(lambda c: rows.keep(c, one))
    assert store.read(lambda c: rows.runs_of(c, 7, METRIC, [NAME])) == {NAME: one}
    store.close()
