"""Titles: the mathematics in them set as such, with the page's own fonts, so that it reads without scripts too."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markupsafe import Markup, escape

MINUS = re.compile(r"(?<![\w−])-(?=\d)|(?<=\de)-(?=\d)")
FORMULA = re.compile(r"(?:\S+ [=+−·] )*\S*[∂√²\u0391-\u03c9₀-₉]\S*?(?: [=+−·] \S+?)*(?=[:,.;]?(?: |$))")
LETTERS = re.compile(r"[∂\u0391-\u03c9]*[A-Za-z]+|[∂\u0391-\u03c9]+|[₀-₉]+")
DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
NUMBER = re.compile(r"\$?[-−+]?\d+(?:[.,]\d+)?\$?")


def minus(text: str) -> str:
    """A text in which the hyphen before a number is a minus sign."""
    return MINUS.sub("−", text)


def titled(text: str) -> Markup:
    """A title as HTML: letters of formulas italic, names of functions upright, indices below."""
    out, at, text = Markup(), 0, minus(text)
    for found in FORMULA.finditer(text):
        out += escape(text[at : found.start()]) + Markup('<span class="maths">{}</span>').format(formula(found[0]))
        at = found.end()
    return out + escape(text[at:])


def formula(text: str) -> Markup:
    """One formula of a title."""
    return Markup("").join(
        set_letters(piece) if LETTERS.fullmatch(piece) else escape(piece) for piece in re.split(f"({LETTERS.pattern})", text) if piece
    )


def set_letters(letters: str) -> Markup:
    if letters[0] in "₀₁₂₃₄₅₆₇₈₉":
        return Markup("<sub>{}</sub>").format(letters.translate(DIGITS))
    return escape(letters) if re.fullmatch("[A-Za-z]{2,}", letters) else Markup("<i>{}</i>").format(letters)


def numbers(texts: Sequence[str]) -> bool:
    """Whether all these are numbers with as many decimals, which then stand under one another by their points."""
    found = [text.strip("$") for text in texts]
    return all(map(NUMBER.fullmatch, texts)) and len({len(text.partition(".")[2]) for text in found}) == 1
