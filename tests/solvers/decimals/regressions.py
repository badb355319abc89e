"""One step of each regression, and the exam's small nets: computer vision journey, §2.2 to §4.3; exam 2024, Câu 1 to 6."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from tests.solvers.decimals import exp, ln, log10, solves


def updated(old, rate, gradient):
    return old - rate * gradient, {"uphill": old + rate * gradient, "no_lr": old - gradient}


def sigma(z):
    return 1 / (1 + exp(-z))


def softmax(z):
    e = exp(z)
    return e / e.sum(-1, keepdims=True)


def indicator(labels, size):
    """One-hot rows."""
    return np.array([[Decimal(int(label) == k) for k in range(size)] for label in np.atleast_1d(labels)], dtype=object)


@solves
def linear_step(x, y, w, b, lr):
    yhat = w * x + b
    e = yhat - y
    return {
        "yhat": (yhat, {"bias_forgotten": w * x}),
        "loss": (e * e, {"half_square": e * e / 2, "absolute_error": abs(e)}),
        "dw": (2 * e * x, {"half_square": e * x, "error_sign": -2 * e * x, "input_forgotten": 2 * e}),
        "db": (2 * e, {"half_square": e, "error_sign": -2 * e, "bias_times_input": 2 * e * x}),
        "wnew": updated(w, lr, 2 * e * x),
        "bnew": updated(b, lr, 2 * e),
    }


@solves
def linear_batch_step(X, y, theta, lr):
    m = len(y)
    yhat = X @ theta
    e = yhat - y
    loss, g = sum(e * e), 2 * (e @ X)
    new, wrong = updated(theta, lr / m, g)
    return {
        "yhat": (yhat, {"bias_forgotten": yhat - X[:, -1] * theta[-1]}),
        "loss": (loss, {"half_square": loss / 2, "mean_not_sum": loss / m, "absolute_error": sum(abs(e))}),
        "dtheta": (
            g,
            {"half_square": e @ X, "mean_not_sum": g / m, "error_sign": -g, "input_forgotten": np.full(len(theta), 2 * sum(e))},
        ),
        "thetanew": (new, wrong | {"no_lr": theta - g / m, "batch_not_averaged": theta - lr * g}),
    }


@solves
def logistic_step(X, y, theta, lr):
    m = len(y)
    z = X @ theta
    yhat = sigma(z)
    p = np.array([a if t == 1 else 1 - a for a, t in zip(yhat, y, strict=True)], dtype=object)
    loss, e = -sum(ln(p)) / m, yhat - y
    g = e @ X / m
    wrong = {"sum_not_mean": m * loss, "log10": -sum(log10(p)) / m, "no_minus": -loss, "labels_swapped": -sum(ln(1 - p)) / m}
    slopes = {
        "sum_not_mean": e @ X,
        "error_sign": -g,
        "input_forgotten": np.full(len(theta), sum(e) / m),
        "squared_error": 2 * ((e * yhat * (1 - yhat)) @ X) / m,
    }
    return {
        "z": (z, {"bias_forgotten": z - X[:, -1] * theta[-1]}),
        "yhat": (yhat, {"no_sigmoid": z, "exponent_sign": 1 - yhat}),
        "loss": (loss, wrong),
        "dtheta": (g, slopes),
        "thetanew": updated(theta, lr, g),
    }


@solves
def softmax_step(X, y, Theta, lr):
    m, k = len(y), Theta.shape[1]
    Z = X @ Theta
    Yhat, Y = softmax(Z), indicator(y, k)
    p = (Yhat * Y).sum(1)
    loss, D = -sum(ln(p)) / m, (Yhat - Y) / m
    G = X.T @ D
    return {
        "Z": (Z, {"bias_forgotten": Z - np.outer(X[:, -1], Theta[-1])}),
        "Yhat": (Yhat, {"by_column": softmax(Z.T).T, "not_normalised": exp(Z)}),
        "loss": (loss, {"sum_not_mean": m * loss, "log10": -sum(log10(p)) / m, "no_minus": -loss}),
        "dZ": (D, {"sum_not_mean": Yhat - Y, "error_sign": -D, "label_not_subtracted": Yhat / m}),
        "dTheta": (G, {"mean_twice": G / m}),
        "Thetanew": updated(Theta, lr, G),
    }


@solves
def regression_shapes(m, f, k):
    parameters = {"no_bias_column": [f, k], "transposed": [k, f + 1]}
    return {
        "X": ([m, f + 1], {"no_bias_column": [m, f], "transposed": [f + 1, m]}),
        "Theta": ([f + 1, k], parameters),
        "Z": ([m, k], {"transposed": [k, m]}),
        "dTheta": ([f + 1, k], parameters | {"batch_in_gradient": [m, k]}),
        "count": (f * k + k, {"no_bias_column": f * k, "one_bias": f * k + 1}),
    }


def losses(p):
    return -ln(p), {"log10": -log10(p), "no_minus": ln(p), "complement": -ln(1 - p), "one_minus": 1 - p}


def errors(yhat, y):
    return yhat - y, {"label_not_subtracted": yhat, "error_sign": y - yhat, "softmax_diagonal": yhat - yhat**2}


def branches(dh, w2, label):
    """Σ ∂L/∂hᵢ wᵢ."""
    parts = dh * w2
    wrong = {
        "one_branch": parts[int(label)],
        "weights_forgotten": sum(dh),
        "branches_subtracted": parts[0] - sum(parts[1:]),
        "weights_swapped": sum(dh * w2[::-1]),
    }
    return sum(parts), wrong


@solves
def relu_softmax(x, w1, b1, w2, label):
    z = w1 * x + b1
    on, R = Decimal(z > 0), max(z, Decimal(0))
    h = w2 * R
    yhat, y = softmax(h), indicator(label, len(w2))[0]
    dh = errors(yhat, y)
    dR = branches(dh[0], w2, label)
    dz = dR[0] * on
    hidden = {
        "input_not_hidden": w2 * x,
        "hidden_weights_swapped": w2[::-1] * R,
        "weight_added_to_hidden": w2 + R,
    }
    return {
        "z": (z, {"bias_forgotten": w1 * x, "added_weight": w1 + x + b1}),
        "R": (R, {"no_relu": z, "step_function": on}),
        "h": (h, hidden),
        "yhat": (yhat, {"not_normalised": exp(h), "no_exponential": h / sum(h), "sigmoid": sigma(h)}),
        "loss": losses(yhat[int(label)]),
        "dh": dh,
        "dR": dR,
        "dz": (dz, {"no_mask": dR[0], "times_value": dR[0] * R}),
        "dw1": (dz * x, {"input_forgotten": dz}),
        "db1": (dz, {"bias_times_input": dz * x}),
        "dw2": (dh[0] * R, {"input_not_activation": dh[0] * x}),
    }


@solves
def softmax_backward(yhat, w2, label):
    p = yhat[int(label)]
    dh = errors(yhat, indicator(label, len(w2))[0])
    return {
        "p": (p, {"other_class": sum(yhat) - p}),
        "loss": losses(p),
        "dh": dh,
        "dhdR": (w2, {}),
        "branches": (dh[0] * w2, {}),
        "dR": branches(dh[0], w2, label),
    }


@solves
def relu_inverse(x, w1, b1, dw1):
    z = w1 * x + b1
    on = Decimal(z > 0)
    dz = dw1 / x
    return {
        "z": (z, {"bias_forgotten": w1 * x}),
        "dRdz": (on, {"value_as_slope": max(z, Decimal(0))}),
        "dz": (dz, {"multiplied": dw1 * x, "input_ignored": dw1, "divided_by_weight": dw1 / w1}),
        "dR": (dz / on, {}),
    }


def net(X, Wh, bh, Wz, bz, y, turned):
    """The batch net for weights (in, out); `turned` puts a gradient of weights back into the layout it was given in."""
    N = len(y)

    def layer(given, W, b):
        wrong = {"bias_forgotten": given @ W}
        return given @ W + b, wrong | ({"wrong_layout": given @ W.T + b} if W.shape[0] == W.shape[1] else {})

    a = layer(X, Wh, bh)
    on = np.frompyfunc(lambda one: Decimal(one > 0), 1, 1)(a[0])
    h = a[0] * on
    z = layer(h, Wz, bz)
    yhat, Y = softmax(z[0]), indicator(y, Wz.shape[1])
    p = (yhat * Y).sum(1)
    loss, dz = -sum(ln(p)) / N, (yhat - Y) / N
    dh = dz @ Wz.T
    da = dh * on
    return {
        "a": a,
        "h": (h, {"no_relu": a[0]}),
        "z": z,
        "yhat": (yhat, {"not_normalised": exp(z[0]), "double_softmax": softmax(yhat)}),
        "loss": (loss, {"log10": -sum(log10(p)) / N, "no_minus": -loss, "sum_not_mean": N * loss}),
        "dz": (dz, {"label_not_subtracted": yhat / N, "error_sign": -dz, "sum_not_mean": N * dz}),
        "dWz": (turned(h.T @ dz), {}),
        "dbz": (dz.sum(0), {"bias_mean": dz.sum(0) / N}),
        "dh": (dh, {}),
        "da": (da, {"no_mask": dh}),
        "dWh": (turned(X.T @ da), {}),
        "dbh": (da.sum(0), {"bias_mean": da.sum(0) / N}),
    }


@solves
def relu_softmax_batch(X, Wh, bh, Wz, bz, y):
    return net(X, Wh, bh, Wz, bz, y, lambda gradient: gradient)


@solves
def relu_softmax_linear(X, Wh, bh, Wz, bz, y):
    return net(X, Wh.T, bh, Wz.T, bz, y, lambda gradient: gradient.T)
