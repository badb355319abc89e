"""Changes a solver's lines, one at a time, and counts how many of the changes the tests notice.  Run by `./dev mutate [SOLVER …]`.

A mutant has one sign turned, one index or exponent moved, one factor or term left out, or two operands swapped.  It is caught when
a claim of tests/solvers fails of it.  Mutants that compute the same as the original stand in EQUIVALENT with the reason.
"""

from __future__ import annotations

import ast
import sys
import types
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import numpy as np
from rich.console import Console
from rich.progress import track

import solvers
from solvers import twins
from solvers.solver import Solver
from tests.givens import random_givens
from tests.solvers import test_decimals, test_known_mistakes, test_pinned, test_twins, test_worksheet

FOLDER = Path(solvers.__file__).parent
LEAST_CAUGHT = 0.95
SEEDS = 8
TURNED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
MOVED = {ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Lt: ast.LtE, ast.LtE: ast.Lt}

# (file, the line's own words, the change) → why it computes the same.
EQUIVALENT: dict[tuple[str, str, str], str] = {
    ("descent.py", "1 - 2 * lr * a", "2 * lr * a - 1"): "its absolute value is taken",
    ("logistic_regression.py", "z >= 0", "z > 0"): "at 0 both sides of the sigmoid are 1/2",
    ("perceptron.py", "z >= -NEARLY", "z > -NEARLY"): "no sum of decimals lies at the margin of zero itself",
    ("perceptron.py", "z > NEARLY", "z >= NEARLY"): "no sum of decimals lies at the margin of zero itself",
    ("scaling.py", "x - mux[..., None]", "mux[..., None] - x"): "the difference is squared",
    ("statistics.py", "b - a", "a - b"): "the difference is squared",
    ("statistics.py", "x - mu", "mu - x"): "the difference is squared, or its absolute value taken",
}


@dataclass(frozen=True)
class Mutant:
    """One change: where it stands, what it is, and the module it makes."""

    file: str
    line: int
    before: str
    after: str
    source: ast.Module

    @property
    def known(self) -> str | None:
        """Why it computes the same as the original, if it is known to."""
        return EQUIVALENT.get((self.file, self.before, self.after))


def changes(node: ast.AST) -> Iterator[ast.AST]:
    """What a node may be changed into."""
    if isinstance(node, ast.BinOp):
        if isinstance(node.right, ast.Constant) and node.right.value == 1.0 and isinstance(node.op, ast.Mult):
            return  # `x * 1.0` only makes an array of its own
        if type(node.op) in TURNED:
            yield ast.BinOp(node.left, TURNED[type(node.op)](), node.right)
        if isinstance(node.op, (ast.Mult, ast.Add, ast.Sub, ast.Div, ast.Pow)):
            yield node.left
        if isinstance(node.op, (ast.Mult, ast.Add)):
            yield node.right
        if isinstance(node.op, (ast.Sub, ast.Div, ast.Pow, ast.MatMult)):
            yield ast.BinOp(node.right, node.op, node.left)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in MOVED:
        yield ast.Compare(node.left, [MOVED[type(node.ops[0])]()], node.comparators)
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield ast.Constant(node.value + 1)


class Change(ast.NodeTransformer):
    """Puts the `wanted`-th change of a module's functions in place."""

    def __init__(self, wanted: int) -> None:
        self.wanted, self.seen, self.inside = wanted, 0, 0
        self.found: tuple[int, str, str] | None = None

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.inside += 1
        node.body = [self.visit(statement) for statement in node.body]
        self.inside -= 1
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        """Formulas are strings; what is computed for a subscript in them is changed like any line."""
        return self.generic_visit(node)

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if self.inside:
            for changed in changes(node):
                self.seen += 1
                if self.seen - 1 == self.wanted:
                    changed = ast.copy_location(changed, node)
                    self.found = (getattr(node, "lineno", 0), ast.unparse(node), ast.unparse(changed))
                    return changed
        return super().generic_visit(node)


def mutants(path: Path) -> Iterator[Mutant]:
    """Every mutant of a solver's file."""
    source = path.read_text(encoding="utf-8")
    for wanted in range(100_000):
        change = Change(wanted)
        tree = ast.fix_missing_locations(change.visit(ast.parse(source)))
        if change.found is None:
            return
        yield Mutant(path.name, *change.found, tree)


KNOWN: dict[tuple[str, int], dict[str, np.ndarray]] = {}


def remembered(name: str, seed: int) -> dict[str, np.ndarray]:
    """The twin's steps for the givens of a seed: the same for every mutant."""
    if (name, seed) not in KNOWN:
        KNOWN[name, seed] = twins.run(name, random_givens(solvers.solvers()[name], seed))
    return KNOWN[name, seed]


def disagrees(solver: Solver) -> bool:
    """Whether the twin notices."""
    for seed in range(SEEDS):
        steps = solver.run(random_givens(solver, seed)).steps
        theirs = remembered(solver.name, seed)
        if steps.keys() != theirs.keys():
            return True
        for step, value in theirs.items():
            if np.shape(steps[step].value) != value.shape or not np.allclose(steps[step].value, value, rtol=1e-9, atol=1e-12):
                return True
    return False


CLAIMS: tuple[Callable[[str], None], ...] = (
    test_twins.test_formulas_name_every_step_and_given_they_use,
    test_twins.test_formulas_name_only_what_stands_before_them,
    test_twins.test_every_formula_prints_in_letters_and_in_numbers,
    test_twins.test_where_an_input_sits_on_a_kink_it_agrees_with_the_twin,
    test_twins.test_mistakes_and_their_sentences_agree,
    test_pinned.test_every_mistake_gives_what_it_gave_when_it_was_looked_at,
    test_worksheet.test_a_cohort_is_computed_as_each_student_alone,
)
# Claims of some solvers only.
FOR_SOME: tuple[tuple[Callable[[str], None], Collection[str]], ...] = (
    (test_known_mistakes.test_a_named_mistake_writes_what_its_sentence_says, test_known_mistakes.TABLE),
    (test_known_mistakes.test_large_logits_do_not_overflow_a_softmax, test_known_mistakes.LARGE),
    (test_known_mistakes.test_a_relu_is_off_at_0_and_on_just_above, test_known_mistakes.ONE_UNIT),
    (test_known_mistakes.test_a_large_hidden_value_does_not_overflow_the_softmax_behind_it, {"relu_softmax"}),
    (test_known_mistakes.test_a_rewritten_net_shows_the_factor_of_each_weight, test_known_mistakes.REWRITTEN),
    (test_decimals.test_values_and_named_mistakes_are_those_of_50_digits, test_decimals.BY_DECIMALS),
)


def caught(mutant: Mutant) -> bool:
    """Whether a test fails of a mutant."""
    module = types.ModuleType(mutant.file)
    try:
        exec(compile(mutant.source, mutant.file, "exec"), module.__dict__)
        changed = {one.name: one for one in vars(module).values() if isinstance(one, Solver) and one.function.__module__ == mutant.file}
        if any(disagrees(solver) for solver in changed.values()):
            return True
        with mock.patch.object(solvers, "get", lambda name: changed.get(name) or solvers.solvers()[name]):
            for name in changed:
                for claim in [*CLAIMS, *(claim for claim, names in FOR_SOME if name in names)]:
                    claim(name)
    except Exception:
        return True
    except BaseException as failed:  # pytest's own failures
        if isinstance(failed, KeyboardInterrupt):
            raise
        return True
    return False


def files(names: list[str]) -> list[Path]:
    """The files of these solvers, or of all."""
    known = solvers.solvers()
    for name in names:
        if name not in known:
            sys.exit(f"'{name}' is not a solver; there are {', '.join(known)}")
    wanted = names or list(known)
    return sorted({FOLDER / f"{known[name].function.__module__.split('.')[-1]}.py" for name in wanted})


def main(names: list[str]) -> int:
    """Prints every mutant that no test catches; 1 where, of any file, more than one in twenty are not caught."""
    out = Console(highlight=False, soft_wrap=True)
    total = missed = 0
    least = 1.0
    for path in files(names):
        made = list(mutants(path))
        alive = [one for one in track(made, path.stem, console=Console(stderr=True), transient=True) if not caught(one)]
        known = [one for one in alive if one.known]
        unknown = [one for one in alive if not one.known]
        real = len(made) - len(known)
        total, missed, share = total + real, missed + len(unknown), 1 - len(unknown) / max(real, 1)
        least = min(least, share)
        out.print(
            f"{path.name}: {len(made)} mutants, {len(known)} equivalent, {len(unknown)} of the others not caught: {share:.1%}", markup=False
        )
        for one in unknown:
            out.print(f"    line {one.line}: {one.before}  →  {one.after}", markup=False)
        for one in known:
            out.print(f"    line {one.line}: {one.before}  →  {one.after}  is the same: {one.known}", markup=False)
    out.print(f"{total - missed} of {total} mutants caught: {1 - missed / max(total, 1):.1%}", markup=False)
    return int(least < LEAST_CAUGHT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
