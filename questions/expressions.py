"""Arithmetic as people type it, read into a small tree, or refused with the place and the remedy; nothing of it is ever run as code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import NamedTuple

from solvers.errors import GradusError, listed, quoted

LONGEST = 1000  # characters
DEEPEST = 60
NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*")
TOKEN = re.compile(
    r"""(?P<number>(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][-+]?\d+)?)
      | (?P<name>[A-Za-z][A-Za-z0-9]*(?:\{[^{}]*\})?)
      | (?P<mark>\*\*|==|!=|<=|>=|\.T\b|[-+*/^@<>=()\[\],:])""",
    re.VERBOSE | re.ASCII,
)
TYPED = str.maketrans({"−": "-", "–": "-", "×": "*", "·": "*", "⋅": "*", "\u00a0": " "})
# How tightly a mark binds what stands left of it.
BINDS = {"<": 10, "<=": 10, ">": 10, ">=": 10, "==": 10, "!=": 10, "+": 20, "-": 20, "*": 30, "/": 30, "@": 30, "^": 50}
MINUS_OF_TERM, MINUS = 25, 40  # -a*b is -(a*b), but in 2/-a*b the minus is that of a
# The functions, with how many arguments each takes at least and at most.  The last of a reduction may be axis=0 or axis=1.
FUNCTIONS: Mapping[str, tuple[int, int]] = {
    **dict.fromkeys(("exp", "ln", "log", "log10", "sqrt", "abs", "sign", "floor", "sin", "cos", "tanh", "relu", "sigmoid"), (1, 1)),
    **dict.fromkeys(("softmax", "transpose", "reverse", "column"), (1, 1)),
    **dict.fromkeys(("sum", "mean", "argmax", "argmin", "size"), (1, 1)),
    **dict.fromkeys(("max", "min"), (1, 2)),
    "onehot": (2, 2),
    "where": (3, 3),
}
REDUCTIONS = {"sum", "mean", "max", "min", "argmax", "argmin", "size"}
RESERVED = {*FUNCTIONS, "pi"}


class FormulaError(GradusError):
    """A formula cannot be read or computed: `detail` says where in it, what is allowed and the remedy."""

    code = "bad_formula"


@dataclass(frozen=True)
class Node:
    """One operation: its kind, what it names, what it is done to, and where it stands in the text (which makes no difference)."""

    kind: str
    value: str | float | int | None = None
    args: tuple[Node, ...] = ()
    at: int = field(default=0, compare=False)
    depth: int = field(default=0, compare=False)

    def names(self) -> list[str]:
        """The names of steps and givens in it, each once, as written."""
        own = [str(self.value)] if self.kind == "name" else []
        return list(dict.fromkeys(own + [name for arg in self.args for name in arg.names()]))


class Token(NamedTuple):
    kind: str
    text: str
    at: int


def refused(text: str, at: int, why: str) -> FormulaError:
    """The error at a place of a formula."""
    line, column = text.count("\n", 0, at), at - (text.rfind("\n", 0, at) + 1)
    return FormulaError(f"{f'line {line + 1}, ' if line else ''}column {column + 1}: {why}")


def tokens(text: str) -> list[Token]:
    """The numbers, names and marks of a formula, and an end."""
    found: list[Token] = []
    at = 0
    plain = text.translate(TYPED)
    while at < len(text):
        if plain[at].isspace():
            at += 1
            continue
        match = TOKEN.match(plain, at)
        if match is None:
            raise refused(text, at, stray(plain[at]))
        found.append(Token(match.lastgroup or "", match[0].replace("**", "^").replace(" ", ""), at))
        at = match.end()
    return [*found, Token("end", "", len(text))]


def stray(character: str) -> str:
    """What to say of a character that no formula holds."""
    if character == ".":
        return "a formula has no attributes; call a function, such as sum(x)"
    if character == "_":
        return "a name is made of letters and digits, without '_'; write dw1 for dw_1"
    if character.isalpha():
        return f"{quoted(character)} is not a letter from a to z; name steps and givens with those"
    return f"{quoted(character)} has no place here; a formula is made of numbers, names, + - * / ^ @ < > = ( ) [ ] and functions"


class Parser:
    """Reads one formula, operators by how tightly they bind."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise refused(text, LONGEST, f"a formula has at most {LONGEST:,} characters; split it into steps")
        self.text = text
        self.tokens = tokens(text)
        self.i = 0
        self.level = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.i]

    def error(self, why: str, at: int | None = None) -> FormulaError:
        return refused(self.text, self.next.at if at is None else at, why)

    def take(self, text: str = "") -> Token:
        """The next token, which must be `text` if that is stated."""
        token = self.next
        if text and token.text != text:
            raise self.error(f"{text!r} is missing before {said(token)}; add it")
        self.i += 1
        return token

    def node(self, kind: str, at: int, *args: Node, value: str | float | int | None = None) -> Node:
        depth = 1 + max((arg.depth for arg in args), default=0)
        if depth > DEEPEST:
            raise self.error(f"more than {DEEPEST} operations inside each other; split it into steps", at)
        return Node(kind, value, args, at, depth)

    def whole(self) -> Node:
        """All of the text as one expression."""
        tree = self.expression()
        if self.next.kind == "end":
            return tree
        if self.next.text == "=":
            raise self.error("'=' says nothing here: the step's name stands in 'name'; to compare write ==")
        if self.next.text == ",":
            raise self.error("a comma only separates arguments and entries; decimals are written with a point")
        raise self.error(f"an operator is missing before {said(self.next)}; write * to multiply, or remove what is too much")

    def expression(self, floor: int = 0) -> Node:
        """What binds more tightly than `floor`."""
        self.level += 1
        if self.level > DEEPEST:
            raise self.error(f"nested deeper than {DEEPEST} brackets; split it into steps")
        left = self.operand(MINUS_OF_TERM if floor < MINUS_OF_TERM else MINUS)
        while (binds := BINDS.get(self.next.text, 0)) > floor:
            mark = self.take()
            right = self.expression(binds - 1 if mark.text == "^" else binds)
            left = self.node(mark.text, mark.at, left, right)
            if binds == 10 and BINDS.get(self.next.text) == 10:
                raise self.error("two things are compared at a time; multiply comparisons: (a < b) * (b < c)")
        self.level -= 1
        return left

    def operand(self, minus: int) -> Node:
        """A number, a name, a call, a list, brackets or a minus, with what is attached to it."""
        token = self.take()
        if token.text in ("-", "+"):
            inner = self.expression(minus)
            return self.node("minus", token.at, inner) if token.text == "-" else inner
        if token.kind == "number":
            return self.attached(self.node("number", token.at, value=float(token.text)))
        if token.kind == "name":
            return self.attached(self.call(token) if self.next.text == "(" else self.name(token))
        if token.text == "(":
            inner = self.expression()
            self.take(")")
            return self.attached(inner)
        if token.text == "[":
            return self.attached(self.node("list", token.at, *self.several("]")))
        raise self.error(f"a number, a name or a bracket is missing before {said(token)}", token.at)

    def name(self, token: Token) -> Node:
        if token.text in FUNCTIONS:
            raise self.error(f"'{token.text}' is a function; write {token.text}(…)", token.at)
        return self.node("pi" if token.text == "pi" else "name", token.at, value=token.text)

    def call(self, token: Token) -> Node:
        """A function with its arguments, and its axis."""
        if token.text not in FUNCTIONS:
            close = get_close_matches(token.text, FUNCTIONS, n=1)
            hint = f"did you mean {close[0]}?" if close else f"there are {listed(FUNCTIONS)}; to multiply write *"
            raise self.error(f"{quoted(token.text)} is not a function; {hint}", token.at)
        self.take("(")
        axis = None
        args: list[Node] = []
        while self.next.text != ")" or not args:
            if self.next.text == "axis" and token.text in REDUCTIONS and args:
                self.take(), self.take("=")
                if self.next.text not in ("0", "1"):
                    raise self.error("an axis is 0 (down the columns) or 1 (along the rows)")
                axis = int(self.take().text)
            else:
                args.append(self.expression())
            if self.next.text != ")":
                self.take(",")
        self.take(")")
        least, most = FUNCTIONS[token.text]
        if not least <= len(args) <= most:
            takes = f"{least}" if least == most else f"{least} or {most}"
            along = "; an axis is named: axis=0" if token.text in REDUCTIONS else ""
            raise self.error(f"{token.text} takes {takes} argument{'s' * (most > 1)}, not {len(args)}{along}", token.at)
        return self.node(token.text, token.at, *args, value=axis)

    def attached(self, node: Node) -> Node:
        """A node with the [entries] and .T that follow it."""
        while self.next.text in ("[", ".T"):
            mark = self.take()
            if mark.text == ".T":
                node = self.node("transpose", mark.at, node)
            else:
                node = self.node("entry", mark.at, node, *self.several("]", rest=True))
        return node

    def several(self, end: str, rest: bool = False) -> list[Node]:
        """Expressions with commas between, up to `end`; with `rest`, a colon may stand for a whole axis."""
        found = []
        while True:
            if rest and self.next.text == ":":
                found.append(self.node("all", self.take().at))
            else:
                found.append(self.expression())
            if self.next.text == end:
                self.take()
                return found
            self.take(",")


def said(token: Token) -> str:
    """A token in a message."""
    return "the end" if token.kind == "end" else quoted(token.text)


def parse(text: str) -> Node:
    """The tree of a formula.  Raises FormulaError."""
    return Parser(text).whole()
