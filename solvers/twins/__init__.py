"""The torch twin of every solver: the same steps from autograd and torch's own layers, sharing no line with the solver."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Twin = Callable[..., dict[str, Any]]


def twin(name: str) -> Twin | None:
    """The twin of the solver of that name, or None.  Imports torch, which takes seconds: never in a web worker."""
    for module in pkgutil.iter_modules(__path__):
        found: Twin | None = getattr(importlib.import_module(f"{__name__}.{module.name}"), name, None)
        if found is not None:
            return found
    return None


def run(name: str, givens: Mapping[str, Any]) -> dict[str, np.ndarray[Any, Any]]:
    """Every step of the twin of `name` as NumPy arrays, from givens as `Solver.read` returns them."""
    import torch

    function = twin(name)
    if function is None:
        raise LookupError(f"{name} has no twin in solvers/twins; write one beside the others")
    tensors = {k: v if isinstance(v, int) else torch.tensor(np.asarray(v)) for k, v in givens.items()}
    return {k: v.detach().numpy() for k, v in function(**tensors).items()}
