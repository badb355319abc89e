"""The optimisers of f(w) = Σ aᵢ wᵢ²: optimiser sheet, eq. 1.1 to 4.5; computer vision journey, §6.2.3 to §6.2.6; ADOPT's algorithm 2."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from tests.solvers.decimals import root, solves


def gradient(a, w, older):
    """∂f/∂w = 2aw; `older` are the weights of the epoch before, None in the first."""
    wrong = {"half_gradient": a * w, "function_value": a * w * w}
    return 2 * a * w, wrong if older is None else wrong | {"old_weights": 2 * a * older}


def average(beta, old, new):
    """βm + (1-β)g."""
    kept, added = beta * old, (1 - beta) * new
    return kept + added, {"heavy_ball": kept + new, "swapped": old - kept + beta * new, "no_history": added}


def square_average(gamma, old, g):
    """γs + (1-γ)g²."""
    right, wrong = average(gamma, old, g * g)
    named = {"swapped_square": wrong["swapped"], "no_history_square": wrong["no_history"], "sum_of_squares": old + g * g}
    return right, named | {"not_squared": gamma * old + (1 - gamma) * g}


def moved(w, by, start, **wrong):
    """w - by; `start` are the first weights, None in the first epoch."""
    wrong |= {"uphill": w + by}
    return w - by, wrong if start is None else wrong | {"from_start": start - by}


def epochs_of(a, w0, epochs, update):
    """The steps of all epochs; `update(t, g, w, start)` gives those after the gradient, the weights last."""
    steps, w, older = {}, w0, None
    for t in range(1, epochs + 1):
        steps[f"g{t}"] = gradient(a, w, older)
        steps |= update(t, steps[f"g{t}"][0], w, None if t == 1 else w0)
        older, w = w, steps[f"w{t}"][0]
    return steps


@solves
def gradient_descent(a, w0, lr, epochs):
    return epochs_of(a, w0, epochs, lambda t, g, w, start: {f"w{t}": moved(w, lr * g, start, no_lr=w - g)})


@solves
def momentum(a, w0, v0, lr, beta, epochs):
    v = v0

    def update(t, g, w, start):
        nonlocal v
        v, wrong = average(beta, v, g)
        return {f"v{t}": (v, wrong), f"w{t}": moved(w, lr * v, start, no_lr=w - v, gradient_step=w - lr * g)}

    return epochs_of(a, w0, epochs, update)


@solves
def moving_average(m0, g1, beta):
    right, wrong = average(beta, m0, g1)
    return {"m1": (right, wrong | {"corrected": right / (1 - beta)})}


def divided(w, start, lr, g, s, eps):
    """w - α g / √(s + ε)."""
    wrong = {
        "no_lr": w - g / root(s + eps),
        "no_root": w - lr * g / (s + eps),
        "eps_outside": w - lr * g / (root(s) + eps),
        "not_divided": w - lr * g,
    }
    return moved(w, lr * g / root(s + eps), start, **wrong)


@solves
def rmsprop(a, w0, s0, lr, gamma, eps, epochs):
    s = s0

    def update(t, g, w, start):
        nonlocal s
        s, wrong = square_average(gamma, s, g)
        return {f"s{t}": (s, wrong), f"w{t}": divided(w, start, lr, g, s, eps)}

    return epochs_of(a, w0, epochs, update)


@solves
def adagrad(a, w0, s0, lr, eps, epochs):
    s = s0

    def update(t, g, w, start):
        nonlocal s
        old, s = s, s + g * g
        wrong = {"not_squared": old + g, "no_history": g * g, "averaged": (9 * old + g * g) / 10}
        return {f"s{t}": (s, wrong), f"w{t}": divided(w, start, lr, g, s, eps)}

    return epochs_of(a, w0, epochs, update)


@solves
def adam(a, w0, v0, s0, lr, beta1, beta2, eps, epochs):
    v, s = v0, s0

    def update(t, g, w, start):
        nonlocal v, s
        (v, v_wrong), (s, s_wrong) = average(beta1, v, g), square_average(beta2, s, g)
        vhat, shat = v / (1 - beta1**t), s / (1 - beta2**t)
        wrong = {
            "no_lr": w - vhat / (root(shat) + eps),
            "no_root": w - lr * vhat / (shat + eps),
            "uncorrected_step": w - lr * v / (root(s) + eps),
            "eps_inside": w - lr * vhat / root(shat + eps),
        }
        return {
            f"v{t}": (v, v_wrong),
            f"s{t}": (s, s_wrong),
            f"vhat{t}": (vhat, {"no_correction": v, "first_power": v / (1 - beta1)}),
            f"shat{t}": (shat, {"no_correction": s, "first_power": s / (1 - beta2)}),
            f"w{t}": moved(w, lr * vhat / (root(shat) + eps), start, **wrong),
        }

    return epochs_of(a, w0, epochs, update)


def within(x, bound):
    """x cut off at ±bound."""
    return np.frompyfunc(lambda one: max(-bound, min(bound, one)), 1, 1)(x)


def floored(s, eps):
    """max(√s, ε)."""
    return np.frompyfunc(lambda one: max(one, eps), 1, 1)(root(s))


def adopt_step(t, g, w, v, s, start, lr, beta1, beta2, eps):
    """ĝ = clip(g / max(√s, ε), ±t^¼); then the average v, the weights and the mean square, in this order."""
    bound = Decimal(t) ** Decimal("0.25")
    full = g / floored(s, eps)
    ghat = within(full, bound)
    new_v, v_wrong = average(beta1, v, ghat)
    new_s, s_wrong = square_average(beta2, s, g)
    ghat_wrong = {
        "current_square": within(g / floored(new_s, eps), bound),
        "eps_added": within(g / (root(s) + eps), bound),
        "not_clipped": full,
        "clipped_at_one": within(full, Decimal(1)),
        "no_root": within(g / np.frompyfunc(lambda one: max(one, eps), 1, 1)(s), bound),
    }
    return {
        f"ghat{t}": (ghat, ghat_wrong),
        f"v{t}": (new_v, v_wrong | {"raw_gradient": average(beta1, v, g)[0]}),
        f"w{t}": moved(w, lr * new_v, start, no_lr=w - new_v, corrected=w - lr * new_v / (1 - beta1**t)),
        f"s{t}": (new_s, s_wrong),
    }


@solves
def adopt(a, w0, v0, lr, beta1, beta2, eps, epochs):
    first, wrong = gradient(a, w0, None)
    v, s = v0, first * first

    def update(t, g, w, start):
        nonlocal v, s
        steps = adopt_step(t, g, w, v, s, start, lr, beta1, beta2, eps)
        v, s = steps[f"v{t}"][0], steps[f"s{t}"][0]
        return steps

    start = {"g0": (first, wrong), "s0": (s, {"weighted_start": (1 - beta2) * s, "not_squared": first})}
    return start | epochs_of(a, w0, epochs, update)


@solves
def adopt_minibatch(w0, g0, g1, g2, v0, lr, beta1, beta2, eps):
    s = g0 * g0
    steps = {"s0": (s, {"weighted_start": (1 - beta2) * s, "not_squared": g0})}
    steps |= adopt_step(1, g1, w0, v0, s, None, lr, beta1, beta2, eps)
    w, v, s = (steps[name][0] for name in ("w1", "v1", "s1"))
    return steps | adopt_step(2, g2, w, v, s, w0, lr, beta1, beta2, eps)


@solves
def velocity_momentum(a, w0, v0, lr, beta, epochs):
    v = v0

    def update(t, g, w, start):
        nonlocal v
        outside = average(beta, v, g)[0]
        v, wrong = average(beta, v, lr * g)
        return {f"v{t}": (v, wrong | {"lr_outside": outside}), f"w{t}": moved(w, v, start, lr_twice=w - lr * v)}

    return epochs_of(a, w0, epochs, update)


@solves
def library_momentum(a, w0, lr, beta, tau, epochs):
    v = None

    def update(t, g, w, start):
        nonlocal v
        if v is None:
            v, wrong = g, {"dampened_first": g - tau * g, "averaged": g - beta * g}
        else:
            kept, fresh = beta * v, g - tau * g
            v, wrong = kept + fresh, {"not_dampened": kept + g, "averaged": kept + g - beta * g, "no_history": fresh}
        return {f"v{t}": (v, wrong), f"w{t}": moved(w, lr * v, start, no_lr=w - v)}

    return epochs_of(a, w0, epochs, update)


@solves
def epsilon_places(g, s, lr, eps):
    inside, outside = lr * g / root(s + eps), lr * g / (root(s) + eps)
    both = {"no_root": lr * g / (s + eps), "eps_dropped": lr * g / root(s)}
    return {
        "inside": (inside, both | {"other_place": outside, "no_lr": g / root(s + eps)}),
        "outside": (outside, both | {"other_place": inside, "no_lr": g / (root(s) + eps)}),
        "ratio": (inside / outside, {"upside_down": outside / inside}),
    }
