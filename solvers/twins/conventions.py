"""The optimisers of the notes and of the library by torch.optim."""

from __future__ import annotations

import torch

from solvers.twins.optimisers import descend


def adagrad(a, w0, s0, lr, eps, epochs):
    """torch.optim.Adagrad's own sum of squares, and torch.rsqrt for the step, since torch has ε outside."""
    w, square, steps = w0.clone(), s0.clone(), {}
    for t in range(1, epochs + 1):
        leaf = w.clone().requires_grad_()
        optimiser = torch.optim.Adagrad([leaf], lr=0.0)
        optimiser.state[leaf]["sum"] = square
        torch.dot(a, leaf**2).backward()
        optimiser.step()
        w = w.addcmul(leaf.grad, torch.rsqrt(square + eps), value=-lr.item())
        steps |= {f"g{t}": leaf.grad, f"s{t}": square.clone(), f"w{t}": w}
    return steps


def velocity_momentum(a, w0, v0, lr, beta, epochs):
    """torch.optim.SGD as a heavy ball with the rate (1-β)α; its buffer times that rate is the velocity."""
    rate = (1 - beta.item()) * lr.item()

    def make(w):
        optimiser = torch.optim.SGD([w], lr=rate, momentum=beta.item())
        optimiser.state[w]["momentum_buffer"] = v0 / rate
        return optimiser

    return descend(a, w0, epochs, make, lambda t, state: {"v": rate * state["momentum_buffer"]})


def library_momentum(a, w0, lr, beta, tau, epochs):
    """torch.optim.SGD with momentum and dampening."""

    def make(w):
        return torch.optim.SGD([w], lr=lr.item(), momentum=beta.item(), dampening=tau.item())

    return descend(a, w0, epochs, make, lambda t, state: {"v": state["momentum_buffer"]})


def library_step(g, s, lr, eps):
    """How far torch.optim.RMSprop moves a weight against g when its mean square is s and stays s."""
    w = torch.zeros_like(g, requires_grad=True)
    optimiser = torch.optim.RMSprop([w], lr=lr.item(), alpha=1.0, eps=eps)
    optimiser.state[w] = {"step": torch.tensor(0.0), "square_avg": s.clone()}
    w.grad = g.clone()
    optimiser.step()
    return -w.detach()


def epsilon_places(g, s, lr, eps):
    """torch.optim.RMSprop, once with its ε and once with ε in the mean square."""
    inside, outside = library_step(g, s + eps, lr, 0.0), library_step(g, s, lr, eps.item())
    return {"inside": inside, "outside": outside, "ratio": inside / outside}
