"""Taking a published question back: deleted where nobody has it, else withdrawn, so that papers and attempts keep what they have."""

from __future__ import annotations

from dataclasses import dataclass

from exam import papers, room
from exam.drafts import DraftChanged, allowed, is_id, shipped, unknown
from exam.papers import Paper
from exam.rights import Refused
from exam.store import Connection, Store, acts
from exam.store import attempts as attempt_rows
from exam.store import questions as rows
from exam.store.acts import note
from exam.store.people import Person
from questions import bank

MOST_TOLD = 3


class InUse(Refused):
    """A question that papers ask or attempts have: it is not deleted, but can be withdrawn."""

    code = "in_use"
    status = 409


@dataclass(frozen=True)
class Uses:
    """Who has a question: papers that somebody has charge of, how many other papers, how many attempts, and whether copies were printed."""

    papers: list[Paper]
    others: int
    attempts: int
    printed: bool

    @property
    def any(self) -> bool:
        return bool(self.papers or self.others or self.attempts or self.printed)

    def in_words(self, language: str) -> str:
        """Who has it, in a line; empty where nobody has."""
        vi = language == "vi"
        titles = [f"“{paper.title.vi if vi else paper.title.en}”" for paper in self.papers[:MOST_TOLD]]
        others = self.others + len(self.papers) - len(titles)
        if others:
            titles.append(f"{others} đề khác" if vi else f"{others} other paper{'s' * (others > 1)}")
        asked = [("đề: " if vi else "asked by ") + ", ".join(titles)] if titles else []
        taken = f"{self.attempts} bài làm" if vi else f"in {self.attempts} attempt{'s' * (self.attempts > 1)}"
        copies = "bản in trên giấy" if vi else "on printed copies"
        return ("; " if vi else ", and ").join([*asked, *([taken] if self.attempts else []), *([copies] if self.printed else [])])


def uses(store: Store, person: Person, id: str) -> Uses:
    """Who has a question, as somebody who writes questions may know it.  Raises NotAllowed."""
    allowed(person)
    return store.read(lambda c: uses_at(c, person, id))


def uses_at(connection: Connection, person: Person, id: str) -> Uses:
    """The same in a transaction."""
    asking = [paper for paper in map(papers.parsed, attempt_rows.papers(connection)) if id in paper.may_ask]
    mine = [paper for paper in asking if room.staff_role(connection, person, paper)]
    printed = any(question == id for question, _ in acts.printed(connection))
    return Uses(mine, len(asking) - len(mine), rows.attempts_with(connection, id), printed)


def withdraw(store: Store, person: Person, id: str) -> None:
    """Lets nobody find a published question any more: no search, no practice, no pool; papers and attempts keep it.

    Raises NotAllowed, UnknownQuestion, QuestionTaken (it is a shipped one).
    """

    def job(connection: Connection) -> None:
        there(connection, person, id)
        if id not in rows.withdrawn_ids(connection):
            at = note(connection, person.id, "withdrew_question", question=id)
            rows.withdraw(connection, id, person.id, at)

    store.write(job)


def put_back(store: Store, person: Person, id: str) -> None:
    """Lets a withdrawn question be found again.  Raises NotAllowed, UnknownQuestion, QuestionTaken."""

    def job(connection: Connection) -> None:
        there(connection, person, id)
        if rows.put_back(connection, id):
            note(connection, person.id, "put_back_question", question=id)

    store.write(job)


def delete(store: Store, person: Person, id: str, revision: int, version: int) -> None:
    """Deletes a published question with its draft, for good, where nobody has it; over that revision and version and no other.

    Raises NotAllowed, UnknownQuestion, QuestionTaken, DraftChanged, InUse.
    """

    def job(connection: Connection) -> None:
        latest = there(connection, person, id)
        draft = rows.find_draft(connection, id)
        if (draft.revision if draft else 0, latest) != (revision, version):
            raise DraftChanged(f"{id} was changed since; read it before you delete it", "/revision")
        rows.hold_papers(connection)
        used = uses_at(connection, person, id)
        if used.any:
            raise InUse(
                f"{id} không xóa được, vì đang được dùng ({used.in_words('vi')}); hãy rút lại thay vì xóa.",
                f"{id} cannot be deleted: it is {used.in_words('en')}; withdraw it in its place.",
            )
        rows.delete_question(connection, id)
        note(connection, person.id, "deleted_question", question=id, version=version)

    store.write(job)


def there(connection: Connection, person: Person, id: str) -> int:
    """The latest version of a question that a teacher published.  Raises NotAllowed, UnknownQuestion, QuestionTaken."""
    allowed(person)
    if id in bank.bank():
        raise shipped(id)
    known = rows.versions_of(connection, id) if is_id(id) else []
    if not known:
        raise unknown(id)
    return known[-1].version
