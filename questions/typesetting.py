"""How a formula looks in print: TeX of its tree, with a hole for every name, brackets where they are needed and nowhere else."""

from __future__ import annotations

from collections.abc import Callable

from questions.expressions import Node
from solvers import notation

# What a piece of TeX is, by how tightly it holds together.
LOOSE, SUM, LOGARITHM, PRODUCT, FRACTION, POWER, ATOM = range(7)
COMPARED = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "==": "=", "!=": r"\ne"}
OTHERWISE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
CALLED = {
    "sigmoid": r"\sigma",
    "tanh": r"\tanh",
    "sin": r"\sin",
    "cos": r"\cos",
    "max": r"\max",
    "min": r"\min",
    "argmax": r"\operatorname{arg\,max}",
    "argmin": r"\operatorname{arg\,min}",
}
LOGARITHMS = {"ln": r"\ln", "log": r"\ln", "log10": r"\log_{10}"}
AROUND = {"sqrt": (r"\sqrt{", "}"), "abs": (r"\left|", r"\right|"), "floor": (r"\left\lfloor ", r" \right\rfloor")}


class Typesetter:
    """Sets formulas in TeX.

    `name` says what stands for a name, `rank` how many axes a node has, `size` how many entries a mean is taken over;
    `first` is what the source counts entries from.
    """

    def __init__(self, name: Callable[[Node], str], rank: Callable[[Node], int], size: Callable[[Node], str], first: int = 0) -> None:
        self.name, self.rank, self.size, self.first = name, rank, size, first

    def tex(self, node: Node, least: int = LOOSE) -> str:
        """TeX of a node, in brackets if it holds together less than `least`."""
        text, level = self.piece(node)
        return text if level >= least else bracketed(text)

    def piece(self, node: Node) -> tuple[str, int]:
        """TeX of a node, and how tightly it holds together."""
        kind, args = node.kind, node.args
        if kind == "name":
            return self.name(node), ATOM
        if kind in ("number", "pi"):
            text = r"\pi" if kind == "pi" else notation.number(float(node.value or 0), 12)
            return text, PRODUCT if "cdot" in text else POWER if "^" in text else ATOM
        if kind in ("+", "-"):
            return f"{self.tex(args[0], SUM)} {kind} {self.tex(args[1], LOGARITHM)}", SUM
        if kind == "minus":
            return f"-{self.tex(args[0], LOGARITHM)}", SUM
        if kind in ("*", "@"):
            return f"{self.tex(args[0], PRODUCT)} {self.times(node)} {self.factor(args[1])}", PRODUCT
        if kind == "/":
            return rf"\frac{{{self.tex(args[0])}}}{{{self.tex(args[1])}}}", FRACTION
        if kind == "^":
            return f"{self.tex(args[0], ATOM)}^{{{self.tex(args[1])}}}", POWER
        if kind in COMPARED:
            return rf"[\,{self.condition(node)}\,]", ATOM
        return self.function(node)

    def function(self, node: Node) -> tuple[str, int]:
        """TeX of a call, an entry or a list."""
        kind, args = node.kind, node.args
        if kind == "exp":
            return f"e^{{{self.tex(args[0])}}}", POWER
        if kind in LOGARITHMS:
            return f"{LOGARITHMS[kind]} {self.tex(args[0], ATOM)}", LOGARITHM
        if kind in AROUND:
            before, after = AROUND[kind]
            return before + self.tex(args[0]) + after, ATOM
        if kind in ("sum", "mean"):
            return self.summed(node), LOOSE
        if kind == "relu":
            return rf"\max\left(0, {self.tex(args[0])}\right)", ATOM
        if kind == "transpose":
            return rf"{self.tex(args[0], ATOM)}^{{\top}}", POWER
        if kind == "column":
            return self.piece(args[0])
        if kind == "size":
            return self.size(node), ATOM
        if kind == "where":
            return self.cases(*args), ATOM
        if kind == "entry":
            places = ",".join(self.place(arg) for arg in args[1:])
            return f"{self.tex(args[0], ATOM)}_{{{places}}}", ATOM
        if kind == "list":
            rows = args if args[0].kind == "list" else (Node("list", args=args),)
            body = r" \\ ".join(" & ".join(self.tex(cell) for cell in row.args) for row in rows)
            return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}", ATOM
        if kind == "onehot":
            args = args[:1]
        called = CALLED.get(kind) or rf"\mathrm{{{kind}}}"
        return called + bracketed(", ".join(self.tex(arg) for arg in args)), ATOM

    def times(self, node: Node) -> str:
        """The sign of a product: a ring between vectors or matrices multiplied entry by entry, none in a matrix product."""
        ranks = [self.rank(arg) for arg in node.args]
        if node.kind == "@":
            return r"\cdot" if ranks == [1, 1] else r"\,"
        return r"\odot" if min(ranks) else r"\cdot"

    def factor(self, node: Node) -> str:
        """The right-hand factor of a product."""
        text, level = self.piece(node)
        return text if level == LOGARITHM or level >= FRACTION else bracketed(text)

    def condition(self, node: Node, sign: str = "") -> str:
        """A comparison without brackets."""
        return f"{self.tex(node.args[0])} {COMPARED[sign or node.kind]} {self.tex(node.args[1])}"

    def cases(self, condition: Node, then: Node, otherwise: Node) -> str:
        """One of two values, by a condition."""
        if condition.kind in COMPARED:
            sides = self.condition(condition), self.condition(condition, OTHERWISE[condition.kind])
        else:
            sides = rf"{self.tex(condition)} \ne 0", f"{self.tex(condition)} = 0"
        return rf"\begin{{cases}} {self.tex(then)} & {sides[0]} \\ {self.tex(otherwise)} & {sides[1]} \end{{cases}}"

    def summed(self, node: Node) -> str:
        """A sum or a mean, over the entries or along an axis."""
        (x,) = node.args
        places = "i" if self.rank(x) < 2 else "ij"
        over = places if node.value is None else places[int(node.value)]
        text = rf"\sum_{{{','.join(over)}}} {self.tex(x, ATOM) if x.kind == 'name' else bracketed(self.tex(x))}_{{{places}}}"
        return rf"\frac{{1}}{{{self.size(node)}}} {text}" if node.kind == "mean" else text

    def place(self, node: Node) -> str:
        """An index of an entry, as the source counts."""
        if node.kind == "all":
            return ":"
        return notation.number(float(node.value or 0) + self.first) if node.kind == "number" else self.tex(node)


def bracketed(text: str) -> str:
    return rf"\left({text}\right)"
