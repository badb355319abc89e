"""Questions as files under version control: pulled into a folder and pushed from it, every letter kept, nobody's change written over."""

from __future__ import annotations

import difflib
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from exam import drafts
from exam.drafts import DraftChanged, Standing, digest
from exam.store import Store
from exam.store.people import Person
from solvers.errors import GradusError

KNOWN = ".gradus.json"  # how each question stood when folder and shelf last had the same text
SHOWN = 60  # lines of a difference
Did = Literal["new", "changed", "published", "same", "ahead", "behind", "gone", "sound", "conflict", "refused"]
Watch = Callable[[Sequence[Any]], Iterable[Any]]


class BadFolder(GradusError):
    """The folder cannot be read or written."""

    code = "bad_folder"


class Shelf(Protocol):
    """Where teachers keep their questions: the database here, or a server elsewhere.

    A change is made over what the caller knows of the question; where it stands otherwise by then, a GradusError of the code
    `draft_changed` is raised, and nothing is changed.
    """

    def standings(self) -> dict[str, Standing]:
        """How all of them stand, by id."""

    def standing(self, id: str) -> tuple[Standing, str]:
        """How one stands, and its text.  Raises unknown_question."""

    def create(self, source: str) -> Standing:
        """Keeps a new draft.  Raises question_taken."""

    def save(self, id: str, source: str, known: Standing) -> Standing:
        """Keeps a change as the draft.  Raises draft_changed."""

    def publish(self, id: str, known: Standing) -> Standing:
        """Publishes the draft.  Raises draft_changed, not_fair, bad_question."""

    def hindrances(self, source: str) -> list[str]:
        """What keeps a text from being published; nothing is kept."""


@dataclass(frozen=True)
class Database:
    """The database here, as somebody who writes questions."""

    store: Store
    person: Person

    def standings(self) -> dict[str, Standing]:
        return drafts.standings(self.store, self.person)

    def standing(self, id: str) -> tuple[Standing, str]:
        return drafts.standing(self.store, self.person, id)

    def create(self, source: str) -> Standing:
        return Standing(drafts.create(self.store, self.person, source).row.revision, 0, digest(source))

    def save(self, id: str, source: str, known: Standing) -> Standing:
        kept = drafts.save(self.store, self.person, id, source, known.revision, known.version)
        return Standing(kept.row.revision, known.version, digest(source))

    def publish(self, id: str, known: Standing) -> Standing:
        return Standing(0, drafts.publish(self.store, self.person, id, known.revision, known.version).version, known.sha256)

    def hindrances(self, source: str) -> list[str]:
        drafts.allowed(self.person)
        return drafts.hindrances(source)


@dataclass(frozen=True)
class Moved:
    """What became of a question: `told` says why not, or holds the lines that differ."""

    id: str
    file: str
    did: Did
    told: str = ""


def pull(shelf: Shelf, folder: Path, dry: bool = False, watch: Watch = iter) -> Iterator[Moved]:
    """Writes what teachers wrote into a folder, a file a question; a file that was changed there is never written over.

    With `dry` it only tells what it would do.  `watch` goes over the questions and may show how far it is.  Raises BadFolder, and
    what the shelf raises; what was done by then is remembered.
    """
    met = known(folder)
    standings = shelf.standings()
    gone = [id for id in met if id not in standings and (folder / f"{id}.yaml").exists()]
    try:
        for id in watch([*standings, *gone]):
            path = folder / f"{id}.yaml"
            yield pulled(shelf, path, standings[id], met, dry) if id in standings else Moved(id, path.name, "gone", GONE)
    finally:
        if not dry:
            remember(folder, met)


GONE = "it was deleted there; remove the file, or change it, and push makes the question anew"


def pulled(shelf: Shelf, path: Path, now: Standing, met: dict[str, Standing], dry: bool) -> Moved:
    """Writes one file, where that writes over nothing."""
    id, before = path.stem, met.get(path.stem)
    mine = read(path) if path.exists() else None
    if mine is not None and digest(mine) == now.sha256:
        met[id] = now
        return Moved(id, path.name, "same")
    if mine is None or (before and digest(mine) == before.sha256):
        if not dry:
            met[id], text = shelf.standing(id)
            write(path, text)
        return Moved(id, path.name, "new" if mine is None else "changed")
    if before and now.sha256 == before.sha256:
        return Moved(id, path.name, "ahead")
    return Moved(id, path.name, "conflict", difference(mine, shelf.standing(id)[1], path.name))


def push(shelf: Shelf, folder: Path, publish: bool = False, dry: bool = False, watch: Watch = iter) -> Iterator[Moved]:
    """Saves the files of a folder that changed as drafts, and publishes those that may be.  Arguments and errors as of `pull`."""
    met = known(folder)
    standings = shelf.standings()
    try:
        for path in watch(sorted(folder.glob("*.yaml"))):
            yield pushed(shelf, path, standings, met, publish, dry)
    finally:
        if not dry:
            remember(folder, met)


def pushed(shelf: Shelf, path: Path, standings: dict[str, Standing], met: dict[str, Standing], publish: bool, dry: bool) -> Moved:
    """Saves one file; what the shelf has since is never written over."""
    text, id, did = "", path.stem, None
    try:
        text = read(path)
        id = drafts.id_in(text)
        did, now = saved(shelf, id, text, standings.get(id), met.get(id), dry)
        met[id] = now
        if publish and did in ("new", "changed", "same") and now.revision:
            met[id] = published(shelf, id, text, now, dry)
            did = "published"
    except GradusError as problem:
        if problem.status in (401, 403) or problem.status >= 500:
            raise  # the next file would fare no better
        if problem.code == "draft_changed" or (problem.code == "question_taken" and id in shelf.standings()):
            return Moved(id, path.name, "conflict", difference(text, shelf.standing(id)[1], path.name))
        return Moved(id, path.name, "refused", f"{'its draft was saved; ' if did and not dry else ''}{problem.detail}")
    return Moved(id, path.name, did, GONE if did == "gone" else "")


def saved(shelf: Shelf, id: str, text: str, now: Standing | None, before: Standing | None, dry: bool) -> tuple[Did, Standing]:
    """Saves a text where it is new: a change of the folder alone.  Raises DraftChanged, QuestionTaken."""
    mine = digest(text)
    if now is None:
        if before and mine == before.sha256:
            return "gone", before
        return "new", Standing(1, 0, mine) if dry else shelf.create(text)
    if now.sha256 == mine:
        return "same", now
    if before and mine == before.sha256:
        return "behind", before
    if before is None or now.sha256 != before.sha256:
        raise DraftChanged(f"{id} was changed since; pull, and make them agree")
    return "changed", Standing(now.revision + 1, now.version, mine) if dry else shelf.save(id, text, now)


def published(shelf: Shelf, id: str, text: str, now: Standing, dry: bool) -> Standing:
    """Publishes a draft.  Raises NotFair, BadQuestion, DraftChanged."""
    if not dry:
        return shelf.publish(id, now)
    if problems := shelf.hindrances(text):
        raise drafts.NotFair(id, problems)
    return now


def check(shelf: Shelf, files: Sequence[Path], watch: Watch = iter) -> Iterator[Moved]:
    """Tells of files what would keep each from being published; nothing is kept.  Raises what the shelf raises."""
    for path in watch(files):
        try:
            problems = shelf.hindrances(read(path))
        except BadFolder as problem:
            problems = [problem.detail]
        yield Moved(path.stem, path.name, "refused" if problems else "sound", "\n".join(problems))


def difference(mine: str, theirs: str, file: str) -> str:
    """The lines in which a file and the shelf differ."""
    lines: Iterator[str] = difflib.unified_diff(theirs.splitlines(), mine.splitlines(), "the store", file, lineterm="")
    return "\n".join([line for _, line in zip(range(SHOWN), lines, strict=False)])


def known(folder: Path) -> dict[str, Standing]:
    """How each question stood when folder and shelf last had the same text.  Raises BadFolder."""
    if not folder.is_dir():
        raise BadFolder(f"{folder} is not a folder; make it first")
    try:
        return {id: Standing(**one) for id, one in json.loads((folder / KNOWN).read_text(encoding="utf-8")).items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError):
        raise BadFolder(f"{folder / KNOWN} cannot be read; remove it, and what differs will be told as conflicts") from None


def remember(folder: Path, met: dict[str, Standing]) -> None:
    write(folder / KNOWN, json.dumps({id: vars(one) for id, one in sorted(met.items())}, indent=1) + "\n")


def read(path: Path) -> str:
    """A file, every letter.  Raises BadFolder."""
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        raise BadFolder(f"{path} cannot be read; save it in UTF-8") from None


def write(path: Path, text: str) -> None:
    """Puts a whole file in place, or leaves the old one.  Raises BadFolder."""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".part", delete=False) as part:
            part.write(text.encode())
        Path(part.name).chmod(0o644)
        Path(part.name).replace(path)
    except OSError as problem:
        raise BadFolder(f"{path} cannot be written: {problem.strerror}; make room or change the folder's rights") from None
