"""Connections and transactions: many readers, and on SQLite one writer whose commits are shared.

`write` returns when what it wrote is on disk.  On SQLite the jobs that wait together are one transaction, each in a savepoint
of its own, so that a job that fails takes nothing with it and the disk is asked once for all.  On PostgreSQL many write at once,
and `hold` lets only one at a time have what it names.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, create_engine, event, make_url, text
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DataError,
    DBAPIError,
    InternalError,
    NoSuchModuleError,
    OperationalError,
    TimeoutError,
)
from sqlalchemy.pool import NullPool

from questions.errors import GradusError, quoted

T = TypeVar("T")
Job = Callable[[Connection], Any]

BACKENDS = ("sqlite", "postgresql")
TOGETHER = 64
READERS = 40
BACKENDS_EACH = 16  # connections of one process to PostgreSQL, which has a hundred for all
PATIENCE = 5  # seconds to wait for another's lock
HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")


class StoreUnavailable(GradusError):
    """The database cannot be opened or written."""

    code = "store_unavailable"
    status = 503


class NotKept(GradusError):
    """The database has no room for such a text or number."""

    code = "not_kept"
    status = 422


class Store:
    """A database.  `read` and `write` run a function of a connection; close it when done."""

    def __init__(self, url: str) -> None:
        self.url = address(url)
        self.name = str(self.url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        if self.sqlite and self.url.database:
            make_folder(Path(self.url.database).parent)
        # Readers open no transaction, so there is nothing to begin and to roll back with every question.
        if self.sqlite:
            self.readers = create_engine(self.url, max_overflow=0, pool_size=READERS, pool_reset_on_return=None, **self._options())
            self.writer = create_engine(self.url, poolclass=NullPool, **self._options())
            event.listen(self.readers, "connect", prepare_sqlite)
            event.listen(self.writer, "connect", prepare_sqlite)
            event.listen(self.writer, "begin", begin_immediate)
        else:
            self.writer = create_engine(self.url, max_overflow=0, pool_size=BACKENDS_EACH, **self._options())
            self.readers = self.writer.execution_options(isolation_level="AUTOCOMMIT")
        self._aside = ThreadPoolExecutor(BACKENDS_EACH, "writing")
        self._jobs: queue.SimpleQueue[tuple[Job, Future[Any]] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def _options(self) -> dict[str, Any]:
        if not self.sqlite:
            return {"connect_args": {"options": f"-c synchronous_commit=on -c lock_timeout={PATIENCE}s", "connect_timeout": PATIENCE}}
        # pysqlite opens no transactions of its own accord; ours begin where we say.
        return {"connect_args": {"isolation_level": None, "check_same_thread": False}}

    def read(self, job: Callable[[Connection], T]) -> T:
        """Runs a reading job.  Raises StoreUnavailable."""
        try:
            return self._run(job)
        except (DBAPIError, TimeoutError) as problem:
            raise told(problem) from problem

    def write(self, job: Callable[[Connection], T]) -> T:
        """Runs a writing job and returns once it is durable.  Raises what the job raises, and StoreUnavailable."""
        if self.sqlite:
            return self.submit(job).result()
        try:
            return self._run(job, writing=True)
        except (DBAPIError, TimeoutError) as problem:
            raise told(problem) from problem

    def submit(self, job: Callable[[Connection], T]) -> Future[T]:
        """Hands a writing job over, for who does not stand and wait: done once it is durable.  It raises what `write` raises."""
        if not self.sqlite:
            return self._aside.submit(self.write, job)
        done: Future[T] = Future()
        self._start()
        self._jobs.put((job, done))
        return done

    def _run(self, job: Callable[[Connection], T], writing: bool = False, again: bool = True) -> T:
        """Runs a job; once more where its connection turns out to be dead, as all in the pool are after PostgreSQL was restarted.

        What fails before the commit has changed nothing.
        """
        with (self.writer if writing else self.readers).connect() as connection:
            try:
                result = job(connection.execution_options(writing=True) if writing else connection)
            except DBAPIError as problem:
                if not (again and problem.connection_invalidated):
                    raise
            else:
                if writing:
                    connection.commit()
                return result
        return self._run(job, writing, again=False)

    def _start(self) -> None:
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._write_for_all, name="writer", daemon=True)
                    self._thread.start()

    def _write_for_all(self) -> None:
        """The writer: takes what waits, runs it in one transaction, commits, and only then says so."""
        connection: Connection | None = None
        while True:
            jobs = [self._jobs.get()]
            while len(jobs) < TOGETHER and not self._jobs.empty():
                jobs.append(self._jobs.get())
            batch = [job for job in jobs if job is not None and job[1].set_running_or_notify_cancel()]
            try:
                connection = connection or self.writer.connect()
                outcomes = run_together(connection, batch)
            except Exception as problem:
                outcomes = [(done, None, told(problem)) for _, done in batch]
                if connection is not None:
                    connection.close()
                connection = None
            for done, result, failure in outcomes:
                if failure is None:
                    done.set_result(result)
                else:
                    done.set_exception(failure)
            if None in jobs:
                if connection is not None:
                    connection.close()
                return

    def close(self) -> None:
        """Lets the writer finish and closes all connections."""
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join()
            self._thread = None
        self._aside.shutdown()
        self.readers.dispose()
        self.writer.dispose()


def run_together(connection: Connection, batch: list[tuple[Job, Future[Any]]]) -> list[tuple[Future[Any], Any, Exception | None]]:
    """Runs jobs in one transaction, each in its savepoint; what comes back is durable."""
    outcomes: list[tuple[Future[Any], Any, Exception | None]] = []
    if len(batch) == 1:
        job, done = batch[0]
        try:
            with connection.begin():
                result = job(connection)
            return [(done, result, None)]
        except OperationalError:
            raise
        except Exception as problem:
            return [(done, None, problem)]
    with connection.begin():
        for job, done in batch:
            try:
                with connection.begin_nested():
                    outcomes.append((done, job(connection), None))
            except OperationalError:
                raise
            except Exception as problem:
                outcomes.append((done, None, problem))
    return outcomes


def prepare_sqlite(connection: Any, record: Any) -> None:
    """Every acknowledged write survives a crash of the process and of the machine: a write-ahead log, synchronised in full."""
    cursor = connection.cursor()
    for pragma in (f"busy_timeout = {PATIENCE * 1000}", "synchronous = FULL", "foreign_keys = ON", "cache_size = -512"):
        cursor.execute(f"PRAGMA {pragma}")
    turn_to_wal(cursor)
    cursor.close()


def turn_to_wal(cursor: sqlite3.Cursor) -> None:
    """Switches to the write-ahead log.  SQLite answers "locked" at once, without its usual patience, while another switches."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)


def begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def hold(connection: Connection, key: str) -> None:
    """From here to the end of a writing transaction nobody else's holds this key.  On SQLite a writer is alone; readers hold nothing."""
    if connection.dialect.name == "postgresql" and connection.get_execution_options().get("writing"):
        connection.execute(HOLD, {"key": key})


def address(url: str) -> URL:
    """A file or an address as SQLAlchemy's.  Raises StoreUnavailable."""
    try:
        found = make_url(url) if "://" in url else URL.create("sqlite", database=str(Path(url).resolve()))
        if found.drivername == "postgresql":
            found = found.set(drivername="postgresql+psycopg")
        if found.get_backend_name() in BACKENDS:
            found.get_dialect().import_dbapi()
            return found
    except (ArgumentError, NoSuchModuleError):
        pass
    except ModuleNotFoundError as missing:
        raise StoreUnavailable(f"the driver {missing.name} for this database is not installed; install it with pip") from None
    raise StoreUnavailable(f"{quoted(url)} is not a database Gradus knows; give a file for SQLite, or postgresql://…")


def make_folder(folder: Path) -> None:
    """Makes the folder of a database file.  Raises StoreUnavailable."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise StoreUnavailable(f"the folder {quoted(str(folder), 200)} cannot be made ({problem.strerror}); choose another") from None


def told(problem: Exception) -> Exception:
    """A database that cannot be used as StoreUnavailable; anything else as it is.

    SQLite undoes a whole transaction when its disk is full: leaving the savepoint then fails too, and hides the cause.
    """
    if isinstance(problem, DataError):
        return NotKept("the database cannot keep such a text or number; send it without control characters, or a smaller one")
    if not isinstance(problem, (OperationalError, InternalError, TimeoutError)) and type(problem) is not DatabaseError:
        return problem
    before: BaseException | None = problem
    while before is not None:
        problem = before if isinstance(before, DatabaseError) else problem
        before = before.__context__
    return unavailable(problem)


def unavailable(problem: Exception) -> StoreUnavailable:
    """What a reader is told of a database that cannot be used."""
    reason = str(getattr(problem, "orig", problem)).splitlines()[0]
    return StoreUnavailable(f"the database cannot be used just now ({reason}); try again, nothing that was saved is lost")


def open_store(url: str) -> Store:
    """Opens a database (a file, or an SQLAlchemy address) and brings its tables up to date.  Raises StoreUnavailable."""
    from exam.store.migrate import upgrade

    store = Store(url)
    try:
        upgrade(store)
    except Exception as problem:
        store.close()
        raise told(problem) from None
    return store
