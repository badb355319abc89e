"""How a code name and a number look in print: one notation from Python to TeX."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from solvers.worksheet import HOLE

# Plain words for letters; a solver's own symbols come before these.
GREEK = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "lambda", "mu", "nu", "xi", "rho", "sigma", "tau",
         "phi", "chi", "psi", "omega")  # fmt: skip
LETTERS = {name: rf"\{name}" for name in GREEK} | {
    "lr": r"\alpha",
    "eps": r"\varepsilon",
    "loss": "L",
    "label": "y",
    "yhat": r"\hat{y}",
    "vhat": r"\hat{v}",
    "shat": r"\hat{s}",
}
# A symbol as bold or upright letters, or plain ones, and its subscript.
WHOLE = re.compile(r"(?:\\math(?:bf|rm)\{((?:[^{}]|\{[^{}]*\})*)\}|(.*?))(?:_\{([^{}]*)\})?", re.DOTALL)
PROSE_HOLE = re.compile(r"@@|" + HOLE.pattern)
# What a formula in letters says for all samples at once, and its numbers say one by one.
SAMPLES = re.compile(r"\{N\}")
PICKED = re.compile(r"\\sum_(\w) (\\\w+) @(\w+)_\{\1,\\,@(\w+)_\{\1\}\}")
SUM = re.compile(r"\\sum_(\w) @(\w+)_\{\1\}(?! \\cdot)")
ONE_HOT = re.compile(r"@(\w+) - \\mathrm\{onehot\}\(@(\w+)\)")
LONGEST_SUM = 10
FIGURES = 7  # how many significant figures a worked solution shows
LARGEST_IN_FULL = 1e12  # whole numbers below are not cut to figures: a file's size is exact


def symbol(name: str, own: Mapping[str, str] = {}) -> str:
    r"""The TeX of a code name: `w1` is w_{1}, `yhat` is \hat{y}, `dw1` is \frac{\partial L}{\partial w_{1}}.

    `own` are a solver's symbols: they may hold a whole name (`dR`) or the letters before its number (`g` for g1, g2, …).
    """
    if name in own:
        return own[name]
    letters = name.rstrip("0123456789")
    if derivative(name, own):
        return rf"\frac{{\partial L}}{{\partial {symbol(name[1:], own)}}}"
    letter = own.get(letters) or LETTERS.get(letters) or (letters if len(letters) == 1 else rf"\mathrm{{{letters}}}")
    digits = name[len(letters) :]
    return letter + (f"_{{{digits}}}" if digits else "")


def entry_symbol(name: str, index: tuple[int, ...], own: Mapping[str, str] = {}, first: int = 0) -> str:
    r"""The TeX of one entry of a step: `h[0]` is h_{0}, `dh[0]` is \frac{\partial L}{\partial h_{0}}.

    `own["h[]"]` may say how, with {i} for the index; `first` is what the source counts its entries from.
    """
    shown = [str(i + first) for i in index]
    letters = name.rstrip("0123456789")
    for key, epoch in ((f"{name}[]", ""), (f"{letters}[]", name[len(letters) :])):
        if key in own:
            return own[key].replace("{i}", ",".join(shown)).replace("{t}", epoch)
    if derivative(name, own):
        return rf"\frac{{\partial L}}{{\partial {entry_symbol(name[1:], index, own, first)}}}"
    bold, plain, below = WHOLE.fullmatch(symbol(name, own)).groups()  # type: ignore[union-attr]
    return f"{bold or plain}_{{{','.join(([below] if below else []) + shown)}}}"


def derivative(name: str, own: Mapping[str, str]) -> bool:
    """Whether a name like dw1 stands for a derivative of the loss."""
    letters = name.rstrip("0123456789")
    return len(letters) > 1 and letters[0] == "d" and not {name, letters} & {*own, *LETTERS}


def number(value: float, figures: int = FIGURES) -> str:
    r"""A number in TeX, at most `figures` figures: -0.16, 10^{-6}, 2.1 \cdot 10^{-7}; a whole one such as 47040016 in full."""
    if not np.isfinite(value):
        return r"\text{–}"
    if value == 0:
        return "0"
    mantissa, _, power = f"{value:.{figures - 1}e}".partition("e")
    exponent = int(power)
    if value == round(value) and abs(value) < LARGEST_IN_FULL and value != float(mantissa) * 10.0**exponent:
        return f"{value:.0f}"
    if -5 <= exponent < max(figures, 7):
        plain = f"{Decimal(mantissa).scaleb(exponent):f}"
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    mantissa = mantissa.rstrip("0").rstrip(".")
    ten = f"10^{{{exponent}}}"
    return {"1": ten, "-1": f"-{ten}"}.get(mantissa, rf"{mantissa} \cdot {ten}")


def value(number_or_array: Any, figures: int = FIGURES) -> str:
    """A number, a vector (as a row) or a matrix in TeX."""
    array = np.asarray(number_or_array)
    if array.ndim == 0:
        return number(float(array), figures)
    if array.ndim > 2:
        raise ValueError(f"a value of {array.ndim} axes cannot be printed; 0, 1 or 2 can")
    rows = array.reshape(1, -1) if array.ndim == 1 else array
    body = r" \\ ".join(" & ".join(number(float(x), figures) for x in row) for row in rows)
    return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"


def in_letters(formula: str, own: Mapping[str, str] = {}) -> str:
    """The formula with every hole as its symbol: a fraction, and a symbol with an exponent of its own, in brackets under a power."""

    def fill(hole: re.Match[str]) -> str:
        tex = symbol(hole[1], own)
        raised = formula.startswith("^", hole.end()) and ("^" in tex or tex.startswith(r"\frac"))
        return rf"\left({tex}\right)" if raised else _grouped(tex, formula, hole)

    return HOLE.sub(fill, formula)


def in_numbers(formula: str, numbers: Mapping[str, Any], figures: int = FIGURES) -> str:
    """The formula with every hole as its number: negative numbers, and powers of ten under a power, in brackets."""

    def fill(hole: re.Match[str]) -> str:
        text = value(numbers[hole[1]], figures)
        raised = formula[hole.end() : hole.end() + 1] == "^"
        needs_brackets = (text.startswith("-") and formula != hole[0]) or (raised and "10^" in text)
        return _grouped(f"({text})" if needs_brackets else text, formula, hole)

    return HOLE.sub(fill, spelt_out(formula, numbers, figures))


def spelt_out(formula: str, numbers: Mapping[str, Any], figures: int = FIGURES) -> str:
    """The formula with the number of samples for N, sums of entries term by term, and labels as the entries they pick."""

    def rows(name: str) -> int:
        return len(np.atleast_1d(numbers[name]))

    def terms(function: str, entries: Any) -> str:
        shown = [number(float(x), figures) for x in entries]
        shown = [f"{function} {x}" if function else f"({x})" if x.startswith("-") else x for x in shown]
        return f"({' + '.join(shown)})" if len(shown) > 1 else shown[0]

    def added(match: re.Match[str]) -> str:
        entries = np.asarray(numbers[match[2]])
        return terms("", entries) if entries.ndim == 1 and entries.size <= LONGEST_SUM else match[0]

    def picked(match: re.Match[str]) -> str:
        labels = np.atleast_1d(numbers[match[4]]).astype(int)
        return terms(match[2], np.asarray(numbers[match[3]])[np.arange(len(labels)), labels])

    def one_hot(match: re.Match[str]) -> str:
        classes = np.eye(np.shape(numbers[match[1]])[-1])
        return f"@{match[1]} - {value(classes[np.asarray(numbers[match[2]]).astype(int)])}"

    first = HOLE.search(formula)
    if first and SAMPLES.search(formula):
        formula = SAMPLES.sub(f"{{{rows(first[1])}}}", formula)
    return ONE_HOT.sub(one_hot, SUM.sub(added, PICKED.sub(picked, formula)))


def _grouped(tex: str, formula: str, hole: re.Match[str]) -> str:
    """`tex` in braces where the formula hangs a subscript on the hole, for TeX allows one only."""
    return f"{{{tex}}}" if formula.startswith("_", hole.end()) else tex


def fill_prose(text: str, show: Callable[[str], str]) -> str:
    """Prose with holes: `@x` becomes `show("x")`; `@@` is a plain @."""
    return PROSE_HOLE.sub(lambda hole: show(hole[1]) if hole[1] else "@", text)


def holes(text: str) -> set[str]:
    """The names of the holes in prose."""
    return {hole[1] for hole in PROSE_HOLE.finditer(text) if hole[1]}
