"""torch.nn.init's own draws: the bound and σ are read off the weights it fills, under a seed that torch.rand and torch.randn share."""

from __future__ import annotations

import torch
from torch.nn import init


def drawn(fill, shape):
    """What `fill` draws over a plain draw of the same seed: the bound of uniform weights or the σ of Gaussian ones."""
    weight, plain = torch.empty(shape, dtype=torch.float64), torch.empty(shape, dtype=torch.float64)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        fill(weight)
        torch.manual_seed(1)
        (plain.uniform_(-1, 1) if "uniform" in fill.__name__ else plain.normal_(0, 1))
    largest = plain.abs().argmax()
    return (weight.reshape(-1)[largest] / plain.reshape(-1)[largest]).abs()


def named(fill, name):
    fill.__name__ = name
    return fill


def moments(uniform, normal, shape):
    sd, r = drawn(named(normal, "normal"), shape), drawn(named(uniform, "uniform"), shape)
    return {"var": torch.distributions.Normal(0.0, sd).variance, "sd": sd, "r": r}


def fan_in_tanh(fanin, fanout):
    """torch.nn.init.kaiming_uniform_ and kaiming_normal_ with the gain of a linear layer."""
    return moments(
        lambda w: init.kaiming_uniform_(w, nonlinearity="linear"),
        lambda w: init.kaiming_normal_(w, nonlinearity="linear"),
        (1, int(fanin)),
    )


def fan_in_sigmoid(fanin, fanout):
    """torch.nn.init.kaiming_uniform_ and kaiming_normal_, their weights over the slope of sigmoid at 0 by autograd."""
    zero = torch.zeros((), dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(torch.sigmoid(zero), zero)
    return moments(
        lambda w: init.kaiming_uniform_(w, nonlinearity="linear").div_(slope),
        lambda w: init.kaiming_normal_(w, nonlinearity="linear").div_(slope),
        (1, int(fanin)),
    )


def he_relu(fanin, fanout):
    """torch.nn.init.kaiming_uniform_ and kaiming_normal_ for ReLU."""
    return moments(
        lambda w: init.kaiming_uniform_(w, nonlinearity="relu"),
        lambda w: init.kaiming_normal_(w, nonlinearity="relu"),
        (1, int(fanin)),
    )


def glorot(fanin, fanout):
    """torch.nn.init.xavier_uniform_ and xavier_normal_."""
    return moments(lambda w: init.xavier_uniform_(w), lambda w: init.xavier_normal_(w), (int(fanout), int(fanin)))
