"""Questions that teachers write: a draft is kept as typed and may be wrong; what is published was found fair and never changes."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Any

from exam.audit import audit
from exam.authoring import Checked, check, read
from exam.rights import NotAllowed
from exam.store import Connection, Store
from exam.store import questions as rows
from exam.store.acts import note
from exam.store.classes import names_of
from exam.store.people import Person
from exam.store.questions import DraftRow, VersionRow
from questions import bank
from questions.bank import BadQuestion, UnknownQuestion
from solvers.errors import GradusError, listed, quoted

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MOST_TOLD = 5


class QuestionTaken(GradusError):
    """There is a question of that id already."""

    code = "question_taken"
    status = 409


class DraftChanged(GradusError):
    """Somebody else saved the draft since it was read."""

    code = "draft_changed"
    status = 409


class OtherId(GradusError):
    """The source is of another question than the one that is changed."""

    code = "other_id"


class NotFair(GradusError):
    """A question that cannot be marked fairly is not published, for these reasons."""

    code = "not_fair"

    def __init__(self, id: str, reasons: list[str]) -> None:
        super().__init__(f"{id} cannot be published: {listed(reasons, MOST_TOLD)}"[:900])
        self.reasons = reasons


class UnknownVersion(GradusError):
    code = "unknown_version"
    status = 404


@dataclass(frozen=True)
class Standing:
    """How a question that a teacher wrote stands: its draft's revision and its latest version, 0 for none; and of its text the SHA-256."""

    revision: int
    version: int
    sha256: str


@dataclass(frozen=True)
class Draft:
    """A draft as it is kept, what was found of it, and the latest version of its question, 0 where none was published."""

    row: DraftRow
    found: Checked
    version: int = 0


def allowed(person: Person) -> None:
    """That somebody may write questions.  Raises NotAllowed."""
    if person.role not in ("teacher", "administrator"):
        raise NotAllowed("Chỉ giảng viên được soạn câu hỏi.", "Only teachers may write questions; ask one.")


def text_of(source: str | dict[str, Any]) -> str:
    """A source as it is kept: JSON is YAML."""
    return source if isinstance(source, str) else json.dumps(source, ensure_ascii=False, indent=1)


def is_id(id: str) -> bool:
    """Whether a question may be called so."""
    return len(id) <= 80 and ID.fullmatch(id) is not None


def id_in(source: str) -> str:
    """The id that a source states.  Raises BadQuestion where it cannot be read that far."""
    documents, _ = bank.read_yaml(source, "question")
    id = documents[0].get("id")
    if len(documents) > 1 or not isinstance(id, str) or not is_id(id):
        raise BadQuestion("state one question with an 'id' of small letters, digits and hyphens, 80 at most", "/id")
    return id


def create(store: Store, person: Person, source: str | dict[str, Any]) -> Draft:
    """Keeps a new draft, also one with problems.  Raises NotAllowed, BadQuestion (no id can be read), QuestionTaken."""
    allowed(person)
    text = text_of(source)
    id = id_in(text)
    row = DraftRow(id, 1, text, person.id, time.time())

    def job(connection: Connection) -> None:
        if id in bank.bank():
            raise shipped(id)
        if rows.find_draft(connection, id) or rows.versions_of(connection, id):
            raise QuestionTaken(f"there is a question {id} already; change it with PUT /api/v1/questions/{id}, or choose another id", "/id")
        rows.put_draft(connection, row)

    store.write(job)
    return Draft(row, check(text))


def save(
    store: Store, person: Person, id: str, source: str | dict[str, Any], revision: int | None = None, version: int | None = None
) -> Draft:
    """Keeps a change: of the draft, or a new draft of what is published.

    `revision` is that of the draft it was made from, 0 where there was none, and `version` the latest that was published then.
    Raises NotAllowed, OtherId, UnknownQuestion, QuestionTaken (it is a shipped one), DraftChanged.
    """
    allowed(person)
    text = text_of(source)
    with suppress(BadQuestion):  # a draft is kept as typed, also where it cannot be read yet
        if (stated := id_in(text)) != id:
            raise OtherId(f"the source has the id {stated} where {id} is changed; make them agree", "/id")
    if not is_id(id):
        raise unknown(id)
    if id in bank.bank():
        raise shipped(id)

    def job(connection: Connection) -> tuple[DraftRow, int]:
        before = rows.find_draft(connection, id)
        known = rows.versions_of(connection, id)
        if before is None and not known:
            raise unknown(id)
        latest = known[-1].version if known else 0
        if version is not None and version != latest:
            raise DraftChanged(f"version {latest} of {id} was published since; read it, and save your change over that", "/version")
        last = before.revision if before else 0
        if revision is not None and revision != last:
            raise DraftChanged(f"revision {last} of {id} was saved since; read it, and save your change over that", "/revision")
        row = DraftRow(id, last + 1, text, person.id, time.time())
        rows.put_draft(connection, row)
        return row, latest

    kept, latest = store.write(job)
    return Draft(kept, check(text), latest)


def draft(store: Store, person: Person, id: str) -> Draft:
    """The draft of a question.  Raises NotAllowed, UnknownQuestion."""
    allowed(person)
    row, known = store.read(lambda c: (rows.find_draft(c, id), rows.versions_of(c, id))) if is_id(id) else (None, [])
    if row is None:
        raise UnknownQuestion(f"{quoted(id)} has no draft; POST /api/v1/questions makes one", "/id")
    return Draft(row, check(row.source), known[-1].version if known else 0)


def found(store: Store, person: Person) -> list[DraftRow]:
    """Every draft, the latest first.  Raises NotAllowed."""
    allowed(person)
    return store.read(rows.drafts)


def standings(store: Store, person: Person) -> dict[str, Standing]:
    """How all that teachers wrote stands, by id.  Raises NotAllowed."""
    allowed(person)
    drafted, published = store.read(lambda c: ({row.id: row for row in rows.drafts(c)}, rows.latest_sources(c)))
    return {id: stands(drafted.get(id), *published.get(id, (0, ""))) for id in sorted({*drafted, *published})}


def standing(store: Store, person: Person, id: str) -> tuple[Standing, str]:
    """How a question that a teacher wrote stands, and its text: the draft's, else that of the latest version.  Raises UnknownQuestion."""
    draft, known = kept(store, person, id)
    number, published = (known[-1].version, known[-1].source) if known else (0, "")
    source = draft.source if draft else published
    if source is None:
        raise unknown(id)
    return stands(draft, number, source), source


def stands(draft: DraftRow | None, version: int, published: str) -> Standing:
    return Standing(draft.revision if draft else 0, version, digest(draft.source if draft else published))


def digest(text: str) -> str:
    """The SHA-256 of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def hindrances(source: str) -> list[str]:
    """What keeps a text from being published."""
    found = check(source)
    return audit(found.question, independently=False).problems if found.question else [problem.detail for problem in found.problems]


def kept(store: Store, person: Person, id: str) -> tuple[DraftRow | None, list[VersionRow]]:
    """What there is of a question: its draft, and its published versions, oldest first.  Raises NotAllowed, UnknownQuestion."""
    allowed(person)
    draft, known = store.read(lambda c: (rows.find_draft(c, id), rows.versions_of(c, id))) if is_id(id) else (None, [])
    if draft is None and not known:
        raise unknown(id)
    return draft, known


def authors(store: Store, found: Iterable[DraftRow | VersionRow | None]) -> dict[int | None, str]:
    """The names of who wrote these, by number; of who was deleted there is none."""
    numbers = {row.by for row in found if row is not None and row.by is not None}
    known = store.read(lambda c: names_of(c, numbers))
    return {number: known[number] for number in numbers if number in known}


def discard(store: Store, person: Person, id: str, revision: int) -> None:
    """Throws a draft away; what was published stays.  Raises NotAllowed, UnknownQuestion, DraftChanged."""
    allowed(person)

    def job(connection: Connection) -> None:
        before = rows.find_draft(connection, id)
        if before is None:
            raise unknown(id)
        if before.revision != revision:
            raise DraftChanged(f"revision {before.revision} of {id} was saved since; read it before you throw it away", "/revision")
        rows.drop_draft(connection, id)
        note(connection, person.id, "discarded_draft", question=id, revision=revision)

    store.write(job)


def free_id(store: Store, wanted: str) -> str:
    """An id that no question has, which begins as is wanted."""

    def job(connection: Connection) -> str:
        taken = {*bank.bank(), *rows.question_ids(connection), *(draft.id for draft in rows.drafts(connection))}
        return next(id for n in count(1) if (id := wanted if n == 1 else f"{wanted}-{n}") not in taken)

    return store.read(job)


def publish(store: Store, person: Person, id: str, revision: int | None = None, version: int | None = None) -> VersionRow:
    """Makes a version of a draft that is sound, for good; over that `revision` and `version` and no other, where they are named.

    A question that was withdrawn is found again.  Raises NotAllowed, UnknownQuestion, BadQuestion, NotFair, DraftChanged.
    """
    kept = draft(store, person, id)
    if revision not in (None, kept.row.revision) or version not in (None, kept.version):
        raise DraftChanged(f"{id} was changed since; read it before you publish it", "/revision")
    question = read(kept.row.source)
    problems = audit(question, independently=False).problems
    if problems:
        raise NotFair(id, problems)

    def job(connection: Connection) -> VersionRow:
        now = rows.find_draft(connection, id)
        if now is None or now.revision != kept.row.revision:
            raise DraftChanged(f"{id} was changed while it was checked; publish again", "/id")
        known = rows.versions_of(connection, id)
        number = known[-1].version + 1 if known else 1
        numbered = question.model_copy(update={"version": number})
        at = note(connection, person.id, "published_question", question=id, version=number)
        row = VersionRow(number, numbered.model_dump_json(by_alias=True, exclude_unset=True), kept.row.source, person.id, at)
        rows.add_version(connection, id, row)
        rows.drop_draft(connection, id)
        rows.put_back(connection, id)
        return row

    return store.write(job)


def versions(store: Store, person: Person, id: str) -> list[VersionRow]:
    """The published versions of a question, oldest first.  Raises NotAllowed, UnknownQuestion."""
    allowed(person)
    found = store.read(lambda c: rows.versions_of(c, id)) if is_id(id) else []
    if not found:
        raise unknown(id)
    return found


def version(store: Store, person: Person, id: str, number: int) -> VersionRow:
    """One version.  Raises NotAllowed, UnknownQuestion, UnknownVersion."""
    found = {row.version: row for row in versions(store, person, id)}
    if number not in found:
        raise UnknownVersion(f"{id} has no version {number}; there are {listed(found)}", "/version")
    return found[number]


def shipped(id: str) -> QuestionTaken:
    return QuestionTaken(f"{id} comes with Gradus and stays as it is; copy it under another id", "/id")


def unknown(id: str) -> UnknownQuestion:
    return UnknownQuestion(f"{quoted(id)} is not a question that was published; POST /api/v1/questions makes one", "/id")
