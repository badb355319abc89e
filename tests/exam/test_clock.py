"""The clock of an attempt: limit and closing, extra time, minutes and pauses; a machine's clock that jumps changes nothing."""

import time

from hypothesis import given
from hypothesis import strategies as st

from exam import clock
from exam.clock import GRACE, MINUTE, Arrangement, Reckoned, Times, Turn, arranged, reckon

MOMENTS = st.integers(0, 10_000).map(float)
MINUTES = st.integers(1, 200).map(float)
TIMES = st.builds(Times, closes=st.none() | MOMENTS, minutes=st.none() | MINUTES)
TURNS = st.lists(st.builds(Turn, MOMENTS, st.sampled_from(["minutes", "paused", "resumed"]), MINUTES), max_size=8)


@given(MOMENTS, TIMES)
def test_it_ends_at_the_limit_or_at_the_closing_whichever_comes_first(delivered, times):
    ends = [*([delivered + 60 * times.minutes] if times.minutes else []), *([times.closes] if times.closes is not None else [])]
    assert reckon(delivered, times, []) == Reckoned(min(ends) if ends else None, None)


@given(MOMENTS, TIMES, TURNS)
def test_without_an_end_nothing_gives_it_one_and_giving_never_takes_away(delivered, times, turns):
    before, after = reckon(delivered, times, []), reckon(delivered, times, turns)
    assert (before.deadline is None) == (after.deadline is None)
    if before.deadline is not None:
        assert after.deadline >= before.deadline


@given(MOMENTS, MINUTES, st.integers(1, 3000), st.integers(1, 5000))
def test_a_pause_gives_back_exactly_its_own_length(delivered, minutes, after, length):
    begin = delivered + min(after, minutes * MINUTE)
    turns = [Turn(begin, "paused"), Turn(begin + length, "resumed")]
    for times in (Times(minutes=minutes), Times(closes=delivered + minutes * MINUTE)):
        plain = reckon(delivered, times, []).deadline
        assert reckon(delivered, times, turns[:1]) == Reckoned(plain, begin)
        assert reckon(delivered, times, turns) == Reckoned(plain + length, None)


def test_who_starts_during_a_pause_gets_back_only_what_they_stood_and_the_room_all_of_it():
    turns = [Turn(100, "paused"), Turn(400, "resumed")]
    assert reckon(300, Times(minutes=10), turns).deadline == 300 + 600 + 100
    assert reckon(300, Times(closes=1000), turns).deadline == 1300
    assert reckon(300, Times(minutes=10), turns[:1]).paused == 300


def test_minutes_given_before_the_start_move_the_closing_alone():
    turns = [Turn(50, "minutes", 5)]
    assert reckon(100, Times(minutes=10), turns).deadline == 700
    assert reckon(100, Times(minutes=10, closes=600), turns).deadline == 700
    assert reckon(100, Times(closes=600), turns).deadline == 900
    assert reckon(0, Times(minutes=10), turns).deadline == 900


def test_minutes_within_the_grace_still_count_and_after_it_an_attempt_stays_closed():
    times, end = Times(minutes=10), 600.0
    assert reckon(0, times, [Turn(end + GRACE, "minutes", 5)]).deadline == 900
    assert reckon(0, times, [Turn(end + GRACE + 1, "minutes", 5)]).deadline == end
    assert reckon(0, times, [Turn(end + GRACE + 1, "paused")]).paused is None


def test_reopening_gives_its_minutes_from_then_also_past_the_closing():
    assert reckon(0, Times(minutes=10, closes=500), [Turn(5000, "reopened", 20)]) == Reckoned(6200, None)
    assert reckon(0, Times(minutes=10), [Turn(5000, "reopened", 20), Turn(5100, "minutes", 1)]).deadline == 6260


def test_pausing_twice_is_one_pause_and_resuming_what_runs_is_nothing():
    turns = [Turn(50, "resumed"), Turn(100, "paused"), Turn(200, "paused"), Turn(300, "resumed"), Turn(310, "resumed")]
    assert reckon(0, Times(minutes=10), turns).deadline == 600 + 200


@given(TIMES, st.lists(st.builds(Arrangement, percent=st.sampled_from([0, 25, 50]), minutes=st.sampled_from([0, 10])), max_size=3))
def test_extra_time_lengthens_the_limit_and_the_closing_alike(times, own):
    percent, minutes = max((a.percent for a in own), default=0), sum(a.minutes for a in own)
    given = arranged(times, own)
    extra = minutes + (times.minutes or 0) * percent / 100
    assert given.minutes == (None if times.minutes is None else times.minutes + extra)
    assert given.closes == (None if times.closes is None else times.closes + extra * 60)


def test_other_dates_and_attempts_widen_and_never_narrow():
    times = Times(opens=100, closes=200, attempts=1)
    assert arranged(times, [Arrangement(opens=50, closes=300, attempts=3)]) == Times(50, 300, None, 3)
    assert arranged(times, [Arrangement(opens=150, closes=150, attempts=1)]) == times
    assert arranged(Times(), [Arrangement(opens=50, closes=300, attempts=3)]) == Times(), "no limit is the widest of all"


def test_the_machines_clock_may_jump_and_the_servers_time_goes_on_evenly(monkeypatch):
    before = clock.now()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert 0 <= clock.now() - before < 60
