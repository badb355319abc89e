"""What the editor shows of a question: problems with their places, the question as students meet it, what they would get, many variants."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace

from markupsafe import Markup

from exam import authoring
from exam.audit import Audit, audit
from exam.authoring import Checked, Outcome, Spread
from exam.grade import grade_all
from exam.script import read_script
from exam.sittings import echo
from questions import documents, pictures
from questions.bank import BadQuestion
from questions.documents import PrintedStep
from questions.errors import GradusError
from questions.model import Question, Words
from questions.variant import Variant, draw
from web.marked import verdict_words
from web.pictures import draw as drawn
from web.problems import in_vietnamese
from web.templates import environment
from web.views import PartView, QuestionView, Table, in_language, table_of

TRIED = 10_000  # letters of an answer that is tried
TYPICAL = {
    "perfect": Words(vi="làm đúng hết", en="makes no mistake"),
    "rounds_as_they_go": Words(vi="làm tròn từng bước", en="rounds as they go"),
    "blank": Words(vi="bỏ trống", en="leaves all blank"),
}


@dataclass(frozen=True)
class Problem:
    """What is wrong, and where in the text: lines and columns from 1, None where it is of the whole."""

    line: int | None
    column: int | None
    field: str
    said: str


@dataclass(frozen=True)
class Told:
    """How an answer that the author tried is marked."""

    symbol: str
    verdict: str
    verdict_words: str
    feedback: Words
    first_wrong: bool = False


@dataclass(frozen=True)
class Column:
    """A part at the head of a column: its name, and its symbol in TeX."""

    name: str
    symbol: str


@dataclass(frozen=True)
class Student:
    """A simulated student: what they do, the share of the marks, and the verdict of each part with the mistake's name."""

    does: Words
    share: float
    verdicts: list[tuple[str, str]]


@dataclass(frozen=True)
class Looked:
    """A variant looked at: both faces, the answers, the worked steps and the simulated students.

    `untouched` are the known mistakes that change nothing that is asked.
    """

    seed: int
    faces: list[tuple[str, Markup]]
    answers: list[tuple[str, str]]
    steps: list[PrintedStep]
    columns: list[Column]
    students: list[Student]
    untouched: list[Words]


def problems_of(found: Checked, language: str) -> list[Problem]:
    """All that keeps a source from being used, in the order of its lines."""
    return sorted((problem_of(one, language) for one in found.problems), key=lambda one: (one.line or 0, one.column or 0))


def problem_of(problem: GradusError, language: str) -> Problem:
    said = problem.told if isinstance(problem, BadQuestion) else problem.detail
    words = in_vietnamese(said) if language == "vi" else said
    return (
        Problem(problem.line, problem.column, problem.field, words) if isinstance(problem, BadQuestion) else Problem(None, None, "", words)
    )


def look(question: Question, seed: int, tried: Mapping[str, str]) -> Looked:
    """One variant of a question, with the answers that the author tries, by language and part.  Raises BadSeed, NoFairDraw."""
    variant = draw(question, seed)
    seen = authoring.seen(variant)
    faces = [(language, face(variant, language, tried)) for language in ("vi", "en")]
    parts = documents.variant_document(variant).parts
    symbols = {part.name: part.symbol or part.name for part in parts}
    answers = [(part.symbol or part.name, seen.answers[part.name]) for part in parts if part.name in seen.answers]
    steps: list[PrintedStep] = [*seen.solution.steps] if seen.solution else []
    asked = list(seen.outcomes[0].verdicts) if seen.outcomes else []
    columns = [Column(name, symbols.get(name, name)) for name in asked]
    idle = [one for one in seen.outcomes if one.label and set(one.verdicts.values()) == {"correct"}]
    students = [student(question, one) for one in seen.outcomes if one not in idle]
    return Looked(seed, faces, answers, steps, columns, students, [one.label for one in idle if one.label])


def student(question: Question, outcome: Outcome) -> Student:
    known = question.computation.mistakes
    verdicts = [("mistake", verdict) if verdict in known else (verdict, "") for verdict in outcome.verdicts.values()]
    return Student(outcome.label or TYPICAL[outcome.student], outcome.share, verdicts)


def face(variant: Variant, language: str, tried: Mapping[str, str], number: int | None = None) -> Markup:
    """A variant as students meet it in a language, as the question of a number; below it how the answers that were tried are marked."""
    own = language if number is None else f"{language}-{number}"
    typed = {part.name: tried.get(f"{own}-{part.name}", "")[:TRIED] for part in variant.question.parts}
    script = read_script(variant, typed)
    parts = []
    for document in documents.variant_document(variant).parts:
        read_as, problem = echo(script.readings[document.name])
        parts.append(
            PartView(
                document.name, document.symbol, document.kind, document.shape, document.marks, document.places, document.figures,
                document.choices, typed[document.name], 0, read_as, in_language(problem, language) or None, None, "",
                document.label, document.rubric, False, None,
            )
        )  # fmt: skip
    table = table_of(variant.question, parts, language)
    found = pictures.picture_of(variant)
    marks = sum(part.marks for part in parts)
    question = QuestionView(
        variant.question.id, variant.question.title, variant.prompt, marks, marks,
        in_address(drawn(found, language)) if found else None, in_language(found.alt, language) if found else "",
        apart(table, own), [named_apart(part, own) for part in parts],
    )  # fmt: skip
    told = marked(variant, typed, language) if any(text.strip() for text in typed.values()) else []
    return Markup(environment(language).get_template("_face.html").render(question=question, number=number or 1, told=told, level="h2"))


def named_apart(part: PartView, own: str) -> PartView:
    """A part under a name of its own: both languages, or many questions, stand on one page."""
    return replace(part, name=f"{own}-{part.name}")


def apart(table: Table | None, own: str) -> Table | None:
    if table is None:
        return None
    rows = [replace(row, cells=[[named_apart(part, own) for part in cell] for cell in row.cells]) for row in table.rows]
    return replace(table, rows=rows)


def in_address(svg: str) -> str:
    """A picture that is kept nowhere, as its own address."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def marked(variant: Variant, typed: dict[str, str], language: str) -> list[Told]:
    (grade,) = grade_all([read_script(variant, typed)])
    symbols = {part.name: part.symbol or part.name for part in documents.variant_document(variant).parts}
    return [
        Told(symbols[part.name], part.verdict, verdict_words(variant.question, part, language), part.feedback) for part in grade.parts
    ]  # fmt: skip


@dataclass(frozen=True)
class Dot:
    """A number on the line of a variant, from 0 to 100."""

    at: float
    right: bool


@dataclass(frozen=True)
class Line:
    """A variant among many: its answers by part, the numbers that compete on one line, and what looks alike."""

    seed: int
    answers: list[str]
    dots: list[Dot]
    alike: list[str]


@dataclass(frozen=True)
class Many:
    """Variants at a glance: the columns, the rows, and how the draws went."""

    columns: list[Column]
    lines: list[Line]
    kept: int
    tries: int
    thrown_back: list[tuple[str, int]]


COLUMNS = 6


def many(question: Question, language: str, count: int = 20) -> Many:
    """Many variants at a glance.  Raises NoFairDraw."""
    found: Spread = authoring.spread(question, count)
    parts = documents.variant_document(found.rows[0].variant).parts
    named = [part for part in parts if part.name in found.rows[0].answers][:COLUMNS]
    known = question.computation.mistakes if question.computed else {}

    def name_of(mistake: str) -> str:
        return in_language(documents.mistake_name(question, mistake), language) if mistake in known else mistake

    lines = [
        Line(
            seed,
            [row.answers.get(part.name, "") for part in named],
            dots([(name, value) for name, value in row.rivals]),
            [name_of(one) for one in row.alike],
        )
        for seed, row in enumerate(found.rows)
    ]
    said = in_vietnamese if language == "vi" else str
    thrown_back = [(said(why), times) for why, times in found.thrown_back.items()]
    return Many([Column(part.name, part.symbol) for part in named], lines, len(found.rows), found.tries, thrown_back)


def dots(rivals: list[tuple[str, float]]) -> list[Dot]:
    """Numbers on a line from 4 to 96, the right one last, so that it lies on top."""
    if not rivals:
        return []
    values = [value for _, value in rivals]
    low, high = min(values), max(values)
    wide = (high - low) or 1.0
    placed = [Dot(round(4 + 92 * (value - low) / wide, 1) if high > low else 50.0, name == "") for name, value in rivals]
    return sorted(placed, key=lambda dot: dot.right)


def audited(question: Question, language: str) -> tuple[Audit, list[str]]:
    """What the simulated students say of a question, and what keeps it from being published."""
    found = audit(question, independently=False)
    return found, [in_vietnamese(one) if language == "vi" else one for one in found.problems]
