"""Trains one seed of a specification, epoch by epoch, so that the same numbers come out however often it was interrupted."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from solvers.errors import GradusError
from solvers.experiments import images, networks, optimisers
from solvers.experiments.files import UnwritableFile, replacing
from solvers.experiments.specification import Specification

EVALUATED = 2_000  # images at a time, where nothing is learned


class Diverged(GradusError):
    """The loss is no longer a finite number, so there is nothing to record."""

    code = "diverged"


@dataclass
class Run:
    """What one seed gave: after each epoch the right answers of each metric, the mean loss, and the gradient norms by layer."""

    seed: int
    running_train: list[int] = field(default_factory=list)
    train: list[int] = field(default_factory=list)
    test: list[int] = field(default_factory=list)
    loss: list[float] = field(default_factory=list)
    gradients: list[list[float]] = field(default_factory=list)
    cpu_seconds: float = 0.0
    weights: str = ""

    @property
    def epochs(self) -> int:
        """How many are done."""
        return len(self.test)


def cpu_seconds() -> float:
    spent = os.times()
    return spent.user + spent.system


class Training:
    """One seed of a specification: its images, network, optimiser and shuffle, and what was recorded so far."""

    def __init__(self, spec: Specification, seed: int, data: tuple[images.Bytes, ...] | None = None) -> None:
        torch.set_num_threads(spec.threads)
        self.spec = spec
        arrays = data or images.load(spec.data)
        self.x, self.y, self.test_x, self.test_y = (torch.from_numpy(array.copy()) for array in arrays)
        self.y, self.test_y = self.y.long(), self.test_y.long()
        self.layers = networks.draw(spec.network, spec.initialisation, seed)
        self.optimiser = optimisers.make(spec.optimiser, self.layers.parameters())
        self.shuffle = torch.Generator().manual_seed(seed)
        self.run = Run(seed)

    def epoch(self) -> None:
        """Trains once over all images in a new order, then evaluates.  Raises Diverged."""
        started = cpu_seconds()
        self.layers.train()
        order = torch.randperm(len(self.x), generator=self.shuffle)
        right, loss, norms = 0, 0.0, torch.zeros(len(self.layers.linears), dtype=torch.float64)
        batches = order.split(self.spec.batch)
        for batch in batches:
            found, cost = self.update(batch)
            right, loss = right + found, loss + cost * len(batch)
            norms += self.gradient_norms()
        if not loss < math.inf or not norms.isfinite().all():
            raise Diverged(f"seed {self.run.seed}, epoch {self.run.epochs + 1}: the loss is no longer finite; lower 'lr'")
        self.record(right, loss / len(self.x), (norms / len(batches)).tolist())
        self.run.cpu_seconds += cpu_seconds() - started

    def update(self, batch):
        """One update; returns how many of the batch were right before it, and the mean loss."""
        labels = self.y[batch]
        self.optimiser.zero_grad()
        logits = self.layers(self.x[batch].double() / 255)
        loss = functional.cross_entropy(logits, labels)
        loss.backward()
        self.optimiser.step()
        return int((logits.argmax(1) == labels).sum()), loss.item()

    def gradient_norms(self):
        """The Frobenius norm of the gradient of every layer's weights."""
        return torch.stack([next(linear.parameters()).grad.norm() for linear in self.layers.linears])

    def record(self, right: int, loss: float, norms: list[float]) -> None:
        """Notes what the epoch gave."""
        metrics = self.spec.metrics
        if "running_train" in metrics:
            self.run.running_train.append(right)
        if "train" in metrics:
            self.run.train.append(self.evaluate(self.x, self.y))
        self.run.test.append(self.evaluate(self.test_x, self.test_y))
        self.run.loss.append(loss)
        self.run.gradients.append(norms)

    @torch.no_grad()
    def evaluate(self, x, y):
        """How many are classified rightly, with the running statistics of the normalisation."""
        self.layers.eval()
        parts = zip(x.split(EVALUATED), y.split(EVALUATED), strict=True)
        return sum(int((self.layers(bytes.double() / 255).argmax(1) == labels).sum()) for bytes, labels in parts)

    def save(self, path: Path) -> None:
        """Writes a checkpoint, whole or not at all."""
        state = {
            "specification": self.spec.hash,
            "layers": self.layers.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "shuffle": self.shuffle.get_state(),
            "run": dict(vars(self.run)),
        }
        with replacing(path) as file:
            try:
                torch.save(state, file)
            except RuntimeError:  # what torch makes of a full disk, in words of its own
                raise UnwritableFile(f"{path} cannot be written (the disk is full); make room, then run it again") from None

    def resume(self, path: Path) -> bool:
        """Goes on from a checkpoint; a missing, damaged or foreign one is left aside, and it starts anew."""
        try:
            state = torch.load(path, weights_only=True)
        except Exception:  # whatever torch makes of a damaged file
            return False
        if not isinstance(state, dict) or state.get("specification") != self.spec.hash or state["run"]["seed"] != self.run.seed:
            return False
        self.layers.load_state_dict(state["layers"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.shuffle.set_state(state["shuffle"])
        self.run = Run(**state["run"])
        return True


def train(
    spec: Specification,
    seed: int,
    checkpoint: Path | None = None,
    epochs: int | None = None,
    told: Callable[[Run], Any] = lambda run: None,
    data: tuple[images.Bytes, ...] | None = None,
) -> Run:
    """One seed, from its checkpoint if there is one, for `epochs` (the specification's without); `told` hears of every epoch."""
    training = Training(spec, seed, data)
    if checkpoint is not None:
        training.resume(checkpoint)
    while training.run.epochs < (epochs or spec.epochs):
        training.epoch()
        if checkpoint is not None:
            training.save(checkpoint)
        told(training.run)
    training.run.weights = networks.digest(training.layers)
    return training.run


def environment() -> dict[str, Any]:
    """What the numbers were made with."""
    import platform

    import numpy as np

    found = {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__, "machine": platform.machine()}
    return found | {"instructions": torch.backends.cpu.get_cpu_capability(), "system": platform.system()}
