"""A small school to try things with: a class with its teacher, an assistant and a student, and others who have no business there."""

import time

from exam import classes, people
from exam.store import acts
from exam.store import classes as rows
from exam.store import people as accounts


def somebody(store, name, role="student"):
    people.add_person(store, name, role, "pass-word")
    return store.read(lambda c: accounts.find_person(c, name))[0]


class School:
    """A class K67 with its teacher, an assistant and a student; another teacher, a stranger and an administrator."""

    def __init__(self, store):
        self.store = store
        self.teacher, self.other = (somebody(store, name, "teacher") for name in ("Thầy", "Cô"))
        self.admin = somebody(store, "Admin", "administrator")
        self.assistant, self.an, self.stranger = (somebody(store, name) for name in ("Trợ", "An", "Lạ"))
        self.id = classes.make(store, self.teacher, "Lớp K67").id
        self.put(self.assistant, "assistant")
        self.put(self.an)

    def put(self, person, role="student", team="", id=None):
        self.store.write(lambda c: rows.add_member(c, id or self.id, person.id, role, team, time.time()))

    def kinds(self):
        return [act.kind for act in self.store.read(acts.acts_of)]

    def roles(self, id=None):
        return {m.name: m.role for m in classes.members(self.store, self.admin, id or self.id)}


def clear(problem):
    """Both languages, one sentence each that a person can act on."""
    said = problem.said
    return said.vi != said.en and all(len(text.splitlines()) == 1 and 15 < len(text) < 300 for text in (said.vi, said.en))
