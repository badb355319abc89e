"""The builder of a paper: its sections as cards beside the bank, changed by buttons that work without scripts, or as text."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import FormData

from exam import library, room
from exam.composing import (
    Block,
    Board,
    Entry,
    Flaw,
    Known,
    Place,
    added,
    as_text,
    board_of,
    document_of,
    exists,
    flaws,
    moved,
    own_marks,
    read_text,
    summary,
    without,
)
from exam.papers import BadPaper, Paper
from exam.store.people import Person
from questions.bank import bank
from questions.model import Question, Words
from web import practice
from web.issuing import show, told
from web.pages import go, text_of
from web.signin import store_of
from web.teaching import InCharge
from web.templates import page

router = APIRouter(prefix="/teach/papers", include_in_schema=False)
FOUND = 30  # questions of the bank that are listed at once
KINDS = ("num", "mc", "essay")
BOARD = TypeAdapter(Board)


async def many_fields(request: Request) -> FormData:
    """The fields of a form that holds a whole paper."""
    return await request.form(max_fields=20_000, max_files=0)


Whole = Annotated[FormData, Depends(many_fields)]


@dataclass
class Bench:
    """What lies on the table: the board, its text as typed and as it was shown, the step before, and what was just done."""

    board: Board
    text: str = ""
    shown: str = ""  # the text as it was last shown: where the typed one differs, it was changed by hand
    before: str = ""  # the board one step ago, as JSON, to go back to
    into: str = ""
    asked: dict[str, str] = field(default_factory=lambda: {"find": "", "kind": "", "topic": ""})
    news: Words | None = None
    focus: str = ""
    text_problem: str = ""
    both: bool = False  # cards and text were both changed by hand
    changed: bool = False


@dataclass(frozen=True)
class Card:
    """An entry as the page shows it: which numbers its questions have, what they are, and what is wrong with it."""

    place: str
    entry: Entry
    numbers: str
    question: Question | None
    members: list[tuple[str, str, Question | None]]
    own: float | None
    flaws: list[Flaw]
    first: bool
    last: bool


@router.get("/{id}", response_class=HTMLResponse)
def compose(request: Request, id: str, person: InCharge) -> Response:
    """The questions of a paper, as they are saved."""
    paper = room.paper_of(store_of(request), person, id, "manage")
    return show_bench(request, person, paper, fresh(board_of(paper.sections)), known_to(request, paper))


def fresh(board: Board) -> Bench:
    """A board on the table, untouched."""
    text = as_text(board)
    return Bench(board, text, text)


def known_to(request: Request, paper: Paper) -> dict[str, Question]:
    """Every question by its id, with those that the paper has kept."""
    return library.known(store_of(request), paper.may_ask)


@router.post("/{id}", response_class=HTMLResponse)
def change(request: Request, id: str, form: Whole, person: InCharge) -> Response:
    """Does to the paper on the table what a button says; only saving keeps it."""
    paper = room.paper_of(store_of(request), person, id, "manage")
    known = known_to(request, paper)
    bench = taken_up(request, form)
    verb, _, what = text_of(form, "do").partition(":")
    if not bench.both and not bench.text_problem and verb not in ("", "look", "save", "text"):
        step_back = BOARD.dump_json(bench.board).decode()
        do(bench, verb, what, form, known)
        if verb != "undo":
            bench.before = step_back
    if verb == "save" and not bench.both and not bench.text_problem:
        return save(request, person, paper, form, bench, known)
    return lay_out(request, person, paper, form, bench, known)


def lay_out(request: Request, person: Person, paper: Paper, form: FormData, bench: Bench, known: Known) -> HTMLResponse:
    """The table after a step: the text follows the cards, unless it has to be corrected first."""
    if not bench.text_problem and not bench.both:
        bench.text = bench.shown = as_text(bench.board)
    bench.changed = True
    return show_bench(request, person, paper, bench, known, seen=text_of(form, "seen"), fragment=bool(text_of(form, "piece")))


def taken_up(request: Request, form: FormData) -> Bench:
    """The table as a form holds it: the cards, or the text where that was changed by hand."""

    def newlines(name: str) -> str:
        return text_of(form, name).replace("\r\n", "\n").strip("\n") + "\n"

    asked = {"find": text_of(form, "find")[:200], "kind": text_of(form, "kind"), "topic": text_of(form, "topic")}
    bench = Bench(board_in(form), newlines("text"), newlines("shown"), text_of(form, "before"), text_of(form, "into"), asked)
    if "text" not in form or bench.text == bench.shown:
        return bench
    choice = text_of(form, "do")
    if choice == "cards":
        bench.text = bench.shown
        return bench
    by_hand = as_text(bench.board) != bench.shown
    if by_hand and choice != "text":
        bench.both = True
        return bench
    try:
        bench.board = read_text(bench.text)
        bench.shown = bench.text
    except BadPaper as problem:
        bench.text_problem = told(request, problem)
    return bench


def board_in(form: FormData) -> Board:
    """The cards of a form, in the order of its fields, which is theirs on the page."""
    board = Board()
    for name, value in form.multi_items():
        if not isinstance(value, str):
            continue
        if name == "section":
            board.blocks.append(Block())
        elif not board.blocks:
            continue
        block = board.blocks[-1]
        if name in ("section_vi", "section_en"):
            setattr(block, name.removeprefix("section_"), value)
        elif name == "ask":
            block.entries.append(Entry(value))
        elif name == "pool":
            block.entries.append(Entry(pool=True, topic=value))
        elif block.entries and name in ("marks", "choose"):
            setattr(block.entries[-1], name, value)
        elif block.entries and name == "member":
            block.entries[-1].members.append(value)
    return board


def place_in(text: str, board: Board) -> Place:
    """A place like 0.2, or () where the board has none such."""
    steps = text.split(".")
    if not all(step.isascii() and step.isdigit() and len(step) < 5 for step in steps):
        return ()
    place = tuple(map(int, steps))
    return place if exists(board, place) else ()


def named(place: Place) -> str:
    return ".".join(map(str, place))


def title_of(id: str, known: Known) -> Words:
    return known[id].title if id in known else Words(vi=id or "nhóm câu hỏi", en=id or "the pool")


def do(bench: Bench, verb: str, what: str, form: FormData, known: Known) -> None:
    """One step: up, down, remove, add, section, pool, topic or undo; what does not fit the board does nothing."""
    board, place = bench.board, place_in(what, bench.board)
    if verb in ("up", "down") and place:
        bench.board, to = moved(board, place, -1 if verb == "up" else 1)
        bench.focus = f"{verb}-{named(to)}"
        vi, en = (f" của phần {to[0] + 1}", f" of section {to[0] + 1}") if len(to) > 1 else ("", "")
        bench.news = Words(vi=f"Đã chuyển đến vị trí {to[-1] + 1}{vi}.", en=f"Moved to place {to[-1] + 1}{en}.")
    elif verb == "remove" and place:
        bench.news = taken_out(board, place, known)
        bench.board, bench.focus = without(board, place), "undo"
    elif verb == "add" and what in known:
        bench.board, to = added(board, Entry(what), place_in(bench.into, board))
        title = title_of(what, known)
        bench.focus, bench.news = f"found-{what}", Words(vi=f"Đã thêm: {title.vi}", en=f"Added: {title.en}")
    elif verb == "section":
        board.blocks.append(Block())
        bench.into = str(len(board.blocks) - 1)
        bench.focus = f"title-{bench.into}"
        bench.news = Words(vi=f"Đã thêm phần {len(board.blocks)}.", en=f"Section {len(board.blocks)} added.")
    elif verb in ("pool", "topic"):
        topic = text_of(form, "pool_topic") if verb == "topic" else ""
        bench.board, to = added(board, Entry(pool=True, choose="1", topic=topic), place_in(bench.into, board)[:1])
        bench.into = named(to) if verb == "pool" else bench.into
        bench.focus = f"choose-{named(to)}"
        bench.news = Words(vi="Đã thêm nhóm câu để rút.", en="Pool added.")
    elif verb == "undo" and bench.before:
        bench.board, bench.before, bench.focus = read_back(bench.before, board), "", "words"
        bench.news = Words(vi="Đã hoàn tác một bước.", en="One step taken back.")


def read_back(kept: str, otherwise: Board) -> Board:
    """The board of the step before, as the page kept it."""
    try:
        return BOARD.validate_json(kept)
    except ValidationError:
        return otherwise


def taken_out(board: Board, place: Place, known: Known) -> Words:
    """What is said of something that is taken out."""
    if len(place) == 1:
        return Words(vi=f"Đã bỏ phần {place[0] + 1}.", en=f"Section {place[0] + 1} taken out.")
    entry = board.blocks[place[0]].entries[place[1]]
    title = title_of(entry.members[place[2]] if len(place) > 2 else entry.id, known)
    return Words(vi=f"Đã bỏ: {title.vi}", en=f"Taken out: {title.en}")


# Saving


def digest(paper: Paper) -> str:
    """What the questions of a paper were when somebody took them up."""
    return hashlib.sha256(repr(paper.sections).encode()).hexdigest()[:16]


def save(request: Request, person: Person, paper: Paper, form: FormData, bench: Bench, known: Known) -> Response:
    """Keeps the paper, unless somebody else did so meanwhile or it does not hold together; then all stands as it was typed."""
    wrong = [flaw for flaw in flaws(bench.board, known) if flaw.stops or paper.published]
    if text_of(form, "seen") != digest(paper):
        en = "Somebody else saved this paper meanwhile. Yours stands below, not saved; saving again puts it in the place of theirs."
        vi = "Trong lúc đó có người khác đã lưu đề này. Bản của bạn vẫn ở dưới, chưa lưu; bấm Lưu lần nữa thì bản của bạn thay bản của họ."
        return refused(request, person, paper, bench, known, Words(vi=vi, en=en), 409)
    if not wrong:
        try:
            room.change_paper(store_of(request), person, paper.model_dump(mode="json") | {"sections": document_of(bench.board)})
            return go(f"/teach/papers/{paper.id}?saved=yes")
        except BadPaper as problem:
            said = told(request, problem)
            return refused(request, person, paper, bench, known, Words(vi=said, en=said), 422)
    en = "Not saved yet: what is marked below has to be put right first."
    return refused(request, person, paper, bench, known, Words(vi="Chưa lưu được: hãy sửa những chỗ được đánh dấu ở dưới.", en=en), 422)


def refused(request: Request, person: Person, paper: Paper, bench: Bench, known: Known, said: Words, code: int) -> HTMLResponse:
    bench.text = bench.shown = as_text(bench.board)
    bench.changed = True
    return show_bench(request, person, paper, bench, known, refusal=said, code=code)


# Showing it


def show_bench(
    request: Request, person: Person, paper: Paper, bench: Bench, known: Known,
    *, seen: str = "", refusal: Words | None = None, code: int = 200, fragment: bool = False,
) -> HTMLResponse:  # fmt: skip
    """The page of the builder, or for its script only what changes."""
    wrong = flaws(bench.board, known)
    context: dict[str, Any] = {
        "bench": bench,
        "blocks": laid_out(bench.board, known, wrong),
        "sum": summary(bench.board, known, practice.topic_of),
        "whole": [flaw for flaw in wrong if not flaw.where],
        "wrong": wrong,
        "name_of": practice.name_of,
        "topic_of": practice.topic_of,
        "seen": seen or digest(paper),
        "refusal": refusal,
        "saved": "saved" in request.query_params and not bench.changed,
        "writes": person.role in ("teacher", "administrator"),
        **found_in(bench, known),
    }
    if fragment:
        return page(request, "_board.html", code, paper=paper, **context)
    reply = show(request, "teach-paper.html", paper, None, **context)
    reply.status_code = code
    return reply


def laid_out(board: Board, known: Known, wrong: list[Flaw]) -> list[tuple[Block, list[Flaw], list[Card]]]:
    """The sections with their cards."""
    found, number = [], 1
    for s, block in enumerate(board.blocks):
        cards = []
        for i, entry in enumerate(block.entries):
            place, last = (s, i), number + entry.number - 1
            numbers = "–" if not entry.number else str(number) if last == number else f"{number}–{last}"
            members = [(named((s, i, m)), id, known.get(id)) for m, id in enumerate(entry.members)]
            here = [flaw for flaw in wrong if flaw.where == place]
            edges = (place == (0, 0), s == len(board.blocks) - 1 and i == len(block.entries) - 1)
            cards.append(Card(named(place), entry, numbers, known.get(entry.id), members, own_marks(entry, known), here, *edges))
            number = last + 1
        found.append((block, [flaw for flaw in wrong if flaw.where == (s,)], cards))
    return found


def found_in(bench: Bench, known: Mapping[str, Question]) -> dict[str, Any]:
    """The questions of the bank that are looked for, the topics there are, and where one may be put."""
    asked = bench.asked
    everything = list(known.values())
    kind = asked["kind"] if asked["kind"] in KINDS else ""
    groups = [group for group in practice.groups(everything, asked["find"], kind) if asked["topic"] in ("", group.topic)]
    found = [question for group in groups for question in group.questions]
    drawn: dict[str, int] = {}
    for question in bank().values():
        for topic in question.topics:
            drawn[topic] = drawn.get(topic, 0) + 1
    pools = [(named(place), place[0]) for place, entry in bench.board.entries if entry.pool and not entry.topic]
    topics = [(group.topic, group.name) for group in practice.groups(everything)]
    there = {id for _, entry in bench.board.entries for id in entry.ids}
    more = {"pool_topics": sorted(drawn.items(), key=lambda one: -one[1]), "pools": pools, "topics": topics, "there": there}
    return {"found": found[:FOUND], "found_count": len(found), **more}
