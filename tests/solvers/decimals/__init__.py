"""Solvers once more in decimals of 50 digits, from the sources' formulas: every value, and what every named mistake writes down.

A function here bears its solver's name, takes its givens and returns, by step, what is right and what is wrong, by mistake.
"""

from __future__ import annotations

import importlib
import pkgutil
from decimal import Decimal, localcontext

import numpy as np

root, exp, ln, log10 = (np.frompyfunc(f, 1, 1) for f in (Decimal.sqrt, Decimal.exp, Decimal.ln, Decimal.log10))
PI = Decimal("3.1415926535897932384626433832795028841971693993751058")


def numbers():
    """The module's functions by the solver they compute."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        for name, function in vars(importlib.import_module(f"{__name__}.{module.name}")).items():
            if getattr(function, "solves", False):
                found[name] = function
    return found


def solves(function):
    """Marks a function as the twin of the solver of its name."""
    function.solves = True
    return function


def exact(given):
    """A given without rounding: a Decimal, an array of them, or the count it is."""
    if isinstance(given, int):
        return given
    return np.frompyfunc(lambda x: Decimal(x.item() if hasattr(x, "item") else x), 1, 1)(np.asarray(given)[()])


def run(function, givens):
    """What `function` gives for these givens, as floats: by step the value and its mistakes."""

    def rounded(value):
        return np.asarray(value, dtype=object).astype(float)

    with localcontext() as context:
        context.prec = 50
        context.clear_traps()
        steps = function(**{name: exact(given) for name, given in givens.items()})
        return {name: (rounded(right), {k: rounded(v) for k, v in wrong.items()}) for name, (right, wrong) in steps.items()}
