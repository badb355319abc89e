"""The network of a specification in torch: its layers in order, drawn in the order docs/experiments.md lays down."""

from __future__ import annotations

import hashlib
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from solvers.experiments.specification import Initialisation, Network


def swiglu(x):
    """silu(a)·b of the two halves of x."""
    a, b = x.chunk(2, dim=1)
    return functional.silu(a) * b


ACTIVATIONS: dict[str, Any] = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": functional.relu,
    "gelu": functional.gelu,
    "silu": functional.silu,
    "identity": lambda x: x,
    "glu": lambda x: functional.glu(x, dim=1),
    "swiglu": swiglu,
}
WEIGHTS: dict[str, Any] = {
    "normal": lambda weight, std: nn.init.normal_(weight, 0.0, std),
    "he_normal": lambda weight, _: nn.init.kaiming_normal_(weight, nonlinearity="relu"),
    "xavier_normal": lambda weight, _: nn.init.xavier_normal_(weight),
    "xavier_uniform": lambda weight, _: nn.init.xavier_uniform_(weight),
    "zero": lambda weight, _: nn.init.zeros_(weight),
}


class Layers(nn.Module):
    """Linear layers, each hidden one followed by its normalisation and activation, and perhaps one skip connection."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        times = 2 if network.gated else 1
        hidden = network.widths[1:-1]
        sizes = [times * width for width in hidden] + [network.widths[-1]]
        pairs = list(zip(network.widths, sizes, strict=False))
        self.linears = nn.ModuleList(nn.Linear(n, m, dtype=torch.float64) for n, m in pairs)
        normed = network.normalisation == "batch"
        self.norms = nn.ModuleList(nn.BatchNorm1d(m, dtype=torch.float64) for m in sizes[:-1]) if normed else None
        self.activation = ACTIVATIONS[network.activation]
        self.skip = network.skip

    def forward(self, x):
        """The logits (N, 10) of inputs (N, 784)."""
        kept = None
        for at, linear in enumerate(self.linears[:-1], start=1):
            x = linear(x)
            x = self.activation(self.norms[at - 1](x) if self.norms is not None else x)
            if self.skip is not None and at == self.skip.source:
                kept = x
            if self.skip is not None and at == self.skip.target:
                x = x + kept
        return self.linears[-1](x)


def draw(network: Network, initialisation: Initialisation, seed: int) -> Layers:
    """The layers as torch draws them from `seed`, then drawn again, from first to last, by the initialisation."""
    torch.manual_seed(seed)
    layers = Layers(network)
    if initialisation.weights != "torch_default":
        for linear in layers.linears:
            weight, bias = linear.parameters()
            WEIGHTS[initialisation.weights](weight, initialisation.std)
            nn.init.zeros_(bias)
    return layers


def digest(layers: Layers) -> str:
    """The sha256 of all weights and buffers, in the order of torch's state_dict, as little-endian bytes."""
    found = hashlib.sha256()
    for value in layers.state_dict().values():
        array = value.numpy()
        found.update(array.astype(array.dtype.newbyteorder("<")).tobytes())
    return found.hexdigest()
