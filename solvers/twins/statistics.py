"""Means and variances by enumeration of the cases, by quadrature of the density, and by torch.distributions."""

from __future__ import annotations

import torch


def by_quadrature(density, low, high):
    """Mean and variance of a density on [low, high] by Gauss–Legendre quadrature with 40 nodes."""
    import numpy as np

    nodes, weights = (torch.as_tensor(array) for array in np.polynomial.legendre.leggauss(40))
    at = low + (high - low) * (nodes + 1) / 2
    mass = weights * (high - low) / 2 * density(at)
    mean = torch.dot(mass, at)
    return mean, torch.dot(mass, (at - mean) ** 2)


def discrete_moments(x, p):
    """Enumeration of all pairs of values: the variance is half the mean squared distance of two independent draws."""
    pairs = torch.outer(p, p)
    var = (pairs * (x[:, None] - x) ** 2).sum() / 2
    squares = torch.einsum("i,ij->", x**2, pairs)
    return {"mean": torch.einsum("i,ij->", x, pairs), "second": squares, "var": var, "sd": var.sqrt()}


def product_variance(meanX, varX, meanY, varY):
    """Enumeration: two-point variables with these means and variances, all four cases of their product."""
    signs = torch.tensor([-1.0, 1.0], dtype=torch.float64)
    X, Y = meanX + signs * varX.sqrt(), meanY + signs * varY.sqrt()
    cases = torch.cartesian_prod(X, Y).prod(1)
    return {
        "squareX": (X**2).mean(),
        "squareY": (Y**2).mean(),
        "square": (cases**2).mean(),
        "mean": cases.mean(),
        "var": cases.var(unbiased=False),
    }


def uniform_moments(a, b):
    """torch.distributions.Uniform for the density, quadrature over it for the moments; the ends swap where a > b."""
    low, high = torch.minimum(a, b), torch.maximum(a, b)
    uniform = torch.distributions.Uniform(low, high)
    mean, var = by_quadrature(lambda at: uniform.log_prob(at).exp(), low, high)
    height = uniform.log_prob((low + high) / 2).exp() * torch.sign(b - a)
    return {"density": height, "mean": mean, "var": var, "sd": var.sqrt()}


def gaussian_density(x, mu, var):
    """torch.distributions.Normal.log_prob, split at its value in the mean."""
    normal = torch.distributions.Normal(mu, var.sqrt())
    peak = normal.log_prob(mu)
    return {"e": normal.log_prob(x) - peak, "c": peak.exp(), "density": normal.log_prob(x).exp()}
