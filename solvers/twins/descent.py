"""Gradient descent by torch.optim.SGD itself: factors by autograd through its step, limits by the rates that bring them about."""

from __future__ import annotations

import torch

from solvers.twins.optimisers import descend


def factor(a, lr):
    """∂w₁/∂w₀ of one step, by autograd twice."""
    w = torch.ones_like(a, requires_grad=True)
    (slope,) = torch.autograd.grad((a * w**2).sum(), w, create_graph=True)
    (moved,) = torch.autograd.grad((w - lr * slope).sum(), w)
    return moved


def rate_for(a, wanted):
    """The rate at which the factor is `wanted`: it falls linearly in the rate, so two probes give it."""
    zero, one = torch.zeros(1, dtype=torch.float64), torch.ones(1, dtype=torch.float64)
    return (factor(a, zero) - wanted) / (factor(a, zero) - factor(a, one))


def contraction(a, w0, lr, steps):
    """torch.optim.SGD run over all steps, and autograd through one step."""
    run = descend(a, w0, steps, lambda w: torch.optim.SGD([w], lr=lr.item()), lambda t, state: {})
    limit = rate_for(a, -1.0)
    return {"q": factor(a, lr), "once": rate_for(a, 0.0), "limit": limit, "safe": limit.amin(), "last": run[f"w{steps}"]}
