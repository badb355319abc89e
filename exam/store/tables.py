"""The tables of the store.  Times are Unix seconds; nothing in `event` is ever updated or deleted."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text, UniqueConstraint

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

question = Table(
    "question",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("document", Text, nullable=False),
)

paper = Table(
    "paper",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("document", Text, nullable=False),
)

attempt = Table(
    "attempt",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("person", ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("paper", String(80), nullable=False),
    Column("practice", Boolean, nullable=False),
    Column("started", Float, nullable=False),
    Index("ix_attempt_person_paper", "person", "paper"),
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
    Column("text", Text),
    Column("version", Integer),
    Column("client", String(64)),
    Column("body", Text),
    Column("sha256", String(64), nullable=False),
    UniqueConstraint("attempt", "client"),
    Index("ix_event_part", "attempt", "question", "part", "number"),
)
