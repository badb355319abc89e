"""The optimisers by torch.optim and autograd."""

from __future__ import annotations

import torch


def descend(a, w0, epochs, make, watch):
    """Runs a torch optimiser on f; `watch(t, state)` reads the steps of epoch t off the optimiser's own state."""
    w = w0.clone().requires_grad_()
    optimiser = make(w)
    steps = {}
    for t in range(1, epochs + 1):
        optimiser.zero_grad()
        torch.dot(a, w**2).backward()
        steps[f"g{t}"] = w.grad.clone()
        optimiser.step()
        steps |= {f"{name}{t}": value.clone() for name, value in watch(t, optimiser.state[w]).items()}
        steps[f"w{t}"] = w.detach().clone()
    return steps


def gradient_descent(a, w0, lr, epochs):
    """torch.optim.SGD."""
    return descend(a, w0, epochs, lambda w: torch.optim.SGD([w], lr=lr.item()), lambda t, state: {})


def momentum(a, w0, v0, lr, beta, epochs):
    """torch.optim.SGD, its heavy ball dampened by beta from a stated buffer.

    Undampened it is the heavy ball, not the average.
    """

    def make(w):
        optimiser = torch.optim.SGD([w], lr=lr.item(), momentum=beta.item(), dampening=beta.item())
        optimiser.state[w]["momentum_buffer"] = v0.clone()
        return optimiser

    if beta == 0:
        plain = gradient_descent(a, w0, lr, epochs)
        return plain | {f"v{t}": plain[f"g{t}"] for t in range(1, epochs + 1)}
    return descend(a, w0, epochs, make, lambda t, state: {"v": state["momentum_buffer"]})


def moving_average(m0, g1, beta):
    """torch.lerp."""
    return {"m1": torch.lerp(g1, m0, beta)}


def rmsprop(a, w0, s0, lr, gamma, eps, epochs):
    """torch.optim.RMSprop's state, and torch.rsqrt for the step.

    torch's RMSprop has ε outside the root, so its state gives s and the step is taken with rsqrt.
    """
    w, steps = w0.clone(), {}
    square = s0.clone()
    for t in range(1, epochs + 1):
        leaf = w.clone().requires_grad_()
        optimiser = torch.optim.RMSprop([leaf], lr=0.0, alpha=gamma.item())
        optimiser.state[leaf] = {"step": torch.tensor(float(t)), "square_avg": square}
        torch.dot(a, leaf**2).backward()
        optimiser.step()
        w = w.addcmul(leaf.grad, torch.rsqrt(square + eps), value=-lr.item())
        steps |= {f"g{t}": leaf.grad, f"s{t}": square.clone(), f"w{t}": w}
    return steps


def adam(a, w0, v0, s0, lr, beta1, beta2, eps, epochs):
    """torch.optim.Adam and its state.

    The state holds v and s; the corrected moments follow from them.
    """
    betas = (beta1.item(), beta2.item())

    def make(w):
        optimiser = torch.optim.Adam([w], lr=lr.item(), betas=betas, eps=eps.item())
        optimiser.state[w] = {"step": torch.tensor(0.0), "exp_avg": v0.clone(), "exp_avg_sq": s0.clone()}
        return optimiser

    def watch(t, state):
        v, s = state["exp_avg"], state["exp_avg_sq"]
        return {"v": v, "s": s, "vhat": v / (1 - betas[0] ** t), "shat": s / (1 - betas[1] ** t)}

    return descend(a, w0, epochs, make, watch)
