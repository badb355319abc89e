"""Critical points by numpy.roots, their nature by autograd twice."""

from __future__ import annotations

import numpy as np
import torch


def curve(coefficients):
    """The polynomial of these coefficients, highest power first, by Horner's rule in torch."""

    def f(x):
        y = torch.zeros_like(x)
        for c in coefficients:
            y = y * x + c
        return y

    return f


def derivatives(f, x, order):
    """The derivative of that order at every entry of x, by autograd."""
    at = x.clone().requires_grad_()
    y = f(at)
    for _ in range(order):
        (y,) = torch.autograd.grad(y.sum(), at, create_graph=True)
    return y.detach()


def critical(coefficients, count):
    """The real roots of the derivative by numpy.roots in ascending order, NaN where there are fewer than `count`."""
    roots = np.roots(np.polyder([c.item() for c in coefficients]))
    found = sorted(root.real for root in roots if abs(root.imag) <= 1e-9 * (1 + abs(root)))
    return torch.tensor((found + [np.nan] * count)[:count], dtype=torch.float64)


def quintic(c5, c4, c3, c2, c1):
    """numpy.polyder and numpy.roots for the critical points, autograd twice for their nature."""
    coefficients = [c5, c4, c3, c2, c1, torch.zeros_like(c1)]
    x = critical(coefficients, 4)
    d = torch.as_tensor(np.polyder([c.item() for c in coefficients]))
    return {"d": d, "x": x, "h": derivatives(curve(coefficients), x, 2)}


def quintic_saddle(c5, c4, c3):
    """numpy.roots of what is left of the derivative without its double root at 0, autograd for the rest."""
    coefficients = [c5, c4, c3, *[torch.zeros_like(c3)] * 3]
    quotient = np.polyder([c.item() for c in coefficients])[:3]
    roots = np.roots(quotient)
    real = np.abs(roots.imag).max() == 0
    x = torch.as_tensor(np.sort(roots.real) if real else np.full(2, np.nan))
    disc = torch.as_tensor(quotient[0] ** 2 * (roots[0] - roots[1]) ** 2).real.clone()
    f = curve(coefficients)
    return {"disc": disc, "x": x, "h": derivatives(f, x, 2), "third": derivatives(f, torch.zeros_like(c3), 3)}
