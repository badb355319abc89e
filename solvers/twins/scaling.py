"""Scaling by torch's own extremes, layer_norm and std; the variance from exact fractions."""

from __future__ import annotations

from fractions import Fraction

import torch
from torch.nn import functional as F


def lines(x, low, high):
    """The straight line through (low, 0) and (high, 1), and that through (low, -1) and (high, 1), by torch.lerp backwards."""
    middle, half = (low + high) / 2, (high - low) / 2
    v = torch.addcdiv(torch.zeros_like(x), x - middle, half.expand_as(x))
    return {"u": torch.lerp(torch.full_like(x, 0.5), torch.ones_like(x), v), "v": v}


def min_max(x):
    """torch.aminmax and torch.lerp."""
    low, high = torch.aminmax(x)
    return {"low": low, "high": high} | lines(x, low, high)


def range_scaling(x, low, high):
    """torch.lerp around the middle of the range."""
    return lines(x, low, high)


def z_score(x):
    """F.layer_norm without ε; the variance from exact fractions."""
    exact = [Fraction(value) for value in x.tolist()]
    mean = sum(exact) / len(exact)
    variance = sum(value * value for value in exact) / len(exact) - mean**2
    sigma = torch.std(x, correction=0)
    found = {"mu": float(mean), "var": float(variance)}
    z = F.layer_norm(x, x.shape, eps=0.0)
    return {name: torch.tensor(value, dtype=torch.float64) for name, value in found.items()} | {"sigma": sigma, "z": z}


def z_score_affine(x, a, b):
    """torch.std and F.layer_norm of x and of the transformed values themselves."""
    y = torch.addcmul(b, a, x)
    return {
        "mux": x.mean(),
        "sigmax": torch.std(x, correction=0),
        "zx": F.layer_norm(x, x.shape, eps=0.0),
        "y": y,
        "muy": y.mean(),
        "sigmay": torch.std(y, correction=0),
        "zy": F.layer_norm(y, y.shape, eps=0.0),
    }
