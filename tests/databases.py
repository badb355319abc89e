"""The two databases that tests run on: which tests want which, and the PostgreSQL that databases are made in."""

import os
import secrets
from contextlib import closing

import pytest

SERVER = os.environ.get("GRADUS_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432")
BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)]
on_both = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)  # in the short run too
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


class PostgreSQL:
    """A server that tests make their databases in."""

    def __init__(self):
        self.names = set()

    def sql(self, statement):
        """Runs a statement beside the databases of the tests."""
        import psycopg

        with closing(psycopg.connect(f"{SERVER}/postgres", autocommit=True, connect_timeout=5)) as connection:
            return connection.execute(statement)

    def make(self, template="template0"):
        """The address of a new database."""
        name = f"gradus_test_{os.getpid()}_{secrets.token_hex(4)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        self.names.add(name)
        return f"{SERVER}/{name}"

    def drop(self, name):
        self.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.names.discard(name)


def postgresql_or_skip():
    """The server; without one the tests are skipped, or fail where every part is required."""
    server = PostgreSQL()
    try:
        server.sql("SELECT 1")
    except Exception as problem:
        remedy = "start one that trusts this machine, or name another in $GRADUS_TEST_POSTGRESQL"
        reason = f"no PostgreSQL at {SERVER}: {remedy} ({str(problem).splitlines()[0]})"
        if os.environ.get("GRADUS_TEST_REQUIRE") == "all":
            pytest.fail(reason)
        pytest.skip(reason)
    return server
