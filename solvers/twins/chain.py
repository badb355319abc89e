"""Derivatives of composed functions by autograd, their step by torch.optim.SGD."""

from __future__ import annotations

import torch


def one_step(x0, lr, function):
    """The derivative at x0 and where torch.optim.SGD goes from there."""
    x = x0.clone().requires_grad_()
    optimiser = torch.optim.SGD([x], lr=lr.item())
    function(x).backward()
    optimiser.step()
    return {"g": x.grad, "x1": x.detach()}


def slope(function, at):
    at = at.detach().clone().requires_grad_()
    return torch.autograd.grad(function(at), at)[0]


def composite(x0, b, c, lr):
    """autograd of each function and of the composition, and torch.optim.SGD."""

    def f(x):
        return x.square() + b * x

    def g(u):
        return u.pow(3) + c * u + 2

    return {"u": f(x0), "df": slope(f, x0), "dg": slope(g, f(x0))} | one_step(x0, lr, lambda x: g(f(x)))


def log_quartic(x0, eps, lr):
    """autograd of torch.log, and torch.optim.SGD."""

    def inside(x):
        return x.square().square() + eps

    return {"u": inside(x0), "du": slope(inside, x0)} | one_step(x0, lr, lambda x: torch.log(inside(x)))
