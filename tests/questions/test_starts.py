"""What a new question starts from is sound, and what is written out is read back as the same question."""

import pytest

from exam.audit import audit
from questions import bank, starts
from questions.model import Question, Words
from questions.variant import draw

TITLE = Words(vi='Thử "nháy"', en="Try: a # title")


@pytest.mark.parametrize("name", starts.TEMPLATES)
def test_a_template_may_be_published_as_it_is(name):
    (question,) = bank.parse(starts.template(name, "mine", TITLE, "Cô Hà: #1"))
    assert (question.id, question.title, question.source) == ("mine", TITLE, "Cô Hà: #1")
    assert audit(question, independently=False).problems == []
    for other in range(5):  # another id draws other numbers
        assert audit(question.model_copy(update={"id": f"mine-{other}"}), independently=False).problems == []


@pytest.mark.parametrize("id", bank.bank())
def test_every_question_of_the_bank_is_written_out_and_read_back_the_same(id):
    known = bank.get(id)
    (read,) = bank.parse(starts.as_yaml(starts.document_of(known)))
    assert read.model_dump(exclude={"version", "row"}) == known.model_dump(exclude={"version", "row"})


@pytest.mark.parametrize("solver", starts.examples())
def test_a_question_starts_from_any_step_of_a_solver(solver):
    """Whether it is fair to ask is another question, which the editor answers."""
    steps = draw(starts.example(solver), 0).sheet.steps
    shapes = {name: tuple(getattr(step.value, "shape", ())) for name, step in steps.items()}
    (document,), _ = bank.read_yaml(starts.of_solver(solver, "mine", TITLE, "me", shapes), "question")
    question = Question.model_validate(document)
    assert {part.step for part in question.parts} == set(steps)


def test_a_copy_keeps_every_other_letter():
    text = "# why\nid: old   # the id\ntitle: {vi: a, en: b}\n"
    assert starts.copied(text, "new") == "# why\nid: new\ntitle: {vi: a, en: b}\n"


def test_what_is_no_start_is_refused_with_those_there_are():
    with pytest.raises(starts.UnknownStart, match="there are formulas, choice"):
        starts.template("poem", "x", TITLE, "me")
    with pytest.raises(starts.UnknownStart, match=r"there are .*adam"):
        starts.example("nothing")


@pytest.mark.parametrize(
    ("title", "id"), [("The ReLU, again!", "the-relu-again"), ("Đạo hàm", "dao-ham"), ("???", "question"), ("a" * 99, "a" * 60)]
)
def test_an_id_is_made_from_the_words_of_a_title(title, id):
    assert starts.id_from(title) == id
