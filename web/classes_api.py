"""The REST API of classes: people, rosters, codes, links, arrangements and the trail, by session or a token of scope `teach`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Security
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from exam import arrangements, classes, links, rights, roster, trail
from exam.arrangements import Terms
from exam.classes import Overview
from exam.links import Handed
from exam.roster import Plan
from exam.store.arrangements import Arrangement
from exam.store.classes import Link, Member
from questions.model import Words
from web import examples
from web.errors import ErrorDocument
from web.examples import replied, shown
from web.papers_api import iso
from web.signin import Staff, Taker, bearer, session, staff, store_of, taker

STAFF = [Security(bearer, scopes=["teach"]), Depends(session), Depends(staff)]
TAKERS = [Security(bearer, scopes=["student"]), Depends(session), Depends(taker)]
PROBLEMS: dict[int | str, dict[str, Any]] = {code: {"model": ErrorDocument} for code in (400, 401, 403, 404, 409, 413, 422)}
router = APIRouter(
    prefix="/api/v1",
    tags=["classes"],
    dependencies=STAFF,
    responses=PROBLEMS,
)
entrance = APIRouter(
    prefix="/api/v1",
    tags=["classes"],
    dependencies=TAKERS,
    responses=PROBLEMS,
)

Most = Annotated[int, Query(ge=1, le=10_000, description="How many of the latest.", examples=[100])]
Before = Annotated[int | None, Query(ge=0, le=2**31 - 1, description="Only acts before the one of this number.", examples=[1000])]
OfPaper = Annotated[str | None, Query(max_length=80, description="The id of a paper.", examples=["aio2024"])]
ClassId = Annotated[str, Path(description="The id of a class.", examples=["hoc-sau-k67"])]
Number = Annotated[int, Path(description="A member's number, as the members list it.", examples=[2])]
LinkId = Annotated[str, Path(description="The first letters of a link's hash, as the links list it.", examples=["5f0c2a9d41e7"])]
ArrangementId = Annotated[int, Path(description="An arrangement's number, as the arrangements list it.", examples=[1])]


class Sent(BaseModel):
    """What is sent: nothing but the fields there are, each of its own type."""

    model_config = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True)
class ClassDocument:
    """A class, what the asker is in it, and its code where they may know it; null while that is switched off."""

    id: str
    title: str
    role: str
    students: int
    code: str | None


@dataclass(frozen=True)
class MemberDocument:
    """Somebody in a class; `has_password` is false until they chose one by the link they were given."""

    person: int
    name: str
    role: str
    team: str
    joined: str
    has_password: bool


@dataclass(frozen=True)
class HandedDocument:
    """A link to hand out, shown this once: `path` is what follows the server's address."""

    kind: str
    path: str
    secret: str
    name: str | None
    role: str | None
    ends: str
    uses: int


@dataclass(frozen=True)
class LinkDocument:
    """A link into a class that can still be used, named by the first letters of its hash."""

    link: str
    role: str
    ends: str
    uses_left: int


@dataclass(frozen=True)
class EntryDocument:
    """What a line will do: `new` makes an account, `joins` takes an account there is, `changes` a member, `stays` does nothing."""

    line: int
    name: str
    role: str
    team: str
    does: str


@dataclass(frozen=True)
class FaultDocument:
    """Why a line cannot be taken, and what to do."""

    line: int
    said: Words


@dataclass(frozen=True)
class PlanDocument:
    """What a roster will do.  While there are faults, nothing is done; `ignored` are columns that mean nothing here."""

    digest: str
    entries: list[EntryDocument]
    faults: list[FaultDocument]
    ignored: list[str]


@dataclass(frozen=True)
class TakenDocument:
    """What a roster did, and a password link for each new account, shown this once."""

    plan: PlanDocument
    links: list[HandedDocument]


@dataclass(frozen=True)
class ArrangementDocument:
    """Extra time, other dates or more attempts for a person or a team; on one paper, or on all where `paper` is null."""

    id: int
    paper: str | None
    person: int | None
    team: str
    percent: float
    minutes: float
    opens: str | None
    closes: str | None
    attempts: int | None
    reason: str
    made: str


@dataclass(frozen=True)
class ActDocument:
    """An act of the trail: when, who (a person's number; null for the command line), to what, and the sentence."""

    id: int
    at: str
    by: int | None
    kind: str
    paper: str | None
    school_class: str | None
    person: int | None
    attempt: str | None
    sentence: Words


@dataclass(frozen=True)
class JoinedDocument:
    """The class that was joined."""

    id: str
    title: str


class NewClass(Sent):
    """A class to make; without `id` one is read off the title."""

    model_config = shown(examples.NEW_CLASS)

    title: str
    id: str | None = None


class Title(Sent):
    """A class's new title."""

    model_config = shown(examples.TITLE)

    title: str


class Membership(Sent):
    """What a member is to be; what is left out stays."""

    model_config = shown(examples.MEMBERSHIP)

    role: str | None = None
    team: str | None = None


class RosterText(Sent):
    """A table of names: one a line, with team and role where wanted; separated by tabs, semicolons or commas, with or without a head."""

    model_config = shown(examples.ROSTER)

    text: str


class Confirmed(RosterText):
    """A roster to take: `digest` as its preview gave it; `days` is how long the password links are good."""

    model_config = shown(examples.CONFIRMED)

    digest: str
    days: float = Field(default=14, strict=False)


class Days(Sent):
    """How long a password link is good."""

    model_config = shown(examples.DAYS)

    days: float = Field(default=7, strict=False)


class Invitation(Sent):
    """A link into a class to make."""

    model_config = shown(examples.INVITATION)

    role: str = "student"
    days: float = Field(default=14, strict=False)
    uses: int = 200


class NewArrangement(Sent):
    """What is different for one `person` (by number) or one `team`, and why; times are ISO 8601 with their offset."""

    model_config = shown(examples.ARRANGEMENT)

    reason: str
    paper: str | None = None
    person: int | None = None
    team: str = ""
    percent: float = Field(default=0, strict=False)
    minutes: float = Field(default=0, strict=False)
    opens: AwareDatetime | None = Field(default=None, strict=False)
    closes: AwareDatetime | None = Field(default=None, strict=False)
    attempts: int | None = None


class Code(Sent):
    """A class code, or what follows /join/ in a link."""

    model_config = shown(examples.CODE)

    code: str


def class_document(one: Overview) -> ClassDocument:
    code = one.school_class.code if rights.may(one.role, "manage") else None
    return ClassDocument(one.school_class.id, one.school_class.title, one.role, one.students, code)


def member_document(one: Member) -> MemberDocument:
    return MemberDocument(one.person, one.name, one.role, one.team, iso(one.joined), not one.waits)


def handed_document(made: Handed) -> HandedDocument:
    return HandedDocument(made.kind, made.path, made.secret, made.name, made.role, iso(made.ends), made.uses)


def link_document(link: Link) -> LinkDocument:
    return LinkDocument(link.sha256[:12], link.role or "student", iso(link.ends), link.uses_left)


def plan_document(plan: Plan) -> PlanDocument:
    entries = [EntryDocument(e.line, e.name, e.role, e.team, e.does) for e in plan.entries]
    return PlanDocument(plan.digest, entries, [FaultDocument(fault.line, fault.said) for fault in plan.faults], plan.ignored)


def arrangement_document(one: Arrangement) -> ArrangementDocument:
    told = asdict(one)
    del told["school_class"]
    times = {name: iso(told[name]) if told[name] is not None else None for name in ("opens", "closes", "made")}
    return ArrangementDocument(**(told | times))


def act_document(one: trail.Told) -> ActDocument:
    return ActDocument(**(vars(one) | {"at": iso(one.at)}))


@router.get("/classes", summary="List one's classes", responses=replied([examples.CLASS]))
def list_classes(request: Request, person: Staff) -> list[ClassDocument]:
    """The classes that one teaches or assists, the latest first; an administrator's are all."""
    return [class_document(one) for one in classes.overviews(store_of(request), person)]


@router.post("/classes", summary="Make a class", status_code=201, responses=replied(examples.CLASS, 201))
def make_class(request: Request, body: NewClass, person: Staff) -> ClassDocument:
    """Makes a class, with the asker as its teacher; for teachers and administrators."""
    made = classes.make(store_of(request), person, body.title, body.id)
    return class_document(classes.overview(store_of(request), person, made.id))


@router.get("/classes/{id}", summary="Read a class", responses=replied(examples.CLASS))
def get_class(request: Request, id: ClassId, person: Staff) -> ClassDocument:
    """A class of one's own."""
    return class_document(classes.overview(store_of(request), person, id))


@router.patch("/classes/{id}", summary="Rename a class", responses=replied(examples.RENAMED))
def rename_class(request: Request, id: ClassId, body: Title, person: Staff) -> ClassDocument:
    """Gives a class another title; its id stays."""
    classes.rename(store_of(request), person, id, body.title)
    return class_document(classes.overview(store_of(request), person, id))


@router.get("/classes/{id}/members", summary="List the members", responses=replied([examples.MEMBER]))
def list_members(request: Request, id: ClassId, person: Staff) -> list[MemberDocument]:
    """Who is in a class: teachers, assistants, students."""
    return [member_document(one) for one in classes.members(store_of(request), person, id)]


@router.patch("/classes/{id}/members/{member}", summary="Change a member", responses=replied(examples.CHANGED_MEMBER))
def change_member(request: Request, id: ClassId, member: Number, body: Membership, person: Staff) -> MemberDocument:
    """Changes a member's role or team; a class keeps at least one teacher (409 `last_teacher`)."""
    store = store_of(request)
    now = classes.member(store, person, id, member)
    role, team = body.role if body.role is not None else now.role, body.team if body.team is not None else now.team
    return member_document(classes.set_member(store, person, id, member, role, team))


@router.delete("/classes/{id}/members/{member}", summary="Take a member out", status_code=204)
def remove_member(request: Request, id: ClassId, member: Number, person: Staff) -> None:
    """Takes somebody out of a class; their account and attempts stay."""
    classes.remove_member(store_of(request), person, id, member)


@router.post(
    "/classes/{id}/members/{member}/password-link",
    summary="Hand out a password link",
    status_code=201,
    responses=replied(examples.PASSWORD_LINK, 201),
)
def hand_out_password(request: Request, id: ClassId, member: Number, body: Days, person: Staff) -> HandedDocument:
    """A link by which a student chooses a new password, once; an earlier one ends."""
    return handed_document(links.hand_out(store_of(request), person, id, member, body.days))


@router.post("/classes/{id}/roster/preview", summary="Preview a roster", responses=replied(examples.PLAN))
def preview_roster(request: Request, id: ClassId, body: RosterText, person: Staff) -> PlanDocument:
    """Reads a roster and says line by line what it would do; nothing is done."""
    return plan_document(roster.preview(store_of(request), person, id, body.text))


@router.post("/classes/{id}/roster", summary="Take a roster", responses=replied(examples.TAKEN))
def take_roster(request: Request, id: ClassId, body: Confirmed, person: Staff) -> TakenDocument:
    """Does what the preview of that digest said, all of it or nothing; 409 `roster_changed` where it would now do something else."""
    plan, made = roster.take(store_of(request), person, id, body.text, body.digest, body.days)
    return TakenDocument(plan_document(plan), [handed_document(one) for one in made])


@router.post("/classes/{id}/code", summary="Renew the class code", responses=replied(examples.CLASS))
def renew_code(request: Request, id: ClassId, person: Staff) -> ClassDocument:
    """Gives a class a new code; the old one ends."""
    links.new_code(store_of(request), person, id)
    return class_document(classes.overview(store_of(request), person, id))


@router.delete("/classes/{id}/code", summary="Switch the class code off", status_code=204)
def close_code(request: Request, id: ClassId, person: Staff) -> None:
    """Switches the code of a class off."""
    links.close_code(store_of(request), person, id)


@router.get("/classes/{id}/links", summary="List the invitation links", responses=replied([examples.LINK]))
def list_links(request: Request, id: ClassId, person: Staff) -> list[LinkDocument]:
    """The links into a class that can still be used, without their secrets."""
    return [link_document(one) for one in links.invitations(store_of(request), person, id)]


@router.post("/classes/{id}/links", summary="Make an invitation link", status_code=201, responses=replied(examples.HANDED, 201))
def invite(request: Request, id: ClassId, body: Invitation, person: Staff) -> HandedDocument:
    """A link into a class, good for some days and uses; its secret is shown this once."""
    return handed_document(links.invite(store_of(request), person, id, body.role, body.days, body.uses))


@router.delete("/classes/{id}/links/{link}", summary="End an invitation link", status_code=204)
def withdraw_link(request: Request, id: ClassId, link: LinkId, person: Staff) -> None:
    """Ends a link into a class."""
    links.withdraw(store_of(request), person, id, link)


@router.get("/classes/{id}/arrangements", summary="List the arrangements", responses=replied([examples.ARRANGED]))
def list_arrangements(request: Request, id: ClassId, person: Staff) -> list[ArrangementDocument]:
    """What is different for whom, oldest first."""
    return [arrangement_document(one) for one in arrangements.listed(store_of(request), person, id)]


@router.post("/classes/{id}/arrangements", summary="Arrange something", status_code=201, responses=replied(examples.ARRANGED, 201))
def arrange(request: Request, id: ClassId, body: NewArrangement, person: Staff) -> ArrangementDocument:
    """Gives one member or one team extra time, other dates or more attempts."""
    times = {name: value.timestamp() if (value := getattr(body, name)) else None for name in ("opens", "closes")}
    terms = Terms(body.reason, body.paper, body.percent, body.minutes, attempts=body.attempts, **times)
    return arrangement_document(arrangements.arrange(store_of(request), person, id, terms, person=body.person, team=body.team))


@router.delete("/classes/{id}/arrangements/{arrangement}", summary="Take an arrangement back", status_code=204)
def withdraw_arrangement(request: Request, id: ClassId, arrangement: ArrangementId, person: Staff) -> None:
    """Takes an arrangement back."""
    arrangements.withdraw(store_of(request), person, id, arrangement)


@router.get("/classes/{id}/acts", summary="Read the trail of a class", responses=replied([examples.ACT]))
def class_acts(request: Request, id: ClassId, person: Staff, most: Most = 500, before: Before = None) -> list[ActDocument]:
    """The trail of a class, oldest first, for its teachers."""
    return [act_document(one) for one in trail.of_class(store_of(request), person, id, most, before)]


@router.get("/acts", summary="Read the whole trail", responses=replied([examples.ACT]))
def all_acts(
    request: Request,
    person: Staff,
    most: Most = 500,
    before: Before = None,
    paper: OfPaper = None,
) -> list[ActDocument]:
    """The trail of the installation, or of one paper, oldest first, for administrators."""
    return [act_document(one) for one in trail.everything(store_of(request), person, most, before, paper)]


@entrance.post("/join", summary="Join a class", responses=replied(examples.JOINED))
def join(request: Request, body: Code, person: Taker) -> JoinedDocument:
    """Joins a class by its code or a link: with a session or a token of scope `student`; ten wrong ones in five minutes, and one waits."""
    joined = links.join(store_of(request), person, body.code)
    return JoinedDocument(joined.id, joined.title)
