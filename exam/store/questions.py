"""Queries about the questions that teachers write: drafts, which change, and published versions, which never do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, tuple_, update

from exam.store.engine import hold
from exam.store.tables import draft, question, variant, withdrawn


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft as it was typed: `revision` counts its changes, `by` is a person's number."""

    id: str
    revision: int
    source: str
    by: int | None
    at: float


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A published version; `source` is what was typed, None for a shipped question."""

    version: int
    document: str
    source: str | None
    by: int | None
    at: float | None


def find_draft(connection: Connection, id: str) -> DraftRow | None:
    columns = (draft.c.id, draft.c.revision, draft.c.source, draft.c.by, draft.c.at)
    row = connection.execute(select(*columns).where(draft.c.id == id)).first()
    return DraftRow(*row) if row else None


def put_draft(connection: Connection, row: DraftRow) -> None:
    """Keeps a draft in place of the one before."""
    values = {"revision": row.revision, "source": row.source, "by": row.by, "at": row.at}
    if not connection.execute(update(draft).where(draft.c.id == row.id).values(values)).rowcount:
        connection.execute(insert(draft).values(id=row.id, **values))


def drop_draft(connection: Connection, id: str) -> None:
    connection.execute(delete(draft).where(draft.c.id == id))


def versions_of(connection: Connection, id: str) -> list[VersionRow]:
    """The versions of a question, oldest first."""
    columns = (question.c.version, question.c.document, question.c.source, question.c.by, question.c.at)
    return [VersionRow(*row) for row in connection.execute(select(*columns).where(question.c.id == id).order_by(question.c.version))]


def question_ids(connection: Connection) -> list[str]:
    """The ids of all questions of which there is a version, in their order."""
    return list(connection.scalars(select(question.c.id).distinct().order_by(question.c.id)))


def latest_sources(connection: Connection) -> dict[str, tuple[int, str]]:
    """The latest version of every question that a teacher published, by id, with what was typed."""
    columns = (question.c.id, question.c.version, question.c.source)
    found = connection.execute(select(*columns).where(question.c.source.is_not(None)).order_by(question.c.version))
    return {id: (version, source) for id, version, source in found}


def latest_document(connection: Connection, id: str) -> str | None:
    """The document of the latest version of a question."""
    return connection.scalar(select(question.c.document).where(question.c.id == id).order_by(question.c.version.desc()).limit(1))


def document_of(connection: Connection, id: str, version: int) -> str | None:
    return connection.scalar(select(question.c.document).where(question.c.id == id, question.c.version == version))


def drafts(connection: Connection) -> list[DraftRow]:
    """Every draft, the latest first."""
    columns = (draft.c.id, draft.c.revision, draft.c.source, draft.c.by, draft.c.at)
    return [DraftRow(*row) for row in connection.execute(select(*columns).order_by(draft.c.at.desc()))]


def has_written(connection: Connection, person: int) -> bool:
    """Whether somebody has a draft, or published a version."""
    return any(connection.scalar(select(table.c.id).where(table.c.by == person).limit(1)) is not None for table in (draft, question))


def add_version(connection: Connection, id: str, row: VersionRow) -> None:
    values = {"version": row.version, "document": row.document, "source": row.source, "by": row.by, "at": row.at}
    connection.execute(insert(question).values(id=id, **values))


def hold_papers(connection: Connection) -> None:
    """From here on no paper changes until this transaction is done."""
    hold(connection, "papers")


def hold_versions(connection: Connection, versions: Iterable[tuple[str, int]]) -> bool:
    """Keeps versions from being deleted until this transaction is done; False where one was deleted already."""
    wanted = set(versions)
    found = select(question.c.id, question.c.version).where(tuple_(question.c.id, question.c.version).in_(wanted))
    return len(connection.execute(found.with_for_update(read=True, key_share=True)).all()) == len(wanted)


def attempts_with(connection: Connection, id: str) -> int:
    """How many attempts have a question, in any version."""
    return connection.scalar(select(func.count(variant.c.attempt.distinct())).where(variant.c.question == id)) or 0


def delete_question(connection: Connection, id: str) -> None:
    """Deletes all there is of a question that no attempt has."""
    for table in (draft, question, withdrawn):
        connection.execute(delete(table).where(table.c.id == id))


def withdrawn_ids(connection: Connection) -> set[str]:
    return set(connection.scalars(select(withdrawn.c.id)))


def withdraw(connection: Connection, id: str, by: int | None, at: float) -> None:
    connection.execute(insert(withdrawn).values(id=id, by=by, at=at))


def put_back(connection: Connection, id: str) -> bool:
    """Lets a question be found again; whether it was withdrawn."""
    return connection.execute(delete(withdrawn).where(withdrawn.c.id == id)).rowcount > 0
