"""Being alone at a work: one process at a time, among all that use a database, and another when that one is gone."""

from __future__ import annotations

import fcntl
import os

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from exam.store.engine import Store

TRY = text("SELECT pg_try_advisory_lock(hashtextextended(:key, 0))")


class Alone:
    """A claim to a work of that name: a locked file beside a SQLite database, a lock of a session's in PostgreSQL.

    Whoever holds it loses it with its process, whatever ends that.
    """

    def __init__(self, store: Store, name: str) -> None:
        self.store, self.name = store, name
        self._file: int | None = None
        self._connection: Connection | None = None

    def held(self) -> bool:
        """Whether this process has the work now; it takes it where nobody has."""
        if self.store.sqlite:
            return self._file is not None or self._lock_file()
        try:
            if self._connection is not None:
                self._connection.execute(text("SELECT 1"))
                return True
            return self._lock_session()
        except DBAPIError:
            self.let_go()
            return False

    def _lock_file(self) -> bool:
        file = os.open(f"{self.store.url.database}.{self.name}", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(file)
            return False
        self._file = file
        return True

    def _lock_session(self) -> bool:
        connection = self.store.readers.connect()
        if not connection.execute(TRY, {"key": f"alone {self.name}"}).scalar():
            connection.close()
            return False
        self._connection = connection
        return True

    def let_go(self) -> None:
        """Leaves the work to others."""
        if self._file is not None:
            os.close(self._file)
        if self._connection is not None:
            self._connection.invalidate()  # the session ends, and its lock with it: it does not go back to the pool
            self._connection.close()
        self._file = self._connection = None
