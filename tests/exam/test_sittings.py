"""Sitting a paper: variants stored once, saves that neither repeat nor overwrite, one submission, one marking, one's own alone."""

import dataclasses
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher

from exam import keeping, papers, people, review, sittings, starting, timing
from exam.attempts import broken_at
from exam.grade import grade
from exam.keeping import UnknownAttempt
from exam.sittings import Conflict, NotSubmitted, TooLong, UnknownPart
from exam.starting import AlreadySubmitted, NotForPractice
from exam.store import attempts as rows
from exam.store import migrate, open_store, tables
from exam.store import people as people_rows
from questions import bank
from questions.errors import GradusError
from questions.variant import SEEDS
from solvers.solver import Solver
from tests.databases import on_sqlite

GD, Z = "optim-gd-vary", ("aio2024-cau-01-vary", "z")
HOSTILE = [
    "<script>alert(1)</script>",
    "\x00\x07\x1b[31m",
    "' OR 1=1 --",
    "{{ 7*7 }}",
    " 1 \r\n\t2 ",
    "𝟙\u202e0,5",
    "\\frac{1}{2}",
    "",
    "NaN",
]


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch):
    monkeypatch.setattr(people, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def store(database):
    store = open_store(database)
    papers.load(store)
    yield store
    store.close()


@pytest.fixture
def make(store):
    def person(name, role="student"):
        people.add_person(store, name, role)
        return store.read(lambda c: people_rows.find_person(c, name))[0]

    return person


def papers_taken(store, person):
    """The papers somebody has attempted: attempt and state."""
    return {offer.paper.id: (offer.attempt, offer.state) for offer in timing.offers(store, person) if offer.attempt}


@pytest.fixture
def an(make):
    return make("An")


@pytest.fixture
def attempt(store, an):
    return starting.start(store, an, "aio2024-vary")[0]


def forget():
    """As after a new start of the server: nothing is remembered."""
    keeping.remembered._known.clear()


def events(store, id):
    return store.read(lambda c: rows.events_of(c, id))


def drawn(one):
    return [(v.question.id, v.question.version, v.seed, v.plain_givens(), v.options) for v in one.variants]


def text(store, person, id, question, part):
    return sittings.sitting(store, person, id).state.text(question, part)


def references(variant):
    """The right answers as they are typed."""
    answers = {}
    for part in variant.question.parts:
        if part.choice:
            answers[part.name] = next(option.key for option in variant.options[part.name] if option.right)
        else:
            answers[part.name] = str(variant.reference(part).tolist())
    return answers


# Starting


@pytest.mark.parametrize("paper", ["aio2024", "aio2024-vary", "optimisers"])
def test_starting_again_finds_the_attempt_that_is_open(store, an, make, paper):
    id, new = starting.start(store, an, paper)
    assert (new, starting.start(store, an, paper)) == (True, (id, False))
    assert starting.start(store, make("Binh"), paper)[0] != id
    assert [v.question.id for v in sittings.sitting(store, an, id).variants] == papers.paper(store, paper).items
    assert papers_taken(store, an) == {paper: (id, "in_progress")}


def test_starting_at_once_from_many_places_starts_one_attempt(store, an):
    with ThreadPoolExecutor(12) as pool:
        started = list(pool.map(lambda _: starting.start(store, an, "aio2024-vary"), range(12)))
    assert len({id for id, _ in started}) == 1
    assert sum(new for _, new in started) == 1


def test_an_unknown_paper_is_not_started(store, an):
    with pytest.raises(papers.UnknownPaper):
        starting.start(store, an, "aio2025")


def test_the_printed_paper_is_as_printed(store, an):
    one = sittings.sitting(store, an, starting.start(store, an, "aio2024")[0])
    for variant in one.variants:
        assert [option.key for option in variant.options["answer"]] == list("abcd")


def test_variants_are_stored_and_never_drawn_again(store, an, monkeypatch):
    ids = [starting.start(store, an, paper)[0] for paper in ("aio2024", "aio2024-vary", "optimisers")]
    before = [drawn(sittings.sitting(store, an, id)) for id in ids]
    forget()
    monkeypatch.setattr(starting, "draw", lambda *_: pytest.fail("drawn again"))
    assert [drawn(sittings.sitting(store, an, id)) for id in ids] == before


def test_an_attempt_keeps_its_question_when_the_bank_changes(store, an, attempt, monkeypatch):
    old = bank.get(Z[0])
    typed = references(next(v for v in sittings.sitting(store, an, attempt).variants if v.question.id == Z[0]))
    before = drawn(sittings.sitting(store, an, attempt))
    part = old.parts[0].model_copy(update={"marks": 50.0})
    newer = old.model_copy(update={"version": old.version + 1, "givens": {**old.givens, "x": 99.0}, "asked": [part]})
    monkeypatch.setitem(bank.bank(), old.id, newer)
    forget()
    assert drawn(sittings.sitting(store, an, attempt)) == before
    for name, answer in typed.items():
        sittings.save(store, an, attempt, old.id, name, answer)
    sittings.submit(store, an, attempt)
    marked = next(g for g in sittings.grades_of(store, sittings.sitting(store, an, attempt)) if g.question == old.id)
    assert (marked.version, marked.marks, marked.max_marks) == (old.version, len(typed), len(typed))


def otherwise(old):
    """Three ways in which a question asks or marks otherwise."""
    part = old.asked[0].model_copy(update={"marks": 50.0})
    for change in ({"givens": {**old.givens, "x": 99.0}}, {"asked": [part, *old.asked[1:]]}, {"mistake_credit": 0.5}):
        yield old.model_copy(update=change)


def test_a_question_that_asks_otherwise_without_a_new_version_is_refused_where_an_attempt_holds_it(store, attempt, monkeypatch):
    old = bank.get(Z[0])
    for changed in otherwise(old):
        monkeypatch.setitem(bank.bank(), old.id, changed)
        with pytest.raises(papers.BankChanged, match=f"{old.id}.*version"):
            papers.load(store)
    assert json.loads(store.read(lambda c: rows.question_document(c, old.id, old.version)))["mistake_credit"] == old.mistake_credit


def test_a_question_that_asks_otherwise_is_replaced_where_no_attempt_holds_its_version(store, an, monkeypatch):
    starting.start(store, an, "optimisers")  # another paper, other questions
    old = bank.get(Z[0])
    for changed in otherwise(old):
        monkeypatch.setitem(bank.bank(), old.id, changed)
        papers.load(store)
        kept = store.read(lambda c: rows.question_document(c, old.id, old.version))
        assert kept == changed.model_dump_json(by_alias=True)


def test_better_words_and_fields_that_are_new_to_the_model_need_no_new_version(store, monkeypatch):
    old = bank.get(Z[0])
    kept = json.loads(old.model_dump_json(by_alias=True, exclude_defaults=True))
    store.write(lambda c: rows.rewrite_question(c, old.id, old.version, json.dumps(kept)))
    better = old.model_copy(update={"source": "elsewhere", "title": old.title.model_copy(update={"en": "A better title"})})
    monkeypatch.setitem(bank.bank(), old.id, better)
    papers.load(store)
    document = store.read(lambda c: rows.question_document(c, old.id, old.version))
    assert json.loads(document)["title"]["en"] == "A better title"


def test_exam_seeds_are_random_and_distinct(store, make):
    seeds = []
    for name in ("An", "Binh", "Chi", "Dung"):
        person = make(name)
        for paper in ("aio2024-vary", "optimisers"):
            seeds += [v.seed for v in sittings.sitting(store, person, starting.start(store, person, paper)[0]).variants]
    assert len(set(seeds)) == len(seeds) == 4 * 24
    assert all(0 <= seed < SEEDS for seed in seeds)
    assert sum(seed > SEEDS // 2 for seed in seeds) in range(24, 73)
    assert len({seed % 1024 for seed in seeds}) > 70


def test_exam_seeds_hang_on_a_secret_of_the_paper_on_the_student_and_on_the_attempt(store, an, make):
    paper, binh = papers.paper(store, "optimisers"), make("Binh")

    def seeds(person, used=0):
        return [v.seed for v, _ in store.read(lambda c: starting.drawn(c, paper, starting.lot(c, paper, person.id, used)))]

    foreseen = seeds(an)
    lots = [foreseen, seeds(an, 1), seeds(binh), seeds(binh, 1)]
    assert len({seed for lot in lots for seed in lot}) == 4 * 18
    one = sittings.sitting(store, an, starting.start(store, an, "optimisers")[0])
    assert [v.seed for v in one.variants] == foreseen
    store.write(lambda c: c.execute(tables.paper.update().values(secret="another")))
    assert not {seed for lot in lots for seed in lot} & {*seeds(an), *seeds(binh)}


# Practice


def test_practice_never_draws_a_seed_that_an_exam_has(store, an, make, attempt, monkeypatch):
    used = [v.seed for v in sittings.sitting(store, an, attempt).variants]
    offered = iter([*used, 77])
    monkeypatch.setattr(starting.secrets, "randbelow", lambda below: next(offered))
    other = make("Binh")
    one = sittings.sitting(store, other, starting.practise(store, other, Z[0]))
    assert [v.seed for v in one.variants] == [77]


@pytest.mark.parametrize(("asked", "taken"), [("aio2024-cau-01", "aio2024-cau-01-vary"), (GD, GD), ("optim-written", "optim-written")])
def test_practice_takes_the_varying_companion_and_fresh_numbers(store, an, asked, taken):
    ones = [sittings.sitting(store, an, starting.practise(store, an, asked)) for _ in range(4)]
    assert {(v.question.id, one.row.practice, one.row.paper) for one in ones for v in one.variants} == {(taken, True, "")}
    assert len({v.seed for one in ones for v in one.variants}) == 4
    assert papers_taken(store, an) == {}


FIXED_IN_PAPERS = [id for paper in papers.shipped() for id in sorted(paper.may_ask) if not bank.get(starting.companion(id)).varies]


@pytest.mark.parametrize("asked", [*FIXED_IN_PAPERS, "optim-mcq-11", "optim-mcq-12"])
def test_practice_refuses_the_fixed_questions_of_papers_and_their_printed_twins(store, an, asked):
    with pytest.raises(NotForPractice) as refused:
        starting.practise(store, an, asked)
    assert refused.value.status == 403


def test_practice_of_nothing_is_refused(store, an):
    with pytest.raises(GradusError) as refused:
        starting.practise(store, an, "no-such-question")
    assert refused.value.status == 404


# Saving


def test_an_answer_is_kept_as_typed_and_said_back(store, an, attempt):
    saved = sittings.save(store, an, attempt, *Z, " 2,4 ")
    assert (saved.version, saved.read_as, saved.problem) == (1, "2.4", None)
    assert text(store, an, attempt, *Z) == " 2,4 "
    assert saved.saved_at == sittings.sitting(store, an, attempt).state.saved_at
    unread = sittings.save(store, an, attempt, *Z, "1.234,5")
    assert (unread.version, unread.read_as) == (2, None)
    assert unread.problem.vi != unread.problem.en


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_was_typed_is_kept_to_the_letter(store, an, attempt, typed):
    sittings.save(store, an, attempt, *Z, typed, client="x")
    forget()
    assert text(store, an, attempt, *Z) == typed
    assert [e.text for e in events(store, attempt)][1:] == [typed]
    assert broken_at(attempt, events(store, attempt)) is None
    sittings.submit(store, an, attempt)
    assert text(store, an, attempt, *Z) == typed


@pytest.mark.parametrize("length", [10_001, 1 << 20])
def test_a_text_too_long_is_refused_and_changes_nothing(store, an, attempt, length):
    sittings.save(store, an, attempt, *Z, "1" * 10_000)
    before = events(store, attempt)
    with pytest.raises(TooLong, match="10,000"):
        sittings.save(store, an, attempt, *Z, "1" * length)
    assert events(store, attempt) == before


def test_a_save_sent_again_changes_nothing_also_late(store, an, attempt):
    first = sittings.save(store, an, attempt, *Z, "1", client="a")
    assert sittings.save(store, an, attempt, *Z, "1", client="a") == first
    second = sittings.save(store, an, attempt, *Z, "2", client="b")
    other = sittings.save(store, an, attempt, Z[0], "R", "1", client="c")
    assert (second.version, other.version) == (2, 1)
    before = events(store, attempt)
    assert sittings.save(store, an, attempt, *Z, "1", client="a") == first
    assert sittings.save(store, an, attempt, *Z, "1", client="a", base=0) == first
    sittings.submit(store, an, attempt)
    assert sittings.save(store, an, attempt, *Z, "2", client="b") == second
    assert events(store, attempt)[: len(before)] == before
    assert text(store, an, attempt, *Z) == "2"


def test_the_same_save_sent_from_many_threads_is_one(store, an, attempt):
    with ThreadPoolExecutor(12) as pool:
        saved = list(pool.map(lambda _: sittings.save(store, an, attempt, *Z, "1", client="a"), range(24)))
    assert len(set(saved)) == 1
    assert len(events(store, attempt)) == 2


@pytest.mark.parametrize(("part", "typed"), [("z", "2"), ("R", "1")])
def test_a_clients_id_names_one_save(store, an, attempt, part, typed):
    sittings.save(store, an, attempt, *Z, "1", client="a")
    with pytest.raises(GradusError, match="another answer"):
        sittings.save(store, an, attempt, Z[0], part, typed, client="a")
    assert len(events(store, attempt)) == 2


def test_the_same_id_in_two_attempts_is_two_saves(store, an, make, attempt):
    other = make("Binh")
    theirs = starting.start(store, other, "aio2024-vary")[0]
    sittings.save(store, an, attempt, *Z, "1", client="a")
    sittings.save(store, other, theirs, *Z, "2", client="a")
    assert (text(store, an, attempt, *Z), text(store, other, theirs, *Z)) == ("1", "2")


@pytest.mark.parametrize("base", [0, 1, 3, 99])
def test_a_conflict_tells_both_texts_and_overwrites_nothing(store, an, attempt, base):
    sittings.save(store, an, attempt, *Z, "here")
    sittings.save(store, an, attempt, *Z, "there")
    before = events(store, attempt)
    with pytest.raises(Conflict) as refused:
        sittings.save(store, an, attempt, *Z, "mine", client="a", base=base)
    assert (refused.value.mine, refused.value.theirs, refused.value.version) == ("mine", "there", 2)
    assert events(store, attempt) == before
    assert sittings.save(store, an, attempt, *Z, "mine", client="a", base=2).version == 3


def test_the_same_text_from_two_places_is_no_conflict(store, an, attempt):
    sittings.save(store, an, attempt, *Z, "1", base=0)
    sittings.save(store, an, attempt, *Z, "1", base=0)
    assert text(store, an, attempt, *Z) == "1"


def test_saves_from_many_threads_over_one_version_let_one_through(store, an, attempt):
    def save(i):
        try:
            return sittings.save(store, an, attempt, *Z, f"{i}", base=0).version
        except Conflict:
            return 0

    with ThreadPoolExecutor(12) as pool:
        assert sorted(pool.map(save, range(12))) == [0] * 11 + [1]


@pytest.mark.parametrize(("question", "part"), [("nothing", "z"), (GD, "w1[0]"), (Z[0], "nothing"), (Z[0], "h"), (Z[0], ""), ("", "z")])
def test_an_answer_to_what_is_not_asked_is_refused(store, an, attempt, question, part):
    with pytest.raises(UnknownPart):
        sittings.save(store, an, attempt, question, part, "1")
    assert len(events(store, attempt)) == 1


# Submitting and marking


def test_after_submission_nothing_is_saved(store, an, attempt):
    sittings.save(store, an, attempt, *Z, "1")
    sittings.submit(store, an, attempt)
    before = events(store, attempt)
    for base in (None, 0, 1):
        with pytest.raises(AlreadySubmitted):
            sittings.save(store, an, attempt, *Z, "2", client=f"late-{base}", base=base)
    assert events(store, attempt) == before


def test_submitting_twice_gives_the_same_receipt_and_marks_once(store, an, attempt):
    receipt = sittings.submit(store, an, attempt)
    sittings.grades_of(store, sittings.sitting(store, an, attempt))
    before = events(store, attempt)
    assert [e.kind for e in before] == ["started", "submitted", "graded"]
    assert receipt == before[1].sha256
    assert sittings.submit(store, an, attempt) == receipt
    sittings.grades_of(store, sittings.sitting(store, an, attempt))
    assert events(store, attempt) == before


def test_submitting_from_many_threads_is_one_submission(store, an, attempt):
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: sittings.submit(store, an, attempt), range(8)))) == 1
        one = sittings.sitting(store, an, attempt)
        assert len({repr(grades) for grades in pool.map(lambda _: sittings.grades_of(store, one), range(8))}) == 1
    assert [e.kind for e in events(store, attempt)] == ["started", "submitted", "graded"]


def test_grades_are_stored_and_not_reckoned_again(store, an, attempt, monkeypatch):
    sittings.submit(store, an, attempt)
    first = sittings.grades_of(store, sittings.sitting(store, an, attempt))
    monkeypatch.setattr(sittings, "grade_all", lambda scripts: pytest.fail("marked again"))
    forget()
    assert sittings.grades_of(store, sittings.sitting(store, an, attempt)) == first


def test_a_marking_that_was_interrupted_is_done_when_it_is_asked_for(store, an, attempt, monkeypatch):
    def interrupted(scripts):
        raise KeyError("the power failed")

    with monkeypatch.context() as patch:
        patch.setattr(sittings, "grade_all", interrupted)
        sittings.submit(store, an, attempt)
        with pytest.raises(KeyError):
            sittings.grades_of(store, sittings.sitting(store, an, attempt))
    assert [e.kind for e in events(store, attempt)] == ["started", "submitted"]
    with pytest.raises(AlreadySubmitted):
        sittings.save(store, an, attempt, *Z, "1")
    assert len(sittings.grades_of(store, sittings.sitting(store, an, attempt))) == 6
    assert [e.kind for e in events(store, attempt)] == ["started", "submitted", "graded"]


def test_an_open_attempt_has_no_grades(store, an, attempt):
    with pytest.raises(NotSubmitted):
        sittings.grades_of(store, sittings.sitting(store, an, attempt))


def test_a_paper_is_taken_once_for_who_handed_it_in_has_read_its_key(store, an, make, attempt):
    sittings.submit(store, an, attempt)
    for _ in range(2):
        with pytest.raises(AlreadySubmitted):
            starting.start(store, an, "aio2024-vary")
    assert papers_taken(store, an)["aio2024-vary"] == (attempt, "submitted")
    assert starting.start(store, an, "aio2024")[1], "another paper may be started"
    assert starting.start(store, make("Binh"), "aio2024-vary")[1], "and somebody else may start this one"


@pytest.mark.parametrize("paper", ["aio2024", "aio2024-vary", "optimisers"])
@pytest.mark.parametrize("kind", ["right", "slipping", "blank", "nonsense"])
def test_the_marks_are_those_of_grading_the_same_answers(store, an, paper, kind):
    id = starting.start(store, an, paper)[0]
    one = sittings.sitting(store, an, id)
    expected = []
    for variant in one.variants:
        answers = references(variant) if kind in ("right", "slipping") else {}
        if kind == "slipping":
            first = next(iter(answers))
            answers[first] = "b" if answers[first] == "a" else "a" if variant.options else "9.75"
        elif kind == "nonsense":
            answers = {part.name: "what?" for part in variant.question.parts}
        for name, typed in answers.items():
            sittings.save(store, an, id, variant.question.id, name, typed)
        expected.append(grade(variant, answers))
    sittings.submit(store, an, id)
    forget()
    found = sittings.grades_of(store, sittings.sitting(store, an, id))
    assert found == expected
    if kind == "right":
        assert sum(g.marks for g in found) == sum(g.max_marks for g in found)
    if kind in ("blank", "nonsense"):
        assert {part.verdict for g in found for part in g.parts} == {"blank" if kind == "blank" else "unreadable"}


def test_the_solution_is_told_in_the_students_own_numbers_from_the_slip_on(store, an):
    id = starting.practise(store, an, GD)
    variant = sittings.sitting(store, an, id).variants[0]
    answers = references(variant)
    slip = float(answers["w1[0]"]) + 0.5
    sittings.save(store, an, id, GD, "g1[0]", answers["g1[0]"])
    sittings.save(store, an, id, GD, "g1[1]", answers["g1[1]"])
    sittings.save(store, an, id, GD, "w1[0]", str(slip))
    sittings.submit(store, an, id)
    one = sittings.sitting(store, an, id)
    steps = {step.name: step for step in review.worked(one.script(one.variants[0]), sittings.grades_of(store, one)[0])}
    assert list(steps) == list(variant.sheet.steps)
    assert steps["g1"].own is None
    a, true = variant.givens["a"][0], variant.sheet.steps["g2"].value
    assert steps["w1"].own is not None
    assert steps["g2"].value == pytest.approx(true.tolist())
    assert steps["g2"].own.value == pytest.approx([2 * a * slip, true[1]])
    assert f"{slip:.6g}"[:5] in steps["g2"].own.filled.replace(" ", "")


def test_a_perfect_student_reads_the_key_alone(store, an):
    id = starting.practise(store, an, GD)
    for name, typed in references(sittings.sitting(store, an, id).variants[0]).items():
        sittings.save(store, an, id, GD, name, typed)
    sittings.submit(store, an, id)
    one = sittings.sitting(store, an, id)
    worked = review.worked(one.script(one.variants[0]), sittings.grades_of(store, one)[0])
    assert [step.own for step in worked] == [None] * len(worked)


# One's own


@pytest.mark.parametrize("role", people.ROLES)
def test_somebody_elses_attempt_is_as_unknown_as_none(store, make, attempt, role):
    other = make("Binh", role)
    told = []
    for id in (attempt, attempt + "x"):
        for act in (
            lambda id: sittings.sitting(store, other, id),
            lambda id: sittings.save(store, other, id, *Z, "1"),
            lambda id: sittings.submit(store, other, id),
        ):
            with pytest.raises(UnknownAttempt) as refused:
                act(id)
            told.append(refused.value.detail.replace(id, ""))
    assert len(set(told)) == 1
    assert len(events(store, attempt)) == 1


@on_sqlite
def test_an_attempt_that_a_restore_took_away_is_unknown(store, an, tmp_path):
    migrate.backup(store, tmp_path / "copy.db")
    id = starting.start(store, an, "aio2024-vary")[0]
    sittings.save(store, an, id, *Z, "1")
    migrate.restore(store, tmp_path / "copy.db")
    for act in (
        lambda: sittings.sitting(store, an, id),
        lambda: sittings.save(store, an, id, *Z, "2"),
        lambda: sittings.submit(store, an, id),
    ):
        with pytest.raises(UnknownAttempt):
            act()


def test_every_step_of_a_sitting_keeps_the_chain_whole(store, an, attempt):
    for i in range(5):
        sittings.save(store, an, attempt, *Z, f"{i}", client=f"{i}")
    sittings.submit(store, an, attempt)
    happened = events(store, attempt)
    assert broken_at(attempt, happened) is None
    assert [dataclasses.replace(e, sha256="", at=0.0).number for e in happened] == list(range(7))
    store.write(lambda c: c.exec_driver_sql("UPDATE event SET text = '5' WHERE number = 3"))
    assert broken_at(attempt, events(store, attempt)) == 3


def test_saving_runs_no_solver(store, an, attempt, monkeypatch):
    sittings.save(store, an, attempt, *Z, "1")
    monkeypatch.setattr(Solver, "run", lambda *_: pytest.fail("solved while saving"))
    sittings.save(store, an, attempt, *Z, "2")
