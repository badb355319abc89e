"""Moments, densities, first weights and the variance of signals: computer vision journey, §6.1.4 to §6.1.6; Glorot and Bengio's eq. 16."""

from __future__ import annotations

from decimal import Decimal

from tests.solvers.decimals import PI, exp, root, solves


@solves
def discrete_moments(x, p):
    """The variance as the mean squared distance from the mean."""
    n = len(x)
    mean = sum(a * q for a, q in zip(x, p, strict=True))
    second = sum(a * a * q for a, q in zip(x, p, strict=True))
    mass = sum(p)
    var = sum((a - mean) ** 2 * q for a, q in zip(x, p, strict=True)) + mean**2 * (1 - mass)
    return {
        "mean": (mean, {"unweighted": sum(x) / n}),
        "second": (second, {"unweighted": sum(x * x) / n, "square_of_sum": mean**2, "probability_squared": sum((x * p) ** 2)}),
        "var": (var, {"mean_not_subtracted": second, "mean_not_squared": second - mean, "sample_variance": var * n / (n - 1)}),
        "sd": (root(var), {"not_rooted": var}),
    }


@solves
def product_variance(meanX, varX, meanY, varY):
    squareX, squareY, mean = varX + meanX**2, varY + meanY**2, meanX * meanY
    var = varX * varY + varX * meanY**2 + varY * meanX**2
    return {
        "squareX": (squareX, {"mean_subtracted": varX - meanX**2, "mean_not_squared": varX + meanX}),
        "squareY": (squareY, {"mean_subtracted": varY - meanY**2, "mean_not_squared": varY + meanY}),
        "square": (squareX * squareY, {}),
        "mean": (mean, {"means_added": meanX + meanY}),
        "var": (
            var,
            {"mean_not_squared": squareX * squareY - mean, "product_of_variances": varX * varY, "sum_of_variances": varX + varY},
        ),
    }


@solves
def uniform_moments(a, b):
    width = b - a
    var = width**2 / 12
    return {
        "density": (1 / width, {"width_as_density": width}),
        "mean": (a + width / 2, {"half_width": width / 2}),
        "var": (var, {"width_not_squared": width / 12, "ends_added": (a + b) ** 2 / 12, "third": width**2 / 3}),
        "sd": (root(var), {"not_rooted": var}),
    }


@solves
def gaussian_density(x, mu, var):
    away = abs(x - mu)
    e, c = -away * away / var / 2, 1 / root(2 * PI * var)
    exponents = {
        "no_half": 2 * e,
        "positive_exponent": -e,
        "distance_not_squared": -away / var / 2,
        "variance_as_sd": e / var,
    }
    factors = {"variance_as_sd": 1 / (root(2 * PI) * var), "not_rooted": c * c, "no_two_pi": 1 / root(var)}
    return {"e": (e, exponents), "c": (c, factors), "density": (c * exp(e), {"not_normalised": exp(e)})}


def spread(var, gain2, units, **wrong):
    """Var(w), σ and r = √(3 Var), and what goes wrong on the way."""
    bound = {"sd_as_bound": root(var), "whole_width": 2 * root(3 * var), "bound_not_rooted": 3 * var}
    return {
        "var": (var, wrong | {"not_inverted": units / gain2}),
        "sd": (root(var), {"not_rooted": var}),
        "r": (root(3 * var), bound),
    }


def by_fan_in(gain2, fanin, fanout, **wrong):
    both = {"other_fan": gain2 / fanout, "glorot": 2 * gain2 / (fanin + fanout)}
    return spread(gain2 / fanin, gain2, fanin, **both, **wrong)


@solves
def fan_in_tanh(fanin, fanout):
    return by_fan_in(1, fanin, fanout, relu_rule=2 / fanin)


@solves
def fan_in_sigmoid(fanin, fanout):
    return by_fan_in(16, fanin, fanout, tanh_rule=1 / fanin, slope_not_squared=4 / fanin)


@solves
def he_relu(fanin, fanout):
    return by_fan_in(2, fanin, fanout, tanh_rule=1 / fanin, half_instead=1 / fanin / 2)


@solves
def glorot(fanin, fanout):
    both = fanin + fanout
    return spread(2 / both, 2, both, fan_in_only=1 / fanin, sum_not_mean=1 / both, product=2 / fanin / fanout)


def logit(n, var, square):
    wrong = {
        "one_input": var * square,
        "root_of_inputs": root(n) * var * square,
        "inputs_squared": n**2 * var * square,
        "weight_squared": n * var**2 * square,
    }
    return n * var * square, wrong


@solves
def tanh_signal(q0, n1, varW1, n2, varW2, n3, varW3):
    z1 = logit(n1, varW1, q0)
    z2 = logit(n2, varW2, z1[0])
    return {"z1": z1, "z2": z2, "z3": logit(n3, varW3, z2[0])}


@solves
def sigmoid_signal(q0, n1, varW1, n2, varW2):
    steps, square = {}, q0
    for layer, n, var in (("1", n1, varW1), ("2", n2, varW2)):
        z = steps["z" + layer] = logit(n, var, square)
        v = z[0] / 16
        square = v + Decimal("0.25")
        steps["v" + layer] = v, {"slope_not_squared": z[0] / 4, "shift_added": v + Decimal("0.5")}
        steps["q" + layer] = square, {"shift_not_squared": v + Decimal("0.5"), "mean_ignored": v}
    return steps


@solves
def relu_signal(q0, n1, varW1, n2, varW2):
    """Var(A) as (1/2 - 1/2π) σ²."""
    steps, square, carried = {}, q0, {}
    for layer, n, var in (("1", n1, varW1), ("2", n2, varW2)):
        z, wrong = logit(n, var, square)
        square, mean = z / 2, root(z / (2 * PI))
        v = (Decimal("0.5") - 1 / (2 * PI)) * z
        steps["z" + layer] = z, wrong | carried
        steps["q" + layer] = square, {"not_halved": z}
        steps["m" + layer] = mean, {"mean_not_rooted": mean**2, "folded": 2 * mean}
        steps["v" + layer] = v, {"mean_zero": square}
        carried = {"variance_carried": n2 * varW2 * v}
    return steps
