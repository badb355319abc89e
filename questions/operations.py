"""What formulas compute with: every operation with the shapes it takes and its NumPy call, put on a tape once and run for whole cohorts."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from math import pi, prod
from typing import Any

import numpy as np

from questions.expressions import FormulaError, Node, refused
from solvers.errors import listed

Shape = tuple[int, ...]
Call = Callable[[list[Any], Mapping[str, Any]], Any]
MOST_ENTRIES = 400  # of one value
INDEXED = re.compile(r"([A-Za-z]+)\{\s*([a-z])\s*(?:([-+])\s*(\d{1,4}))?\s*\}")


@dataclass(frozen=True, eq=False)
class Value:
    """What a call on the tape gives: its shape behind the leading axes of students, and its numbers where they are everyone's."""

    shape: Shape
    call: int = -1
    constant: Any = None


class Absent(FormulaError):
    """A name such as w{t-2} in the first round of a loop."""


class Tape:
    """The NumPy calls of one step and its mistakes, each distinct one once.

    `shapes` are those of the givens and steps above, `constants` the givens that nobody draws and the loop's own letter.
    """

    def __init__(
        self, shapes: Mapping[str, Shape], constants: Mapping[str, float], loop: tuple[str, int] | None, below: Collection[str]
    ) -> None:
        self.shapes, self.constants, self.loop, self.below = shapes, constants, loop, below
        self.calls: list[Call] = []
        self.work = 0  # operations, and the numbers they give
        self.of: dict[int, Value] = {}  # by the identity of a node
        self._known: dict[tuple[Any, ...], Value] = {}
        self._text = ""

    def value(self, text: str, tree: Node) -> Value:
        """Puts a formula on the tape.  Raises FormulaError."""
        self._text = text
        with np.errstate(all="ignore"):
            return self.emit(tree)

    def error(self, node: Node, why: str) -> FormulaError:
        return refused(self._text, node.at, why)

    def emit(self, node: Node) -> Value:
        found = self._emit(node)
        self.work += 1
        self.of[id(node)] = found
        return found

    def counted(self, node: Node) -> str:
        """How many entries a size counts, or a mean is taken over."""
        shape = self.of[id(node.args[0])].shape
        return str(prod(shape) if node.value is None else shape[int(node.value)])

    def _emit(self, node: Node) -> Value:
        if node.kind in ("number", "pi"):
            return self.constant(node, pi if node.kind == "pi" else node.value)
        if node.kind == "name":
            return self.named(node)
        if node.kind == "entry":
            return entry(self, node)
        args = [self.emit(arg) for arg in node.args]
        if node.kind in ELEMENTWISE:
            return self.elementwise(node, ELEMENTWISE[node.kind], *args)
        if node.kind in ("max", "min") and len(args) == 2:
            return self.elementwise(node, np.maximum if node.kind == "max" else np.minimum, *args)
        return OTHERS[node.kind](self, node, *args)

    def named(self, node: Node) -> Value:
        """The number of a given or of a step above."""
        name = self.instance(node)
        if name in self.constants:
            return self.constant(node, self.constants[name])
        if name in self.shapes:
            return self._call(("name", name), self.shapes[name], lambda values, numbers: numbers[name])
        if name in self.below:
            raise self.error(node, f"'{name}' is computed here or further down; a step may use only what stands before it")
        raise self.error(node, f"'{name}' is neither a given nor a step before this one; there are {listed(self.shapes)}")

    def instance(self, node: Node) -> str:
        """A name with its loop's letter replaced: w{t-1} is w0 where t is 1.  Raises Absent where that falls below 0."""
        name = str(node.value)
        if "{" not in name:
            return name
        match = INDEXED.fullmatch(name)
        if match is None:
            raise self.error(node, f"'{name}' is no name; write letters and the loop's letter, such as w{{t-1}}")
        letters, letter, sign, number = match.groups()
        if self.loop is None or self.loop[0] != letter:
            inside = f"the letter of this loop is {self.loop[0]}" if self.loop else "it stands in no loop; add 'for: t in 1..2' around it"
            raise self.error(node, f"'{name}' counts by {letter}, but {inside}")
        index = self.loop[1] + int(f"{sign}{number}" if sign else 0)
        if index < 0:
            why = f"'{name}' would be {letters}{index} where {letter} is {self.loop[1]}; give it a start, or begin the loop later"
            raise Absent(refused(self._text, node.at, why).detail)
        return f"{letters}{index}"

    def constant(self, node: Node, value: Any) -> Value:
        numbers = np.asarray(value, dtype=np.float64)
        if not np.all(np.isfinite(numbers)):
            raise self.error(node, "this comes to no finite number, whatever is drawn; correct it")
        return Value(numbers.shape, constant=numbers[()])

    def _call(self, key: tuple[Any, ...], shape: Shape, call: Call) -> Value:
        if key not in self._known:
            self.calls.append(call)
            self._known[key] = Value(shape, len(self.calls) - 1)
            self.work += prod(shape)
        return self._known[key]

    def at(self, value: Value) -> int:
        """Where on the tape a value is computed."""
        if value.constant is None:
            return value.call
        numbers = value.constant
        return self._call(("constant", value.shape, numbers.tobytes()), value.shape, lambda values, given: numbers).call

    def apply(self, node: Node, numpy: Callable[..., Any], shape: Shape, *args: Value, key: object = None) -> Value:
        """A NumPy call on values, or its result where they are all constant."""
        if prod(shape) > MOST_ENTRIES or len(shape) > 2:
            raise self.error(node, f"this has shape {shape}; at most a matrix of {MOST_ENTRIES:,} entries is computed")
        if all(arg.constant is not None for arg in args):
            return self.constant(node, numpy(*[arg.constant for arg in args]))
        at = tuple(self.at(arg) for arg in args)
        return self._call((node.kind, len(node.args), node.value, key, at), shape, bound(numpy, at))

    def lifted(self, value: Value, rank: int) -> Value:
        """A value with axes of one between the students and its own, so that it broadcasts against a larger one."""
        missing = rank - len(value.shape)
        if not missing or value.constant is not None:
            return value
        index, i = (..., *[None] * missing, *[slice(None)] * len(value.shape)), value.call
        return self._call(("lifted", rank, i), (1,) * missing + value.shape, lambda values, given: values[i][index])

    def elementwise(self, node: Node, numpy: Callable[..., Any], *args: Value) -> Value:
        """A NumPy call entry by entry; numbers, vectors and matrices broadcast against each other."""
        shapes = [arg.shape for arg in args]
        try:
            shape = np.broadcast_shapes(*shapes)
        except ValueError:
            said = " and ".join(map(str, shapes))
            raise self.error(node, f"the shapes {said} do not fit entry by entry; make them agree") from None
        if node.kind == "^" and args[1].constant is not None and args[1].shape == () and args[1].constant == 2:
            return self.apply(node, np.square, args[0].shape, args[0], key="square")
        return self.apply(node, numpy, shape, *[self.lifted(arg, len(shape)) for arg in args])

    def filled(self, node: Node, value: Value, shape: Shape) -> Value:
        """A value in the shape of the step it belongs to."""
        if value.shape == shape:
            return value
        try:
            fits = np.broadcast_shapes(value.shape, shape) == shape
        except ValueError:
            fits = False
        if not fits:
            raise self.error(node, f"this has shape {value.shape} where the step has {shape}; make them agree")
        return self.elementwise(Node("filled"), np.add, value, Value(shape, constant=np.zeros(shape)))


def bound(numpy: Callable[..., Any], at: tuple[int, ...]) -> Call:
    """A call on the values at these places of the tape."""
    if len(at) == 1:
        (i,) = at
        return lambda values, numbers: numpy(values[i])
    if len(at) == 2:
        i, j = at
        return lambda values, numbers: numpy(values[i], values[j])
    return lambda values, numbers: numpy(*[values[i] for i in at])


ELEMENTWISE: Mapping[str, Callable[..., Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
    "minus": np.negative,
    "<": lambda a, b: (a < b) * 1.0,
    "<=": lambda a, b: (a <= b) * 1.0,
    ">": lambda a, b: (a > b) * 1.0,
    ">=": lambda a, b: (a >= b) * 1.0,
    "==": lambda a, b: (a == b) * 1.0,
    "!=": lambda a, b: (a != b) * 1.0,
    "exp": np.exp,
    "ln": np.log,
    "log": np.log,
    "log10": np.log10,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "sign": np.sign,
    "floor": np.floor,
    "sin": np.sin,
    "cos": np.cos,
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0.0),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "where": lambda condition, a, b: np.where(condition != 0, a, b),
}


def reduction(numpy: Callable[..., Any]) -> Callable[..., Value]:
    """An operation along one of a value's own axes, or along all of them."""

    def operation(tape: Tape, node: Node, x: Value) -> Value:
        rank = len(x.shape)
        if rank == 0:
            raise tape.error(node, f"{node.kind} takes a vector or a matrix; this is one number")
        if node.value is None:
            if rank == 2 and node.kind in ("argmax", "argmin"):
                raise tape.error(node, f"along which axis? Write {node.kind}(…, axis=0) or axis=1")
            axis: Any = -1 if rank == 1 else (-2, -1)
            return tape.apply(node, lambda values: numpy(values, axis), (), x)
        if int(node.value) >= rank:
            raise tape.error(node, "a vector has the axis 0 alone; leave axis=1 out")
        axis = int(node.value)
        return tape.apply(node, lambda values: numpy(values, axis - rank), x.shape[:axis] + x.shape[axis + 1 :], x)

    return operation


def size(tape: Tape, node: Node, x: Value) -> Value:
    if x.shape == () or (node.value is not None and int(node.value) >= len(x.shape)):
        raise tape.error(node, "size counts the entries of a vector or matrix, or along an axis that it has")
    return tape.constant(node, prod(x.shape) if node.value is None else x.shape[int(node.value)])


def product(tape: Tape, node: Node, a: Value, b: Value) -> Value:
    """The matrix product; of two vectors, their dot product."""
    if not a.shape or not b.shape or a.shape[-1] != b.shape[0]:
        raise tape.error(node, f"the shapes {a.shape} and {b.shape} do not fit in a product @; between numbers write *")
    tape.work += prod(a.shape) * prod(b.shape[1:])
    ranks = (len(a.shape), len(b.shape))
    numpy: Mapping[tuple[int, int], Callable[..., Any]] = {
        (1, 1): lambda x, y: (x * y).sum(-1),
        (2, 1): lambda x, y: np.matmul(x, y[..., None])[..., 0],
        (1, 2): lambda x, y: np.matmul(x[..., None, :], y)[..., 0, :],
        (2, 2): np.matmul,
    }
    return tape.apply(node, numpy[ranks], a.shape[:-1] + b.shape[1:], a, b)


def transpose(tape: Tape, node: Node, x: Value) -> Value:
    if len(x.shape) != 2:
        raise tape.error(node, "only a matrix is transposed; column(x) makes a column of a vector")
    return tape.apply(node, lambda values: np.swapaxes(values, -1, -2), x.shape[::-1], x)


def along_last(numpy: Callable[..., Any]) -> Callable[..., Value]:
    """An operation on a vector, or on every row of a matrix."""

    def operation(tape: Tape, node: Node, x: Value) -> Value:
        if not x.shape:
            raise tape.error(node, f"{node.kind} takes a vector, or the rows of a matrix; this is one number")
        return tape.apply(node, numpy, x.shape, x)

    return operation


def softmax(h: Any) -> Any:
    e = np.exp(h - h.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def column(tape: Tape, node: Node, x: Value) -> Value:
    if len(x.shape) != 1:
        raise tape.error(node, f"column takes a vector; this has shape {x.shape}")
    return tape.apply(node, lambda values: values[..., None], (*x.shape, 1), x)


def onehot(tape: Tape, node: Node, label: Value, classes: Value) -> Value:
    """Zeros with a one at the label, or a row of them for each label."""
    n = classes.constant
    if n is None or classes.shape or n != int(n) or not 1 <= n <= MOST_ENTRIES:
        raise tape.error(
            node, "the second argument of onehot is how many classes there are: a whole number, the same for all; such as size(h)"
        )
    places = np.arange(int(n))
    return tape.apply(node, lambda values: (places == np.asarray(values)[..., None]) * 1.0, (*label.shape, int(n)), label, key=int(n))


def entries(tape: Tape, node: Node, *items: Value) -> Value:
    """A vector of numbers, or a matrix of rows."""
    if len({item.shape for item in items}) > 1:
        raise tape.error(node, f"the entries have the shapes {', '.join(str(item.shape) for item in items)}; make them equal")
    axis = -1 - len(items[0].shape)
    return tape.apply(node, lambda *values: np.stack(np.broadcast_arrays(*values), axis), (len(items), *items[0].shape), *items)


def entry(tape: Tape, node: Node) -> Value:
    """One entry or row, or along an axis; of a vector also the one that a drawn label says."""
    x = tape.emit(node.args[0])
    index = [None if item.kind == "all" else tape.emit(item) for item in node.args[1:]]
    if len(index) > len(x.shape):
        raise tape.error(node, f"this has shape {x.shape}; it takes {len(x.shape)} indices at most")
    if len(index) == len(x.shape) == 1 and index[0] is not None and index[0].constant is None and index[0].shape == ():
        return tape.apply(node, picked, (), x, index[0])
    places = []
    for axis, i in zip(x.shape, index, strict=False):
        if i is not None and (i.constant is None or i.shape):
            raise tape.error(node, "a label that is drawn picks from a vector; of a matrix take onehot(label, n) @ X")
        if i is not None and not (0 <= i.constant < axis and i.constant == int(i.constant)):
            raise tape.error(node, f"there is no entry {i.constant:g} among {axis}; entries are counted from 0 to {axis - 1}")
        places.append(slice(None) if i is None else int(i.constant))
    places += [slice(None)] * (len(x.shape) - len(places))
    shape = tuple(n for n, place in zip(x.shape, places, strict=True) if isinstance(place, slice))
    return tape.apply(node, lambda values: values[(..., *places)], shape, x, key=str(places))


def picked(x: Any, label: Any) -> Any:
    """The entry of a vector at a label; NaN where there is none."""
    hot = np.arange(x.shape[-1]) == np.asarray(label)[..., None]
    return np.where(hot.any(-1), np.where(hot, x, 0.0).sum(-1), np.nan)


OTHERS: Mapping[str, Callable[..., Value]] = {
    "sum": reduction(lambda x, axis: np.add.reduce(x, axis)),
    "mean": reduction(lambda x, axis: np.mean(x, axis)),
    "max": reduction(lambda x, axis: np.maximum.reduce(x, axis)),
    "min": reduction(lambda x, axis: np.minimum.reduce(x, axis)),
    "argmax": reduction(lambda x, axis: np.argmax(x, axis) * 1.0),
    "argmin": reduction(lambda x, axis: np.argmin(x, axis) * 1.0),
    "size": size,
    "@": product,
    "transpose": transpose,
    "reverse": along_last(lambda x: x[..., ::-1]),
    "softmax": along_last(softmax),
    "column": column,
    "onehot": onehot,
    "list": entries,
}
