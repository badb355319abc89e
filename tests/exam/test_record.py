"""The record: any tampering inside a chain is found, a receipt can be checked by anyone, people can be deleted, bad luck costs nothing."""

import json
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from random import Random

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import and_, literal_column, select, text

from exam import checks, clock, papers, people, record, room, sittings, starting
from exam.attempts import broken_at
from exam.keeping import UnknownAttempt
from exam.record import BadReceipt, BadRecord, NotConfirmed, NotProven, UnknownPerson
from exam.starting import AlreadySubmitted
from exam.store import acts, open_store, tables
from exam.store import attempts as rows
from exam.store import people as people_rows
from tests.databases import on_both, on_sqlite

GD = "optim-gd-vary"
PARTS = [f"{name}[{i}]" for name in ("g1", "w1", "g2", "w2") for i in (0, 1)]


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch):
    monkeypatch.setattr(people, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def store(database):
    store = open_store(database)
    papers.load(store)
    yield store
    store.close()


def person(store, name):
    people.add_person(store, name, "student")
    return store.read(lambda c: people_rows.find_person(c, name))[0]


@pytest.fixture
def an(store):
    return person(store, "An")


@pytest.fixture
def attempt(store, an):
    """An open attempt with eight answers, some of them changed once."""
    id = starting.practise(store, an, GD)
    for i, part in enumerate([*PARTS, *PARTS[:3]]):
        sittings.save(store, an, id, GD, part, f"{i},5", f"save-{i}")
    return id


def submit(store, an, id):
    """Hands an attempt in and marks it, as the clerk does beside the requests."""
    receipt = sittings.submit(store, an, id)
    sittings.grades_of(store, sittings.sitting(store, an, id))
    return receipt


def events(store, id):
    return store.read(lambda c: rows.events_of(c, id))


def exported(store, id):
    return "".join(f"{line}\n" for line in record.exported(id, events(store, id)))


def sql(store, statement, **values):
    store.write(lambda c: c.execute(text(statement), values))


def problems(store, before=None):
    return {one.attempt: (one.event, one.problem) for one in record.audit(store, before) if one.problem}


# Auditing

TAMPERING = {
    "an answer is changed": ("UPDATE event SET text = '9' WHERE attempt = :id AND number = 4", 4),
    "an answer is made earlier": ("UPDATE event SET at = at - 1 WHERE attempt = :id AND number = 4", 4),
    "a hash is changed": ("UPDATE event SET sha256 = 'f' WHERE attempt = :id AND number = 4", 4),
    "an answer is moved to another part": ("UPDATE event SET part = 'g1[1]' WHERE attempt = :id AND number = 1", 1),
    "an answer is taken out": ("DELETE FROM event WHERE attempt = :id AND number = 4", 4),
    "the beginning is taken out": ("DELETE FROM event WHERE attempt = :id AND number = 0", 0),
    "the submission is taken out at the end": ("DELETE FROM event WHERE attempt = :id AND number >= 12", 12),
    "the mark is taken out": ("DELETE FROM event WHERE attempt = :id AND number >= 13", 13),
    "all events are taken out": ("DELETE FROM event WHERE attempt = :id", 0),
}


@on_both
@pytest.mark.parametrize("tampering", TAMPERING)
def test_an_audit_finds_what_was_done_to_a_record_and_where(store, an, attempt, tampering):
    other = starting.practise(store, an, GD)
    submit(store, an, attempt)
    assert problems(store) == {}
    statement, at = TAMPERING[tampering]
    sql(store, statement, id=attempt)
    found = problems(store)
    assert set(found) == {attempt} != {other}
    assert found[attempt][0] == at


@on_both
def test_an_audit_finds_two_events_that_changed_places(store, attempt):
    for statement in ("-1 WHERE number = 3", "3 WHERE number = 4", "4 WHERE number = -1"):
        sql(store, f"UPDATE event SET number = {statement} AND attempt = :id", id=attempt)
    assert problems(store)[attempt][0] == 3


@pytest.fixture
def forward(store, an):
    """A paper that goes forward only, taken in two steps, checked, handed in and marked: an event of nearly every kind."""
    words = {name: {"vi": "Đề", "en": "Paper"} for name in ("title", "description")}
    shape = {"id": "forward", **words, "preset": "practice", "forward_only": True, "questions": [GD, "optim-adam-vary"]}
    people.add_person(store, "Root", "administrator")
    root = store.read(lambda c: people_rows.find_person(c, "Root"))[0]
    room.change_paper(store, root, shape)
    id, _ = starting.start(store, an, "forward", deliver=False)
    sittings.take(store, an, id)
    sittings.save(store, an, id, GD, PARTS[0], "0,5", "first")
    checks.check(store, an, id, GD)
    sittings.move_on(store, an, id)
    submit(store, an, id)
    return id


# What is done to every column of an attempt, of what was drawn for it, and of its events.  `deadline` and `paused` are reckoned anew
# from the paper, the arrangements and the acts whenever one of these changes: the record tells when answers came, and rests on neither.
RECKONED = ("deadline", "paused")
ROW = {
    "person": "(SELECT id FROM person WHERE name = 'Root')",
    "paper": "'other'",
    "practice": "NOT practice",
    **{name: f"{name} - 60" for name in ("started", "delivered", "closed", "graded")},
    "at_question": "1",
    "salt": "'0'",
}
DRAWN = {
    "question": "'optim-momentum-vary'",
    "version": "version + 1",
    "seed": "seed + 1",
    "givens": """'{"w0": [1, 2]}'""",
    "options": """'{"answer": []}'""",
    "weight": "weight + 1",
}
HAPPENED = {
    "at": "at + 0.001",
    "kind": "'moved'",
    **dict.fromkeys(("question", "part", "text", "client", "body", "sha256"), "'x'"),
    "version": "7",
}


def test_no_column_is_forgotten():
    assert set(ROW) | {"id", *RECKONED} == set(tables.attempt.columns.keys())
    assert set(DRAWN) | {"attempt", "position"} == set(tables.variant.columns.keys())
    assert set(HAPPENED) | {"attempt", "number"} == set(tables.event.columns.keys())


@contextmanager
def changed(store, table, column, to, **where):
    """While a column says something else, in the row of these keys; whether it does."""
    row = and_(*(table.c[name] == value for name, value in where.items()))
    was = store.read(lambda c: c.execute(select(table.c[column]).where(row)).scalar_one())
    store.write(lambda c: c.execute(table.update().where(row).values({column: literal_column(to)})))
    now = store.read(lambda c: c.execute(select(table.c[column]).where(row)).scalar_one())
    yield now != was
    store.write(lambda c: c.execute(table.update().where(row).values({column: was})))


@on_both
def test_an_audit_finds_every_change_of_an_attempts_row(store, forward):
    for column, to in [*ROW.items(), *((name, "NULL") for name in ("delivered", "closed", "graded", "at_question", "salt"))]:
        with changed(store, tables.attempt, column, to, id=forward) as other:
            assert other
            assert set(problems(store)) == {forward}, (column, to)
        assert problems(store) == {}


@on_both
def test_a_receipt_and_an_audit_find_every_change_of_what_was_drawn(store, forward):
    receipt = next(event.sha256 for event in events(store, forward) if event.kind == "submitted")
    for column, to in DRAWN.items():
        for at in (0, 1):
            assert record.proof_in_store(store, receipt).attempt == forward
            with changed(store, tables.variant, column, to, attempt=forward, position=at) as other:
                assert other
                assert problems(store)[forward] == (0, record.REBOUND), (column, at)
                with pytest.raises(BadRecord, match="first event"):
                    record.proof_in_store(store, receipt)


@on_both
def test_an_audit_finds_variants_that_changed_places_owners_or_are_gone(store, an, forward):
    other = starting.practise(store, an, GD)
    for position in ("-1 WHERE position = 0", "0 WHERE position = 1", "1 WHERE position = -1"):
        sql(store, f"UPDATE variant SET position = {position} AND attempt = :id", id=forward)
    assert set(problems(store)) == {forward}
    sql(store, "UPDATE variant SET attempt = :other, position = 5 WHERE attempt = :id AND position = 1", id=forward, other=other)
    assert set(problems(store)) == {forward, other}
    sql(store, "DELETE FROM variant WHERE attempt = :id", id=other)
    assert set(problems(store)) == {forward, other}


@on_both
def test_an_audit_finds_every_change_of_an_event(store, forward):
    kinds = [event.kind for event in events(store, forward)]
    assert kinds == ["prepared", "started", "answered", "checked", "moved", "submitted", "graded"]
    for column, to in HAPPENED.items():
        for at, kind in enumerate(kinds):
            with changed(store, tables.event, column, to, attempt=forward, number=at) as other:
                assert other or (column, kind) == ("kind", "moved")
                assert not other or problems(store)[forward][0] == at, (column, kind)
        assert problems(store) == {}


@on_both
def test_an_audit_finds_an_event_that_was_given_to_another_attempt(store, an, attempt, forward):
    sql(store, "UPDATE event SET attempt = :other, number = 99 WHERE attempt = :id AND number = 6", id=forward, other=attempt)
    assert set(problems(store)) == {attempt, forward}


def renamed(store, id):
    """An attempt under another id, by somebody whom no foreign key holds back."""
    rename = f"UPDATE attempt SET id = 'renamed' WHERE id = '{id}'"
    if store.sqlite:
        with closing(sqlite3.connect(store.url.database)) as connection:
            connection.execute(rename)
            connection.commit()
    else:
        store.write(lambda c: [c.execute(text(one)) for one in ("SET LOCAL session_replication_role = replica", rename)])


@on_both
def test_an_audit_finds_an_attempt_that_was_given_another_id(store, forward):
    renamed(store, forward)
    assert set(problems(store)) == {forward, "renamed"}


@on_both
def test_an_attempt_from_before_names_nothing_that_was_drawn_and_is_valid(store, an, attempt):
    """As an older Gradus wrote it: no salt, and a first event that says nothing."""
    sittings.submit(store, an, attempt)
    kept = events(store, attempt)

    def job(connection):
        connection.execute(text("DELETE FROM event WHERE attempt = :id"), {"id": attempt})
        connection.execute(text("UPDATE attempt SET salt = NULL WHERE id = :id"), {"id": attempt})
        for event in kept:
            content = {name: getattr(event, name) for name in ("question", "part", "text", "version", "client")}
            rows.append(connection, attempt, event.at, event.kind, **content)

    store.write(job)
    assert problems(store) == {}
    assert record.proof_in_store(store, events(store, attempt)[-1].sha256).attempt == attempt


@on_both
def test_an_audit_while_attempts_go_on_finds_nothing(store, an):
    ids = [starting.practise(store, an, GD) for _ in range(4)]

    def go_on(id):
        for i in range(12):
            sittings.save(store, an, id, GD, PARTS[i % 8], str(i))
            checks.check(store, an, id, GD)
        submit(store, an, id)

    with ThreadPoolExecutor(4) as pool:
        threads = [pool.submit(go_on, id) for id in ids]
        while not all(thread.done() for thread in threads):
            assert problems(store) == {}
        for thread in threads:
            thread.result()
    assert problems(store) == {}


# Checking


@on_both
def test_what_checking_told_is_in_the_record_once_for_the_same_answers(store, an, attempt):
    for _ in range(3):
        grade = checks.check(store, an, attempt, GD)
    sittings.save(store, an, attempt, GD, PARTS[0], "123")
    checks.check(store, an, attempt, GD)
    told = [event for event in events(store, attempt) if event.kind == "checked"]
    assert [event.question for event in told] == [GD, GD]
    parts = {part["part"]: part for part in told[0].said["parts"]}
    assert {name: part["verdict"] for name, part in parts.items()} == {part.name: part.verdict for part in grade.parts}
    assert [part["version"] for part in parts.values()] == [2, 2, 2, 1, 1, 1, 1, 1]
    assert told[1].said["parts"][0]["version"] == 3
    receipt = sittings.submit(store, an, attempt)
    assert record.proof_in_file(receipt, exported(store, attempt)).unproven == 0, "the student was told it: nothing of it is withheld"
    assert problems(store) == {}


def rewritten(store, id, at):
    """What somebody does who can write the database and knows how a chain is made: everything from one event on, anew."""
    kept = events(store, id)

    def job(connection):
        connection.execute(text("DELETE FROM event WHERE attempt = :id AND number >= :at"), {"id": id, "at": at})
        for event in kept[at:]:
            content = {name: getattr(event, name) for name in ("question", "part", "text", "version", "client", "body")}
            rows.append(connection, id, event.at, event.kind, **{**content, "text": content["text"] and content["text"] + "1"})

    store.write(job)


@on_both
def test_a_chain_written_anew_is_found_by_an_earlier_audit_and_by_its_receipt_alone(store, an, attempt):
    receipt = sittings.submit(store, an, attempt)
    before = record.heads(json.dumps([vars(one) for one in record.audit(store)]))
    rewritten(store, attempt, 5)
    assert broken_at(attempt, events(store, attempt)) is None
    assert problems(store) == {}, "a chain alone cannot tell"
    assert "anew" in problems(store, before)[attempt][1]
    with pytest.raises(NotProven):
        record.proof_in_store(store, receipt)


@on_both
def test_an_earlier_audit_finds_what_was_cut_off_and_what_is_gone_and_allows_what_came_after(store, an, attempt):
    other = starting.practise(store, an, GD)
    before = {one.attempt: (one.events, one.head) for one in record.audit(store)}
    sittings.save(store, an, attempt, GD, PARTS[0], "7")
    assert problems(store, before) == {}
    sql(store, "DELETE FROM event WHERE attempt = :id AND number >= 9", id=attempt)
    sql(store, "DELETE FROM attempt WHERE id = :id", id=other)
    found = problems(store, before)
    assert found[attempt] == (9, "events are missing at the end")
    assert "without a tombstone" in found[other][1]


def test_what_is_no_earlier_audit_is_refused():
    for nonsense in ("", "[", "{}1", "7", '[{"attempt": 1}]', "[" * 100_000):
        with pytest.raises(BadRecord):
            record.heads(nonsense)


# Receipts


@on_both
def test_a_receipt_proves_what_was_handed_in_and_when_with_the_database_and_without(store, an, attempt):
    start = time.time()
    receipt = sittings.submit(store, an, attempt)
    in_store = record.proof_in_store(store, receipt)
    in_file = record.proof_in_file(f" {receipt[:32].upper()}\n{receipt[32:]}", exported(store, attempt))
    assert in_store == in_file
    assert start <= in_file.handed_in <= time.time()
    typed = {part: f"{i},5" for i, part in enumerate(PARTS)} | {part: f"{i + 8},5" for i, part in enumerate(PARTS[:3])}
    assert in_file.answers == {GD: typed}
    assert (in_file.attempt, in_file.events, in_file.unproven) == (attempt, 13, 0)


def test_a_record_holds_no_seed_no_mark_and_no_reference_answer(store, an, attempt):
    before = exported(store, attempt)
    one = sittings.sitting(store, an, attempt)
    submit(store, an, attempt)
    after = exported(store, attempt)
    (variant,) = one.variants
    for document in (before, after):
        assert str(variant.seed) not in document
        lines = [json.loads(line) for line in document.splitlines()]
        assert {key for line in lines for key in line} <= {
            *("record", "attempt", "number", "at", "kind", "sha256", "withheld"),
            *("question", "part", "text", "version", "client", "body"),
        }
        (drawn,) = [json.loads(line["body"]) for line in lines if "body" in line]
        assert set(drawn) == {"drawn"}
        assert len(drawn["drawn"]) == 64
    assert json.loads(after.splitlines()[-1])["withheld"] is True


def test_after_something_withheld_the_record_says_what_it_no_longer_proves(store, an, attempt):
    first = submit(store, an, attempt)
    store.write(lambda c: rows.append(c, attempt, time.time(), "reopened"))
    store.write(lambda c: rows.append(c, attempt, time.time(), "submitted"))
    second = events(store, attempt)[-1].sha256
    assert record.proof_in_file(first, exported(store, attempt)).unproven == 0
    assert record.proof_in_file(second, exported(store, attempt)).unproven == 14
    assert record.proof_in_store(store, second).unproven == 0


FORGERIES = {
    "an answer is changed": lambda lines: [line.replace('"4,5"', '"4,6"') for line in lines],
    "a time is changed": lambda lines: [line.replace('"at": ', '"at": 1', 1) for line in lines],
    "a line is taken out": lambda lines: lines[:4] + lines[5:],
    "two lines changed places": lambda lines: [*lines[:4], lines[5], lines[4], *lines[6:]],
    "a line is there twice": lambda lines: [*lines[:5], lines[4], *lines[5:]],
    "it is called another attempt's": lambda lines: [json.dumps({"record": "gradus", "attempt": "other"}), *lines[1:]],
    "the first line is missing": lambda lines: lines[1:],
    "it is no JSON": lambda lines: [*lines[:3], "{oh", *lines[3:]],
    "it is a list": lambda lines: ["[]", *lines],
    "it nests without end": lambda lines: [lines[0], "[" * 100_000],
    "a number is a text": lambda lines: [line.replace('"number": 3', '"number": "3"') for line in lines],
    "a time is no number": lambda lines: [line.replace('"at": ', '"at": NaN, "aat": ') for line in lines],
    "a time is beyond all": lambda lines: [lines[0], *(line.replace('"at": ', '"at": 1e999, "x": ') for line in lines[1:])],
    "something was added": lambda lines: [lines[0], *(line.replace("{", '{"extra": "1", ', 1) for line in lines[1:])],
    "it is empty": lambda lines: [],
    "it is a poem": lambda lines: ["Trăm năm trong cõi người ta"],
}


@on_sqlite
@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_record_is_refused_in_one_clear_sentence(store, an, attempt, forgery):
    receipt = sittings.submit(store, an, attempt)
    forged = FORGERIES[forgery](exported(store, attempt).splitlines())
    with pytest.raises(BadRecord) as refused:
        record.proof_in_file(receipt, "\n".join(forged))
    assert 20 < len(refused.value.detail) < 300
    assert "\n" not in refused.value.detail


def test_a_record_cut_off_or_written_anew_does_not_fit_its_receipt(store, an, attempt):
    receipt = sittings.submit(store, an, attempt)
    lines = exported(store, attempt).splitlines()
    with pytest.raises(NotProven):
        record.proof_in_file(receipt, "\n".join(lines[:10]))
    rewritten(store, attempt, 5)
    with pytest.raises(NotProven):
        record.proof_in_file(receipt, exported(store, attempt))


def test_the_hash_of_an_answer_is_no_receipt(store, an, attempt):
    for check in (record.proof_in_store, lambda store, hash: record.proof_in_file(hash, exported(store, attempt))):
        with pytest.raises(NotProven, match="no receipt"):
            check(store, events(store, attempt)[3].sha256)


@on_sqlite
@pytest.mark.parametrize("receipt", ["", "abc", "g" * 64, "0" * 63, "0" * 65, "ü" * 64, "\0" * 64, "' OR 1=1 --"])
def test_what_is_no_receipt_is_refused(store, receipt):
    with pytest.raises(BadReceipt):
        record.proof_in_store(store, receipt)


def test_a_receipt_of_a_record_that_was_tampered_with_is_not_proven(store, an, attempt):
    receipt = sittings.submit(store, an, attempt)
    sql(store, "UPDATE event SET text = '9' WHERE attempt = :id AND number = 4", id=attempt)
    with pytest.raises(BadRecord, match="event 4"):
        record.proof_in_store(store, receipt)


TYPED = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@on_sqlite
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.lists(st.tuples(st.sampled_from(PARTS), TYPED), min_size=1, max_size=6), data=st.data())
def test_whatever_was_typed_the_record_proves_it_and_no_single_change_goes_unseen(store, an, typed, data):
    id = starting.practise(store, an, GD)
    for part, answer in typed:
        sittings.save(store, an, id, GD, part, answer)
    receipt = sittings.submit(store, an, id)
    document = exported(store, id)
    assert record.proof_in_file(receipt, document).answers == {GD: dict(typed)}
    lines = document.splitlines()
    place = data.draw(st.integers(1, len(typed) + 2))
    stated = json.loads(lines[place])
    name = data.draw(st.sampled_from(sorted(stated)))
    stated[name] = stated[name] + (1 if not isinstance(stated[name], str) else "1")
    lines[place] = json.dumps(stated)
    with pytest.raises((BadRecord, NotProven)):
        record.proof_in_file(receipt, "\n".join(lines))


# Deleting


@on_both
def test_a_deleted_person_leaves_tombstones_and_an_act_and_nothing_else(store, an, attempt, tmp_path):
    binh = person(store, "Binh")
    others = starting.practise(store, binh, GD)
    account = people.reset_password(store, "An")
    secret, token = people.sign_in(store, "An", account.password), people.add_token(store, "An", "student")
    receipt = submit(store, an, attempt)
    open_one = starting.practise(store, an, GD)
    head = events(store, attempt)[-1].sha256
    left = record.delete_person(store, "An", sure=True)
    assert {(one.attempt, one.receipt, one.head, one.events) for one in left} == {
        (attempt, receipt, head, 14),
        (open_one, "", events_head(left, open_one), 1),
    }
    assert people.person_of_session(store, secret) is None
    with pytest.raises(people.NotSignedIn):
        people.check_token(store, f"Bearer {token}", "student")
    assert events(store, attempt) == events(store, open_one) == []
    for one in (attempt, open_one):
        with pytest.raises(UnknownAttempt):
            sittings.sitting(store, an, one)
    with pytest.raises(UnknownAttempt):
        sittings.save(store, an, open_one, GD, PARTS[0], "1")
    assert len(events(store, others)) == 1
    told = store.read(acts.acts_of)
    assert [(act.kind, act.person, act.body) for act in told] == [("person_deleted", an.id, {"attempts": 2})]
    proof = record.proof_in_store(store, receipt)
    assert (proof.attempt, proof.answers, proof.events) == (attempt, None, 14)
    assert proof.deleted == told[0].at
    assert problems(store) == {}


def events_head(left, id):
    return next(one.head for one in left if one.attempt == id)


@on_sqlite
def test_what_a_deleted_person_typed_is_on_no_disk(store, an, attempt, tmp_path):
    sittings.save(store, an, attempt, GD, PARTS[0], "a text that is nowhere else")
    assert any(b"nowhere else" in path.read_bytes() for path in tmp_path.iterdir())
    record.delete_person(store, "An", sure=True)
    assert not any(b"nowhere else" in path.read_bytes() for path in tmp_path.iterdir())


@on_both
def test_deleting_is_asked_for_twice_and_names_nobody_who_is_not_there(store, an, attempt):
    with pytest.raises(NotConfirmed, match="1 attempt for ever"):
        record.delete_person(store, "An", sure=False)
    with pytest.raises(UnknownPerson):
        record.delete_person(store, "Nobody", sure=True)
    assert len(events(store, attempt)) == 12
    assert store.read(acts.acts_of) == []


@on_both
def test_a_person_deleted_while_they_save_leaves_a_tombstone_that_fits(store, an, attempt):
    saved = []

    def go_on_saving():
        for i in range(10_000):
            saved.append(sittings.save(store, an, attempt, GD, PARTS[i % 8], str(i)))

    with ThreadPoolExecutor(3) as pool:
        threads = [pool.submit(go_on_saving) for _ in range(2)]
        while len(saved) < 20:
            time.sleep(0.001)
        (stone,) = record.delete_person(store, "An", sure=True)
        for thread in threads:
            assert isinstance(thread.exception(20), UnknownAttempt)
    assert stone.events == 12 + len(saved)
    assert problems(store) == {}


# Bad luck


@on_both
def test_saves_that_come_twice_late_and_in_any_order_are_each_kept_once(store, an, attempt):
    first = len(events(store, attempt))
    sent = [(PARTS[i % 8], f"{i}.25", f"late-{i}") for i in range(24)] * 3
    Random(5).shuffle(sent)
    with ThreadPoolExecutor(12) as pool:
        saved = list(pool.map(lambda one: sittings.save(store, an, attempt, GD, *one[:2], one[2]), sent))
    kept = events(store, attempt)
    assert broken_at(attempt, kept) is None
    assert sorted((event.part, event.text, event.client) for event in kept[first:]) == sorted(set(sent))
    versions = {event.client: event.version for event in kept}
    assert all(one.version == versions[client] for one, (_, _, client) in zip(saved, sent, strict=True))
    assert [event.version for event in kept if event.part == PARTS[5]] == [1, 2, 3, 4]


@on_both
def test_two_submissions_at_once_are_one_and_give_one_receipt(store, an, attempt):
    with ThreadPoolExecutor(8) as pool:
        receipts = set(pool.map(lambda _: sittings.submit(store, an, attempt), range(8)))
    assert len(receipts) == 1
    kinds = [event.kind for event in events(store, attempt)]
    assert kinds.count("submitted") == 1
    assert kinds.count("graded") <= 1


@on_both
def test_saves_and_a_submission_at_once_lose_nothing_that_was_acknowledged(store, an, attempt):
    acknowledged = []

    def go_on_saving(name):
        for i in range(10_000):
            typed = f"{i}.{name}"
            sittings.save(store, an, attempt, GD, PARTS[name], typed)
            acknowledged.append((PARTS[name], typed))

    with ThreadPoolExecutor(5) as pool:
        threads = [pool.submit(go_on_saving, name) for name in range(4)]
        while len(acknowledged) < 30:
            time.sleep(0.001)
        receipt = sittings.submit(store, an, attempt)
        for thread in threads:
            assert isinstance(thread.exception(20), AlreadySubmitted)
    kept = events(store, attempt)
    handed_in = next(i for i, event in enumerate(kept) if event.sha256 == receipt)
    before = {(event.part, event.text) for event in kept[:handed_in]}
    assert set(acknowledged) <= before, "what was acknowledged was handed in"
    assert not any(event.kind == "answered" for event in kept[handed_in:])
    assert broken_at(attempt, kept) is None


@on_both
def test_a_clock_that_jumps_breaks_no_chain_and_loses_nothing(store, an, monkeypatch):
    now = time.time()
    jumps = [0, 5, -3600, 60, 86_400 * 400, -86_400 * 365, 1, 0.001, -1e9]
    id = starting.practise(store, an, GD)
    for i, jump in enumerate(jumps):
        now += jump
        monkeypatch.setattr(clock, "now", lambda now=now: now)
        sittings.save(store, an, id, GD, PARTS[i % 8], f"{i}.5", f"jump-{i}")
        assert sittings.save(store, an, id, GD, PARTS[i % 8], f"{i}.5", f"jump-{i}").version == 1 + i // 8
    receipt = sittings.submit(store, an, id)
    assert problems(store) == {}
    proof = record.proof_in_store(store, receipt)
    assert proof.answers == {GD: {PARTS[i % 8]: f"{i}.5" for i in range(len(jumps))}}


ODD = {
    "digits": "7" * 10_000,
    "a long fraction": "0." + "3" * 9_998,
    "nines over nines": "9" * 4_999 + "/" + "9" * 5_000,
    "a huge exponent": "1e999999999",
    "a tiny exponent": "1e-999999999",
    "a tower": "9^9^9^9^9^9",
    "products without end": "9*" * 4_999 + "9",
    "open brackets": "[" * 10_000,
    "open parentheses": "(" * 10_000,
    "nested brackets": "[" * 5_000 + "]" * 5_000,
    "nested parentheses": "(" * 4_999 + "1" + ")" * 4_999,
    "minus signs": "-" * 9_999 + "1",
    "commas": "," * 10_000,
    "spaces": " " * 9_999 + "1",
    "a list of thousands": "1 " * 5_000,
    "fractions of thousands": "1/3 " * 2_500,
    "combining marks": "1" + "\u0301" * 9_999,
    "half a formula": "\\frac{" * 1_600,
}


@on_sqlite
@pytest.mark.parametrize("longest", [60, 500, 10_000])
@pytest.mark.parametrize("odd", ODD)
def test_no_odd_answer_locks_an_attempt(store, an, odd, longest):
    """Each is saved, said back, handed in and marked with bounded work: a count of the lines that run, no timer."""
    typed = ODD[odd][:longest]
    id = starting.practise(store, an, GD)
    steps = Steps()
    with steps:
        for part in PARTS:
            assert sittings.save(store, an, id, GD, part, typed).version == 1
        sittings.submit(store, an, id)
        (grade,) = sittings.grades_of(store, sittings.sitting(store, an, id))
    assert grade.marks == 0
    assert sittings.sitting(store, an, id).state.text(GD, PARTS[0]) == typed
    assert steps.count < 400_000, f"{steps.count:,} lines"


class Steps:
    """Counts the lines of our own code that run in this thread."""

    count = 0
    OURS = ("/questions/", "/exam/", "/solvers/")

    def __enter__(self):
        import sys

        def line(frame, event, argument):
            self.count += event == "line"
            return line

        def call(frame, event, argument):
            return line if any(part in frame.f_code.co_filename for part in self.OURS) else None

        self.before = sys.gettrace()
        sys.settrace(call)

    def __exit__(self, *problem):
        import sys

        sys.settrace(self.before)
