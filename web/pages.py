"""The pages: landing, sign-in, papers, sitting, submitting, review and practice; they work without scripts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from exam import checks, history, people, rehearsals, review, room, sittings, starting, timing
from exam.grade import total
from exam.people import TooManyFailures, WrongPassword
from exam.runs import own_runs
from exam.shown import as_shown, shown_of
from exam.sittings import Conflict, Passed, Sitting, TimeIsUp, TooLong
from exam.starting import WrongPaperPassword
from exam.store.people import Person
from questions import pictures
from questions.bank import UnknownQuestion
from questions.errors import GradusError
from questions.model import Question, Words
from questions.variant import Variant
from web import landing, language, marked, practice, runs, views
from web.again import STAFF, goes_on
from web.errors import problem_in
from web.papers_api import paper_document, paper_of
from web.pictures import HEADERS, draw
from web.signin import COOKIE, Visitor, landing_of, local, store_of, visitor
from web.templates import page

router = APIRouter(include_in_schema=False)
ANSWERED = re.compile(r"/attempts/([^/]+)/questions/(\d{1,4})")


class SignInFirst(Exception):
    """A page that needs a person was asked for by nobody: signing in comes first."""


async def signed_in(request: Request) -> Person:
    person = await visitor(request)
    if person is None:
        raise SignInFirst
    return person


Someone = Annotated[Person, Depends(signed_in)]


async def sent(request: Request) -> FormData:
    """The fields of a form."""
    return await request.form(max_fields=2000, max_files=0)


Form = Annotated[FormData, Depends(sent)]


def text_of(form: Mapping[str, Any], name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def go(path: str) -> RedirectResponse:
    return RedirectResponse(path, 303)


@router.get("/", response_class=HTMLResponse)
def home(request: Request, person: Visitor) -> Response:
    return page(request, "home.html", **landing.example(language.language_of(request)))


@router.get("/sign-in", response_class=HTMLResponse)
def sign_in_page(request: Request, person: Visitor, next: str = "") -> Response:
    if person:
        return go(landing_of(person, next))
    return page(request, "sign-in.html", problem=None, name="", next=next and local(next), kept=[], again=False)


@router.post("/sign-in", response_class=HTMLResponse)
def sign_in(request: Request, form: Form) -> Response:
    """Opens a session, or says that name and password do not belong together; answers kept on the page are saved first."""
    name, after = text_of(form, "name"), text_of(form, "next") and local(text_of(form, "next"))
    again = bool(text_of(form, "again")) and after.startswith(STAFF)
    kept: list[tuple[str, Any]] = [
        (field.removeprefix("kept:"), text) for field, text in form.multi_items() if field.startswith("kept:") and isinstance(text, str)
    ]
    try:
        secret = people.sign_in(store_of(request), name, text_of(form, "password"))
    except (WrongPassword, TooManyFailures) as problem:
        said = problem_in(language.language_of(request), problem.code)[1]
        return page(request, "sign-in.html", problem.status, problem=said, name=name, next=after, kept=kept, again=again)
    where = ANSWERED.fullmatch(after) if kept else None
    person = people.person_of_session(store_of(request), secret)
    if where or again:
        request.state.person = person
    reply: Response = goes_on(request, after, kept) if again else go(landing_of(person, after))
    if where and person:
        with suppress(GradusError):  # not theirs, or handed in: the page they go to says so
            reply = save_page(request, person, where[1], int(where[2]), FormData(kept))
    secure = request.url.scheme == "https"
    reply.set_cookie(COOKIE, secret, max_age=people.SESSION_LASTS, httponly=True, samesite="lax", secure=secure)
    return reply


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    if secret := request.cookies.get(COOKIE):
        people.sign_out(store_of(request), secret)
    reply = go("/")
    reply.delete_cookie(COOKIE)
    return reply


@router.post("/language")
def choose_language(request: Request, form: Form) -> Response:
    return speak(go(local(text_of(form, "next"))), text_of(form, "lang"))


def speak(reply: Response, chosen: str) -> Response:
    """Remembers a chosen language in the reader's browser."""
    if chosen in language.LANGUAGES:
        reply.set_cookie(language.COOKIE, chosen, max_age=365 * people.DAY, samesite="lax")
    return reply


@router.get("/papers", response_class=HTMLResponse)
def list_papers(request: Request, person: Someone, find: str = "", kind: str = "", topic: str = "") -> Response:
    """The papers with what became of them, and the questions to practise, one topic at a time or those that are found."""
    return papers_page(request, person, {"find": find[:200], "kind": kind if kind in ("num", "mc", "essay") else "", "topic": topic})


NOTHING_ASKED = {"find": "", "kind": "", "topic": ""}


def papers_page(request: Request, person: Person, asked: dict[str, str], refused: str = "", problem: str = "") -> Response:
    """The list of papers, and the questions to practise that are asked for; beside a paper that could not be started stands why."""
    store = store_of(request)
    listed = []
    for offer in sorted(timing.offers(store, person), key=lambda one: not one.paper.classes):  # those of one's classes first
        result = None
        if offer.state == "submitted" and offer.attempt:
            one = sittings.sitting(store, person, offer.attempt)
            if shown_of(store, one, offer.paper).marks:
                grades = sittings.grades_of(store, one)
                result = out_of_ten(total(g.marks for g in grades), total(g.max_marks for g in grades))
        own = {"opens_at": offer.times.opens, "closes_at": offer.times.closes, "problem": problem if offer.paper.id == refused else ""}
        listed.append({**vars_of(paper_document(offer)), **own, "result": result})
    groups = practice.groups(starting.practisable(store), **asked)
    unfinished = starting.open_practice(store, person)
    charge = {paper.id for paper, _ in room.papers_of(store, person)} if person.staff else set()
    more = {"charge": charge, "rehearsals": rehearsals.latest(store, person) if charge else {}}
    return page(request, "papers.html", 403 if problem else 200, papers=listed, groups=groups, asked=asked, unfinished=unfinished, **more)


def vars_of(document: Any) -> dict[str, Any]:
    return {name: getattr(document, name) for name in document.__dataclass_fields__}


def out_of_ten(marks: float, max_marks: float) -> dict[str, float]:
    return {"marks": marks, "max_marks": max_marks, "ten": 10 * marks / max_marks}


@router.post("/papers/{id}/attempts")
def start(request: Request, id: str, form: Form, person: Someone) -> Response:
    """Starts a paper; the clock begins with the first page that shows it."""
    try:
        attempt, _ = starting.start(store_of(request), person, id, text_of(form, "password"), deliver=False)
    except (WrongPaperPassword, TooManyFailures) as problem:
        return papers_page(request, person, NOTHING_ASKED, id, problem_in(language.language_of(request), problem.code)[1])
    return go(f"/attempts/{attempt}")


@router.post("/practice")
def practise(request: Request, form: Form, person: Someone) -> Response:
    return go(f"/attempts/{starting.practise(store_of(request), person, text_of(form, 'question'))}")


def opened(request: Request, person: Person, id: str, number: int) -> tuple[Sitting, Variant]:
    """An attempt and its question of that number.  Raises UnknownAttempt, UnknownQuestion."""
    one = sittings.take(store_of(request), person, id)
    if not 1 <= number <= len(one.variants):
        raise UnknownQuestion(f"this attempt has questions 1 to {len(one.variants)}")
    return one, one.variants[number - 1]


def title_of(request: Request, one: Sitting) -> Words:
    paper = paper_of(request, one)
    return paper.title if paper else one.variants[0].question.title


@router.get("/attempts/{id}", response_class=HTMLResponse)
def sit(request: Request, id: str, person: Someone) -> Response:
    return sit_question(request, id, 1, person)


@router.get("/attempts/{id}/questions/{number}", response_class=HTMLResponse)
def sit_question(request: Request, id: str, number: int, person: Someone, checked: str = "") -> Response:
    """A question to answer, `checked` where that is asked for and shown; once the attempt is submitted, its review."""
    return show_question(request, person, id, number, {}, bool(checked))


def show_question(request: Request, person: Person, id: str, number: int, unsaved: views.Unsaved, checked: bool = False) -> Response:
    """The page of a question; what could not be saved stands in its box, with the reason."""
    one, variant = opened(request, person, id, number)
    if not one.open:
        return go(f"/attempts/{id}/review/{number}")
    if one.clock.at_question not in (None, number):
        return go(f"/attempts/{id}/questions/{one.clock.at_question}")
    if one.clock.paused is not None:
        return page(request, "paused.html", attempt=views.attempt_view(one, title_of(request, one)))
    lang = language.language_of(request)
    picture = f"/attempts/{id}/pictures/{number}.svg?{one.state.head[:10]}-{lang}"
    may_check = checks.checked_as(store_of(request), one) is not None
    told = marked.checked_parts(store_of(request), person, one, variant, lang) if checked and may_check else {}
    question = views.sitting_view(one, variant, lang, picture, unsaved, told if may_check else None)
    attempt = views.attempt_view(one, title_of(request, one))
    code = max((problem.status for problem in unsaved.values()), default=200)
    more = {"map": views.map_of(one), "question": question, "may_check": may_check}
    return page(request, "sitting.html", code, attempt=attempt, number=number, **more)


@router.post("/attempts/{id}/questions/{number}")
def answer(request: Request, id: str, number: int, form: Form, person: Visitor) -> Response:
    """Saves a whole page of answers, for browsers without scripts, and goes where the button says.

    Who is no longer signed in signs in first, with the answers kept on that page.
    """
    if person is None:
        return sign_in_again(request, form)
    return save_page(request, person, id, number, form)


def save_page(request: Request, person: Person, id: str, number: int, form: FormData) -> Response:
    """Saves answers; one that is too long, or was changed elsewhere, keeps the page open, and the others are saved all the same."""
    one, variant = opened(request, person, id, number)
    question = variant.question.id
    unsaved: dict[str, Conflict | TooLong] = {}
    late = False
    for part in variant.question.parts:
        name = part.name
        # Ticked boxes are several fields of one name, and an empty one that says there were boxes to tick.
        text = ", ".join(text for text in form.getlist(f"answer:{name}") if isinstance(text, str) and text)
        if f"answer:{name}" in form and text != one.state.text(question, name):
            version = text_of(form, f"version:{name}")
            base = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else None
            try:
                sittings.save(store_of(request), person, id, question, name, text, base=base)
            except (Conflict, TooLong) as problem:
                unsaved[name] = problem
            except (TimeIsUp, Passed):
                late = True
    if late:
        return go(f"/attempts/{id}/questions/{number}")
    if unsaved:
        return show_question(request, person, id, number, unsaved)
    if one.clock.at_question == number and text_of(form, "go") == "next":
        sittings.move_on(store_of(request), person, id)
    button = text_of(form, "go")
    after = next_page(id, number, len(one.variants), button) + ("?checked=yes" if button == "check" else "")
    return speak(go(after), text_of(form, "lang"))


def sign_in_again(request: Request, form: FormData) -> Response:
    """The sign-in page with a page of answers in it, which are saved once somebody has signed in."""
    kept: list[tuple[str, Any]] = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    return page(request, "sign-in.html", 401, problem=None, name="", next=request.url.path, kept=kept, again=False)


def next_page(id: str, number: int, count: int, button: str) -> str:
    """Where a button of the sitting page leads."""
    if button == "submit":
        return f"/attempts/{id}/submit"
    wanted = {"previous": number - 1, "next": number + 1}.get(button, number)
    if button.isascii() and button.isdigit() and len(button) < 5:
        wanted = int(button)
    return f"/attempts/{id}/questions/{min(max(wanted, 1), count)}"


@router.get("/attempts/{id}/history", response_class=HTMLResponse)
def history_page(request: Request, id: str, person: Someone) -> Response:
    title, events = title_of(request, sittings.take(store_of(request), person, id)), history.of_own(store_of(request), person, id)
    return page(request, "history.html", title=title, events=events, name="", back=f"/attempts/{id}")


@router.get("/attempts/{id}/pictures/{number}.svg")
def picture(request: Request, id: str, number: int, person: Someone, narrow: bool = False) -> Response:
    """The picture of a question: before release drawn from the givens and the student's own entries only."""
    one, variant = opened(request, person, id, number)
    if one.open and one.clock.at_question not in (None, number):
        raise Passed(f"this paper goes forward only, and stands at question {one.clock.at_question}")
    now = shown_of(store_of(request), one, paper_of(request, one))
    released = review.reference_entries(variant) if now.answers and one.clock.closed is not None else None
    script, asked = one.script(variant), variant.question.training
    sent = own_runs(store_of(request), person, asked) if asked and released is not None else []
    own = {run.experiment: run.accuracies for run in sent}
    found = pictures.picture_of(variant, review.typed_entries(script), released, review.picked_letter(script), own)
    if found is None:
        raise UnknownQuestion(f"question {number} has no picture")
    svg = draw(found, language.language_of(request), narrow)
    return Response(svg, media_type="image/svg+xml", headers=HEADERS)


@router.get("/attempts/{id}/submit", response_class=HTMLResponse)
def confirm(request: Request, id: str, person: Someone) -> Response:
    """Lists what is blank or unreadable, and asks once."""
    one = sittings.take(store_of(request), person, id)
    if not one.open:
        return go(f"/attempts/{id}/review")
    attempt = views.attempt_view(one, title_of(request, one))
    return page(
        request, "submit.html", attempt=attempt, blank=views.unfinished(one, "empty"), unreadable=views.unfinished(one, "unreadable")
    )


@router.post("/attempts/{id}/submit")
def submit(request: Request, id: str, person: Someone) -> Response:
    sittings.submit(store_of(request), person, id)
    return go(f"/attempts/{id}/review")


@router.get("/attempts/{id}/review", response_class=HTMLResponse)
def reviewed(request: Request, id: str, person: Someone, epoch: str = "") -> Response:
    return review_question(request, id, 1, person, epoch)


@router.get("/attempts/{id}/review/{number}", response_class=HTMLResponse)
def review_question(request: Request, id: str, number: int, person: Someone, epoch: str = "") -> Response:
    """A marked question beside its worked solution; of a long one, that of the `epoch` asked for."""
    return show_review(request, person, id, number, epoch)


def show_review(request: Request, person: Person, id: str, number: int, epoch: str = "", problem: runs.Refused | None = None) -> Response:
    """The page of a marked question; of a training question with the student's own runs, or why a log cannot be read."""
    store = store_of(request)
    one, variant = opened(request, person, id, number)
    if one.clock.closed is None and not one.open:  # its time is up; the clerk has not come by yet
        sittings.submit(store, person, id)
        one, variant = opened(request, person, id, number)
    now = shown_of(store, one, paper_of(request, one))
    grades = sittings.grades_of(store, one)
    result = out_of_ten(total(g.marks for g in grades), total(g.max_marks for g in grades))
    attempt = views.attempt_view(one, title_of(request, one))
    if not now.verdicts:
        return page(request, "handed-in.html", attempt=attempt, result=result if now.marks else None, map=views.map_of(one))
    lang = language.language_of(request)
    asked = variant.question.training
    beside = runs.beside(asked, own_runs(store, person, asked), problem) if asked and now.answers else None
    own, tail = ({run.experiment: run.accuracies for run in beside.kept}, beside.more) if beside else ({}, "")
    image = f"/attempts/{id}/pictures/{number}.svg?{'released' if now.answers else 'closed'}-{lang}{tail}"
    more = another(request, one, variant) if now.solution else None
    wanted = int(epoch) if epoch.isascii() and epoch.isdigit() and len(epoch) < 5 else None
    told = as_shown(grades[number - 1], variant.question, now)
    context = marked.review_view(one, number - 1, told, lang, image, more, now, wanted, own)
    overview = [
        {"number": i, "marks": g.marks, "max_marks": g.max_marks, "parts": [part.verdict for part in g.parts]}
        for i, g in enumerate(grades, 1)
    ]
    waiting = total(part.max_marks for g in grades for part in g.parts if part.verdict == "pending")
    head = {"attempt": attempt, "number": number, "map": overview, "waiting": waiting, "run": beside}
    return page(request, "review.html", 422 if beside and beside.refused else 200, **head, **(result | context))


def another(request: Request, one: Sitting, variant: Variant) -> Question | None:
    """The question that "another one like this" practises: one with fresh numbers, or in practice the same again."""
    question = starting.for_practice(store_of(request), variant.question.id)
    return question if question and (question.varies or one.row.practice) else None
