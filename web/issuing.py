"""The pages that make a paper but for its questions: a new one, settings, opening it to classes, a copy, and any student's paper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData

from exam import classes, issuing, library, papers, room
from exam.composing import board_of, flaws
from exam.issuing import mover
from exam.papers import PRESETS, BadPaper, Paper, Shows
from exam.store.people import Person
from questions.errors import GradusError
from questions.model import Words
from questions.variant import SEEDS
from web import preview
from web.pages import Form, go, text_of
from web.problems import in_vietnamese
from web.signin import store_of
from web.teaching import InCharge, address, number, tongue
from web.templates import page, zone
from web.writing import number_in, with_pictures

router = APIRouter(prefix="/teach", include_in_schema=False)
WHENS = ("while_taking", "on_submission", "after_release", "never")
FIELDS = {
    "title": Words(vi="Tên", en="Title"),
    "description": Words(vi="Mô tả", en="Description"),
    "opens": Words(vi="Mở lúc", en="Opens at"),
    "closes": Words(vi="Đóng lúc", en="Closes at"),
    "minutes": Words(vi="Số phút", en="Minutes"),
    "attempts": Words(vi="Số lần làm", en="Attempts"),
    "password": Words(vi="Mật khẩu", en="Password"),
    "shows": Words(vi="Sinh viên xem được gì", en="What students see"),
    "sections": Words(vi="Câu hỏi", en="Questions"),
    "id": Words(vi="Mã đề", en="Id"),
}


def told(request: Request, problem: GradusError | None) -> str:
    """What a form says of a problem: the field by its name, what is wrong and what to do."""
    if problem is None:
        return ""
    lang, said = tongue(request), getattr(problem, "said", None)
    if isinstance(said, Words):
        return said.vi if lang == "vi" else said.en
    where, _, rest = problem.detail.partition(": ") if isinstance(problem, BadPaper) else ("", "", problem.detail)
    name = FIELDS.get(where.split(".")[0])
    if name is None or not rest:
        return in_vietnamese(problem.detail) if lang == "vi" else problem.detail
    return f"{name.vi}: {in_vietnamese(rest)}" if lang == "vi" else f"{name.en}: {rest}"


def show(request: Request, name: str, paper: Paper, problem: GradusError | None = None, /, **context: Any) -> HTMLResponse:
    """A page of a paper; where its form does not hold together, with the reason."""
    code = problem.status if problem else 200
    return page(
        request, name, code, head=issuing.standing(store_of(request), paper), paper=paper, problem=told(request, problem), **context
    )


# A new paper


@router.get("/new-paper", response_class=HTMLResponse)
def new_paper(request: Request, person: InCharge) -> Response:
    return page(request, "new-paper.html", presets=list(PRESETS), typed={}, problem="")


@router.post("/new-paper")
def make_paper(request: Request, form: Form, person: InCharge) -> Response:
    """Makes a paper that asks nothing yet, and opens it."""
    title = {language: text_of(form, language).strip() for language in ("vi", "en")}
    try:
        made = issuing.make(store_of(request), person, text_of(form, "preset"), title)
    except BadPaper as problem:
        typed = dict(form)
        return page(request, "new-paper.html", problem.status, presets=list(PRESETS), typed=typed, problem=told(request, problem))
    return go(f"/teach/papers/{made.id}")


# Settings


@router.get("/papers/{id}/settings", response_class=HTMLResponse)
def settings(request: Request, id: str, person: InCharge) -> Response:
    return show_settings(request, room.paper_of(store_of(request), person, id, "manage"))


def show_settings(
    request: Request, paper: Paper, typed: Mapping[str, Any] | None = None, problem: GradusError | None = None
) -> HTMLResponse:
    """The settings of a paper; what was typed stands there again."""
    fields = fields_of(paper)
    fields = fields if typed is None else dict.fromkeys(fields, "") | dict(typed)
    more = {"typed": fields, "whens": WHENS, "presets": list(PRESETS), "shown": list(Shows.model_fields)}
    return show(request, "paper-settings.html", paper, problem, **more)


def fields_of(paper: Paper) -> dict[str, Any]:
    """A paper as the form of its settings shows it."""
    plain = paper.model_dump(mode="json")
    return {
        **{f"{name}_{language}": getattr(getattr(paper, name), language) for name in ("title", "description") for language in ("vi", "en")},
        **{name: plain[name] or "" for name in ("preset", "attempts", "password", "forward_only", "shuffled", "one_variant")},
        "minutes": "" if paper.minutes is None else f"{paper.minutes:g}",
        **{f"shows_{name}": when for name, when in plain["shows"].items()},
    }


@router.post("/papers/{id}/settings")
def change_settings(request: Request, id: str, form: Form, person: InCharge) -> Response:
    """Changes the settings; or puts what a preset says into the form, to be looked at before it is saved."""
    store = store_of(request)
    before = room.paper_of(store, person, id, "manage")
    if text_of(form, "do") == "preset":
        return show_settings(request, before, {**form, **preset_fields(text_of(form, "preset"))})
    try:
        room.change_paper(store, person, before.model_dump(mode="json") | settings_in(form))
    except BadPaper as problem:
        return show_settings(request, before, form, problem)
    return go(f"/teach/papers/{id}/settings")


def preset_fields(preset: str) -> dict[str, Any]:
    """What a preset leaves unsaid, as the form shows it."""
    says = PRESETS.get(preset, {})
    shows = Shows.model_validate(says.get("shows", {})).model_dump()
    return {"attempts": says.get("attempts") or "", **{f"shows_{name}": when for name, when in shows.items()}}


def settings_in(form: FormData) -> dict[str, Any]:
    """The settings that a form states.  Raises BadPaper."""
    texts = {name: {language: text_of(form, f"{name}_{language}") for language in ("vi", "en")} for name in ("title", "description")}
    numbers = {name: number_of(form, name) for name in ("minutes", "attempts")}
    switches = {name: bool(text_of(form, name)) for name in ("forward_only", "shuffled", "one_variant")}
    shows = {name: text_of(form, f"shows_{name}") for name in Shows.model_fields}
    return {
        **texts,
        **numbers,
        **switches,
        "preset": text_of(form, "preset"),
        "shows": shows,
        "password": text_of(form, "password").strip(),
    }


def number_of(form: FormData, name: str) -> float | None:
    """A number, None where the box is empty.  Raises BadPaper."""
    text = text_of(form, name).strip().replace(",", ".")
    try:
        value = float(text) if text else None
    except ValueError:
        raise BadPaper(f"{name}: this is not a number; type one, or leave the box empty for no limit", f"/{name}") from None
    return value if value is None or not value.is_integer() else int(value)


def moment_of(form: FormData, name: str) -> str | None:
    """A moment on the clock of the server's place, None where the box is empty.  Raises BadPaper."""
    text = text_of(form, name).strip()
    try:
        return datetime.fromisoformat(text).astimezone().isoformat() if text else None
    except (ValueError, OverflowError):
        raise BadPaper(f"{name}: this is not a date and time; choose one like 2026-12-01T08:00", f"/{name}") from None


def as_typed(moment: datetime | None) -> str:
    """A moment as a box shows it, on the clock of the server's place."""
    return moment.astimezone().strftime("%Y-%m-%dT%H:%M") if moment else ""


# Opening it to classes


@router.get("/papers/{id}/open", response_class=HTMLResponse)
def opening(request: Request, id: str, person: InCharge) -> Response:
    return show_opening(request, person, room.paper_of(store_of(request), person, id, "manage"))


def show_opening(
    request: Request, person: Person, paper: Paper, form: FormData | None = None, problem: GradusError | None = None
) -> HTMLResponse:
    """To whom it is open and from when, what keeps it from being opened, and the link for the students."""
    store = store_of(request)
    mine = [one for one in classes.overviews(store, person) if one.role in ("teacher", "administrator")]
    moments = {name: as_typed(getattr(paper, name)) if form is None else text_of(form, name) for name in ("opens", "closes")}
    chosen = form.getlist("classes") if form is not None else paper.classes
    known = library.known(store, paper.may_ask)
    more = {"mine": mine, "typed": moments, "chosen": chosen, "zone": zone(), "address": address(request)}
    everybody = (form is not None and text_of(form, "whom") == "all") or (form is None and paper.published and not paper.classes)
    hindrances = flaws(board_of(paper.sections), known)
    return show(request, "paper-opening.html", paper, problem, hindrances=hindrances, everybody=everybody, **more)


@router.post("/papers/{id}/open")
def open_to(request: Request, id: str, form: Form, person: InCharge) -> Response:
    """Saves to whom and when, and publishes or takes back as the button says."""
    store, do = store_of(request), text_of(form, "do")
    before = room.paper_of(store, person, id, "manage")
    published = {"publish": True, "withdraw": False}.get(do, before.published)
    to_all = text_of(form, "whom") == "all"
    chosen = [] if to_all else form.getlist("classes")
    try:
        if published and not to_all and not chosen:
            raise NoClass()
        moments = {name: moment_of(form, name) for name in ("opens", "closes")}
        room.change_paper(store, person, before.model_dump(mode="json") | moments | {"classes": chosen, "published": published})
    except papers.UnknownPaper:
        raise
    except GradusError as problem:
        return show_opening(request, person, before, form, problem)
    return go(f"/teach/papers/{id}/open")


class NoClass(BadPaper):
    """A paper is published for classes, and none is named."""

    def __init__(self) -> None:
        super().__init__("choose the classes it is for, or everybody", "/classes")
        self.said = Words(vi="Hãy chọn lớp được làm đề này, hoặc chọn mọi người.", en="Choose the classes it is for, or everybody.")


# A copy


@router.get("/papers/{id}/copy", response_class=HTMLResponse)
def copying(request: Request, id: str, person: InCharge) -> Response:
    paper = room.paper_of(store_of(request), person, id, "manage")
    return show_copy(request, paper, {"shift": "weeks" if paper.opens or paper.closes else "none"})


def show_copy(request: Request, paper: Paper, typed: Mapping[str, Any], problem: GradusError | None = None) -> HTMLResponse:
    """What a copy takes over, and where each way to move the times would lead."""
    store = store_of(request)
    later = {shift: [moved.timestamp() if at and (moved := mover(shift)(at)) else None for at in (paper.opens, paper.closes)]
             for shift in ("weeks", "year")}  # fmt: skip
    offered = {"id": issuing.free_id(store, paper.id), "vi": paper.title.vi, "en": paper.title.en, "days": ""}
    return show(request, "paper-copy.html", paper, problem, typed=offered | dict(typed), later=later)


@router.post("/papers/{id}/copy")
def copy(request: Request, id: str, form: Form, person: InCharge) -> Response:
    """Makes a copy under a new id, for nobody yet, and opens it."""
    store = store_of(request)
    before = room.paper_of(store, person, id, "manage")
    title = {language: text_of(form, language).strip() for language in ("vi", "en")}
    try:
        made = issuing.copy(store, person, id, text_of(form, "id").strip(), title, text_of(form, "shift"), number(form, "days"))
    except (BadPaper, issuing.BadShift, issuing.PaperExists) as problem:
        return show_copy(request, before, form, problem)
    return go(f"/teach/papers/{made.id}")


# Any student's paper


@router.get("/papers/{id}/preview", response_class=HTMLResponse)
def look(request: Request, id: str, person: InCharge, student: str = "", seed: str = "0") -> Response:
    """The paper of a student, or of somebody with that seed, as they would see it; nothing is made."""
    store, lang = store_of(request), tongue(request)
    paper = room.paper_of(store, person, id, "manage")
    who = int(student) if student.isascii() and student.isdigit() and len(student) < 10 else None
    wanted = number_in(seed)
    faces, state, problem = [], "example", None
    seats = issuing.students_of(store, person, id)
    try:
        given = issuing.given_to(store, person, id, who) if who is not None else issuing.example(store, person, id, wanted)
        state = given.state
        faces = [preview.face(variant, lang, {}, number) for number, variant in enumerate(given.variants, 1)]
    except papers.UnknownPaper:
        raise
    except GradusError as found:
        problem = found
    name = next((seat.name for seat in seats if seat.person == who), "")
    more = {"faces": faces, "state": state, "seats": seats, "student": who, "name": name, "seed": wanted, "last_seed": SEEDS - 1}
    return with_pictures(show(request, "paper-preview.html", paper, problem, **more))
