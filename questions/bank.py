"""The shipped bank: one YAML file a topic, every problem said with its file, line and field."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import MappingEndEvent, MappingStartEvent, SequenceEndEvent, SequenceStartEvent
from ruamel.yaml.parser import RoundTripParser

from questions.model import Misfit, Question, path_of
from questions.variant import draw
from solvers.errors import GradusError, listed, pointer, quoted

SHIPPED = Path(__file__).parent / "bank"
LARGEST_FILE = 1_000_000
DEEPEST = 20
MOST = 20_000  # lines of a text, and values in it: four times those of the largest shipped file
MOST_PROBLEMS = 20


class UnknownQuestion(GradusError):
    code = "unknown_question"
    status = 404


class BadQuestion(GradusError):
    """A question file cannot be used: `detail` holds file, line, field and what is allowed; `others` are its further problems.

    `line` and `column`, from 1, are where it stands in the text, None where that is not known; `said` is what is wrong there.
    """

    code = "bad_question"

    def __init__(self, detail: str, where: str | None = None, others: Sequence[BadQuestion] = ()) -> None:
        super().__init__(detail, where)
        self.others = others
        self.line: int | None = None
        self.column: int | None = None
        self.field = ""
        self.told = detail


def parse(text: str, file: str = "question") -> list[Question]:
    """The questions of a YAML text, a list of them or one.  Raises BadQuestion."""
    documents, marks = read_yaml(text, file)
    questions = []
    written: dict[Any, Any] = {}
    for i, document in enumerate(documents):
        document = written[document.get("id")] = completed(document, written, marks[i], file)
        questions.append(checked(document, marks[i], file))
    return questions


def checked(document: dict[str, Any], mark: Any = None, file: str = "") -> Question:
    """The question of a document, of which a fair variant can be drawn; `mark` knows its lines in a file.  Raises BadQuestion."""
    try:
        question = Question.model_validate(document)
        draw(question, 0)
    except ValidationError as problem:
        first, *others = [told(error, document if mark is None else mark, file) for error in problem.errors()[:MOST_PROBLEMS]]
        first.others = others
        raise first from None
    except GradusError as problem:
        found = located(file, document if mark is None else mark, path_of(problem.where), problem.detail)
        found.where = problem.where
        raise found from None
    return question


def completed(document: dict[str, Any], written: dict[Any, Any], mark: Any, file: str) -> dict[str, Any]:
    """A question that is `like` an earlier one of its file: its own fields over the other's, `givens` name by name."""
    if "like" not in document:
        return document
    own = {name: value for name, value in document.items() if name != "like"}
    other = written.get(document["like"]) if isinstance(document["like"], str) else None
    if other is None:
        said = f"{quoted(document['like'])} is not a question above this one; there are {listed(written) or 'none'}"
        raise located(file, mark, ["like"], said)
    givens = own.get("givens", {})
    if isinstance(givens, dict) and isinstance(other.get("givens"), dict):
        own["givens"] = {**other["givens"], **givens}
    return {**other, "version": 1, **own}


class Refused(MarkedYAMLError):
    """YAML that could be read, but is not wanted."""


class Careful(RoundTripParser):
    """Reads YAML as it comes, and stops at what nests too deeply, is too much or refers elsewhere."""

    depth = 0
    events = 0

    def get_event(self) -> Any:
        """The next event.  Raises Refused."""
        event = super().get_event()
        self.events += 1
        self.depth += isinstance(event, (MappingStartEvent, SequenceStartEvent)) - isinstance(event, (MappingEndEvent, SequenceEndEvent))
        if self.depth > DEEPEST:
            raise Refused(problem=f"nested deeper than {DEEPEST} levels; flatten it", problem_mark=event.start_mark)
        if self.events > MOST:
            raise Refused(problem=f"more than {MOST:,} values; split it", problem_mark=event.start_mark)
        if getattr(event, "anchor", None) is not None:
            raise Refused(problem="anchors and aliases are not allowed; write the value out", problem_mark=event.start_mark)
        return event


def read_yaml(text: str, file: str) -> tuple[list[Any], list[Any]]:
    """The documents as plain data, and as ruamel's, which know their lines."""
    if len(text) > LARGEST_FILE:
        raise BadQuestion(f"{file} is larger than {LARGEST_FILE:,} characters; split it")
    if len(text.splitlines()) > MOST:
        raise BadQuestion(f"{file} has more than {MOST:,} lines; split it")
    yaml = YAML(typ="rt", pure=True)
    yaml.Parser = Careful
    try:
        marked = yaml.load(text)
    except MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        said = str(problem.problem or "not YAML").splitlines()[0]
        told = f"{said}{'' if isinstance(problem, Refused) else '; correct the YAML'}"
        bad = BadQuestion(f"{file}, line {line}: {told}")
        bad.line, bad.column, bad.told = line, problem.problem_mark.column + 1 if problem.problem_mark else 1, told
        raise bad from None
    except (YAMLError, ValueError, RecursionError) as problem:
        raise BadQuestion(f"{file} is not YAML: {str(problem).splitlines()[0]}; correct it") from None
    documents: Any = marked if isinstance(marked, list) else [marked]
    if not documents or not all(isinstance(document, dict) for document in documents):
        raise BadQuestion(f"{file}, line 1: a question is a mapping with 'id', 'title', 'prompt' and 'parts'; write one, or a list of them")
    return [plain(document) for document in documents], list(documents)


def plain(node: Any) -> Any:
    """ruamel's data as Python's own."""
    if isinstance(node, dict):
        return {str(key): plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [plain(value) for value in node]
    if isinstance(node, bool) or node is None:
        return node
    for kind in (str, int, float):
        if isinstance(node, kind):
            return kind(node)
    return str(node)


def told(problem: Any, mark: Any, file: str) -> BadQuestion:
    """A problem that pydantic found, with its line and field."""
    cause = problem.get("ctx", {}).get("error")
    whole = [*problem["loc"], *(cause.path if isinstance(cause, Misfit) else ())]
    path = [step for step in whole if not (isinstance(step, str) and not present(mark, whole, step))]
    message = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        message = f"{quoted(str(whole[-1]))} is not a field here; remove it or correct its name"
        path = path if path[-1:] == whole[-1:] else [*path, whole[-1]]  # a key that is no text stands in the file as something else
    elif problem["type"] == "missing":
        message, path = "this field is missing; add it", [*path, whole[-1]]
    return located(file, mark, path, message)


def located(file: str, mark: Any, path: Sequence[Any], message: str) -> BadQuestion:
    """A problem with file, line, field and question."""
    field = ".".join(map(str, path)) or "question"
    identity = f" of {quoted(str(mark['id']))[1:-1]}" if isinstance(mark, dict) and mark.get("id") else ""
    line, column = spot_of(mark, path) if hasattr(mark, "lc") else (None, None)
    place = f"{file}, line {line}, " if line else ""
    found = BadQuestion(f"{place}field {field}{identity}: {message}", pointer(*path))
    found.line, found.column, found.field, found.told = line, column, field, message
    return found


def present(mark: Any, path: Sequence[Any], step: Any) -> bool:
    """Whether a step of pydantic's path stands in the file: it also names the branches of a union there."""
    node = mark
    for at in path:
        try:
            node = node[at]
        except (KeyError, IndexError, TypeError):
            if at == step:
                return False
            continue
        if at == step:
            return True
    return False


def spot_of(mark: Any, path: Sequence[Any]) -> tuple[int, int]:
    """The line and the column, from 1, of the deepest node of `path` that stands in the file."""
    node: Any = mark
    line, column = int(node.lc.line), int(node.lc.col)
    for step in path:
        try:
            line, column = (node.lc.item if isinstance(step, int) else node.lc.key)(step)
            node = node[step]
        except (KeyError, IndexError, TypeError, AttributeError):
            break
    return line + 1, column + 1


def load(folder: Path) -> Iterator[Question]:
    """Every question of a folder of YAML files, in the order of file names.  Raises BadQuestion.

    YAML is slow to read and seldom changed, so what was read stands beside it as JSON, as Python keeps its own bytecode.
    """
    for path in sorted(folder.glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        kept = folder / "__pycache__" / f"{path.stem}-{hashlib.sha256(text.encode()).hexdigest()[:16]}.json"
        try:
            yield from [Question.model_validate(document) for document in json.loads(kept.read_text(encoding="utf-8"))]
        except (OSError, ValueError):
            questions = parse(text, path.name)
            keep(kept, [question.model_dump(mode="json", by_alias=True, exclude_unset=True) for question in questions])
            yield from questions


def keep(file: Path, content: Any) -> None:
    """Writes a file that others may read at the same time; where it cannot be written, nothing is kept."""
    try:
        file.parent.mkdir(exist_ok=True)
        for old in file.parent.glob(f"{file.stem.rpartition('-')[0]}-{'?' * 16}.json"):
            old.unlink(missing_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=file.parent, suffix=".part", delete=False) as part:
            json.dump(content, part, ensure_ascii=False)
        Path(part.name).replace(file)
    except OSError:
        return


@cache
def bank() -> dict[str, Question]:
    """The shipped questions by id."""
    questions: dict[str, Question] = {}
    for question in load(SHIPPED):
        if question.id in questions:
            raise BadQuestion(f"two questions have the id {question.id}; give one another id")
        questions[question.id] = question
    return questions


def get(id: str) -> Question:
    """The question of that id.  Raises UnknownQuestion."""
    if id not in bank():
        import difflib

        close = difflib.get_close_matches(id[:80], bank(), n=3)
        hint = f"did you mean {listed(close)}?" if close else "GET /api/v1/questions or `gradus questions` lists them"
        raise UnknownQuestion(f"{quoted(id)} is not a question; {hint}", "/question")
    return bank()[id]
