"""Copies on paper: drawn again from their code, each student's own, of the version that was printed, and only for who has charge."""

import numpy as np
import pytest

from exam import library, papers, printing, record, room, sittings, starting, trail
from exam.grade import grade
from exam.keys import key_of
from exam.printing import BadPrinting, UnknownCopy
from exam.rights import NotAllowed
from exam.store import acts
from exam.store import questions as question_rows
from exam.store.tables import attempt
from questions.bank import bank
from questions.tolerance import unit
from questions.variant import draw
from tests.databases import on_both
from tests.exam.school import clear, somebody

GD, CHOICE = "optim-gd-vary", "optim-mcq-01"
WORDS = {"vi": "Đề", "en": "Paper"}


@pytest.fixture
def made(school):
    def paper(id="quiz", sections=None, **stated):
        named = {"id": id, "title": WORDS, "description": WORDS, "classes": [school.id]}
        room.change_paper(school.store, school.teacher, named | {"sections": sections or [{"questions": [GD, CHOICE]}]} | stated)
        return id

    return paper


def told(copy):
    return [(v.question.id, v.question.version, v.plain_givens(), sum(p.marks for p in v.question.parts)) for v in copy.variants]


@on_both
def test_a_copy_is_drawn_again_from_its_code_and_nothing_else_is_kept(school, made):
    id = made()
    run = printing.numbered(school.store, school.teacher, id, 3)
    copies = printing.copies(school.store, run, 1, 3)
    assert len({str(told(copy)) for copy in copies}) == 3, "each has its own numbers"
    for copy in copies:
        for typed in (copy.code, copy.code.lower().replace("-", " "), f" {run.code}{copy.number} "):
            again = printing.find(school.store, school.teacher, id, typed)
            assert told(again) == told(copy)
            assert again.faithful
    assert school.store.read(lambda c: c.execute(attempt.select()).all()) == [], "no attempt is made"
    assert school.kinds().count("printed") == 1
    (act,) = school.store.read(lambda c: acts.acts_of(c, paper=id, kind="printed"))
    (told_act,) = school.store.read(lambda c: trail.told(c, [act]))
    assert run.code in told_act.sentence.vi
    assert "3" in told_act.sentence.en


@on_both
def test_a_class_gets_a_copy_each_and_who_has_begun_the_numbers_of_their_screen(school, made):
    id = made()
    binh = somebody(school.store, "Bình")
    school.put(binh)
    one = starting.start(school.store, binh, id)[0]
    run = printing.for_class(school.store, school.teacher, id, school.id)
    copies = {copy.name: copy for copy in printing.copies(school.store, run, 1, 99)}
    assert copies.keys() == {"An", "Bình"}, "students alone, and all of them"
    assert copies["Bình"].attempt == one
    assert copies["An"].attempt is None
    seen = sittings.take(school.store, binh, one).variants
    assert [v.plain_givens() for v in copies["Bình"].variants] == [v.plain_givens() for v in seen]
    (single,) = printing.copies(school.store, printing.for_student(school.store, school.teacher, id, school.an.id), 1, 1)
    assert single.name == "An"
    record.delete_person(school.store, "Bình", sure=True)
    (gone,) = [copy for copy in printing.copies(school.store, run, 1, 2) if copy.attempt]
    assert (gone.name, gone.variants, gone.faithful) == ("", [], False), "who is deleted is deleted here too"


@on_both
def test_a_copy_stays_as_it_was_printed_when_the_paper_changes(school, made):
    pool = {"choose": 2, "questions": ["optim-mcq-01", "optim-mcq-02", "optim-mcq-03"]}
    id = made(sections=[{"questions": [{"question": GD, "marks": 5}, pool]}], shuffled=True)
    run = printing.numbered(school.store, school.teacher, id, 12)
    before = [told(copy) for copy in printing.copies(school.store, run, 1, 12)]
    assert len({tuple(one[0] for one in copy) for copy in before}) > 2, "pools and order differ from copy to copy"
    assert all(marks == 5 for copy in before for question, _, _, marks in copy if question == GD)
    made(sections=[{"questions": ["optim-adam-vary"]}])
    run = printing.run(school.store, school.teacher, id, run.code.lower())
    assert [told(copy) for copy in printing.copies(school.store, run, 1, 12)] == before


@on_both
def test_a_copy_of_a_published_question_stays_in_its_version(school, made):
    source = bank()[GD].model_copy(update={"id": "mine", "version": 1})
    later = source.model_copy(update={"version": 2})

    def publish(question):
        document = question.model_dump_json(by_alias=True)
        row = question_rows.VersionRow(question.version, document, "x", school.teacher.id, 1.0)
        school.store.write(lambda c: question_rows.add_version(c, question.id, row))

    publish(source)
    id = made(sections=[{"questions": ["mine"]}])
    run = printing.numbered(school.store, school.teacher, id, 2)
    before = [told(copy) for copy in printing.copies(school.store, run, 1, 2)]
    publish(later)
    assert library.question_of(school.store, "mine").version == 2
    assert [told(copy) for copy in printing.copies(school.store, run, 1, 2)] == before


@on_both
def test_where_all_have_the_same_numbers_paper_and_screen_agree(school, made):
    id = made(one_variant=True)
    one = starting.start(school.store, school.an, id)[0]
    run = printing.numbered(school.store, school.teacher, id, 3)
    copies = printing.copies(school.store, run, 1, 3)
    screen = [v.plain_givens() for v in sittings.take(school.store, school.an, one).variants]
    assert all([v.plain_givens() for v in copy.variants] == screen for copy in copies)


@on_both
def test_a_copy_that_would_be_drawn_otherwise_today_says_so(school, made, monkeypatch):
    run = printing.numbered(school.store, school.teacher, made(), 1)
    monkeypatch.setattr(printing, "draw", lambda question, seed: draw(question, seed ^ 1))
    assert not printing.copies(school.store, run, 1, 1)[0].faithful


@on_both
def test_nobody_else_prints_or_finds_a_copy(school, made):
    id = made()
    run = printing.numbered(school.store, school.teacher, id, 1)
    for who, problem in ((school.an, papers.UnknownPaper), (school.stranger, papers.UnknownPaper), (school.other, papers.UnknownPaper),
                         (school.assistant, NotAllowed)):  # fmt: skip
        for attempted in (
            lambda who: printing.numbered(school.store, who, id, 1),
            lambda who: printing.groups(school.store, who, id),
            lambda who: printing.runs(school.store, who, id),
            lambda who: printing.find(school.store, who, id, f"{run.code}-1"),
            lambda who: printing.find(school.store, who, id, "?"),
        ):
            with pytest.raises(problem):
                attempted(who)
    assert printing.find(school.store, school.admin, id, f"{run.code}-1").code == f"{run.code}-01"


@on_both
def test_what_cannot_be_printed_or_found_is_told(school, made):
    id, store, teacher = made(), school.store, school.teacher
    run = printing.numbered(store, teacher, id, 2)
    bad = [lambda n=n: printing.numbered(store, teacher, id, n) for n in (0, -1, printing.MOST_COPIES + 1)]
    bad.append(lambda: printing.for_class(store, teacher, id, "elsewhere"))
    bad.append(lambda: printing.for_student(store, teacher, id, school.stranger.id))
    for attempted in bad:
        with pytest.raises(BadPrinting) as told:
            attempted()
        assert clear(told.value)
    for code in ("", "KTMP", "BCDF-1", f"{run.code}-3", f"{run.code}-0", "x" * 80):
        with pytest.raises(UnknownCopy) as told:
            printing.find(store, teacher, id, code)
        assert clear(told.value)
    assert school.kinds().count("printed") == 1
    other = made("other")
    with pytest.raises(UnknownCopy):
        printing.find(store, teacher, other, f"{run.code}-1")


def test_a_large_paper_has_fewer_copies_in_a_run():
    many = [id for id, question in bank().items() if question.kind == "mc"][:60]
    paper = papers.parse({"id": "large", "title": WORDS, "description": WORDS, "questions": many})
    most = printing.MOST_QUESTIONS // len(many)
    printing.bounded(most, paper)
    with pytest.raises(BadPrinting, match=str(most)):
        printing.bounded(most + 1, paper)


@pytest.mark.parametrize("id", sorted(bank()))
def test_whoever_writes_the_key_down_is_right(id):
    variant = draw(bank()[id], 3 if bank()[id].varies else 0)
    key = {entry.part: entry for entry in key_of(variant)}
    answers = {part: value_of(entry) for part, entry in key.items() if entry.kind != "text"}
    told = {one.name: one.verdict for one in grade(variant, answers).parts}
    assert set(told.values()) <= {"correct", "pending", "blank"}
    assert all(key[part].kind == "text" for part, verdict in told.items() if verdict != "correct")
    for part in variant.question.parts:
        entry = key[part.name]
        if entry.tolerance:
            halves = np.array([float(half) for half in entry.tolerance.split(", ")])
            away = np.array([float(x) for x in entry.value.split(", ")]) - np.ravel(variant.reference(part))
            assert np.all(np.abs(away) <= halves * (1 + 1e-6))
            assert np.allclose(unit(np.ravel(variant.reference(part)), part), 2 * halves, rtol=1e-9, atol=0)


def value_of(entry):
    """A value of the key as it is typed."""
    entries = entry.value.split(", ")
    if entry.kind == "matrix":
        wide = entry.shape[1]
        return "[" + ", ".join(f"[{', '.join(entries[at : at + wide])}]" for at in range(0, len(entries), wide)) + "]"
    return f"[{entry.value}]" if entry.kind in ("vector", "shape") else entry.value
