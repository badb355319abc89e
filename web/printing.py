"""The pages that print a paper: for whom, then sheets with empty boxes, with answers or solutions, and the table of keys."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData

from exam import issuing, printing, room
from exam.papers import Paper
from exam.printing import BadPrinting, Run, UnknownCopy
from exam.review import shown_value
from exam.store.people import Person
from questions.errors import GradusError
from web import printed
from web.errors import sentence_in
from web.language import LANGUAGES
from web.pages import Form, go, text_of
from web.signin import store_of
from web.teaching import InCharge, tongue
from web.templates import page

router = APIRouter(prefix="/teach/papers/{id}/print", include_in_schema=False)
TURN = Lock()  # copies are drawn and set one request at a time, so that printing never takes more than its share from who sits a paper


@dataclass(frozen=True)
class Batch:
    """Which copies are on a page, of how many, and where the others start."""

    first: int
    last: int
    count: int
    starts: list[tuple[int, int]]


@router.get("", response_class=HTMLResponse)
def choose(request: Request, id: str, person: InCharge, code: str = "") -> Response:
    """What to print; a `code` leads to its copy with the answers."""
    if not code.strip():
        return show_choices(request, person, id)
    try:
        copy = printing.find(store_of(request), person, id, code[:80])
    except UnknownCopy as problem:
        return show_choices(request, person, id, problem, code=code[:80])
    return go(f"/teach/papers/{id}/print/{copy.run}?copy={copy.number}&show=answers&language={tongue(request)}")


def show_choices(
    request: Request, person: Person, id: str, problem: GradusError | None = None, form: FormData | None = None, code: str = ""
) -> Response:
    """The choices, and the runs there are; where something cannot be printed, why, and what was typed."""
    store = store_of(request)
    paper = room.paper_of(store, person, id, "manage")
    found = printing.groups(store, person, id)
    whom = "class" if paper.classes and any(members for _, members in found) else "numbered"
    typed = dict(form) if form else {"whom": whom, "count": "", "language": tongue(request), "show": "blank"}
    said = sentence_in(tongue(request), problem) if problem else ""
    more = {"typed": typed, "code": code, "problem": said, "most": min(printing.MOST_COPIES, printing.MOST_QUESTIONS // paper.count)}
    status = problem.status if problem else 200
    head = issuing.standing(store, paper)
    return page(request, "print.html", status, head=head, paper=paper, groups=found, runs=printing.runs(store, person, id), **more)


@router.post("")
def make(request: Request, id: str, form: Form, person: InCharge) -> Response:
    """Makes the copies, and shows them."""
    store, whom = store_of(request), text_of(form, "whom")
    try:
        with TURN:
            if whom == "student":
                made = printing.for_student(store, person, id, whole(text_of(form, "person")))
            elif whom == "class":
                made = printing.for_class(store, person, id, text_of(form, "class"))
            else:
                made = printing.numbered(store, person, id, whole(text_of(form, "count")))
    except BadPrinting as problem:
        return show_choices(request, person, id, problem, form)
    language = text_of(form, "language") if text_of(form, "language") in LANGUAGES else tongue(request)
    return go(f"/teach/papers/{id}/print/{made.code}?show={known(text_of(form, 'show'))}&language={language}")


def whole(text: str) -> int:
    """A whole number of a form; 0, which every check refuses, for anything else."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def known(show: str) -> str:
    return show if show in printed.SHOWS else "blank"


@router.get("/{run}", response_class=HTMLResponse)
def sheets(
    request: Request, id: str, run: str, person: InCharge, show: str = "", language: str = "", first: str = "", copy: str = ""
) -> Response:
    """The sheets of a run, so many as a browser prints well at once, or the `copy` asked for alone; or their keys."""
    store = store_of(request)
    paper, one, show = room.paper_of(store, person, id, "manage"), printing.run(store, person, id, run), known(show)
    language = language if language in LANGUAGES else tongue(request)
    these = batch_of(one, show, whole(first), whole(copy))
    with TURN:
        return show_sheets(request, paper, one, show, language, these)


def show_sheets(request: Request, paper: Paper, one: Run, show: str, language: str, these: Batch) -> Response:
    """The page of these copies."""
    copies = printing.copies(store_of(request), one, these.first, these.last)
    about = {"paper": paper, "run": one, "show": show, "these": these, "unlike": [copy for copy in copies if not copy.faithful]}
    if show == "key":
        return page(request, "printed-key.html", 200, language, **about, tables=printed.key_tables(one, copies), rows_of=printed.rows_of,
                    labels_of=printed.labels_of)  # fmt: skip
    found = [printed.sheet(copy, show, language) for copy in copies]
    return page(request, "printed.html", 200, language, **about, sheets=found, value_of=shown_value)


def batch_of(one: Run, show: str, first: int, copy: int) -> Batch:
    """The copies of a page: those from `first` on, or one `copy` alone."""
    if 1 <= copy <= one.count:
        return Batch(copy, copy, one.count, [])
    many = printed.batch(show, max(len(order) for order in one.orders))
    first = first if 1 <= first <= one.count else 1
    starts = [(at, min(at + many - 1, one.count)) for at in range(1, one.count + 1, many)]
    return Batch(first, min(first + many - 1, one.count), one.count, starts if len(starts) > 1 else [])
