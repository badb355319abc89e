"""Brings the tables of a database up to date, through Alembic, and copies a SQLite database while it runs."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from sqlalchemy import Connection, inspect, text

from exam.store.engine import Store, StoreUnavailable, hold

if TYPE_CHECKING:
    from alembic.config import Config

HERE = Path(__file__).parent
KNOWN = sorted(path.name.split("_")[0] for path in (HERE / "migrations" / "versions").glob("[0-9]*.py"))
HEAD = KNOWN[-1]


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without a file of its own."""
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(HERE / "migrations").replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings


def revision(connection: Connection) -> str | None:
    """The last migration this database has seen."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    seen: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return seen


def upgrade(store: Store) -> None:
    """Runs the migrations that the database has not seen, in one transaction.

    Alembic is imported only then: it is as large as the rest of the store.
    """
    with store.readers.connect() as connection:
        seen = revision(connection)
    if seen == HEAD:
        return
    if seen is not None and seen not in KNOWN:
        raise StoreUnavailable("this database was made by another version of Gradus; use that version, or upgrade this one")
    from alembic import command

    with store.writer.connect().execution_options(writing=True) as connection, connection.begin():
        hold(connection, "migration")
        command.upgrade(config(connection), "head")


def backup(store: Store, to: Path) -> None:
    """Copies a SQLite database, whole and consistent, while it is in use.  Raises StoreUnavailable."""
    if not store.sqlite:
        raise StoreUnavailable("this database is PostgreSQL; back it up with pg_dump")
    if to.exists():
        raise StoreUnavailable(f"'{to}' exists already; choose another file")
    if not to.resolve().parent.is_dir():
        raise StoreUnavailable(f"the folder of '{to}' does not exist; make it, or choose another")
    source = sqlite3.connect(str(store.url.database))
    try:
        target = sqlite3.connect(to)
        try:
            source.backup(target)
        finally:
            target.close()
    except sqlite3.OperationalError as problem:
        raise StoreUnavailable(f"'{to}' cannot be written ({problem}); choose another place") from None
    finally:
        source.close()


def restore(store: Store, backup_file: Path) -> None:
    """Puts a backup in the place of a SQLite database, also while it is in use.  Raises StoreUnavailable."""
    if not store.sqlite:
        raise StoreUnavailable("this database is PostgreSQL; restore it with pg_restore")
    if not backup_file.is_file():
        raise StoreUnavailable(f"'{backup_file}' is not a file; name one made by `gradus backup`")
    source = sqlite3.connect(f"file:{quote(str(backup_file.resolve()))}?mode=ro", uri=True)
    target = sqlite3.connect(str(store.url.database))
    try:
        check(source, backup_file)
        source.backup(target)
    finally:
        target.close()
        source.close()
    upgrade(store)


def check(source: sqlite3.Connection, file: Path) -> None:
    """Whether a file is a whole database of this Gradus or an older one.  Raises StoreUnavailable."""
    try:
        whole = source.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        seen = source.execute("SELECT version_num FROM alembic_version").fetchone()
        source.execute("SELECT 1 FROM attempt, event LIMIT 1")
    except sqlite3.DatabaseError:
        raise StoreUnavailable(f"'{file}' is not a backup of Gradus; name one made by `gradus backup`") from None
    if not whole:
        raise StoreUnavailable(f"'{file}' is damaged; use another backup")
    if seen is None or seen[0] not in KNOWN:
        raise StoreUnavailable(f"'{file}' was made by another version of Gradus; restore it with that version")
