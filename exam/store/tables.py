"""The tables of the store.  Times are Unix seconds; nothing in `event` is ever updated or deleted."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class Typed(TypeDecorator[str]):
    """A text as somebody typed it.  PostgreSQL keeps no NUL: it is written as DLE 0 there, and a DLE as DLE 1."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or dialect.name == "sqlite" or not ("\0" in value or "\x10" in value):
            return value
        return value.replace("\x10", "\x101").replace("\0", "\x100")

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:
        if value is None or dialect.name == "sqlite" or "\x10" not in value:
            return value
        return str(value).replace("\x100", "\0").replace("\x101", "\x10")


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

person = Table(
    "person",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    Column("password", String(200), nullable=False),
    Column("created", Float, nullable=False),
)

# A session is kept by the hash of what the browser holds, so that a copy of the store opens no session.
session = Table(
    "session",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("person", ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created", Float, nullable=False),
    Column("ends", Float, nullable=False),
)

token = Table(
    "token",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("scope", String(20), nullable=False),
    Column("person", ForeignKey("person.id", ondelete="CASCADE"), index=True),
    Column("created", Float, nullable=False),
    Column("ends", Float),
)

# Failed sign-ins by account name, whether or not there is such an account.
failure = Table(
    "failure",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), nullable=False, index=True),
    Column("at", Float, nullable=False),
)

# A version never changes.  One that a teacher published keeps what was typed beside it, who published it (by number), and when.
question = Table(
    "question",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("document", Text, nullable=False),
    Column("source", Text),
    Column("by", Integer),
    Column("at", Float),
)

# What a teacher is writing, as typed; `revision` counts the changes.
draft = Table(
    "draft",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("by", Integer),
    Column("at", Float, nullable=False),
)

# A question that nobody finds any more: who withdrew it, and when.  Its versions stay, for the papers and attempts that have it.
withdrawn = Table(
    "withdrawn",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("by", Integer),
    Column("at", Float, nullable=False),
)

# `secret` is what one variant for all is drawn from; `released` is when a teacher released what the paper shows after release.
paper = Table(
    "paper",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("document", Text, nullable=False),
    Column("secret", String(32), nullable=False, server_default=""),
    Column("released", Float),
)

school_class = Table(
    "class",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("title", String(200), nullable=False),
    Column("code", String(20), unique=True),
    Column("created", Float, nullable=False),
)

# `role` is what a person is in this class: student, assistant or teacher; `team` names the group of students with its own arrangements.
membership = Table(
    "membership",
    metadata,
    Column("class", ForeignKey("class.id", ondelete="CASCADE"), primary_key=True),
    Column("person", ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("role", String(20), nullable=False),
    Column("team", String(80), nullable=False, server_default=""),
    Column("joined", Float, nullable=False),
)

# A link that a teacher hands out: into a class, or to choose a password once.  Kept by its hash.
link = Table(
    "link",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("class", ForeignKey("class.id", ondelete="CASCADE"), index=True),
    Column("person", ForeignKey("person.id", ondelete="CASCADE"), index=True),
    Column("role", String(20)),
    Column("created", Float, nullable=False),
    Column("ends", Float, nullable=False),
    Column("uses_left", Integer, nullable=False),
)

# Extra time and other dates, for one student or a team of a class; on one paper, or on all where `paper` is null.
arrangement = Table(
    "arrangement",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("paper", String(80), index=True),
    Column("class", ForeignKey("class.id", ondelete="CASCADE")),
    Column("team", String(80), nullable=False, server_default=""),
    Column("person", ForeignKey("person.id", ondelete="CASCADE"), index=True),
    Column("percent", Float, nullable=False, server_default="0"),
    Column("minutes", Float, nullable=False, server_default="0"),
    Column("opens", Float),
    Column("closes", Float),
    Column("attempts", Integer),
    Column("reason", String(400), nullable=False, server_default=""),
    Column("made", Float, nullable=False),
)

# The audit trail: who did what to people, papers and attempts.  It names people by number, so that it outlives them, and is never changed.
act = Table(
    "act",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("by", Integer),
    Column("kind", String(40), nullable=False),
    Column("paper", String(80), index=True),
    Column("class", String(80), index=True),
    Column("person", Integer),
    Column("attempt", String(32)),
    Column("body", JSON, nullable=False),
)

# What is left of the record of a person who was deleted: the head of the chain, so that a receipt can still be checked.
tombstone = Table(
    "tombstone",
    metadata,
    Column("attempt", String(32), primary_key=True),
    Column("receipt", String(64), nullable=False),
    Column("head", String(64), nullable=False),
    Column("events", Integer, nullable=False),
    Column("at", Float, nullable=False),
)

# `started` is when it was made, `delivered` when its student first saw it and the clock began.  `deadline`, `paused` (since when),
# `closed` and `graded` are reckoned from the events, the paper, the arrangements and the acts whenever one of them changes; `at_question`
# is where a student stands in a paper that goes forward only.
attempt = Table(
    "attempt",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("person", ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("paper", String(80), nullable=False),
    Column("practice", Boolean, nullable=False),
    Column("started", Float, nullable=False),
    Column("delivered", Float),
    Column("deadline", Float),
    Column("paused", Float),
    Column("closed", Float),
    Column("graded", Float),
    Column("at_question", Integer),
    Index("ix_attempt_person_paper", "person", "paper"),
    Index("ix_attempt_deadline", "deadline"),
    Index("ix_attempt_graded", "graded", "closed"),
    Index("ix_attempt_paper_closed", "paper", "closed"),
)

# What the invigilator sees of an open page; not part of the record.
presence = Table(
    "presence",
    metadata,
    Column("attempt", ForeignKey("attempt.id", ondelete="CASCADE"), primary_key=True),
    Column("seen", Float, nullable=False),
    Column("unsent", Integer, nullable=False),
    Column("number", Integer, nullable=False),
)

variant = Table(
    "variant",
    metadata,
    Column("attempt", ForeignKey("attempt.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("question", String(80), nullable=False),
    Column("version", Integer, nullable=False),
    Column("seed", BigInteger, nullable=False, index=True),
    Column("givens", JSON, nullable=False),
    Column("options", JSON, nullable=False),
    Column("weight", Float, nullable=False, server_default="1"),
)

event = Table(
    "event",
    metadata,
    Column("attempt", ForeignKey("attempt.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("question", String(80)),
    Column("part", String(64)),
    Column("text", Typed),
    Column("version", Integer),
    Column("client", String(64)),
    Column("body", Text),
    Column("sha256", String(64), nullable=False),
    UniqueConstraint("attempt", "client"),
    Index("ix_event_part", "attempt", "question", "part", "number"),
)

# A student's own run of an experiment, one for each metric: `sha256` is of the specification it was sent for, `accuracies` are shares
# of 1, one an epoch.
run = Table(
    "run",
    metadata,
    Column("person", ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("experiment", String(80), primary_key=True),
    Column("metric", String(20), primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("accuracies", JSON, nullable=False),
    Column("at", Float, nullable=False),
)
