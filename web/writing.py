"""The pages of who writes questions: the list, a new one, the editor beside what students see, and versions; they work without scripts."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData

from exam import authoring, classes, drafts, library, papers, room, withdrawing
from exam.drafts import DraftChanged, NotFair
from exam.store import Store
from exam.store.people import Person
from exam.store.questions import DraftRow, VersionRow
from questions import bank, documents, starts
from questions.errors import GradusError
from questions.help import author_help
from questions.model import Words
from questions.variant import SEEDS, draw
from web import practice, preview
from web.pages import Form, Someone, go, text_of
from web.problems import in_vietnamese
from web.signin import store_of
from web.teaching import tongue
from web.templates import SECURITY, page

router = APIRouter(prefix="/teach", include_in_schema=False)
HERE = "/teach/questions"
PICTURES = SECURITY["Content-Security-Policy"].replace("img-src 'self'", "img-src 'self' data:")  # they are drawn of what is not saved
AROUND = 3  # lines around a difference


async def writer(person: Someone) -> Person:
    """Somebody who may write questions.  Raises NotAllowed."""
    drafts.allowed(person)
    return person


Writer = Annotated[Person, Depends(writer)]


def with_pictures(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = PICTURES
    return response


def told(request: Request, problem: GradusError) -> str:
    return preview.problem_of(problem, tongue(request)).said


# The list


@dataclass(frozen=True)
class Listed:
    """A draft in the list: whose it is, and what it is called as far as that can be read."""

    row: DraftRow
    title: Words
    mine: bool
    by: str
    published: bool


@router.get("/questions", response_class=HTMLResponse)
def list_questions(request: Request, person: Writer, find: str = "", kind: str = "", topic: str = "") -> Response:
    """The drafts, and every question that was published, one topic at a time or those that are found."""
    store = store_of(request)
    asked = {"find": find[:200], "kind": kind if kind in ("num", "mc", "essay") else "", "topic": topic}
    words = practice.folded(asked["find"]).split()
    known = {question.id for question in library.published(store)}
    rows = drafts.found(store, person)
    names = drafts.authors(store, rows)
    listed = [Listed(row, title_in(row.source) or Words(vi=row.id, en=row.id), row.by == person.id, names.get(row.by, ""), row.id in known)
              for row in rows]  # fmt: skip
    shown = [one for one in listed if all(word in practice.folded(f"{one.row.id} {one.title.vi} {one.title.en}") for word in words)]
    groups = practice.groups(library.questions(store), **asked)
    return page(
        request, "questions.html", drafts=sorted(shown, key=lambda one: not one.mine), groups=groups, asked=asked,
        own=known, withdrawn=library.withdrawn(store),
    )  # fmt: skip


@lru_cache(maxsize=1024)
def title_in(source: str) -> Words | None:
    """The title that a source states, None where it cannot be read that far."""
    with suppress(GradusError):
        (document, *_), _ = bank.read_yaml(source, "question")
        title = document.get("title")
        if isinstance(title, dict) and all(isinstance(title.get(language), str) for language in ("vi", "en")):
            return Words(vi=title["vi"] or "?", en=title["en"] or "?")
    return None


# A new question


@router.get("/new-question", response_class=HTMLResponse)
def new_question(request: Request, person: Writer, of: str = "") -> Response:
    return show_new(request, {"of": of}, {})


@router.get("/new-question/{solver}", response_class=HTMLResponse)
def new_of_solver(request: Request, solver: str, person: Writer) -> Response:
    return show_steps(request, solver, {})


def show_new(request: Request, typed: dict[str, str], problems: dict[str, str]) -> Response:
    """The ways to start, with what was typed."""
    solvers = [
        (name, question.title, documents.solver_document(question.computation).summary) for name, question in starts.examples().items()
    ]
    copied = library.question_of(store_of(request), typed["of"]) if typed.get("of") else None
    code = 422 if problems else 200
    return page(
        request, "new-question.html", code, templates=starts.TEMPLATES, solvers=solvers, copied=copied, typed=typed, problems=problems
    )


def show_steps(request: Request, name: str, typed: dict[str, Any], problem: str = "") -> Response:
    """The steps of a solver in one variant, to tick what is asked."""
    question = starts.example(name)
    worked = documents.solution(question.computation, draw(question, 0).sheet)
    asked = {part.step for part in question.parts if part.ask is not None}
    return page(
        request, "new-of-solver.html", 422 if problem else 200, name=name, question=question, steps=worked.steps, asked=asked,
        typed=typed, problem=problem, summary=documents.solver_document(question.computation).summary,
    )  # fmt: skip


@router.post("/new-question")
def make_question(request: Request, form: Form, person: Writer) -> Response:
    """Makes the draft of a new question and opens it."""
    store = store_of(request)
    typed = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    title = Words(vi=text_of(form, "vi").strip() or "?", en=text_of(form, "en").strip() or "?")
    said = "Viết tiêu đề bằng cả hai thứ tiếng." if tongue(request) == "vi" else "Write a title in both languages."
    ticked = [value for value in form.getlist("ask") if isinstance(value, str)]
    way, of = text_of(form, "way"), text_of(form, "of")
    if way != "copy" and "?" in (title.vi, title.en):
        return show_steps(request, of, typed | {"ask": ticked}, said) if way == "solver" else show_new(request, typed, {"title": said})
    if way == "solver" and not ticked:
        said = "Chọn ít nhất một bước để hỏi." if tongue(request) == "vi" else "Tick at least one step to ask."
        return show_steps(request, of, typed | {"ask": []}, said)
    id = drafts.free_id(store, starts.id_from(title.en) if way != "copy" else f"{of[:60]}-copy")
    if way == "copy":
        source = starts.copied(source_of(store, person, of), id)
    elif way == "solver":
        steps = draw(starts.example(of), 0).sheet.steps
        shapes = {step: tuple(getattr(steps[step].value, "shape", ())) for step in ticked if step in steps}
        source = starts.of_solver(of, id, title, person.name, shapes)
    else:
        source = starts.template(way, id, title, person.name)
    return go(f"{HERE}/{drafts.create(store, person, source).row.id}")


def source_of(store: Store, person: Person, id: str) -> str:
    """A question as text: as it was typed, else as its file would state it.  Raises UnknownQuestion."""
    question = library.question_of(store, id)
    with suppress(GradusError):
        _, known = drafts.kept(store, person, id)
        if known and known[-1].source is not None:
            return known[-1].source
    return starts.as_yaml(starts.document_of(question))


# The editor


@dataclass(frozen=True)
class Standing:
    """How a question stands: whether it ships with Gradus, its draft, its latest version, and who saved what when."""

    id: str
    shipped: bool
    revision: int
    version: int
    saved_at: float | None
    saved_by: str
    published_at: float | None


def standing(request: Request, person: Person, id: str) -> tuple[Standing, str]:
    """How a question stands, and its text.  Raises UnknownQuestion."""
    store = store_of(request)
    if id in bank.bank():
        return Standing(id, True, 0, bank.bank()[id].version, None, "", None), source_of(store, person, id)
    draft, versions = drafts.kept(store, person, id)
    latest = versions[-1] if versions else None
    by = drafts.authors(store, [draft]).get(draft.by, "") if draft else ""
    source = draft.source if draft else (latest.source or "") if latest else ""
    return Standing(
        id, False, draft.revision if draft else 0, latest.version if latest else 0, draft.at if draft else None, by,
        latest.at if latest else None,
    ), source  # fmt: skip


@router.get("/questions/{id}", response_class=HTMLResponse)
def edit(request: Request, id: str, person: Writer, seed: str = "0") -> Response:
    one, source = standing(request, person, id)
    return show_editor(request, person, one, source, number_in(seed))


def number_in(text: str) -> int:
    """A seed as it was sent; 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and int(text[:16]) < SEEDS else 0


def show_editor(
    request: Request, person: Person, one: Standing, source: str, seed: int, tried: FormData | None = None,
    reasons: list[str] | None = None, theirs: str | None = None, checked: bool = False, code: int = 200,
) -> Response:  # fmt: skip
    """The text beside what students see; `theirs` is what somebody else saved in between, `reasons` keep it from being published."""
    store = store_of(request)
    mine = room.papers_of(store, person)
    used = [(paper, role == "teacher") for paper, role in mine if one.id in paper.may_ask]
    uses, hidden = withdrawing.uses(store, person, one.id), store.read(lambda c: library.is_withdrawn(c, one.id))
    places = [paper for paper, role in mine if role == "teacher" and one.id not in paper.may_ask]
    teaching = [known.school_class for known in classes.overviews(store, person) if known.role in ("teacher", "administrator")]
    shown = fragment_of(request, source, seed, tried)
    found = audit_of(request, shown["question"]) if checked and shown["question"] else {}
    difference = list(compared(theirs, source)) if theirs is not None else None
    return with_pictures(page(
        request, "question.html", code, one=one, withdrawn=hidden, uses=uses, source=source, seed=seed, used=used, places=places,
        teaching=teaching, title=title_in(source), reasons=reasons, difference=difference, theirs=theirs,
        many=many_of(request, shown["question"]), found=found.get("found"), hindrances=found.get("hindrances"),
        saved_lines=source.count("\n") + 1, help=author_help(), **shown,
    ))  # fmt: skip


def fragment_of(request: Request, source: str, seed: int, form: FormData | None) -> dict[str, Any]:
    """What is told of a source at once: its problems, or one variant."""
    checked = authoring.check(source)
    tried = {name.removeprefix("answer:"): text for name, text in joined(form) if name.startswith("answer:")} if form else {}
    problems = preview.problems_of(checked, tongue(request))
    if checked.question is None:
        return {"problems": problems, "looked": None, "question": None}
    try:
        return {"problems": problems, "looked": preview.look(checked.question, seed, tried), "question": checked.question}
    except GradusError as problem:  # no fair draw of this seed
        return {"problems": [preview.problem_of(problem, tongue(request))], "looked": None, "question": None}


def joined(form: FormData) -> Iterator[tuple[str, str]]:
    """The fields of a form, ticked boxes of one name as one text."""
    for name in form:
        yield name, ", ".join(text for text in form.getlist(name) if isinstance(text, str) and text)


def many_of(request: Request, question: Any) -> preview.Many | None:
    with suppress(GradusError):
        return preview.many(question, tongue(request)) if question else None
    return None


def audit_of(request: Request, question: Any) -> dict[str, Any]:
    found, hindrances = preview.audited(question, tongue(request))
    return {"found": found, "hindrances": hindrances}


@router.post("/preview-question", response_class=HTMLResponse)
def show_fragment(request: Request, form: Form, person: Writer) -> Response:
    """A piece of the editor for a text that is not saved: what students see, many variants, or the check."""
    source, seed, piece = text_of(form, "source"), number_in(text_of(form, "seed")), text_of(form, "piece")
    if piece == "look":
        return with_pictures(page(request, "_look.html", seed=seed, **fragment_of(request, source, seed, form)))
    question = authoring.check(source).question
    if piece == "many":
        return page(request, "_many.html", many=many_of(request, question), seed=seed)
    return page(request, "_check.html", **(audit_of(request, question) if question else {"found": None, "hindrances": None}))


@router.post("/questions/{id}", response_class=HTMLResponse)
def write(request: Request, id: str, form: Form, person: Writer) -> Response:
    """Looks, checks, saves or publishes, as the button says; what was typed is always there again."""
    store, do = store_of(request), text_of(form, "do")
    source = text_of(form, "source").replace("\r\n", "\n")
    revision, version = number_in(text_of(form, "revision")), number_in(text_of(form, "version"))
    seed = number_in(text_of(form, "to") or text_of(form, "seed"))
    if do not in ("save", "publish"):
        one, _ = standing(request, person, id)
        return show_editor(request, person, one, source, seed, form, checked=do == "check")
    try:
        one, theirs = standing(request, person, id)
        if do == "save" or revision == 0 or source != theirs:
            saved = drafts.save(store, person, id, source, revision, version).row.revision
        if do == "publish":
            drafts.publish(store, person, id, one.revision if source == theirs and one.revision else saved)
    except DraftChanged as problem:
        one, theirs = standing(request, person, id)
        return show_editor(request, person, one, source, seed, form, [told(request, problem)], theirs, code=409)
    except NotFair as problem:
        one, _ = standing(request, person, id)
        said = in_vietnamese if tongue(request) == "vi" else str
        return show_editor(request, person, one, source, seed, form, [said(reason) for reason in problem.reasons], code=422)
    except GradusError as problem:
        if problem.status in (403, 404):
            raise
        one, _ = standing(request, person, id)
        return show_editor(request, person, one, source, seed, form, [told(request, problem)], code=problem.status)
    return go(f"{HERE}/{id}?seed={seed}#state")


@router.post("/questions/{id}/ask")
def put_in_paper(request: Request, id: str, form: Form, person: Writer) -> Response:
    """Puts a published question at the end of a paper, or into a new paper of a class."""
    store, where = store_of(request), text_of(form, "where")
    try:
        if where.startswith("class:"):
            paper, _ = room.change_paper(store, person, paper_of(store, id, where.removeprefix("class:")))
        else:
            before = room.paper_of(store, person, where, "manage").model_dump(mode="json")
            before["sections"] = before["sections"] or [{"questions": []}]
            before["sections"][-1]["questions"].append(id)
            paper, _ = room.change_paper(store, person, before)
    except papers.BadPaper as problem:
        one, source = standing(request, person, id)
        return show_editor(request, person, one, source, 0, None, [told(request, problem)], code=problem.status)
    return go(f"/teach/papers/{paper.id}")


def paper_of(store: Store, id: str, school_class: str) -> dict[str, Any]:
    """A new paper of a class with this question alone, that says what it is called."""
    title = library.question_of(store, id).title.model_dump()
    taken = {paper.id for paper in papers.papers(store)}
    new = next(name for n in count(1) if (name := f"{id[:70]}-paper" + (f"-{n}" if n > 1 else "")) not in taken)
    return {"id": new, "title": title, "description": title, "classes": [school_class], "questions": [id]}


# Versions


@dataclass(frozen=True)
class Change:
    """A line of a difference: kept, added, taken out, or a gap; with its number in the newer text."""

    kind: str
    number: int | None
    text: str


@router.get("/questions/{id}/versions", response_class=HTMLResponse)
def versions(request: Request, id: str, person: Writer) -> Response:
    """Every version with what it changed, the latest first; above them what the draft would change."""
    store = store_of(request)
    draft, found = drafts.kept(store, person, id)
    names = drafts.authors(store, found)
    texts = ["", *(typed(row) for row in found)]
    told = [(row, names.get(row.by, ""), list(compared(texts[i], texts[i + 1])) if i else None) for i, row in enumerate(found)]
    pending = list(compared(texts[-1], draft.source)) if draft and found else None
    return page(request, "question-versions.html", id=id, title=title_in(texts[-1]), versions=told[::-1], draft=draft, pending=pending)


def typed(row: VersionRow) -> str:
    """A version as text: as it was typed, else as a file would state it."""
    return row.source if row.source is not None else starts.as_yaml(json.loads(row.document))


def compared(old: str, new: str) -> Iterator[Change]:
    """The lines that differ, with some around them."""
    before, after = old.splitlines(), new.splitlines()
    for at, group in enumerate(difflib.SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(AROUND)):
        if at:
            yield Change("gap", None, "")
        for kind, i, i_end, j, j_end in group:
            if kind == "equal":
                yield from (Change("same", n + 1, after[n]) for n in range(j, j_end))
                continue
            yield from (Change("out", None, before[n]) for n in range(i, i_end))
            yield from (Change("in", n + 1, after[n]) for n in range(j, j_end))
