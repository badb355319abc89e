"""A fresh database for every test that asks, on SQLite and on PostgreSQL, copied from a template that was migrated once."""

import shutil

import pytest

from exam.store import open_store
from tests.databases import BOTH, postgresql_or_skip


@pytest.fixture(scope="session")
def postgresql():
    """A PostgreSQL on this machine, left as it was found."""
    server = postgresql_or_skip()
    yield server
    for name in list(server.names):
        server.drop(name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "gradus.db"
    open_store(str(path)).close()
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgresql):
    address = postgresql.make()
    open_store(address).close()
    return name_of(address)


def name_of(address):
    return address.rpartition("/")[2]


@pytest.fixture(params=BOTH)
def empty_database(request, tmp_path):
    """The address of a database without a table."""
    if request.param == "sqlite":
        yield str(tmp_path / "gradus.db")
        return
    server = request.getfixturevalue("postgresql")
    address = server.make()
    yield address
    server.drop(name_of(address))


@pytest.fixture(params=BOTH)
def database(request, tmp_path):
    """The address of a database that is up to date and holds nothing."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "gradus.db")
        yield str(tmp_path / "gradus.db")
        return
    template, server = request.getfixturevalue("postgresql_template"), request.getfixturevalue("postgresql")
    address = server.make(template)
    yield address
    server.drop(name_of(address))
