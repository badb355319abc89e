"""The pages of who has charge of classes: rosters, codes and links, arrangements, and the trail; they work without scripts."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData, UploadFile

from exam import arrangements, classes, deleting, first_steps, links, papers, rehearsals, rights, room, roster, trail
from exam.arrangements import BadArrangement, Terms
from exam.classes import Overview
from exam.links import BadLink, Handed
from exam.papers import Paper
from exam.rights import NotAllowed
from exam.roster import BadRoster, Plan, RosterChanged
from exam.store import Store
from exam.store.classes import Member
from exam.store.people import Person
from questions.errors import GradusError
from web.errors import sentence_in
from web.language import language_of
from web.pages import Form, Someone, go, text_of
from web.sent import SMALL
from web.signin import store_of
from web.templates import page, zone

router = APIRouter(prefix="/teach", include_in_schema=False)
SHOWN = 500  # acts, or lines of a preview, on a page


async def in_charge(request: Request, person: Someone) -> Person:
    """Somebody who teaches or assists somewhere.  Raises NotAllowed."""
    if not person.staff:
        raise NotAllowed("Trang này dành cho giảng viên và trợ giảng.", "This page is for teachers and assistants.")
    return person


async def uploaded(request: Request) -> AsyncIterator[FormData]:
    """The fields of a form, with a file that is closed afterwards."""
    async with request.form(max_fields=50, max_files=1, max_part_size=SMALL) as form:
        yield form


InCharge = Annotated[Person, Depends(in_charge)]
Upload = Annotated[FormData, Depends(uploaded)]


def tongue(request: Request) -> Literal["vi", "en"]:
    return "vi" if language_of(request) == "vi" else "en"


# Classes


@router.get("/classes/{id}", response_class=HTMLResponse)
def one_class(request: Request, id: str, person: InCharge) -> Response:
    return show_class(request, person, id)


def show_class(
    request: Request, person: Person, id: str, at: str = "", problem: GradusError | None = None, form: FormData | None = None
) -> Response:
    """A class.  Where a form `at` this page had a problem, that is told there, and what was typed stands in its boxes."""
    store, lang = store_of(request), tongue(request)
    one, members = classes.overview(store, person, id), classes.members(store, person, id)
    manages = rights.may(one.role, "manage")
    told = sentence_in(lang, problem) if problem else ""
    return page(
        request,
        "teach-class.html",
        problem.status if problem else 200,
        **named(one),
        members=members,
        teams=sorted({member.team for member in members if member.team}),
        arranged=arranged(request, person, id, members),
        invitations=links.invitations(store, person, id) if manages else [],
        code=links.shown_code(one.school_class.code) if manages and one.school_class.code else "",
        address=address(request),
        papers=papers_in(store, id),
        **papers_of(store, person, id),
        zone=zone(),
        at=at,
        problem=told,
        typed={name: value for name, value in form.multi_items() if isinstance(value, str)} if form else {},
    )


def papers_of(store: Store, person: Person, id: str) -> dict[str, Any]:
    """The papers that are opened to a class, those that could be copied into it, and the rehearsals of who asks."""
    charge = [paper for paper, _ in room.papers_of(store, person)]
    return {
        "opened": [paper for paper in charge if id in paper.classes],
        "to_copy": first_steps.to_copy(charge, id),
        "rehearsals": rehearsals.latest(store, person),
    }


def papers_in(store: Store, id: str) -> list[Paper]:
    """The papers that something can be arranged for in a class: those that are published, and its own that are being made."""
    return [paper for paper in papers.papers(store) if paper.published or id in paper.classes]


def named(one: Overview) -> dict[str, Any]:
    """What every page of a class says of it."""
    return {"id": one.school_class.id, "title": one.school_class.title, "role": one.role, "students": one.students,
            "manages": rights.may(one.role, "manage")}  # fmt: skip


def address(request: Request) -> str:
    """How others reach this server: what follows is a path."""
    return str(request.base_url).rstrip("/")


def arranged(request: Request, person: Person, id: str, members: list[Member]) -> list[dict[str, Any]]:
    """The arrangements of a class as a page lists them."""
    names = {member.person: member.name for member in members}
    lang, titles = tongue(request), {paper.id: paper.title for paper in papers.papers(store_of(request))}
    return [
        {"id": one.id, "person": one.person, "name": names.get(one.person or 0), "team": one.team, "paper": titles.get(one.paper or ""),
         "terms": trail.summary(one, lang), "reason": one.reason}
        for one in arrangements.listed(store_of(request), person, id)
    ]  # fmt: skip


def done_or_told(request: Request, person: Person, id: str, at: str, form: FormData, do: Callable[[], Any]) -> Response:
    """Does what a form of the class page asks and goes back there, or shows the page with what was typed and the problem."""
    try:
        do()
    except GradusError as problem:
        if problem.status in (403, 404) and not isinstance(problem, papers.UnknownPaper):
            raise
        return show_class(request, person, id, at, problem, form)
    return go(f"/teach/classes/{id}#{at}")


@router.post("/classes/{id}")
def rename(request: Request, id: str, form: Form, person: InCharge) -> Response:
    return done_or_told(request, person, id, "rename", form, lambda: classes.rename(store_of(request), person, id, text_of(form, "title")))


@router.get("/classes/{id}/delete", response_class=HTMLResponse)
def ask_to_delete(request: Request, id: str, person: InCharge) -> Response:
    return show_deleting(request, person, id)


def show_deleting(request: Request, person: Person, id: str, problem: GradusError | None = None) -> Response:
    """What goes with a class and what stays, before it is deleted; why it cannot be now."""
    store = store_of(request)
    told = sentence_in(tongue(request), problem) if problem else ""
    more = {"going": deleting.preview(store, person, id), "problem": told, **named(classes.overview(store, person, id))}
    return page(request, "teach-delete.html", problem.status if problem else 200, **more)


@router.post("/classes/{id}/delete")
def delete_class(request: Request, id: str, person: InCharge) -> Response:
    try:
        deleting.delete(store_of(request), person, id)
    except deleting.ExamRunning as problem:
        return show_deleting(request, person, id, problem)
    return go("/teach")


# Rosters


def text_sent(form: FormData) -> str:
    """The table of a form: the file that was chosen, else what stands in the box.  Raises BadRoster."""
    file = form.get("file")
    if isinstance(file, UploadFile) and file.filename:
        content = file.file.read(SMALL + 1)
        if len(content) > SMALL:
            raise BadRoster("Tệp lớn hơn 1 MB; hãy chia nhỏ.", "This file is larger than 1 MB; split it.", "/text")
        return roster.decoded(content)
    return text_of(form, "text")


@router.post("/classes/{id}/roster", response_class=HTMLResponse)
def preview(request: Request, id: str, form: Upload, person: InCharge) -> Response:
    """Reads a roster and shows line by line what it would do."""
    try:
        text = text_sent(form)
        return show_preview(request, person, id, text, roster.preview(store_of(request), person, id, text))
    except BadRoster as problem:
        return show_class(request, person, id, "roster", problem, form)


def show_preview(request: Request, person: Person, id: str, text: str, plan: Plan, problem: str = "") -> Response:
    """A preview: the lines, or their faults, and the text to correct."""
    one = classes.overview(store_of(request), person, id)
    counts = {does: plan.count(does) for does in ("new", "joins", "changes", "stays")}
    shown = [entry for does in counts for entry in plan.entries if entry.does == does][:SHOWN]
    code = 409 if problem else 422 if plan.faults else 200
    return page(
        request, "teach-preview.html", code, **named(one), text=text, plan=plan, counts=counts, problem=problem,
        shown=sorted(shown, key=lambda entry: entry.line), faults=plan.faults[:SHOWN],
    )  # fmt: skip


@router.post("/classes/{id}/roster/take", response_class=HTMLResponse)
def take(request: Request, id: str, form: Upload, person: InCharge) -> Response:
    """Does what the preview said, and shows a slip for each new account, once."""
    store, text = store_of(request), text_of(form, "text")
    try:
        plan, made = roster.take(store, person, id, text, text_of(form, "digest"))
    except (BadRoster, RosterChanged) as problem:
        with suppress(BadRoster):
            again = roster.preview(store, person, id, text)
            return show_preview(request, person, id, text, again, "" if again.faults else sentence_in(tongue(request), problem))
        return show_class(request, person, id, "roster", problem, form)
    return show_slips(request, person, id, made, plan)


def show_slips(request: Request, person: Person, id: str, made: list[Handed], plan: Plan | None = None) -> Response:
    """Password links, to print and cut, and as a table to keep; they are shown this once."""
    one = classes.overview(store_of(request), person, id)
    return page(
        request, "teach-slips.html", **named(one), slips=made, address=address(request), sheet=sheet(made, address(request)),
        joined=plan.count("joins") if plan else 0, changed=plan.count("changes") if plan else 0,
    )  # fmt: skip


def sheet(made: list[Handed], server: str) -> str:
    """Names and links as a CSV file that Excel reads, in the address of a download; a name is no formula."""
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerow(["name", "link"])
    rows.writerows([("'" if str(one.name)[0] in "=+-@" else "") + str(one.name), server + one.path] for one in made)
    return "data:text/csv;base64," + base64.b64encode(b"\xef\xbb\xbf" + table.getvalue().encode()).decode()


# Members


@router.get("/classes/{id}/members/{member}", response_class=HTMLResponse)
def one_member(request: Request, id: str, member: int, person: InCharge) -> Response:
    return show_member(request, person, id, member)


def show_member(
    request: Request, person: Person, id: str, who: int, at: str = "", problem: GradusError | None = None, form: FormData | None = None
) -> Response:
    """Somebody in a class, with what is arranged for them."""
    store = store_of(request)
    one, found = classes.overview(store, person, id), classes.member(store, person, id, who)
    mine = [one for one in arranged(request, person, id, [found]) if one["person"] == who or (found.team and one["team"] == found.team)]
    return page(
        request, "teach-member.html", problem.status if problem else 200, **named(one), member=found, arranged=mine,
        papers=papers_in(store, id), zone=zone(), at=at, problem=sentence_in(tongue(request), problem) if problem else "",
        typed={name: value for name, value in form.multi_items() if isinstance(value, str)} if form else {},
    )  # fmt: skip


@router.post("/classes/{id}/members/{member}")
def change_member(request: Request, id: str, member: int, form: Form, person: InCharge) -> Response:
    try:
        classes.set_member(store_of(request), person, id, member, text_of(form, "role"), text_of(form, "team"))
    except (classes.BadMember, classes.LastTeacher) as problem:
        return show_member(request, person, id, member, "member", problem, form)
    return go(f"/teach/classes/{id}")


@router.post("/classes/{id}/members/{member}/remove")
def remove_member(request: Request, id: str, member: int, person: InCharge) -> Response:
    try:
        classes.remove_member(store_of(request), person, id, member)
    except classes.LastTeacher as problem:
        return show_member(request, person, id, member, "remove", problem)
    return go(f"/teach/classes/{id}")


@router.post("/classes/{id}/members/{member}/password-link", response_class=HTMLResponse)
def hand_out_password(request: Request, id: str, member: int, form: Form, person: InCharge) -> Response:
    """A slip with a password link, shown once."""
    try:
        made = links.hand_out(store_of(request), person, id, member, number(form, "days", 7))
    except (NotAllowed, BadLink) as problem:
        return show_member(request, person, id, member, "password", problem, form)
    return show_slips(request, person, id, [made])


def number(form: FormData, name: str, otherwise: float = 0) -> float:
    """A number of a form, with a point or a comma; what is none is NaN, which every check refuses."""
    text = text_of(form, name).strip().replace(",", ".")
    try:
        return float(text) if text else otherwise
    except ValueError:
        return float("nan")


# The code and links into the class


@router.post("/classes/{id}/code")
def change_code(request: Request, id: str, form: Form, person: InCharge) -> Response:
    do = links.close_code if text_of(form, "do") == "close" else links.new_code
    do(store_of(request), person, id)
    return go("/teach#guide" if text_of(form, "guide") else f"/teach/classes/{id}#code")


@router.post("/classes/{id}/links", response_class=HTMLResponse)
def invite(request: Request, id: str, form: Form, person: InCharge) -> Response:
    """A link into the class, shown once."""
    uses = number(form, "uses", 200)
    try:
        made = links.invite(
            store_of(request), person, id, text_of(form, "role"), number(form, "days", 14), int(uses) if uses == uses // 1 else 0
        )
    except BadLink as problem:
        return show_class(request, person, id, "links", problem, form)
    one = classes.overview(store_of(request), person, id)
    return page(request, "teach-link.html", **named(one), made=made, address=address(request))


@router.post("/classes/{id}/links/{link}/withdraw")
def withdraw_link(request: Request, id: str, link: str, person: InCharge) -> Response:
    links.withdraw(store_of(request), person, id, link)
    return go(f"/teach/classes/{id}#links")


# Arrangements


def terms_of(form: FormData) -> Terms:
    """What a form arranges; times are on the clock of the server's place.  Raises BadArrangement."""

    def moment(name: str, vi: str, en: str) -> float | None:
        try:
            return datetime.fromisoformat(text).timestamp() if (text := text_of(form, name)) else None
        except (ValueError, OverflowError, OSError):
            raise BadArrangement(f"{vi} viết theo mẫu 2026-11-25T08:00.", f"Write {en} like 2026-11-25T08:00.", f"/{name}") from None

    tries = number(form, "attempts")
    return Terms(
        text_of(form, "reason"), text_of(form, "paper") or None, number(form, "percent"), number(form, "minutes"),
        moment("opens", "Giờ mở", "the opening"), moment("closes", "Giờ đóng", "the closing"),
        None if tries == 0 else int(tries) if tries == tries // 1 else -1,
    )  # fmt: skip


@router.post("/classes/{id}/arrangements")
def arrange_for_team(request: Request, id: str, form: Form, person: InCharge) -> Response:
    def do() -> None:
        arrangements.arrange(store_of(request), person, id, terms_of(form), team=text_of(form, "team"))

    return done_or_told(request, person, id, "arrangements", form, do)


@router.post("/classes/{id}/members/{member}/arrangements")
def arrange_for_member(request: Request, id: str, member: int, form: Form, person: InCharge) -> Response:
    try:
        arrangements.arrange(store_of(request), person, id, terms_of(form), person=member)
    except (BadArrangement, papers.UnknownPaper) as problem:
        return show_member(request, person, id, member, "arrangements", problem, form)
    return go(f"/teach/classes/{id}/members/{member}")


@router.post("/classes/{id}/arrangements/{arrangement}/withdraw")
def withdraw_arrangement(request: Request, id: str, arrangement: int, person: InCharge) -> Response:
    arrangements.withdraw(store_of(request), person, id, arrangement)
    return go(f"/teach/classes/{id}#arrangements")


# The trail


def show_trail(request: Request, told: list[trail.Told], **more: Any) -> Response:
    earlier = told[0].id if len(told) == SHOWN else None
    return page(request, "teach-acts.html", acts=told[::-1], earlier=earlier, moment=trail.moment, **more)


@router.get("/classes/{id}/acts", response_class=HTMLResponse)
def class_trail(request: Request, id: str, person: InCharge, before: int | None = None) -> Response:
    """What was done in a class, the latest first."""
    told = trail.of_class(store_of(request), person, id, SHOWN, bounded(before))
    return show_trail(request, told, **named(classes.overview(store_of(request), person, id)))


@router.get("/acts", response_class=HTMLResponse)
def whole_trail(request: Request, person: InCharge, before: int | None = None, paper: str | None = None) -> Response:
    """What was done anywhere, or to one paper, the latest first."""
    told = trail.everything(store_of(request), person, SHOWN, bounded(before), paper)
    return show_trail(request, told, id="", title="", paper=paper)


def bounded(before: int | None) -> int | None:
    return None if before is None else max(0, min(before, 2**31 - 1))
