"""An attempt is its events: any list of them folds to one state, and whatever is changed, moved or lost breaks the chain."""

from dataclasses import fields, replace
from itertools import count

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from exam.attempts import GENESIS, Event, broken_at, chained, fold
from exam.store import attempts as rows
from exam.store import open_store, people
from exam.store.attempts import AttemptRow

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
NAMES = st.sampled_from(["a", "b", "h[0]"])
ANSWERED = st.fixed_dictionaries(
    {"kind": st.just("answered"), "question": NAMES, "part": NAMES, "text": TEXT, "version": st.integers(1, 9)},
)
OTHER = st.one_of(
    st.fixed_dictionaries({"kind": st.just("submitted")}),
    st.fixed_dictionaries({"kind": st.just("graded"), "body": TEXT}),
    st.fixed_dictionaries({"kind": st.just("reopened")}),
    st.fixed_dictionaries({"kind": st.just("checked"), "question": NAMES, "body": TEXT}),
    st.fixed_dictionaries({"kind": st.just("late"), "question": NAMES, "part": NAMES, "text": TEXT}),
)
HAPPENED = st.lists(st.tuples(st.floats(0, 4e9).map(abs), st.one_of(ANSWERED, ANSWERED, ANSWERED, OTHER)), max_size=25).map(
    lambda happened: [(at, content) for at, (_, content) in zip(sorted(at for at, _ in happened), happened, strict=True)]
)
NUMBERS = count()


def chain(happened, attempt="one", first=None):
    """These things as a chain that starts with `started`."""
    events, previous = [], GENESIS
    for number, (at, content) in enumerate([(0.0, {"kind": "started", "body": first}), *happened]):
        events.append(chained(attempt, previous, number, at, **content))
        previous = events[-1].sha256
    return events


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = open_store(str(tmp_path_factory.mktemp("attempts") / "gradus.db"))
    store.write(lambda c: people.add_person(c, "An", "student", "-", 0.0))
    yield store
    store.close()


@given(HAPPENED)
def test_the_events_that_still_count_fold_to_the_same_state_as_all_of_them(store, happened):
    id = f"attempt-{next(NUMBERS)}"

    def job(connection):
        rows.add_attempt(connection, AttemptRow(id, 1, "", True, 0.0), [])
        for at, content in happened:
            rows.append(connection, id, at, **content)
        return rows.events_of(connection, id), rows.latest_of(connection, id)

    everything, latest = store.write(job)
    assert fold(latest) == fold(everything) == fold(chain(happened, id, everything[0].body))
    assert len(latest) <= len(everything) == len(happened) + 1
    assert store.read(lambda c: rows.events_of(c, id)) == everything
    assert broken_at(id, everything) is None


@given(HAPPENED)
def test_the_state_holds_the_last_text_of_every_part_and_the_head_of_the_chain(happened):
    events = chain(happened)
    state, last = fold(events), {}
    for event in events:
        if event.kind == "answered":
            last[event.question, event.part] = event.text
    assert {(q, p): answer.text for q, parts in state.answers.items() for p, answer in parts.items()} == last
    assert state.head == events[-1].sha256
    turns = [event.kind for event in events if event.kind in ("submitted", "reopened")]
    assert state.open == (turns[-1:] != ["submitted"])
    assert state.text("never", "asked") == ""


@given(HAPPENED, st.data())
def test_a_changed_event_is_found_where_it_was_changed(happened, data):
    events = chain(happened)
    at = data.draw(st.integers(0, len(events) - 1))
    name = data.draw(st.sampled_from([field.name for field in fields(Event)]))
    changed = {
        "number": st.integers(0, 99),
        "at": st.floats(0, 4e9),
        "version": st.none() | st.integers(0, 9),
        "sha256": st.text("0123456789abcdef", min_size=64, max_size=64),
    }
    value = data.draw(changed.get(name, (TEXT if name == "kind" else st.none() | TEXT)))
    assume(repr(value) != repr(getattr(events[at], name)))
    events[at] = replace(events[at], **{name: value})
    assert broken_at("one", events) == at


@given(HAPPENED, st.data())
def test_a_lost_event_is_found_and_a_lost_end_changes_the_receipt(happened, data):
    events = chain(happened)
    at = data.draw(st.integers(0, len(events) - 1))
    left = events[:at] + events[at + 1 :]
    if at < len(left):
        assert broken_at("one", left) == at
    else:
        assert fold(left).head != fold(events).head


@given(HAPPENED.filter(bool), st.data())
def test_two_events_in_each_others_place_are_found(happened, data):
    events = chain(happened)
    first, second = sorted(data.draw(st.lists(st.integers(0, len(events) - 1), min_size=2, max_size=2, unique=True)))
    events[first], events[second] = events[second], events[first]
    assert broken_at("one", events) == first


@given(HAPPENED.filter(bool), st.data())
def test_an_event_that_was_put_in_is_found(happened, data):
    events = chain(happened)
    at = data.draw(st.integers(0, len(events) - 1))
    events.insert(at, events[data.draw(st.integers(0, len(events) - 1))])
    assert broken_at("one", events) in (at, at + 1)


@given(HAPPENED)
def test_a_chain_belongs_to_its_attempt(happened):
    assert broken_at("another", chain(happened)) == 0


def test_an_empty_text_is_not_the_same_as_none():
    said, silent = (chained("one", GENESIS, 0, 1.0, "answered", question="q", part="p", text=text, version=1) for text in ("", None))
    assert said.sha256 != silent.sha256
