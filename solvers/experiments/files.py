"""Files that are written whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from solvers.errors import GradusError


class UnwritableFile(GradusError):
    """The disk is full, or the folder may not be written."""

    code = "unwritable"
    status = 507


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file to write that takes the place of `path` once it is whole and on the disk.  Raises UnwritableFile."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as problem:
        raise UnwritableFile(f"{path} cannot be written ({problem.strerror or problem}); make room, then run it again") from None
    finally:
        with suppress(OSError):
            draft.unlink()


def write_json(path: Path, document: Any) -> None:
    """Writes a document, whole or not at all."""
    with replacing(path) as file:
        file.write((json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n").encode())


@contextmanager
def claimed(path: Path) -> Iterator[bool]:
    """Whether this process alone may go on, until it leaves or dies; elsewhere than on POSIX always."""
    try:
        import fcntl
    except ImportError:
        yield True
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
