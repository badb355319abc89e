"""The signal's moments by enumerating two-point products, and by Gauss–Legendre quadrature of the activation under the Gaussian."""

from __future__ import annotations

import numpy as np
import torch

NODES, WEIGHTS = (torch.as_tensor(array) for array in np.polynomial.legendre.leggauss(200))


def logit_variance(square, n, varW):
    """n independent products of a two-point weight and an input of this mean square, enumerated and summed one by one."""
    two = torch.tensor([-1.0, 1.0], dtype=torch.float64)
    cases = torch.cartesian_prod(two * varW.sqrt(), two * square.sqrt()).prod(1)
    return cases.var(unbiased=False).expand(int(n)).sum()


def expected(function, var):
    """E[function(Z)] for Z ~ N(0, var): each half of the line by quadrature, out to 13 standard deviations."""
    normal = torch.distributions.Normal(torch.zeros((), dtype=torch.float64), var.sqrt())
    at = 13 * var.sqrt() * (NODES + 1) / 2
    mass = WEIGHTS * 13 * var.sqrt() / 2 * normal.log_prob(at).exp()
    return torch.dot(mass, function(at) + function(-at))


def layers(activation, q0, **sizes):
    """Var(Z), E[A], E[A²] and Var(A) of every layer; the next takes E[A²]."""
    square = q0
    for i in range(1, len(sizes) // 2 + 1):
        z = logit_variance(square, sizes[f"n{i}"], sizes[f"varW{i}"])
        mean, square = expected(activation, z), expected(lambda at: activation(at) ** 2, z)
        yield i, z, mean, square, square - mean**2


def first_order(function):
    """The tangent of a function at 0, by autograd."""
    zero = torch.zeros((), dtype=torch.float64, requires_grad=True)
    value = function(zero)
    (slope,) = torch.autograd.grad(value, zero)
    return lambda at: value.detach() + slope * at


def tanh_signal(**givens):
    """Enumeration and quadrature, over the tangent of torch.tanh by autograd."""
    return {f"z{i}": z for i, z, _, _, _ in layers(first_order(torch.tanh), **givens)}


def sigmoid_signal(**givens):
    """Enumeration and quadrature, over the tangent of torch.sigmoid by autograd."""
    steps = {}
    for i, z, _, square, var in layers(first_order(torch.sigmoid), **givens):
        steps |= {f"z{i}": z, f"v{i}": var, f"q{i}": square}
    return steps


def relu_signal(**givens):
    """Enumeration and quadrature, over torch.relu."""
    steps = {}
    for i, z, mean, square, var in layers(torch.relu, **givens):
        steps |= {f"z{i}": z, f"q{i}": square, f"m{i}": mean, f"v{i}": var}
    return steps
