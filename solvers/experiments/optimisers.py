"""The optimisers of a specification in torch: its own where it has them, ADOPT and the course's momentum written out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch

from solvers.experiments.specification import Adam, Adopt, Momentum, Optimiser, RmsProp, Sgd


class AveragedMomentum(torch.optim.Optimizer):
    """v ← beta·v + (1−beta)·g, w ← w − lr·v, from v = 0: the course's convention, which torch has not."""

    def __init__(self, parameters: Iterable[Any], lr: float, beta: float) -> None:
        super().__init__(parameters, {"lr": lr, "beta": beta})

    @torch.no_grad()
    def step(self):
        """One update of every parameter from its gradient."""
        for group in self.param_groups:
            for w in group["params"]:
                state = self.state[w]
                v = state.setdefault("v", torch.zeros_like(w))
                v.mul_(group["beta"]).add_(w.grad, alpha=1 - group["beta"])
                w.add_(v, alpha=-group["lr"])


class AdoptOptimiser(torch.optim.Optimizer):
    """ADOPT (Taniguchi et al., 2024, algorithm 2): normalise by the past mean square, clip, average, step."""

    def __init__(self, parameters: Iterable[Any], lr: float, beta1: float, beta2: float, eps: float, clip: float | None) -> None:
        super().__init__(parameters, {"lr": lr, "beta1": beta1, "beta2": beta2, "eps": eps, "clip": clip})

    @torch.no_grad()
    def step(self):
        """One update of every parameter from its gradient; the first only remembers its square."""
        for group in self.param_groups:
            for w in group["params"]:
                state = self.state[w]
                if not state:
                    state.update(t=0, v=torch.zeros_like(w), s=w.grad.square())
                    continue
                state["t"] += 1
                ghat = w.grad / state["s"].sqrt().clamp_min(group["eps"])
                if group["clip"] is not None:
                    bound = state["t"] ** group["clip"]
                    ghat.clamp_(-bound, bound)
                state["v"].mul_(group["beta1"]).add_(ghat, alpha=1 - group["beta1"])
                w.add_(state["v"], alpha=-group["lr"])
                state["s"].mul_(group["beta2"]).addcmul_(w.grad, w.grad, value=1 - group["beta2"])


MAKE: dict[type, Callable[[Any, Any], torch.optim.Optimizer]] = {
    Sgd: lambda w, o: torch.optim.SGD(w, lr=o.lr, foreach=False),
    Momentum: lambda w, o: (
        torch.optim.SGD(w, lr=o.lr, momentum=o.beta, foreach=False) if o.form == "heavy_ball" else AveragedMomentum(w, o.lr, o.beta)
    ),
    RmsProp: lambda w, o: torch.optim.RMSprop(w, lr=o.lr, alpha=o.gamma, eps=o.eps, foreach=False),
    Adam: lambda w, o: torch.optim.Adam(w, lr=o.lr, betas=(o.beta1, o.beta2), eps=o.eps, foreach=False),
    Adopt: lambda w, o: AdoptOptimiser(w, o.lr, o.beta1, o.beta2, o.eps, o.clip),
}


def make(optimiser: Optimiser, parameters: Iterable[Any]) -> torch.optim.Optimizer:
    """The optimiser of a specification over these parameters."""
    return MAKE[type(optimiser)](list(parameters), optimiser)
