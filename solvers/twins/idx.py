"""IDX files really written with struct, and read back byte by byte."""

from __future__ import annotations

import struct

import torch


def written(axes):
    """The bytes of an IDX file of zeros with these axes."""
    return struct.pack(f">HBB{len(axes)}I", 0, 0x08, len(axes), *axes) + bytes(torch.Size(axes).numel())


def measured(file, axes, place):
    """Magic number, header and size of a file as it stands, and where a byte set at `place` turns up."""
    magic, *found = struct.unpack_from(f">I{len(axes)}I", file)
    assert list(found) == list(axes)
    header = len(file) - torch.Size(axes).numel()
    body = torch.frombuffer(bytearray(file[header:]), dtype=torch.uint8).reshape(axes)
    body.view(axes)[place] = 1
    offset = header + body.flatten().argmax().item()
    return {"magic": magic, "header": header, "size": len(file), "offset": offset}


def numbers(found):
    return {name: torch.tensor(value) for name, value in found.items()}


def idx_images(n, rows, cols, k, i, j):
    """A file of images written with struct, and the byte found where the pixel was set."""
    axes = [int(n), int(rows), int(cols)]
    large = [max(size, int(at) + 1) for size, at in zip(axes, (k, i, j), strict=True)]
    if large != axes:  # a place outside the file: told by the strides of an array, which need no bytes
        strides = torch.empty(axes, dtype=torch.uint8, device="meta").stride()
        inside = measured(written(axes), axes, (0, 0, 0))
        offset = inside["offset"] + sum(int(at) * step for at, step in zip((k, i, j), strides, strict=True))
        return numbers(inside | {"offset": offset, "each": strides[0]})
    file = written(axes)
    return numbers(measured(file, axes, (int(k), int(i), int(j))) | {"each": len(written([1, *axes[1:]])) - len(written([0, *axes[1:]]))})


def idx_labels(n, k):
    """A file of labels written with struct, and the byte found where the label was set."""
    if k >= n:
        inside = measured(written([int(n)]), [int(n)], (0,))
        return numbers(inside | {"offset": inside["offset"] + int(k)})
    return numbers(measured(written([int(n)]), [int(n)], (int(k),)))
