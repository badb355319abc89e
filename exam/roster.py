"""Rosters: a file or pasted table of names is read line by line, shown first, and only then turned into members and accounts."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from exam import timing
from exam.classes import allowed, number_of
from exam.links import PASSWORD_DAYS, Handed, password_link, within
from exam.rights import Refused
from exam.store import Connection, Store
from exam.store import classes as rows
from exam.store.acts import note, note_all
from exam.store.people import Person
from questions.errors import quoted
from questions.model import Words

LONGEST_ROSTER = 10_000
SEPARATORS = "\t;,"
BYTE_ORDER = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))

# What a column's head says, in either language; several columns of a name are joined as they stand.
COLUMNS = {
    **dict.fromkeys(("name", "full name", "first name", "last name", "surname", "given name"), "name"),
    **dict.fromkeys(("tên", "họ tên", "họ và tên", "họ", "họ đệm", "họ lót", "họ và tên đệm"), "name"),
    **dict.fromkeys(("team", "group", "nhóm", "tổ"), "team"),
    **dict.fromkeys(("role", "vai trò"), "role"),
}
ROLES = {
    "student": "student", "assistant": "assistant", "teacher": "teacher",
    "sinh viên": "student", "học sinh": "student", "trợ giảng": "assistant", "giảng viên": "teacher", "giáo viên": "teacher",
}  # fmt: skip


class BadRoster(Refused):
    """A roster as a whole cannot be read."""

    code = "bad_roster"


class FaultyRoster(BadRoster):
    """Some lines of a roster cannot be taken, so none is."""


class RosterChanged(Refused):
    """The class or the accounts changed between the preview and its confirmation."""

    code = "roster_changed"
    status = 409


@dataclass(frozen=True)
class Line:
    """A line of a roster: role and team are None where it does not say."""

    line: int
    name: str
    role: str | None = None
    team: str | None = None


@dataclass(frozen=True)
class Fault:
    """Why a line cannot be taken, and what to do."""

    line: int
    said: Words


@dataclass(frozen=True)
class Roster:
    """What was read: lines, faults, and the columns that mean nothing here."""

    lines: list[Line]
    faults: list[Fault]
    ignored: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Entry:
    """What a line will do: `new` makes an account, `joins` takes an account there is, `changes` a member, `stays` does nothing."""

    line: int
    name: str
    role: str
    team: str
    does: str
    person: int | None


@dataclass(frozen=True)
class Plan:
    """What a roster will do to a class, and the faults that stand in its way; `digest` names exactly this plan."""

    entries: list[Entry]
    faults: list[Fault]
    ignored: list[str]
    digest: str

    def count(self, does: str) -> int:
        return sum(entry.does == does for entry in self.entries)


def decoded(content: bytes) -> str:
    """A file's text: UTF-8 with or without its mark, or UTF-16 as Excel saves it.  Raises BadRoster."""
    encoding = next((name for mark, name in BYTE_ORDER if content.startswith(mark)), "utf-8")
    if encoding == "utf-8" and content[1:200:2].count(0) > 50 * len(content[1:200:2]) // 100:
        encoding = "utf-16-le"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        raise BadRoster(
            f"Tệp này không phải UTF-8 hay UTF-16 (dòng {line}). Trong Excel, hãy lưu dạng “CSV UTF-8”, hoặc dán bảng vào ô.",
            f"This file is neither UTF-8 nor UTF-16 (line {line}). In Excel save it as “CSV UTF-8”, or paste the table into the box.",
            "/text",
        ) from None


def read(text: str) -> Roster:
    """Reads a table of names.  Raises BadRoster where there is no telling lines apart."""
    text = unicodedata.normalize("NFC", text.removeprefix("\ufeff").encode("utf-8", "replace").decode())
    if not text.strip():
        raise BadRoster("Danh sách trống: mỗi dòng cần một họ tên.", "The roster is empty; write one name a line.", "/text")
    faults: list[Fault] = []
    table = [(line, cells) for line, cells in records(text, faults) if any(cells)]
    kinds, ignored = columns_of(table[0][1]) if table else (None, [])
    if kinds:
        table = table[1:]
    elif counts_up(table):
        table = [(line, cells[1:]) for line, cells in table]
    if len(table) > LONGEST_ROSTER:
        raise BadRoster(
            f"Danh sách có nhiều nhất {LONGEST_ROSTER} dòng; hãy chia nhỏ.",
            f"A roster has at most {LONGEST_ROSTER:,} lines; split it.",
            "/text",
        )
    lines: list[Line] = []
    for line, cells in table:
        found = line_of(line, cells, kinds)
        (faults if isinstance(found, Fault) else lines).append(found)  # type: ignore[arg-type]
    if not lines and not faults:
        raise BadRoster("Danh sách chỉ có dòng tiêu đề.", "The roster has a head and no names; add one name a line.", "/text")
    return Roster(unique(lines, faults), sorted(faults, key=lambda fault: fault.line), ignored)


def separator(text: str) -> str:
    """What stands between cells: of tab, semicolon and comma the first that the first line with anything in it has."""
    first = next(line for line in text.splitlines() if line.strip())
    return next((sign for sign in SEPARATORS if sign in first), ",")


def records(text: str, faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    """The cells of each record with the line it begins in; what the csv module cannot read becomes a fault."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator(text), strict=True)
    while True:
        begins = reader.line_num + 1
        try:
            cells = [" ".join(cell.split()) for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error:
            faults.append(
                fault(begins, "dấu nháy kép không khớp; hãy sửa hoặc xóa", "its quotation marks do not match; close or remove them")
            )
            continue
        yield begins, cells


def fault(line: int, vi: str, en: str) -> Fault:
    return Fault(line, Words(vi=f"Dòng {line}: {vi}.", en=f"Line {line}: {en}."))


def columns_of(cells: list[str]) -> tuple[list[str | None] | None, list[str]]:
    """What each column means and the heads that mean nothing, where the first record is a head; else None."""
    kinds = [COLUMNS.get(cell.casefold()) for cell in cells]
    if "name" not in kinds:
        return None, []
    return kinds, [cell for cell, kind in zip(cells, kinds, strict=True) if cell and kind is None]


def counts_up(table: list[tuple[int, list[str]]]) -> bool:
    """Whether the first column only numbers the lines."""
    return len(table) > 1 and all(len(cells) > 1 and cells[0] == str(i) for i, (_, cells) in enumerate(table, 1))


def line_of(line: int, cells: list[str], kinds: list[str | None] | None) -> Line | Fault:
    """A record as a line of the roster.  Without a head the name comes first, then role and team, told apart by their words."""
    if kinds is None:
        more = [cell for cell in cells[1:] if cell]
        kinds = ["name", *("role" if cell.casefold() in ROLES else "team" for cell in more)]
        cells = [cells[0], *more]
        if len(set(kinds)) < len(kinds):
            return fault(
                line, "có quá nhiều cột; hãy thêm dòng tiêu đề (họ tên, nhóm, vai trò)", "too many columns; add a head (name, team, role)"
            )
    found = {kind: " ".join(c for c, k in zip(cells, kinds, strict=False) if k == kind and c) for kind in ("name", "team", "role")}
    name, team, role = found["name"], found["team"], found["role"].casefold()
    if not name:
        return fault(line, "thiếu họ tên; hãy điền hoặc xóa dòng", "there is no name; fill it in or remove the line")
    if len(name) > 80 or not name.isprintable():
        return fault(
            line,
            f"{quoted(name)} không thể là tên; dùng 1 đến 80 ký tự in được",
            f"{quoted(name)} cannot be a name; use 1 to 80 printable characters",
        )
    if len(team) > 80 or not team.isprintable():
        return fault(line, "tên nhóm có nhiều nhất 80 ký tự in được", "a team's name has at most 80 printable characters; shorten it")
    if role and role not in ROLES:
        return fault(
            line,
            f"không có vai trò {quoted(role)}; có sinh viên, trợ giảng, giảng viên",
            f"{quoted(role)} is not a role; there are student, assistant, teacher",
        )
    return Line(line, name, ROLES[role] if role else None, team or None)


def unique(lines: list[Line], faults: list[Fault]) -> list[Line]:
    """The lines whose name stands for the first time; the others become faults."""
    first: dict[str, int] = {}
    kept = []
    for one in lines:
        if (before := first.setdefault(one.name.casefold(), one.line)) == one.line:
            kept.append(one)
        else:
            faults.append(
                fault(
                    one.line,
                    f"{quoted(one.name)} đã có ở dòng {before}; nếu là hai người, hãy thêm mã số vào tên",
                    f"{quoted(one.name)} stands in line {before} already; for two people, add a number to the name",
                )
            )
    return kept


def preview(store: Store, by: Person | None, id: str, text: str) -> Plan:
    """What a roster would do; nothing is done.  Raises UnknownClass, NotAllowed, BadRoster."""
    store.read(lambda c: allowed(c, by, id, "manage"))
    roster = read(text)
    return store.read(lambda c: plan(c, by, id, roster))


def plan(connection: Connection, by: Person | None, id: str, roster: Roster) -> Plan:
    """What a roster does to a class as it stands."""
    allowed(connection, by, id, "manage")
    known = rows.people_named(connection, [line.name for line in roster.lines])
    members = {member.person: member for member in rows.members(connection, id)}
    entries, faults = [], list(roster.faults)
    for line in roster.lines:
        person = known[line.name][0] if line.name in known else None
        member = members.get(person) if person is not None else None
        role, team = (
            line.role or (member.role if member else "student"),
            line.team if line.team is not None else member.team if member else "",
        )
        does = (
            "new" if person is None else "joins" if member is None else "stays" if (member.role, member.team) == (role, team) else "changes"
        )
        if member and member.role != "student" and member.role != role:
            faults.append(
                fault(
                    line.line,
                    f"{quoted(line.name)} không phải sinh viên trong lớp này; đổi vai trò ở trang của người đó",
                    f"{quoted(line.name)} is no student of this class; change the role on the page of that person",
                )
            )
            continue
        entries.append(Entry(line.line, line.name, role, team, does, person))
    told = json.dumps([id, [[e.line, e.name, e.role, e.team, e.does] for e in entries], [f.said.en for f in faults]])
    digest = hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
    return Plan(entries, sorted(faults, key=lambda fault: fault.line), roster.ignored, digest)


def take(store: Store, by: Person | None, id: str, text: str, digest: str | None = None, days: float = 14) -> tuple[Plan, list[Handed]]:
    """Does what the preview of that digest said, all of it or nothing; returns a password link for each new account.

    Raises UnknownClass, NotAllowed, BadRoster, FaultyRoster, RosterChanged, BadLink.
    """
    within(days, PASSWORD_DAYS, "Số ngày", "The number of days", "/days")
    store.read(lambda c: allowed(c, by, id, "manage"))
    roster, now = read(text), time.time()

    def job(connection: Connection) -> tuple[Plan, list[Handed]]:
        allowed(connection, by, id, "manage", lock=True)
        found = plan(connection, by, id, roster)
        if digest is not None and found.digest != digest:
            raise changed_since()
        if found.faults:
            raise FaultyRoster(found.faults[0].said.vi, found.faults[0].said.en, "/text")
        return found, enrol(connection, by, id, found.entries, now, days)

    return store.write(job)


def changed_since() -> RosterChanged:
    return RosterChanged(
        "Lớp hoặc danh sách đã thay đổi từ lúc xem trước; hãy xem lại.",
        "The class or the roster changed since the preview; look at it again.",
        "/digest",
    )


def enrol(connection: Connection, by: Person | None, id: str, entries: list[Entry], now: float, days: float) -> list[Handed]:
    """Makes accounts and members of entries, many at once, so that who saves an answer meanwhile hardly waits."""
    does = {kind: [entry for entry in entries if entry.does == kind] for kind in ("new", "joins", "changes")}
    numbers = rows.add_people(connection, [entry.name for entry in does["new"]], now)
    if numbers is None:
        raise changed_since()
    who = {entry.name: entry.person or numbers.get(entry.name, 0) for entry in entries}
    as_told = {kind: [(who[entry.name], entry.role, entry.team) for entry in found] for kind, found in does.items()}
    rows.add_members(connection, id, as_told["new"] + as_told["joins"], now)
    rows.set_members(connection, id, as_told["changes"])
    timing.reckon_papers(connection, None)
    links = [password_link(numbers[entry.name], entry.name, days, now, id) for entry in does["new"]]
    rows.add_links(connection, [kept for _, kept in links])
    author = number_of(by)
    for kind, act in (("new", "made_account"), ("joins", "enrolled"), ("changes", "changed_member")):
        note_all(connection, author, act, id, [(person, {"role": role, "team": team}) for person, role, team in as_told[kind]])
    if any(does.values()):
        new, joins, changes = (len(found) for found in does.values())
        note(connection, author, "imported_roster", school_class=id, new=new, joins=joins, changes=changes)
    return [made for made, _ in links]
