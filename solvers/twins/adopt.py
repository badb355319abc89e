"""ADOPT put together from torch's optimisers: RMSprop keeps the mean square, dampened SGD the average of what was normalised."""

from __future__ import annotations

import torch


class Adopt:
    """Weights w under SGD, whose gradient is replaced by the clipped one; RMSprop (at rate 0) remembers the squares."""

    def __init__(self, w0, v0, g0, lr, beta1, beta2, eps):
        self.w = w0.clone().requires_grad_()
        self.shadow = w0.clone().requires_grad_()
        self.eps = eps
        self.mean = torch.optim.SGD([self.w], lr=lr.item(), momentum=beta1.item(), dampening=beta1.item())
        self.mean.state[self.w]["momentum_buffer"] = v0.clone()
        self.square = torch.optim.RMSprop([self.shadow], lr=0.0, alpha=beta2.item())
        self.square.state[self.shadow] = {"step": torch.tensor(0.0), "square_avg": g0**2}

    @property
    def s(self):
        return self.square.state[self.shadow]["square_avg"]

    def step(self, t, g):
        """The steps of epoch t, from its gradient: normalised by the mean square of the epochs before, clipped, averaged, taken."""
        bound = float(t) ** 0.25
        self.w.grad = (g / self.s.sqrt().clamp_min(self.eps)).clamp(-bound, bound)
        self.shadow.grad = g.clone()
        self.mean.step()
        self.square.step()
        v = self.mean.state[self.w]["momentum_buffer"]
        found = {"ghat": self.w.grad, "v": v, "w": self.w.detach(), "s": self.s}
        return {f"{name}{t}": value.clone() for name, value in found.items()}


def gradient_of(a, w):
    leaf = w.detach().clone().requires_grad_()
    torch.dot(a, leaf**2).backward()
    return leaf.grad


def adopt(a, w0, v0, lr, beta1, beta2, eps, epochs):
    """torch.optim.RMSprop for the mean square, torch.optim.SGD with dampening for the average, autograd."""
    g = gradient_of(a, w0)
    method = Adopt(w0, v0, g, lr, beta1, beta2, eps)
    steps = {"g0": g, "s0": method.s.clone()}
    for t in range(1, epochs + 1):
        g = gradient_of(a, method.w)
        steps |= {f"g{t}": g} | method.step(t, g)
    return steps


def adopt_minibatch(w0, g0, g1, g2, v0, lr, beta1, beta2, eps):
    """torch.optim.RMSprop for the mean square, torch.optim.SGD with dampening for the average."""
    method = Adopt(w0, v0, g0, lr, beta1, beta2, eps)
    steps = {"s0": method.s.clone()}
    return steps | method.step(1, g1) | method.step(2, g2)
