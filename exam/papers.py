"""Papers: which questions are taken together, by whom, when and for how long, and what is shown when; and the shipped ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from pathlib import Path
from random import Random
from typing import Annotated, Any, Literal, get_args

from pydantic import AwareDatetime, Discriminator, Field, StringConstraints, Tag, ValidationError, ValidationInfo, model_validator
from ruamel.yaml import YAML

from exam.clock import Times
from exam.store import Connection, Store, acts
from exam.store import attempts as rows
from questions.bank import bank, get
from questions.draws import Model
from questions.errors import GradusError, pointer, quoted
from questions.model import Misfit, Question, Words

Find = Callable[..., Question]  # of an id, and where one is held, of a version
SENT = {"sent": True}
SHIPPED = Path(__file__).with_name("papers.yaml")


class UnknownPaper(GradusError):
    code = "unknown_paper"
    status = 404


class BadPaper(GradusError):
    """A paper's document does not hold together; `where` points to the field."""

    code = "bad_paper"


class BankChanged(GradusError):
    """A question differs from what the store keeps under the same version."""

    code = "bank_changed"
    status = 409


When = Literal["while_taking", "on_submission", "after_release", "never"]


class Shows(Model):
    """What a student is shown of the marking, and when; each of these from then on."""

    marks: When = "on_submission"
    verdicts: When = "on_submission"
    feedback: When = "on_submission"
    answers: When = "on_submission"
    solution: When = "on_submission"

    @model_validator(mode="after")
    def tells_no_more_than_it_may(self) -> Shows:
        for name in ("answers", "solution"):
            if getattr(self, name) == "while_taking":
                raise ValueError(f"'{name}' cannot be shown while_taking: it is the key; choose on_submission, after_release or never")
        for sooner, later, why in TELLING:
            if ORDER[getattr(self, later)] < ORDER[getattr(self, sooner)]:
                raise ValueError(f"{why}; show '{sooner}' no later than '{later}'")
        return self


TELLING = (
    ("marks", "verdicts", "verdicts tell the marks"),
    ("verdicts", "feedback", "feedback tells the verdict"),
    ("answers", "solution", "the solution tells the answers"),
    ("verdicts", "answers", "answers tell what was right"),
)
ORDER = {when: at for at, when in enumerate(get_args(When))}


class Asked(Model):
    """A question of a paper; `marks` is what it counts there, its own marks where none are stated."""

    question: str
    marks: float | None = Field(default=None, gt=0, le=1000)


class Pool(Model):
    """Some of several questions, drawn for each student: those listed, or those of a topic.

    `own` are the questions of the topic that teachers published, each with the version that is drawn: as they were when the paper
    was saved, which states them, whatever was sent.
    """

    choose: int = Field(ge=1, le=200)
    questions: list[str] = Field(default_factory=list, max_length=1000)
    topic: str | None = None
    marks: float | None = Field(default=None, gt=0, le=1000)
    own: dict[str, int] = Field(default_factory=dict, max_length=1000)

    @model_validator(mode="before")
    @classmethod
    def states_its_own_anew(cls, stated: Any, info: ValidationInfo) -> Any:
        return {name: value for name, value in stated.items() if name != "own"} if isinstance(stated, dict) and info.context else stated

    @model_validator(mode="after")
    def has_enough(self) -> Pool:
        if bool(self.questions) == (self.topic is not None):
            raise ValueError("a pool lists its 'questions' or names a 'topic'; state one of them")
        if self.questions and self.choose >= len(self.questions):
            raise ValueError(f"a pool of {len(self.questions)} cannot choose {self.choose}; list more, or ask them all without a pool")
        return self

    @property
    def members(self) -> list[str]:
        """The ids of the questions it draws from; a topic's are those that come with Gradus, and its own."""
        return self.questions or [*(question.id for question in bank().values() if self.topic in question.topics), *self.own]


def kind_of(item: Any) -> str:
    """Which of the three an item of a section is: the id of a question, a question with marks, a pool."""
    if isinstance(item, Pool) or (isinstance(item, dict) and "choose" in item):
        return "pool"
    return "marked" if isinstance(item, dict | Asked) else "id"


TAGS = ("id", "marked", "pool")
Item = Annotated[Annotated[str, Tag("id")] | Annotated[Asked, Tag("marked")] | Annotated[Pool, Tag("pool")], Discriminator(kind_of)]


class Section(Model):
    """Questions under a heading."""

    title: Words | None = None
    questions: list[Item] = Field(max_length=200)


# The same paper under three names: what each leaves unsaid.
PRESETS: dict[str, dict[str, Any]] = {
    "practice": {"attempts": None, "shows": {"marks": "while_taking", "verdicts": "while_taking", "feedback": "while_taking"}},
    "quiz": {"attempts": 1},
    "exam": {"attempts": 1, "shows": dict.fromkeys(("marks", "verdicts", "feedback", "answers", "solution"), "after_release")},
}


class Paper(Model):
    """Questions taken together, each once: which, by whom, when, for how long, and what is shown of them when.

    `opens` and `closes` with their offset from UTC; `minutes` from delivery; `attempts` None for any number; `classes` empty for
    everybody; `preset` says what is not stated.  One that is not `published` is being made: no student sees it, and it may be empty.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
    title: Words
    description: Words
    preset: Literal["practice", "quiz", "exam"] = "quiz"
    published: bool = True
    sections: list[Section] = Field(max_length=50)
    as_printed: bool = False
    one_variant: bool = False
    shuffled: bool = False
    classes: list[str] = Field(default_factory=list, max_length=100)
    opens: AwareDatetime | None = None
    closes: AwareDatetime | None = None
    minutes: float | None = Field(default=None, gt=0, le=60 * 24 * 60)
    attempts: int | None = Field(default=1, ge=1, le=1000)
    password: str = Field(default="", max_length=80)
    forward_only: bool = False
    shows: Shows = Shows()

    @model_validator(mode="before")
    @classmethod
    def unsaid(cls, stated: Any) -> Any:
        """A plain list of questions is one section; what is not stated is the preset's."""
        if not isinstance(stated, dict):
            return stated
        stated = dict(stated)
        if "questions" in stated and "sections" not in stated:
            stated["sections"] = [{"questions": stated.pop("questions")}]
        preset = PRESETS.get(str(stated.get("preset", "quiz")), {})
        shows = stated.get("shows", {})
        if isinstance(shows, dict):
            stated["shows"] = preset.get("shows", {}) | shows
        return {"attempts": preset.get("attempts", 1)} | stated

    @model_validator(mode="after")
    def holds_together(self) -> Paper:
        for name, moment in (("opens", self.opens), ("closes", self.closes)):
            if moment and not 1970 < moment.year < 3000:  # in any zone it can then be shown
                raise ValueError(f"'{name}' lies after 1970 and before 3000; correct the year")
        if self.opens and self.closes and self.closes <= self.opens:
            raise ValueError("it closes before it opens; put 'closes' after 'opens'")
        certain = [item if isinstance(item, str) else item.question for item in self.items if not isinstance(item, Pool)]
        pools = [item for item in self.items if isinstance(item, Pool)]
        for id in certain + [id for pool in pools for id in pool.members]:
            if certain.count(id) + sum(id in pool.members for pool in pools) > 1:
                raise ValueError(f"'{id}' could be asked twice; a paper asks a question once, so take it out of one place")
        return self

    @property
    def items(self) -> list[Item]:
        """What is asked, in order, without the sections."""
        return [item for section in self.sections for item in section.questions]

    @property
    def may_ask(self) -> set[str]:
        """The ids of all questions that somebody may be asked."""
        return {id for item in self.items for id in ids_of(item)}

    @property
    def held(self) -> dict[str, int]:
        """The versions of those questions that are not asked as they are now."""
        return {id: version for item in self.items if isinstance(item, Pool) for id, version in item.own.items()}

    @property
    def count(self) -> int:
        """How many questions a student is asked."""
        return sum(item.choose if isinstance(item, Pool) else 1 for item in self.items)

    @property
    def marks(self) -> float:
        """What can be earned: the same for every student."""
        return sum(marks_of(item) * (item.choose if isinstance(item, Pool) else 1) for item in self.items)

    @property
    def times(self) -> Times:
        """The times that hold for everybody."""
        opens, closes = (moment.timestamp() if moment else None for moment in (self.opens, self.closes))
        return Times(opens, closes, self.minutes, self.attempts)


def ids_of(item: Item) -> list[str]:
    if isinstance(item, Pool):
        return item.members
    return [item if isinstance(item, str) else item.question]


def marks_of(item: Item) -> float:
    """What one question of this item counts."""
    stated = None if isinstance(item, str) else item.marks
    return full_marks(get(ids_of(item)[0])) if stated is None else stated


def full_marks(question: Question) -> float:
    """The marks of a question's parts together."""
    return sum(part.marks for part in question.parts)


def check_item(item: Item, find: Find, *path: str | int) -> Item:
    """The item, of which each student can earn the same.  Raises Misfit.

    With questions that teachers write it states its marks, which stay so where a later version has others.
    """
    try:
        marks = sorted({full_marks(find(id)) for id in ids_of(item)})
    except GradusError as problem:
        raise Misfit(problem.detail, *path) from None
    if isinstance(item, Pool):
        if item.choose > len(item.members):
            raise Misfit(f"the topic {quoted(item.topic or '')} has {len(item.members)} questions; choose fewer, or another topic", *path)
        if len(marks) > 1 and item.marks is None:
            raise Misfit(
                f"its questions carry {marks[0]:g} to {marks[-1]:g} marks; state 'marks', so that every paper counts the same", *path
            )
    if all(id in bank() for id in ids_of(item)) or not (isinstance(item, str) or item.marks is None):
        return item
    return Asked(question=item, marks=marks[0]) if isinstance(item, str) else item.model_copy(update={"marks": marks[0]})


def chosen(paper: Paper, rng: Random, find: Find = get) -> list[tuple[Question, float]]:
    """The questions of one student with the factor on their marks, drawn from the pools, in the paper's order or a shuffled one."""
    found = []
    for section in paper.sections:
        asked: list[tuple[Question, float]] = []
        for item in section.questions:
            ids = ids_of(item)
            drawn = sorted(rng.sample(range(len(ids)), item.choose)) if isinstance(item, Pool) else [0]
            held = item.own if isinstance(item, Pool) else {}
            questions = (find(ids[i], held[ids[i]]) if ids[i] in held else find(ids[i]) for i in drawn)
            asked += [(question, marks_of(item) / full_marks(question)) for question in questions]
        if paper.shuffled:
            rng.shuffle(asked)
        found += asked
    return found


@lru_cache(maxsize=4096)
def weighted(question: Question, weight: float) -> Question:
    """A question whose marks count this many times."""
    if weight == 1:
        return question
    asked = [part.model_copy(update={"marks": part.marks * weight}) for part in question.asked]
    copied = question.model_copy(update={"asked": asked})
    copied.__dict__.pop("parts", None)  # computed from the marks of before
    return copied


@cache
def shipped() -> list[Paper]:
    """The papers that come with Gradus."""
    return [parse(document) for document in YAML(typ="safe", pure=True).load(SHIPPED.read_text(encoding="utf-8"))]


EMPTY = "what is published asks at least 1 question; add one, or take the section away"


def parse(document: Any, find: Find = get, published: Iterable[Question] = ()) -> Paper:
    """A paper from its document; `find` gives the question of an id, `published` are those of teachers now.  Raises BadPaper."""
    try:
        paper = Paper.model_validate(document, context=SENT)
        if paper.published and not paper.sections:
            raise Misfit(EMPTY, "sections")
        free = {question.id: question for question in published if question.id not in paper.may_ask}
        for at, section in enumerate(paper.sections):
            if paper.published and not section.questions:
                raise Misfit(EMPTY, "sections", at, "questions")
            for i, item in enumerate(section.questions):
                if isinstance(item, Pool) and item.topic is not None:
                    own = {id: question.version for id, question in free.items() if item.topic in question.topics}
                    free = {id: question for id, question in free.items() if id not in own}  # a paper asks a question once
                    item = item.model_copy(update={"own": own})
                section.questions[i] = check_item(item, find, "sections", at, "questions", i)
    except ValidationError as problem:
        raise first_of(problem) from None
    except Misfit as problem:
        raise BadPaper(f"{'.'.join(map(str, problem.path))}: {problem}", pointer(*problem.path)) from None
    return paper


def first_of(problem: ValidationError, *under: str | int) -> BadPaper:
    """pydantic's first complaint of a document, or of what stands `under` a place in it."""
    first = problem.errors()[0]
    path = [*under, *first["loc"]]
    path = [step for at, step in enumerate(path) if step not in TAGS or at != 4]
    message = str(first["msg"]).removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        message = f"{quoted(str(path[-1]))} is not a field of a paper; remove it or correct its name"
    elif first["type"] == "missing":
        message = "this field is missing; add it"
    return BadPaper(f"{'.'.join(map(str, path)) or 'paper'}: {message}", pointer(*path))


def load(store: Store) -> None:
    """Puts the shipped questions and papers into the store; a paper that somebody changed stays so.  Raises BankChanged.

    Better words reach everybody; what is asked, drawn or marked otherwise needs a new version where an attempt keeps the old one.
    """
    documents = [(question, question.model_dump_json(by_alias=True)) for question in bank().values()]

    def job(connection: Connection) -> str | None:
        for question, document in documents:
            kept = rows.put_question(connection, question.id, question.version, document)
            if kept != document:
                if not marks_alike(kept, question) and is_held(connection, question):
                    return question.id
                rows.rewrite_question(connection, question.id, question.version, document)
        for paper in shipped():
            if not acts.changed(connection, paper.id):
                rows.put_paper(connection, paper.id, paper.model_dump_json())
        return None

    changed = store.write(job)
    if changed:
        raise BankChanged(f"{changed} was changed without a new version; raise its 'version' in the bank, so that attempts keep theirs")


def is_held(connection: Connection, question: Question) -> bool:
    """Whether an attempt or a printed copy has this version of a question."""
    return rows.is_kept(connection, question.id, question.version) or (question.id, question.version) in acts.printed(connection)


WORDING = {"title", "prompt", "task", "source", "row", "topics", "correction", "explanation", "tests"}


def marks_alike(kept: str, question: Question) -> bool:
    """Whether a question as it is kept asks, draws and marks as this one does, however it is worded."""
    try:
        before = Question.model_validate_json(kept)
    except ValidationError:
        return False
    return before.model_dump(exclude=WORDING) == question.model_dump(exclude=WORDING)


parsed = lru_cache(maxsize=1024)(Paper.model_validate_json)


def papers(store: Store) -> list[Paper]:
    """Every paper, in order."""
    return [parsed(document) for document in store.read(rows.papers)]


def paper(store: Store, id: str) -> Paper:
    """One paper.  Raises UnknownPaper."""
    return store.read(lambda c: paper_at(c, id))


def paper_at(connection: Connection, id: str) -> Paper:
    """One paper, in a transaction.  Raises UnknownPaper."""
    document = rows.paper_document(connection, id)
    if document is None:
        raise UnknownPaper(f"{quoted(id)} is not a paper; GET /api/v1/papers lists them", "/paper")
    return parsed(document)
