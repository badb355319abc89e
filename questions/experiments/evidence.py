"""What a training question asks of its experiments, and the part that follows from their stored references."""

from __future__ import annotations

import math
from typing import Any, Literal

from pydantic import Field, model_validator

from questions.draws import Model
from questions.experiments import fairness
from questions.experiments.fairness import Band, Verdict
from questions.experiments.labels import LABELS
from questions.experiments.references import BadReference, reference
from solvers.experiments.chain import PREVIOUS

Accuracy = Literal["running_train", "train", "test"]
Metric = Literal["running_train", "train", "test", "gradient_ratio"]
Claim = Literal["interval", "order", "highest", "lowest", "gain", "below", "printed"]


class Training(Model):
    """The experiments a question is about, and what it asks of one accuracy of theirs after one epoch.

    `interval`: in which of `bands` it lies; `order`: from the highest to the lowest; `highest`, `lowest`: which one; `gain`: which
    change of the experiment before it gains most; `below`: which stay below `line`; `printed`: what its source asks, as it stands.
    `gradient_ratio` is no accuracy but how many times larger the last layer's gradient norm is than the first one's, in powers of ten.
    """

    experiments: list[str] = Field(min_length=1, max_length=12)
    asks: Claim
    metric: Metric = "train"
    epoch: int = Field(ge=1, le=1000)
    bands: dict[str, Band] | None = Field(default=None, min_length=3)
    line: float | None = Field(default=None, gt=0, lt=1)

    @model_validator(mode="after")
    def compares_several(self) -> Training:
        if len(set(self.experiments)) != len(self.experiments):
            raise ValueError("'experiments' names one twice; name each once")
        if (self.asks == "interval") != (self.bands is not None) and self.asks != "printed":
            raise ValueError("'bands' belong to 'asks: interval', and to it alone; state them there")
        if (self.asks == "below") != (self.line is not None):
            raise ValueError("'line' belongs to 'asks: below', and to it alone; state it there")
        if self.asks not in ("interval", "printed") and len(self.experiments) < 3:
            raise ValueError(f"'asks: {self.asks}' compares three experiments or more; name them")
        return self

    def samples(self) -> dict[str, list[float]]:
        """What is asked about of every seed of every experiment, after the epoch.  Raises UnknownExperiment, BadReference."""
        return {name: self.of(name) for name in self.experiments}

    def of(self, name: str) -> list[float]:
        """The same of one experiment."""
        found = reference(name)
        if self.metric == "gradient_ratio":
            found.after("test", self.epoch)
            norms = [run.gradients[self.epoch - 1] for run in found.runs]
            if any(min(layers) == 0 for layers in norms):
                raise BadReference(f"a seed of {name} has a gradient of exactly zero after epoch {self.epoch}; ask about an accuracy")
            return [math.log10(layers[-1] / layers[0]) for layers in norms]
        return found.after(self.metric, self.epoch)

    @property
    def accuracy(self) -> Accuracy:
        """The accuracy whose curves are shown."""
        return "test" if self.metric == "gradient_ratio" else self.metric

    def verdict(self) -> Verdict:
        """What the references say, and whether it may be asked."""
        samples = self.samples()
        first = samples[self.experiments[0]]
        match self.asks:
            case "interval" | "printed":
                return fairness.interval(first, self.bands or {})
            case "order":
                return fairness.order(samples)
            case "highest" | "lowest":
                return fairness.extreme(samples, self.asks == "highest")
            case "below":
                return fairness.below(samples, self.line or 0)
            case "gain":
                before = {name: self.of(PREVIOUS[name]) for name in samples}
                return fairness.extreme(fairness.gains(before, samples))

    def part(self) -> dict[str, Any]:
        """The part that asks this, its options and key made from the references.  Raises ValueError where it may not be asked."""
        verdict = self.verdict()
        if not verdict.fair:
            raise ValueError(f"the references do not support this: {'; '.join(verdict.problems)}. Rather {verdict.proposal}")
        return {"name": "answer", **getattr(self, f"_{PARTS[self.asks]}")(verdict.claim)}

    def _bands(self, claim: tuple[str, ...]) -> dict[str, Any]:
        printed = powers if self.metric == "gradient_ratio" else shares
        return {"kind": "choice", "options": {key: printed(band) for key, band in (self.bands or {}).items()}, "key": claim[0]}

    def _items(self, claim: tuple[str, ...]) -> dict[str, Any]:
        return {"kind": "order", "items": [LABELS[name] for name in claim]}

    def _choice(self, claim: tuple[str, ...]) -> dict[str, Any]:
        options, letters = self._lettered()
        return {"kind": "choice", "options": options, "key": letters[claim[0]]}

    def _choices(self, claim: tuple[str, ...]) -> dict[str, Any]:
        options, letters = self._lettered()
        return {"kind": "choices", "options": options, "keys": sorted(letters[name] for name in claim)}

    def _lettered(self) -> tuple[dict[str, Any], dict[str, str]]:
        letters = {name: "abcdefghijkl"[i] for i, name in enumerate(self.experiments)}
        return {letter: {"text": LABELS[name]} for name, letter in letters.items()}, letters


def shares(band: Band) -> str:
    """A band of accuracies."""
    return f"$[{band[0]:.3g}, {band[1]:.3g}{']' if band[1] == 1 else ')'}$"


def powers(band: Band) -> str:
    """A band of powers of ten."""
    return f"$[10^{{{band[0]:g}}}, 10^{{{band[1]:g}}})$"


PARTS = {"interval": "bands", "order": "items", "highest": "choice", "lowest": "choice", "gain": "choice", "below": "choices"}


def proposals(experiments: list[str], metric: Accuracy, epoch: int) -> list[Training]:
    """What may be asked of experiments: of one a fair interval, of several an order, the highest, the lowest, who stays below 0.2."""
    names = list(dict.fromkeys(experiments))
    if len(names) == 1:
        bands = fairness.around(reference(names[0]).after(metric, epoch))
        found = [Training(experiments=names, asks="interval", metric=metric, epoch=epoch, bands=bands)] if bands else []
    elif len(names) > 2:
        claims: tuple[Claim, ...] = ("order", "highest", "lowest", "below")
        lines = {"below": 0.2}
        found = [Training(experiments=names, asks=claim, metric=metric, epoch=epoch, line=lines.get(claim)) for claim in claims]
    else:
        found = []
    return [one for one in found if one.verdict().fair]
