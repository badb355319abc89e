"""Schedules by torch.optim.lr_scheduler, run epoch by epoch; the time of decay by decimals of 50 digits."""

from __future__ import annotations

from decimal import Decimal, localcontext

import torch
from torch.optim import lr_scheduler


def run(lr0, epochs, make):
    """The learning rate of a torch scheduler at each of `epochs`."""
    parameter = torch.zeros(1, requires_grad=True)
    optimiser = torch.optim.SGD([parameter], lr=lr0.item())
    scheduler = make(optimiser)
    rates = [scheduler.get_last_lr()[0]]
    for _ in range(int(epochs.max())):
        optimiser.step()
        scheduler.step()
        rates.append(scheduler.get_last_lr()[0])
    return torch.tensor(rates, dtype=torch.float64)


def step_decay(lr0, k, p, t):
    """torch.optim.lr_scheduler.StepLR, run to the last epoch; the drops are counted as the rate changes."""
    rates = run(lr0, t, lambda optimiser: lr_scheduler.StepLR(optimiser, int(p), gamma=k.item()))
    drops = torch.cat([torch.zeros(1), (rates[1:] != rates[:-1]).double()]).cumsum(0).double()
    return {"n": drops[t], "lr": rates[t]}


def exponential_decay(lr0, lam, k, t):
    """torch.optim.lr_scheduler.ExponentialLR with the k-th root of λ as its factor."""
    rates = run(lr0, t, lambda optimiser: lr_scheduler.ExponentialLR(optimiser, gamma=lam.item() ** (1 / int(k))))
    return {"e": torch.log(rates / rates[0])[t] / torch.log(lam), "lr": rates[t]}


def decay_time(ratio, lam, k):
    """Decimals of 50 digits."""
    with localcontext() as context:
        context.prec = 50
        exponent = Decimal(ratio.item()).log10() / Decimal(lam.item()).log10()
        return {name: torch.tensor(float(value), dtype=torch.float64) for name, value in (("e", exponent), ("t", exponent * int(k)))}
