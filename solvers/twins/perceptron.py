"""Threshold units by torch.heaviside; their weights by torch.linalg.lstsq and by building the net from gates."""

from __future__ import annotations

import itertools

import torch

ONE = torch.ones((), dtype=torch.float64)


def fires(z):
    return torch.heaviside(z.mul(1e9).round().div(1e9) + 0.0, ONE)


def gate_unit(target):
    """torch.linalg.lstsq through the four corners as ±1, then torch.heaviside."""
    rows = torch.tensor([[*corner, 1.0] for corner in itertools.product((0.0, 1.0), repeat=2)], dtype=torch.float64)
    unit = 2 * torch.linalg.lstsq(rows, torch.where(target > 0, 1.0, -1.0).double()[:, None]).solution[:, 0]
    z = rows.mv(unit)
    return {"unit": unit, "z": z, "out": fires(z)}


def perceptron_rule(x, t, w, b, lr):
    """Minus the gradient of the perceptron criterion (a - t) z from autograd, a by torch.heaviside."""
    w, b = w.clone().requires_grad_(), b.clone().requires_grad_()
    z = torch.dot(w, x) + b
    out = fires(z.detach())
    torch.mul(out - t, z).backward()
    optimiser = torch.optim.SGD([w, b], lr=lr.item())
    optimiser.step()
    return {"z": z, "out": out, "e": t - out, "wnew": w, "bnew": b}


def xor_net(p, q, r, s, same):
    """Two nn.Linear layers around torch.heaviside, hidden lines through points of the rectangle."""
    points = torch.tensor(list(itertools.product((p.item(), q.item()), (r.item(), s.item()))), dtype=torch.float64)

    def line(a, c):
        """The unit that is 0 at the points a and c and 1 more at (q, s) than at (q, r)."""
        system = torch.stack([torch.cat([a, ONE[None]]), torch.cat([c, ONE[None]]), torch.stack([0 * p, s - r, 0 * p])])
        return torch.linalg.solve(system, torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64))

    corner, beside, above = points[0], points[2], points[1]
    half_way, far = (corner + beside) / 2, points[3]
    lines = [line(half_way, (corner + above) / 2), line((beside + far) / 2, (above + far) / 2)]
    output = torch.tensor([2.0, -2.0, -1.0], dtype=torch.float64) * (-1.0 if same else 1.0)
    net = torch.stack([*lines, output])
    hidden = fires(torch.nn.functional.linear(points, net[:2, :2], net[:2, 2]))
    z = torch.nn.functional.linear(hidden, net[2:, :2], net[2, 2:])[:, 0]
    return {"net": net, "hidden": hidden, "z": z, "out": fires(z)}
