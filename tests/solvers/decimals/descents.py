"""Descent on simple curves, decaying learning rates and critical points: computer vision journey, §6.2.1, §6.2.2 and §6.2.5."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from tests.solvers.decimals import exp, ln, root, solves

whole_part = np.frompyfunc(lambda x: x.to_integral_value(rounding="ROUND_FLOOR"), 1, 1)


@solves
def contraction(a, w0, lr, steps):
    """The weights after T steps by walking, not by the power."""
    q = 1 - 2 * lr * a
    walked = [w0]
    for _ in range(steps):
        walked.append(walked[-1] - lr * 2 * a * walked[-1])
    return {
        "q": (q, {"half_gradient": 1 - lr * a, "uphill": 1 + 2 * lr * a, "absolute": abs(q), "no_one": 2 * lr * a}),
        "once": (1 / a / 2, {"half_gradient": 1 / a, "at_minus_one": 1 / a}),
        "limit": (1 / a, {"half_gradient": 2 / a, "at_zero_factor": 1 / a / 2}),
        "safe": (1 / max(a), {"flattest": 1 / min(a)}),
        "last": (walked[-1], {"times_steps": steps * q * w0, "one_step_short": walked[-2]}),
    }


def one_step(x0, lr, slope):
    return x0 - lr * slope, {"uphill": x0 + lr * slope, "no_lr": x0 - slope}


@solves
def composite(x0, b, c, lr):
    u, df = x0**2 + b * x0, 2 * x0 + b
    dg = 3 * u**2 + c
    return {
        "u": (u, {}),
        "df": (df, {"linear_dropped": 2 * x0, "inner_value": u}),
        "dg": (dg, {"linear_dropped": 3 * u**2, "outer_at_x": 3 * x0**2 + c, "outer_value": u**3 + c * u + 2}),
        "g": (dg * df, {"no_inner": dg, "no_outer": df, "derivatives_added": df + dg}),
        "x1": one_step(x0, lr, dg * df),
    }


@solves
def log_quartic(x0, eps, lr):
    u, du = x0**4 + eps, 4 * x0**3
    wrong = {"no_inner": 1 / u, "no_outer": du, "log10": du / u / Decimal(10).ln(), "not_inverted": du * u}
    return {
        "u": (u, {"eps_dropped": x0**4}),
        "du": (du, {"power_kept": 4 * x0**4, "factor_lost": x0**3}),
        "g": (du / u, wrong),
        "x1": one_step(x0, lr, du / u),
    }


@solves
def step_decay(lr0, k, p, t):
    """The drops counted one by one."""
    drops = np.array([Decimal(sum(1 for epoch in range(1, int(at) + 1) if epoch % int(p) == 0)) for at in t], dtype=object)
    wrong = {"not_floored": t / p, "every_epoch": t, "one_too_many": drops + 1, "counted_from_one": whole_part((t - 1) / p)}
    kept = np.array([np.prod([k] * int(n)) if n else Decimal(1) for n in drops], dtype=object)
    lost = np.array([np.prod([1 - k] * int(n)) if n else Decimal(1) for n in drops], dtype=object)
    rates = {"subtracted": lr0 - k * drops, "multiplied_once": lr0 * k * drops, "complement": lr0 * lost, "no_start": kept}
    return {"n": (drops, wrong), "lr": (lr0 * kept, rates)}


@solves
def exponential_decay(lr0, lam, k, t):
    e = t / k
    kept = exp(e * ln(lam))
    wrong = {
        "subtracted": lr0 - lam * e,
        "multiplied_once": lr0 * lam * e,
        "complement": lr0 * exp(e * ln(1 - lam)),
        "no_start": kept,
        "base_e": lr0 / exp(lam * e),
    }
    return {"e": (e, {"inverted": k / t, "not_divided": t, "floored": whole_part(e)}), "lr": (lr0 * kept, wrong)}


@solves
def decay_time(ratio, lam, k):
    e = ratio.log10() / lam.log10()
    wrong = {"ratio_only": -ratio.ln(), "upside_down": 1 / e, "without_logarithm": ratio / lam}
    return {"e": (e, wrong), "t": (k * e, {"k_divided": e / k})}


def value(coefficients, x):
    """A polynomial by Horner's rule, highest power first."""
    total = Decimal(0)
    for c in coefficients:
        total = total * x + c
    return total


def derivative(coefficients):
    degree = len(coefficients) - 1
    return [c * (degree - i) for i, c in enumerate(coefficients[:-1])]


def roots(coefficients):
    """The real roots of a quartic in ascending order, found in floats and made exact by Newton's method; NaN where fewer."""
    found = []
    for near in np.roots([float(c) for c in coefficients]):
        x = Decimal(float(near.real))
        for _ in range(60):
            x -= value(coefficients, x) / value(derivative(coefficients), x)
        if abs(value(coefficients, x)) < Decimal("1e-40") and all(abs(x - other) > Decimal("1e-15") for other in found):
            found.append(x)
    return np.array(sorted(found) + [Decimal("NaN")] * (4 - len(found)), dtype=object)


@solves
def quintic(c5, c4, c3, c2, c1):
    f = [c5, c4, c3, c2, c1, Decimal(0)]
    slope = derivative(f)
    at = roots(slope)
    bend = value(derivative(slope), at)
    wrong = {
        "sign_of_curvature": -bend,
        "not_differentiated_again": value(slope[:4], at),
        "cubic_dropped": bend - 6 * c3 * at,
    }
    return {"d": (slope, {"power_forgotten": f[:5]}), "x": (at, {"roots_of_f": roots(f[:5])}), "h": (bend, wrong)}


def halves(a, b, disc, over=2):
    """The roots of ax² + bx + … of this discriminant, in ascending order; `over` is the factor of a below the line."""
    both = [(-b + sign * root(disc)) / (over * a) for sign in (-1, 1)]
    return np.array(sorted(both) if both[0].is_finite() else both, dtype=object)


@solves
def quintic_saddle(c5, c4, c3):
    a, b, c = 5 * c5, 4 * c4, 3 * c3
    disc = b * b - 4 * a * c
    at = halves(a, b, disc)
    slope = derivative([c5, c4, c3, 0, 0, 0])
    bend = value(derivative(slope), at)
    wrong = {"power_forgotten": c4 * c4 - 4 * c5 * c3, "not_factored": b * b - a * c, "discriminant_added": b * b + 4 * a * c}
    return {
        "disc": (disc, wrong),
        "x": (
            at,
            {"power_forgotten": halves(c5, c4, disc), "over_one_a": halves(a, b, disc, over=1), "linear_sign": halves(a, -b, disc)},
        ),
        "h": (bend, {"sign_of_curvature": -bend, "not_differentiated_again": value(slope[:4], at)}),
        "third": (6 * c3, {"two_forgotten": 3 * c3}),
    }
