"""Putting a paper together: its sections as they stand while somebody works on them, what is wrong at once, and what it comes to."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from exam.papers import BadPaper, Item, Pool, Section, first_of, full_marks
from questions.model import Question, Words

Known = Mapping[str, Question]
Place = tuple[int, ...]  # of a section, of an entry in it, of a question of a pool
SECTIONS = TypeAdapter(list[Section])
MOST_MARKS = 1000


@dataclass
class Entry:
    """What a section asks, as it is typed: a question, or a pool, which chooses of `members` or of a `topic`."""

    id: str = ""
    marks: str = ""
    pool: bool = False
    choose: str = ""
    topic: str = ""
    members: list[str] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        """The questions that it may ask."""
        if not self.pool:
            return [self.id]
        return Pool(choose=1, topic=self.topic).members if self.topic else self.members

    @property
    def number(self) -> int:
        """How many questions each student is asked of it; 0 where that cannot be read."""
        return 1 if not self.pool else int(self.choose) if self.choose.strip().isdecimal() and len(self.choose.strip()) < 5 else 0


@dataclass
class Block:
    """A section as it is typed."""

    vi: str = ""
    en: str = ""
    entries: list[Entry] = field(default_factory=list)


@dataclass
class Board:
    """The sections of a paper while they are worked on: they need not hold together yet."""

    blocks: list[Block] = field(default_factory=list)

    @property
    def entries(self) -> Iterator[tuple[Place, Entry]]:
        """What is asked, with its place."""
        return (((s, i), entry) for s, block in enumerate(self.blocks) for i, entry in enumerate(block.entries))

    def places_of(self, id: str) -> list[Place]:
        """Where a question could be asked."""
        return [place for place, entry in self.entries if id in entry.ids]


def board_of(sections: list[Section]) -> Board:
    """The sections of a paper, to be worked on."""
    titles = [(section.title.vi, section.title.en) if section.title else ("", "") for section in sections]
    return Board([Block(vi, en, list(map(entry_of, one.questions))) for (vi, en), one in zip(titles, sections, strict=True)])


def entry_of(item: Item) -> Entry:
    marks = "" if isinstance(item, str) or item.marks is None else f"{item.marks:g}"
    if isinstance(item, Pool):
        return Entry("", marks, True, str(item.choose), item.topic or "", list(item.questions))
    return Entry(item if isinstance(item, str) else item.question, marks)


def document_of(board: Board) -> list[dict[str, Any]]:
    """The sections as a paper's document states them; a number that cannot be read stands as it was typed."""
    found = []
    for block in board.blocks:
        title = {"title": {"vi": block.vi.strip(), "en": block.en.strip()}} if block.vi.strip() or block.en.strip() else {}
        found.append(title | {"questions": [item_of(entry) for entry in block.entries]})
    return found


def item_of(entry: Entry) -> str | dict[str, Any]:
    marks = {"marks": number_in(entry.marks)} if entry.marks.strip() else {}
    if not entry.pool:
        return {"question": entry.id, **marks} if marks else entry.id
    whence = {"topic": entry.topic} if entry.topic else {"questions": entry.members}
    return {"choose": entry.number or entry.choose, **whence, **marks}


def number_in(text: str) -> float | int | str:
    """A number with a point or a comma; what is none, as it was typed."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return text
    return int(value) if math.isfinite(value) and value.is_integer() else value


def as_text(board: Board) -> str:
    """The sections as YAML."""
    out = StringIO()
    YAML(typ="safe", pure=True).dump(document_of(board), out)
    return out.getvalue()


def read_text(text: str) -> Board:
    """The sections that were written as YAML.  Raises BadPaper."""
    try:
        return board_of(sections_of({"sections": YAML(typ="safe", pure=True).load(text) or []}))
    except MarkedYAMLError as problem:
        mark = problem.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise BadPaper(f"sections: {where}{problem.problem or problem.context}; correct the YAML", "/sections") from None
    except (YAMLError, ValueError) as problem:
        raise BadPaper(f"sections: {str(problem).splitlines()[0]}; correct the YAML", "/sections") from None


def sections_of(document: dict[str, Any]) -> list[Section]:
    """The sections that a document states, each for itself in order; a plain list of questions is one.  Raises BadPaper."""
    stated = document.get("sections", [{"questions": document.get("questions", [])}])
    try:
        return SECTIONS.validate_python(stated)
    except ValidationError as problem:
        raise first_of(problem, "sections") from None


# Changing it


def moved(board: Board, place: Place, by: int) -> tuple[Board, Place]:
    """The entry, or the section, one place up (-1) or down (1); an entry at the edge of its section goes on into the next."""
    board = deepcopy(board)
    s, *rest = place
    if not rest:
        to = min(max(s + by, 0), len(board.blocks) - 1)
        board.blocks.insert(to, board.blocks.pop(s))
        return board, (to,)
    i = rest[0]
    entry = board.blocks[s].entries.pop(i)
    to_s, to_i = s, i + by
    if to_i < 0 and s > 0:
        to_s, to_i = s - 1, len(board.blocks[s - 1].entries)
    elif to_i > len(board.blocks[s].entries) and s + 1 < len(board.blocks):
        to_s, to_i = s + 1, 0
    to_i = min(max(to_i, 0), len(board.blocks[to_s].entries))
    board.blocks[to_s].entries.insert(to_i, entry)
    return board, (to_s, to_i)


def without(board: Board, place: Place) -> Board:
    """The board without a section, an entry, or a question of a pool."""
    board = deepcopy(board)
    s, *rest = place
    if not rest:
        del board.blocks[s]
    elif len(rest) == 1:
        del board.blocks[s].entries[rest[0]]
    else:
        del board.blocks[s].entries[rest[0]].members[rest[1]]
    return board


def added(board: Board, entry: Entry, into: Place = ()) -> tuple[Board, Place]:
    """The board with one more entry: at the end of that section, a question also into that pool, else at the end of the last section."""
    board = deepcopy(board)
    if not board.blocks:
        board.blocks.append(Block())
    s = into[0] if into and into[0] < len(board.blocks) else len(board.blocks) - 1
    entries = board.blocks[s].entries
    pool = entries[into[1]] if len(into) > 1 and into[1] < len(entries) else None
    if pool is not None and pool.pool and not pool.topic and not entry.pool:
        pool.members.append(entry.id)
        return board, (s, into[1], len(pool.members) - 1)
    entries.append(entry)
    return board, (s, len(entries) - 1)


def exists(board: Board, place: Place) -> bool:
    """Whether there is such a place."""
    there: list[Any] = board.blocks
    for at in place:
        if not 0 <= at < len(there):
            return False
        one = there[at]
        there = one.entries if isinstance(one, Block) else one.members if isinstance(one, Entry) else []
    return bool(place)


# Looking at it


def asks(entry: Entry, known: Known) -> list[str]:
    """The questions that an entry draws from once the paper is saved: of a topic also those that teachers published."""
    own = [id for id, question in known.items() if entry.topic in question.topics and id not in entry.ids] if entry.topic else []
    return [*entry.ids, *own]


@dataclass(frozen=True)
class Flaw:
    """What is wrong at a place; `where` is () for the whole.  What `stops` keeps it from being saved, the rest from being published."""

    where: Place
    said: Words
    stops: bool = True


def flaws(board: Board, known: Known) -> list[Flaw]:
    """All that is wrong, from the top."""
    found = [flaw for s, block in enumerate(board.blocks) for flaw in flaws_of_block(block, s)]
    found += [flaw for place, entry in board.entries for flaw in flaws_of_entry(board, entry, place, known)]
    if not any(board.entries):
        found.append(Flaw((), Words(vi="Đề chưa có câu nào.", en="The paper asks nothing yet."), stops=False))
    return sorted(found, key=lambda flaw: flaw.where)


def flaws_of_block(block: Block, s: int) -> Iterator[Flaw]:
    """What is wrong with a section itself."""
    if not block.entries:
        vi = "Phần này còn trống; hãy thêm câu hỏi hoặc bỏ phần đi."
        yield Flaw((s,), Words(vi=vi, en="This section is empty; add a question, or take it away."), stops=False)
    if bool(block.vi.strip()) != bool(block.en.strip()):
        vi = "Phần có tên bằng một thứ tiếng; hãy viết cả hai, hoặc bỏ trống cả hai."
        yield Flaw((s,), Words(vi=vi, en="The section has a title in one language only; write both, or leave both empty."))


def flaws_of_entry(board: Board, entry: Entry, place: Place, known: Known) -> Iterator[Flaw]:
    """What is wrong with a question, or a pool, beside all others."""
    for id in entry.ids:
        if id not in known:
            yield Flaw(place, Words(vi=f"Không có câu hỏi nào mã “{id}”; hãy bỏ ra.", en=f"There is no question “{id}”; take it out."))
        elif not entry.topic and (len(board.places_of(id)) > 1 or entry.ids.count(id) > 1):
            vi = f"“{id}” có thể bị hỏi hai lần; hãy bỏ ra ở một chỗ."
            yield Flaw(place, Words(vi=vi, en=f"“{id}” could be asked twice; take it out of one place."))
    value = number_in(entry.marks) if entry.marks.strip() else 1
    if isinstance(value, str) or not 0 < value <= MOST_MARKS:
        vi = f"Điểm “{entry.marks.strip()}” không dùng được; hãy ghi một số lớn hơn 0, nhiều nhất {MOST_MARKS}, hoặc để trống."
        en = f"“{entry.marks.strip()}” is no number of marks; write one above 0, at most {MOST_MARKS}, or leave it empty."
        yield Flaw(place, Words(vi=vi, en=en))
    if entry.pool:
        yield from flaws_of_pool(entry, place, known)


def flaws_of_pool(entry: Entry, place: Place, known: Known) -> Iterator[Flaw]:
    """What keeps a pool from giving every student as many questions and marks."""
    size, wanted = len(asks(entry, known)), entry.number
    if wanted < 1:
        vi = f"“{entry.choose.strip()}” không phải số câu; hãy ghi một số nguyên từ 1."
        yield Flaw(place, Words(vi=vi, en=f"“{entry.choose.strip()}” is no number of questions; write a whole number from 1."))
    elif size < wanted or (size == wanted and not entry.topic):
        few = f"{size} question" if size == 1 else f"{size} questions"
        en = f"It has {few} and chooses {wanted}; list more than {wanted}, or choose fewer."
        vi = f"Nhóm có {size} câu mà chọn {wanted}; hãy thêm cho nhiều hơn {wanted} câu, hoặc chọn ít hơn."
        yield Flaw(place, Words(vi=vi, en=en))
    marks = sorted({full_marks(known[id]) for id in asks(entry, known) if id in known})
    if len(marks) > 1 and not entry.marks.strip():
        en = f"Its questions carry {marks[0]:g} to {marks[-1]:g} marks; say what each counts, so that every paper counts the same."
        vi = f"Các câu trong nhóm có từ {marks[0]:g} đến {marks[-1]:g} điểm; hãy ghi mỗi câu tính mấy điểm để đề của ai cũng bằng nhau."
        yield Flaw(place, Words(vi=vi, en=en))


@dataclass(frozen=True)
class Summary:
    """What a paper comes to: how many questions each student gets, their marks, and how many of each topic one may expect."""

    questions: int
    marks: float
    topics: dict[str, float]


def summary(board: Board, known: Known, topic_of: Callable[[Question], str]) -> Summary:
    """What it comes to as it stands; what cannot be read counts nothing.  A pool's topics count by its share of them."""
    count, marks, topics = 0, 0.0, dict[str, float]()
    for _, entry in board.entries:
        there = [known[id] for id in asks(entry, known) if id in known]
        count += entry.number
        value = number_in(entry.marks) if entry.marks.strip() else max(map(full_marks, there), default=0)
        marks += entry.number * value if not isinstance(value, str) and math.isfinite(value) else 0
        for question in there:
            topics[topic_of(question)] = topics.get(topic_of(question), 0) + entry.number / len(there)
    return Summary(count, marks, dict(sorted(topics.items(), key=lambda item: -item[1])))


def checked(sections: list[Section], known: Known, topic_of: Callable[[Question], str]) -> tuple[Summary, list[Flaw]]:
    """What stated sections come to, and what is wrong with them."""
    board = board_of(sections)
    return summary(board, known, topic_of), flaws(board, known)


def own_marks(entry: Entry, known: Known) -> float | None:
    """The marks that one question of an entry counts where none are stated; None where that cannot be said."""
    own = {full_marks(known[id]) for id in asks(entry, known) if id in known}
    return own.pop() if len(own) == 1 else None
