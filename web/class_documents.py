"""What the REST API of classes takes and sends: people, rosters, links, arrangements and acts as documents."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from exam import rights, trail
from exam.classes import Overview
from exam.links import Handed
from exam.roster import Plan
from exam.store.arrangements import Arrangement
from exam.store.classes import Link, Member
from questions.model import Words
from web import examples
from web.examples import shown
from web.papers_api import iso


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


@dataclass(frozen=True)
class EnteredDocument:
    """Who is signed in now, under the name as it is kept."""

    name: str


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
