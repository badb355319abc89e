"""Scaling, IDX files and threshold units: computer vision journey, §5.1.1 to §5.1.3 and §9.2."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from tests.solvers.decimals import root, solves

bits = np.frompyfunc(lambda met: Decimal(bool(met)), 1, 1)


def unit_interval(x, low, high):
    u = (x - low) / (high - low)
    return {
        "u": (u, {"divided_by_largest": (x - low) / high, "smallest_not_subtracted": x / (high - low)}),
        "v": (u + u - 1, {"not_stretched": u - 1, "stretched_after": 2 * u - 2}),
    }


@solves
def min_max(x):
    return {"low": (min(x), {}), "high": (max(x), {})} | unit_interval(x, min(x), max(x))


@solves
def range_scaling(x, low, high):
    return unit_interval(x, low, high)


def moments(x):
    """Mean and variance, the variance as the mean of the squares less the square of the mean."""
    mean = sum(x) / len(x)
    return mean, sum(x * x) / len(x) - mean**2


@solves
def z_score(x):
    n = len(x)
    mu, var = moments(x)
    wrong = {"sample_variance": var * n / (n - 1), "mean_square": sum(x * x) / n, "absolute_deviation": sum(abs(x - mu)) / n}
    return {
        "mu": (mu, {}),
        "var": (var, wrong),
        "sigma": (root(var), {"variance_not_root": var}),
        "z": ((x - mu) / root(var), {"mean_not_subtracted": x / root(var)}),
    }


@solves
def z_score_affine(x, a, b):
    n = len(x)
    mux, var = moments(x)
    sigmax, zx = root(var), (x - mux) / root(var)
    return {
        "mux": (mux, {}),
        "sigmax": (sigmax, {"sample_variance": root(var * n / (n - 1))}),
        "zx": (zx, {}),
        "y": (a * x + b, {}),
        "muy": (a * mux + b, {"mean_not_shifted": a * mux}),
        "sigmay": (abs(a) * sigmax, {"signed_deviation": a * sigmax, "shifted_deviation": abs(a) * sigmax + b}),
        "zy": (zx if a > 0 else -zx, {"sign_kept": zx, "transformed_again": a * zx + b}),
    }


@solves
def idx_images(n, rows, cols, k, i, j):
    """Bytes counted field by field: 4 of the magic number, 4 of each of three sizes."""
    each = rows * cols
    at = 16 + (k * rows + i) * cols + j
    return {
        "magic": (0x803, {"magic_of_the_other": 0x801}),
        "header": (16, {"magic_not_counted": 12}),
        "each": (each, {"float_pixels": 4 * each, "bits": 8 * each}),
        "size": (16 + n * each, {"header_forgotten": n * each}),
        "offset": (
            at,
            {"header_forgotten": at - 16, "columns_first": 16 + k * each + i + j * rows, "counted_from_one": at - each},
        ),
    }


@solves
def idx_labels(n, k):
    return {
        "magic": (0x801, {"magic_of_the_other": 0x803}),
        "header": (8, {"magic_not_counted": 4, "header_of_images": 16}),
        "size": (8 + n, {"header_forgotten": n, "bits": 8 + 8 * n}),
        "offset": (8 + k, {"header_forgotten": k, "counted_from_one": 7 + k}),
    }


def fired(z):
    right = bits(z >= 0)
    return right, {"strict": bits(z > 0), "threshold_flipped": 1 - right}


@solves
def gate_unit(target):
    """Twice the mean of s, of s over the right half, …: the plane that is nearest to the outputs as ±1."""
    s = 2 * target - 1
    w1, w2 = sum(s[2:]) - sum(s[:2]), s[1] + s[3] - s[0] - s[2]
    b = 2 * sum(s) / 4 - w1 / 2 - w2 / 2
    corners = [(0, 0), (0, 1), (1, 0), (1, 1)]
    weighted = np.array([w1 * x1 + w2 * x2 for x1, x2 in corners], dtype=object)
    return {
        "unit": ([w1, w2, b], {"bias_sign": [w1, w2, -b]}),
        "z": (weighted + b, {"bias_forgotten": weighted}),
        "out": fired(weighted + b),
    }


@solves
def perceptron_rule(x, t, w, b, lr):
    z = sum(w * x) + b
    out = fired(z)
    e = t - out[0]
    return {
        "z": (z, {"bias_forgotten": sum(w * x)}),
        "out": out,
        "e": (e, {"error_sign": -e, "error_before_threshold": t - z}),
        "wnew": (
            w + lr * e * x,
            {"subtracted": w - lr * e * x, "no_lr": w + e * x, "input_forgotten": w + lr * e},
        ),
        "bnew": (b + lr * e, {"subtracted": b - lr * e, "no_lr": b + e}),
    }


@solves
def xor_net(p, q, r, s, same):
    """Each corner by itself, in coordinates that make the rectangle the unit square."""
    across, up = 1 / (q - p), 1 / (s - r)
    shift = -p * across - r * up
    either, both = [across, up, shift - Decimal("0.5")], [across, up, shift - Decimal("1.5")]
    sign = 1 - 2 * same
    output = [2 * sign, -2 * sign, -sign]
    hidden, unbiased = [], []
    for x, y, u in ((p, r, 0), (p, s, 1), (q, r, 1), (q, s, 2)):
        hidden.append([Decimal(u >= 1), Decimal(u >= 2)])
        unbiased.append([bits(across * x + up * y >= 0)] * 2)
    sums = np.array([output[0] * one + output[1] * two for one, two in hidden], dtype=object)
    added = np.array([2 * one + 2 * two for one, two in hidden], dtype=object) + output[2]
    return {
        "net": ([either, both, output], {"one_line": [either, either, output]}),
        "hidden": (hidden, {"bias_forgotten": unbiased}),
        "z": (sums + output[2], {"bias_forgotten": sums, "units_added": added}),
        "out": fired(sums + output[2]),
    }
