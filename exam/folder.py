"""Questions as files under version control: pulled into a folder and pushed from it, every letter kept, nobody's change written over."""

from __future__ import annotations

import difflib
import hashlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from exam import drafts
from exam.drafts import DraftChanged, QuestionTaken
from exam.store import Store
from exam.store.people import Person
from questions.bank import BadQuestion, UnknownQuestion, bank
from solvers.errors import GradusError

KNOWN = ".gradus.json"  # what the folder and the store had in common when they last met
SHOWN = 60  # lines of a difference


class BadFolder(GradusError):
    """The folder cannot be read or written."""

    code = "bad_folder"


@dataclass(frozen=True)
class Met:
    """A question when folder and store last had the same text: the draft's revision, the latest version, the text's digest."""

    revision: int
    version: int
    digest: str


@dataclass(frozen=True)
class Moved:
    """What became of a question: `told` says why not, or holds the lines that differ."""

    id: str
    file: str
    did: Literal["new", "changed", "published", "same", "ahead", "conflict", "refused"]
    told: str = ""


def pull(store: Store, person: Person, folder: Path) -> list[Moved]:
    """Writes what teachers wrote into a folder, a file a question; a file that was changed there is never written over.

    Raises NotAllowed, BadFolder.
    """
    met = known(folder)
    moved = []
    for id in drafts.written(store, person):
        now, text = standing(store, person, id)
        path = folder / f"{id}.yaml"
        mine = read(path) if path.exists() else None
        before = met.get(id)
        if mine == text:
            did = Moved(id, path.name, "same")
        elif mine is None or (before and digest(mine) == before.digest):
            write(path, text)
            did = Moved(id, path.name, "new" if mine is None else "changed")
        elif before and now.digest == before.digest:
            moved.append(Moved(id, path.name, "ahead"))
            continue
        else:
            moved.append(Moved(id, path.name, "conflict", difference(mine, text, path.name)))
            continue
        met[id] = now
        moved.append(did)
    remember(folder, met)
    return moved


def push(store: Store, person: Person, folder: Path, publish: bool = False) -> list[Moved]:
    """Saves the files of a folder that changed as drafts, and publishes those that may be.  Raises NotAllowed, BadFolder."""
    drafts.allowed(person)
    met = known(folder)
    moved = [pushed(store, person, path, met, publish) for path in sorted(folder.glob("*.yaml"))]
    remember(folder, met)
    return moved


def pushed(store: Store, person: Person, path: Path, met: dict[str, Met], publish: bool) -> Moved:
    """Saves one file; what the store has since is never written over."""
    text, id = "", path.stem
    try:
        text = read(path)
        id = drafts.id_in(text)
        did = saved(store, person, id, path.name, text, met)
        if publish and did.did in ("new", "changed", "same") and met[id].revision:
            drafts.publish(store, person, id)
            did = Moved(id, path.name, "published")
            met[id], _ = standing(store, person, id)
    except (DraftChanged, QuestionTaken) as problem:
        if id in bank():
            return Moved(id, path.name, "refused", problem.detail)
        return Moved(id, path.name, "conflict", difference(text, standing(store, person, id)[1], path.name))
    except BadQuestion as problem:
        return Moved(id, path.name, "refused", problem.detail)
    except GradusError as problem:
        if problem.status == 403:
            raise
        return Moved(id, path.name, "refused", problem.detail)
    return did


def saved(store: Store, person: Person, id: str, file: str, text: str, met: dict[str, Met]) -> Moved:
    """Saves a text where it is new.  Raises DraftChanged, QuestionTaken."""
    if id in bank():
        raise QuestionTaken(f"{id} comes with Gradus and stays as it is; copy it under another id")
    try:
        now, theirs = standing(store, person, id)
    except UnknownQuestion:
        drafts.create(store, person, text)
        met[id], _ = standing(store, person, id)
        return Moved(id, file, "new")
    if theirs == text:
        met[id] = now
        return Moved(id, file, "same")
    before = met.get(id)
    if before is None or before.digest == digest(text):
        raise DraftChanged(f"{id} was changed since; pull, and make them agree")
    drafts.save(store, person, id, text, before.revision, before.version)
    met[id], _ = standing(store, person, id)
    return Moved(id, file, "changed")


def standing(store: Store, person: Person, id: str) -> tuple[Met, str]:
    """How a question stands in the store, and its text: the draft's, else the latest version's.  Raises UnknownQuestion."""
    draft, versions = drafts.kept(store, person, id)
    text = draft.source if draft else versions[-1].source or ""
    return Met(draft.revision if draft else 0, versions[-1].version if versions else 0, digest(text)), text


def difference(mine: str, theirs: str, file: str) -> str:
    """The lines in which a file and the store differ."""
    lines: Iterator[str] = difflib.unified_diff(theirs.splitlines(), mine.splitlines(), "the store", file, lineterm="")
    return "\n".join([line for _, line in zip(range(SHOWN), lines, strict=False)])


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def known(folder: Path) -> dict[str, Met]:
    """What folder and store had in common.  Raises BadFolder."""
    if not folder.is_dir():
        raise BadFolder(f"{folder} is not a folder; make it first")
    try:
        return {id: Met(**one) for id, one in json.loads((folder / KNOWN).read_text(encoding="utf-8")).items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError):
        raise BadFolder(f"{folder / KNOWN} cannot be read; remove it, and what differs will be told as conflicts") from None


def remember(folder: Path, met: dict[str, Met]) -> None:
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
