"""Queries about the questions that teachers write: drafts, which change, and published versions, which never do."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from exam.store.tables import draft, question


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
