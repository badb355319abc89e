"""The images of an experiment: IDX files found on disk or fetched, checked to the last byte, as arrays of bytes."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import os
import struct
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from solvers.errors import GradusError, quoted
from solvers.experiments.specification import CLASSES, FASHION_MNIST, PIXELS, Data

HOME = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"
ROOT = Path(__file__).parents[2]
PIECE = 1 << 16
UNSIGNED_BYTE = 8
Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Progress = Callable[[str, int, int], None]


class BadData(GradusError):
    """A data file is missing, damaged, or another one than the specification means."""

    code = "bad_data"
    status = 503


def folder() -> Path:
    """Where the files are looked for: $GRADUS_DATA, else the shared folder beside the checkout, else the state folder's own."""
    if os.environ.get("GRADUS_DATA"):
        return Path(os.environ["GRADUS_DATA"])
    beside = ROOT.parent / "shared" / "fashion-mnist"
    return beside if beside.is_dir() else Path(os.environ.get("GRADUS_STATE") or ROOT / ".gradus") / "fashion-mnist"


def load(data: Data, where: Path | None = None) -> tuple[Bytes, Bytes, Bytes, Bytes]:
    """Training images (N, 784) and labels (N,), test images and labels, as bytes.  Raises BadData."""
    where = where or folder()
    train, train_labels, test, test_labels = (parsed(checked(where / name, data.sha256[name]), where / name) for name in FASHION_MNIST)
    belong("train", train, train_labels, data.train)
    belong("test", test, test_labels, data.test)
    return train[: data.train], train_labels[: data.train], test[: data.test], test_labels[: data.test]


def belong(name: str, images: Bytes, labels: Bytes, asked: int) -> None:
    """That labels go with images, and that there are enough.  Raises BadData."""
    if images.shape[1:] != (PIXELS,) or labels.ndim != 1 or len(images) != len(labels):
        raise BadData(f"the {name} images {images.shape} and labels {labels.shape} do not belong together; fetch them anew")
    if len(images) < asked:
        raise BadData(f"the specification asks for {asked:,} {name} images, the file holds {len(images):,}; ask for fewer")
    if labels.max() >= CLASSES:
        raise BadData(f"the {name} labels hold {labels.max()}; there are {CLASSES} classes, 0 to {CLASSES - 1}")


def checked(path: Path, digest: str) -> bytes:
    """The bytes of a file, if their sha256 is `digest`.  Raises BadData."""
    try:
        packed = path.read_bytes()
    except FileNotFoundError:
        raise BadData(f"{path} is not there; set GRADUS_DATA to the folder of the files, or run `gradus experiment fetch`") from None
    except OSError as problem:
        raise BadData(f"{path} cannot be read: {problem.strerror}") from None
    found = hashlib.sha256(packed).hexdigest()
    if found != digest:
        raise BadData(f"{path} has sha256 {found[:12]}…, expected {digest[:12]}…: it is damaged or another file; fetch it anew")
    return packed


def parsed(packed: bytes, path: Path) -> Bytes:
    """The array of an IDX file of bytes, gzipped or plain; images become rows.  Raises BadData."""
    try:
        raw = gzip.decompress(packed) if packed[:2] == b"\x1f\x8b" else packed
    except (OSError, EOFError, zlib.error) as problem:
        raise BadData(f"{path} cannot be unpacked ({problem}); it is truncated or no gzip file, so fetch it anew") from None
    if len(raw) < 4 or raw[:2] != b"\0\0" or raw[2] != UNSIGNED_BYTE or raw[3] not in (1, 3):
        raise BadData(f"{path} is not an IDX file of bytes: it starts with {quoted(raw[:4].hex(' '))}, expected 00 00 08 01 or 00 00 08 03")
    axes, header = raw[3], 4 + 4 * raw[3]
    if len(raw) < header:
        raise BadData(f"{path} ends within its header of {header} bytes; fetch it anew")
    shape = struct.unpack(f">{axes}I", raw[4:header])
    expected = header + int(np.prod(shape, dtype=object))
    if len(raw) != expected:
        raise BadData(f"{path} states {' × '.join(map(str, shape))} bytes, so {expected:,} in all, but has {len(raw):,}; fetch it anew")
    flat = np.frombuffer(raw, np.uint8, offset=header)
    return flat if axes == 1 else flat.reshape(shape[0], -1)


def fetch(data: Data, where: Path, progress: Progress, home: str = HOME) -> None:
    """Downloads what is missing or damaged in `where`; what was begun is resumed.  Raises BadData."""
    try:
        where.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise BadData(f"{where} cannot be made ({problem.strerror}); set GRADUS_DATA to a folder that may be written") from None
    for name, digest in data.sha256.items():
        if not whole(where / name, digest):
            part = where / f"{name}.part"
            try:
                _download(home + name, part, partial(progress, name))
            except (OSError, http.client.HTTPException) as problem:
                reason = getattr(problem, "reason", problem)
                raise BadData(f"{home + name} could not be fetched ({reason}); try again, or set GRADUS_DATA; what came is kept") from None
            try:
                checked(part, digest)
            except BadData:
                part.unlink()
                raise
            part.replace(where / name)


def whole(path: Path, digest: str) -> bool:
    """Whether a file is there and not damaged."""
    try:
        checked(path, digest)
    except BadData:
        return False
    return True


def _download(url: str, part: Path, progress: Callable[[int, int], None]) -> None:
    """Appends to `part` what it lacks."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        answer = urllib.request.urlopen(request, timeout=30)
    except urllib.error.HTTPError as problem:
        if problem.code == 416 and have:  # nothing is missing
            return
        raise
    with answer:
        resumed = answer.status == 206
        have = have if resumed else 0
        total = have + int(answer.headers.get("Content-Length") or 0)
        with part.open("ab" if resumed else "wb") as file:
            while piece := answer.read(PIECE):
                file.write(piece)
                have += len(piece)
                progress(have, total)
    if have < total:
        raise OSError(f"the connection ended after {have:,} of {total:,} bytes")
