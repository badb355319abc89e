"""The activations by torch.nn.functional, every derivative from autograd."""

from __future__ import annotations

import torch
from torch.nn import functional as F


def through(function, x, dy, steps=None, wanted=None):
    """y, f′(x) and ∂L/∂x of an entrywise function; `wanted` are further tensors whose gradients it takes."""
    leaf = x.clone().requires_grad_()
    y = function(leaf)
    (slope,) = torch.autograd.grad(y.sum(), leaf, retain_graph=True)
    names = wanted or {}
    gradients = torch.autograd.grad(y, [leaf, *names.values()], grad_outputs=dy)
    return (steps or {}) | {"y": y, "slope": slope} | dict(zip(["dx", *names], gradients, strict=True))


def relu(x, dy):
    """torch.nn.functional.relu and autograd."""
    return through(F.relu, x, dy)


def prelu(x, alpha, dy):
    """torch.nn.functional.prelu and autograd, to α as well."""
    weight = alpha.clone().requires_grad_()
    steps = through(lambda t: F.prelu(t[:, None], weight.reshape(1))[:, 0], x, dy, wanted={"dalpha": weight})
    return steps | {"dalpha": steps["dalpha"].reshape(())}


def sigmoid(x, dy):
    """torch.special.expit and autograd."""
    return through(torch.special.expit, x, dy, {"e": torch.special.expm1(x.neg()).add(1)})


def tanh(x, dy):
    """torch.tanh and autograd."""
    return through(torch.tanh, x, dy)


def series(function, x):
    """The Taylor polynomials of degree 1 and 3 at 0, their coefficients by repeated autograd."""
    zero = torch.zeros((), dtype=torch.float64, requires_grad=True)
    derivative, polynomials, total, factorial = function(zero), [], torch.zeros_like(x), 1
    for power in range(4):
        total = total + derivative.detach() / factorial * x**power
        polynomials.append(total)
        (derivative,) = torch.autograd.grad(derivative, zero, create_graph=True)
        factorial *= power + 1
    line, cubic, exact = polynomials[1], polynomials[3], function(x)
    return {"line": line, "cubic": cubic, "exact": exact, "gap": line.sub(exact), "left": cubic.sub(exact)}


def tanh_series(x):
    """Taylor coefficients of torch.tanh at 0 by repeated autograd."""
    return series(torch.tanh, x)


def sigmoid_series(x):
    """Taylor coefficients of torch.sigmoid at 0 by repeated autograd."""
    return series(torch.sigmoid, x)


def tanh_by_sigmoid(x):
    """torch.tanh, read backwards: the sigmoid that the identity promises."""
    y = torch.tanh(x)
    return {"s": torch.exp(F.logsigmoid(x + x)), "right": y.add(1), "y": y}


def other_net(net, inverse, x, W, b, v, c):
    """The weights of the net that computes the same, as Jacobians of the old one seen through the other activation.

    `net(z)` is the old activation, `inverse(t)` what the new activation must be fed to give it.
    """

    def hidden(point, weights):
        return inverse(net(torch.mv(weights, point) + b))

    origin = torch.zeros_like(x)
    W1 = torch.autograd.functional.jacobian(lambda point: hidden(point, W), origin)
    return {"W1": W1, "b1": hidden(origin, W)}, hidden(x, W)


def sigmoid_to_tanh(x, W, b, v, c):
    """Two torch.nn.Linear layers with a sigmoid give the output; the new weights are autograd Jacobians through atanh."""
    steps, z = other_net(torch.sigmoid, lambda s: torch.atanh(s - (1 - s)), x, W, b, v, c)
    old = F.linear(torch.sigmoid(F.linear(x, W, b)), v[None], c[None])[0]
    return steps | rest(z.tanh(), old, lambda h: torch.dot(v, (h + 1) / 2) + c)


def tanh_to_sigmoid(x, W, b, v, c):
    """Two torch.nn.Linear layers with a tanh give the output; the new weights are autograd Jacobians through logit."""
    steps, z = other_net(torch.tanh, lambda t: torch.log1p(t) - torch.log1p(-t), x, W, b, v, c)
    old = F.linear(torch.tanh(F.linear(x, W, b)), v[None], c[None])[0]
    return steps | rest(z.sigmoid(), old, lambda h: torch.dot(v, h - (1 - h)) + c)


def rest(h, old, output):
    """The output layer as slope and value at zero of `output`, which reads the new hidden layer."""
    v1 = torch.autograd.functional.jacobian(output, h)
    return {"v1": v1, "c1": output(torch.zeros_like(h)), "h": h, "out": old}


def swish(x, beta, dy):
    """torch.nn.functional.silu with its argument scaled by β, and autograd."""
    gate = torch.special.expit(torch.mul(x, beta))
    if beta == 0:
        return through(lambda t: torch.lerp(t, torch.zeros_like(t), 0.5), x, dy, {"s": gate})
    return through(lambda t: F.silu(beta * t) / beta, x, dy, {"s": gate})


def elu(x, alpha, dy):
    """torch.nn.functional.elu and autograd."""
    return through(lambda t: F.elu(t, alpha=alpha.item()), x, dy)


def selu(x, dy):
    """torch.nn.functional.selu and autograd."""
    return through(F.selu, x, dy)


def gelu(x, dy):
    """torch.nn.functional.gelu (exact), torch.distributions.Normal and autograd."""
    normal = torch.distributions.Normal(torch.zeros_like(x), torch.ones_like(x))
    return through(F.gelu, x, dy, {"P": normal.cdf(x), "p": normal.log_prob(x).exp()})


def glu(a, b, dy):
    """torch.nn.functional.glu of both halves together, and autograd."""
    whole = torch.cat([a, b]).requires_grad_()
    y = F.glu(whole, dim=0)
    y.backward(dy)
    da, db = whole.grad.chunk(2)
    return {"s": torch.special.expit(b), "y": y, "da": da, "db": db}


def swiglu(x, W, V):
    """Two torch.nn.functional.linear layers and torch.nn.functional.silu."""
    a, b = F.linear(x, W), F.linear(x, V)
    gate = F.silu(a)
    return {"a": a, "b": b, "s": torch.special.expit(a), "g": gate, "y": torch.mul(gate, b)}
