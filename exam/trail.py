"""The audit trail as people read it: each act as a sentence in both languages."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Any, Literal

from exam.classes import allowed
from exam.rights import NotAllowed
from exam.store import Connection, Store
from exam.store import classes as rows
from exam.store.acts import Act, acts_of
from exam.store.arrangements import Arrangement
from exam.store.people import Person
from questions.model import Words

Tongue = Literal["vi", "en"]

# By kind: {by} did something to {person} in {class}, at {paper}; the other holes are in the body of the act.
SENTENCES = {
    "made_class": Words(vi="{by} lập lớp “{title}”.", en="{by} made the class “{title}”."),
    "renamed_class": Words(vi="{by} đổi tên lớp “{before}” thành “{title}”.", en="{by} renamed the class “{before}” to “{title}”."),
    "made_account": Words(
        vi="{by} lập tài khoản cho {person} và thêm vào {class}{as}.", en="{by} made an account for {person} and put them in {class}{as}."
    ),
    "enrolled": Words(vi="{by} thêm {person} vào {class}{as}.", en="{by} put {person} in {class}{as}."),
    "imported_roster": Words(
        vi="{by} nhập danh sách vào {class}: {new} tài khoản mới, {joins} người thêm vào, {changes} thay đổi.",
        en="{by} imported a roster into {class}: {new} new accounts, {joins} more people, {changes} changes.",
    ),
    "changed_member": Words(vi="{by} đổi {person} trong {class}{as}.", en="{by} changed {person} in {class}{as}."),
    "removed_member": Words(vi="{by} đưa {person} ra khỏi {class}.", en="{by} took {person} out of {class}."),
    "renewed_code": Words(vi="{by} đổi mã của {class}.", en="{by} gave {class} a new code."),
    "closed_code": Words(vi="{by} tắt mã của {class}.", en="{by} switched the code of {class} off."),
    "invited": Words(
        vi="{by} tạo liên kết mời vào {class}{as}, {uses} lượt, đến {ends}.",
        en="{by} made a link into {class}{as}, good for {uses} uses until {ends}.",
    ),
    "withdrew_invitation": Words(vi="{by} thu hồi một liên kết mời vào {class}.", en="{by} withdrew a link into {class}."),
    "joined": Words(vi="{by} tự vào {class}{as}.", en="{by} joined {class}{as}."),
    "signed_up": Words(vi="{by} tự lập tài khoản.", en="{by} made an account."),
    "handed_out_password": Words(
        vi="{by} cấp cho {person} liên kết đặt mật khẩu, đến {ends}.", en="{by} gave {person} a link to choose a password, until {ends}."
    ),
    "chose_password": Words(vi="{by} đặt mật khẩu mới.", en="{by} chose a new password."),
    "arranged": Words(
        vi="{by} điều chỉnh cho {whom}, {where}: {terms} ({reason}).", en="{by} arranged for {whom}, {where}: {terms} ({reason})."
    ),
    "withdrew_arrangement": Words(
        vi="{by} bỏ điều chỉnh cho {whom}, {where}: {terms} ({reason}).",
        en="{by} withdrew an arrangement for {whom}, {where}: {terms} ({reason}).",
    ),
    "minutes": Words(vi="{by} điều chỉnh {minutes} phút cho {seat}, {where}{why}.", en="{by} gave {seat} {minutes} minutes, {where}{why}."),
    "paused": Words(vi="{by} dừng đồng hồ của {seat}, {where}{why}.", en="{by} stopped the clock of {seat}, {where}{why}."),
    "resumed": Words(vi="{by} cho đồng hồ của {seat} chạy tiếp, {where}.", en="{by} let the clock of {seat} go on, {where}."),
    "reopened": Words(
        vi="{by} mở lại bài của {seat} thêm {minutes} phút, {where}{why}.",
        en="{by} reopened the attempt of {seat} for {minutes} minutes, {where}{why}.",
    ),
    "incident": Words(vi="{by} ghi nhận về {seat}, {where}: {text}", en="{by} noted of {seat}, {where}: {text}"),
    "released": Words(vi="{by} công bố kết quả chấm, {where}.", en="{by} released the marking, {where}."),
    "withheld": Words(vi="{by} thu lại kết quả chấm, {where}.", en="{by} took the release of the marking back, {where}."),
    "paper_changed": Words(vi="{by} lưu thiết lập, {where}.", en="{by} saved the settings, {where}."),
    "printed": Words(vi="{by} in {count} bản giấy, lượt {code}, {where}.", en="{by} made {count} paper copies, run {code}, {where}."),
    "published_question": Words(
        vi="{by} công bố câu hỏi {question}, bản {version}.", en="{by} published the question {question}, version {version}."
    ),
}
UNTOLD = Words(vi="{by}: {kind}.", en="{by}: {kind}.")
DELETED = Words(vi="một người đã bị xóa", en="somebody who was deleted")
COMMAND_LINE = Words(vi="dòng lệnh", en="the command line")
ROLE_NAMES = {
    "student": Words(vi="sinh viên", en="a student"),
    "assistant": Words(vi="trợ giảng", en="an assistant"),
    "teacher": Words(vi="giảng viên", en="a teacher"),
}


@dataclass(frozen=True)
class Told:
    """An act with its sentence: when (Unix seconds), who (a number, None for the command line) and what."""

    id: int
    at: float
    by: int | None
    kind: str
    paper: str | None
    school_class: str | None
    person: int | None
    attempt: str | None
    sentence: Words


def told(connection: Connection, acts: list[Act]) -> list[Told]:
    """Acts as sentences; names are looked up now, so that the trail itself names nobody."""
    numbers = {number for act in acts for number in (act.by, act.person) if number is not None}
    names, titles = rows.names_of(connection, numbers), rows.titles_of(connection, {act.school_class for act in acts if act.school_class})

    def sentence(act: Act, tongue: Tongue) -> str:
        holes = Holes(act.body | {"kind": act.kind.replace("_", " ")})
        nobody = getattr(COMMAND_LINE if act.by is None else DELETED, tongue)
        by = names.get(act.by or 0, nobody[:1].upper() + nobody[1:])
        person = names.get(act.person, getattr(DELETED, tongue)) if act.person is not None else ""
        title = titles.get(act.school_class or "", act.school_class or "")
        holes |= {"by": by, "person": person, "class": f"lớp “{title}”" if tongue == "vi" else f"“{title}”", "paper": act.paper or ""}
        holes |= {name: moment(holes[name]) for name in ("ends", "opens", "closes") if isinstance(holes.get(name), int | float)}
        holes |= phrases(holes, tongue)
        said: str = getattr(SENTENCES.get(act.kind, UNTOLD), tongue)
        return said.format_map(holes)

    return [
        Told(
            act.id, act.at, act.by, act.kind, act.paper, act.school_class, act.person, act.attempt,
            Words(vi=sentence(act, "vi"), en=sentence(act, "en")),
        )
        for act in acts
    ]  # fmt: skip


class Holes(dict[str, Any]):
    """What fills a sentence; a hole that an act does not fill stays as a dash."""

    def __missing__(self, name: str) -> str:
        return "–"


def phrases(holes: Holes, tongue: Tongue) -> dict[str, str]:
    """The parts of a sentence that depend on what there is to tell."""
    vi = tongue == "vi"
    role, team = ROLE_NAMES.get(str(holes.get("role"))), holes.get("team")
    as_what = "" if role is None else f", {role.vi}" if vi else f" as {role.en}"
    in_team = "" if not team else f", nhóm {team}" if vi else f", team {team}"
    whom = holes["person"] or (f"nhóm {team}" if vi else f"team {team}")
    where = holes["paper"] and (f"đề {holes['paper']}" if vi else f"paper {holes['paper']}")
    why, minutes = holes.get("reason"), holes.get("minutes")
    return {
        "seat": holes["person"] or ((f"nhóm {team}" if vi else f"team {team}") if team else ("cả phòng" if vi else "the room")),
        "why": f" ({why})" if why else "",
        "minutes": f"{minutes:g}".replace("-", "\u2212") if isinstance(minutes, int | float) else "",
        "as": as_what + in_team,
        "whom": whom,
        "where": where or ("mọi đề" if vi else "every paper"),
        "terms": ", ".join(terms(holes, tongue)),
    }


def terms(of: dict[str, Any], tongue: Tongue) -> list[str]:
    """What an arrangement changes, piece by piece."""
    words = {
        "percent": Words(vi="thêm {:g} % giờ", en="{:g} % more time"),
        "minutes": Words(vi="thêm {:g} phút", en="{:g} more minutes"),
        "opens": Words(vi="mở {}", en="opens {}"),
        "closes": Words(vi="đóng {}", en="closes {}"),
        "attempts": Words(vi="{} lần làm bài", en="{} attempts"),
    }
    return [getattr(said, tongue).format(of[name]) for name, said in words.items() if of.get(name)]


def moment(seconds: float) -> str:
    """A time on the clock of the server's place, with its offset."""
    told = time.strftime("%d/%m/%Y %H:%M (%z)", time.localtime(seconds))
    return f"{told[:-3]}:{told[-3:]}"


def everything(store: Store, person: Person, most: int, before: int | None = None, paper: str | None = None) -> list[Told]:
    """The latest acts, or those on a paper, oldest first: all of them, for administrators.  Raises NotAllowed."""
    if person.role != "administrator":
        raise NotAllowed(
            "Nhật ký của cả hệ thống dành cho quản trị viên; nhật ký của lớp ở trang của lớp.",
            "The trail of the whole installation is for administrators; a class has its own.",
        )
    return store.read(lambda c: told(c, acts_of(c, paper=paper, most=most, before=before)))


def of_class(store: Store, person: Person | None, id: str, most: int, before: int | None = None) -> list[Told]:
    """The latest acts in a class, oldest first, for its teachers.  Raises UnknownClass, NotAllowed."""

    def job(connection: Connection) -> list[Told]:
        allowed(connection, person, id, "manage")
        return told(connection, acts_of(connection, school_class=id, most=most, before=before))

    return store.read(job)


def summary(one: Arrangement, tongue: Tongue) -> str:
    """What an arrangement changes, in a line."""
    times = {name: moment(at) if (at := getattr(one, name)) else None for name in ("opens", "closes")}
    return ", ".join(terms({**asdict(one), **times}, tongue))
