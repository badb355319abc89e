"""Small sets of images for tests of training: generated stripes as IDX files, and where the real ones are."""

import gzip
import hashlib
import struct

import numpy as np
import pytest

from solvers.experiments import images
from solvers.experiments.specification import FASHION_MNIST, read

real_images = pytest.mark.skipif(
    not (images.folder() / "train-images-idx3-ubyte.gz").is_file(), reason="Fashion-MNIST is not there; set GRADUS_DATA"
)


def stripes(count, start):
    """Images of ten classes, a bright band at a height of their own over dots that a linear congruence scatters; whole numbers only."""
    labels = np.array([(7 * i + start) % 10 for i in range(count)], np.uint8)
    state, pixels = 12345 + start, np.zeros((count, 28, 28), np.uint8)
    for i, label in enumerate(labels):
        for row in range(28):
            for column in range(28):
                state = (1103515245 * state + 12345) % 2**31
                bright = 2 * label + 4 <= row < 2 * label + 8
                pixels[i, row, column] = (state >> 16) % 120 + 90 * bright
    return pixels, labels


def idx(array):
    """The bytes of an IDX file."""
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def write_images(folder, train=200, test=60):
    """Writes the four files, and returns what a specification says of them."""
    arrays = [*stripes(train, 0), *stripes(test, 3)]
    digests = {}
    for name, array in zip(FASHION_MNIST, arrays, strict=True):
        packed = gzip.compress(idx(array), mtime=0)
        digests[name] = hashlib.sha256(packed).hexdigest()
        (folder / name).write_bytes(packed)
    return {"name": "idx", "train": train, "test": test, "sha256": digests}


def small(data, **changes):
    """A specification that takes a moment."""
    document = {
        "network": {"widths": [784, 12, 12, 10], "activation": "relu"},
        "initialisation": {"weights": "he_normal"},
        "optimiser": {"method": "adam", "lr": 0.01},
        "data": data,
        "batch": 32,
        "seeds": [0, 1],
        "epochs": 3,
    }
    return read(document | changes)
