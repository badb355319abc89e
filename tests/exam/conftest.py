"""A school over a store of its own, with passwords hashed as fast as can be."""

import pytest
from argon2 import PasswordHasher

from exam import papers, people
from exam.store import open_store
from tests.exam.school import School


@pytest.fixture
def school(database, monkeypatch):
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(people, "HASHER", hasher)
    monkeypatch.setattr(people, "NOBODY", hasher.hash("a password nobody has"))
    store = open_store(database)
    papers.load(store)
    yield School(store)
    store.close()
