"""Questions of the bank with formulas in place of their hand-written solvers: the same draws, the same parts."""

from pathlib import Path

from ruamel.yaml import YAML

from questions.bank import get
from questions.model import Question

WRITTEN = YAML(typ="safe", pure=True).load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
ASKED = {name: f"optim-{name}-vary" for name in ("momentum", "rmsprop", "adam")} | {"relu_softmax": "aio2024-cau-01-vary"}


def rewritten(solver):
    """The question that asks this solver, with formulas in its place."""
    document = get(ASKED[solver]).model_dump(mode="json", by_alias=True, exclude_unset=True)
    assert document.pop("solver") == solver
    formulas = WRITTEN[solver]
    givens = document["givens"] | formulas.get("givens", {})
    return Question.model_validate(document | formulas | {"givens": givens})
