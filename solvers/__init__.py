"""Every solver by name: worksheet functions that compute reference answers step by step."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from solvers.errors import UnknownSolver, listed, quoted
from solvers.solver import Solver


@cache
def solvers() -> dict[str, Solver]:
    """All solvers, found in the modules of this package: a new file needs no registration."""
    found: dict[str, Solver] = {}
    for module in pkgutil.iter_modules(__path__):
        if not module.ispkg:
            for thing in vars(importlib.import_module(f"{__name__}.{module.name}")).values():
                if isinstance(thing, Solver):
                    found[thing.name] = thing
    return dict(sorted(found.items()))


def get(name: str) -> Solver:
    """The solver of that name.  Raises UnknownSolver."""
    if name not in solvers():
        raise UnknownSolver(f"{quoted(name)} is not a solver; there are {listed(solvers())}", "/solver")
    return solvers()[name]
