"""Softmax and the losses by torch.nn.functional, every derivative from autograd."""

from __future__ import annotations

import torch
from torch.nn import functional as F


def stable_softmax(z):
    """torch.nn.functional.softmax and torch.logsumexp."""
    top = torch.sort(z).values[-1]
    total = torch.logsumexp(z - top, 0).exp()
    yhat = F.softmax(z, dim=0)
    return {"top": top, "u": F.log_softmax(z, dim=0) + torch.log(total), "e": yhat * total, "total": total, "yhat": yhat}


def softmax_jacobian(z, dyhat):
    """torch.nn.functional.softmax and torch.autograd.functional's jacobian and vjp."""
    J = torch.autograd.functional.jacobian(lambda t: F.softmax(t, dim=0), z)
    yhat, dz = torch.autograd.functional.vjp(lambda t: F.softmax(t, dim=0), z, dyhat)
    return {"yhat": yhat, "J": J, "dz": dz}


def softmax_cross_entropy(z, label):
    """torch.nn.functional.cross_entropy, one_hot and autograd."""
    leaf = z.clone().requires_grad_()
    loss = F.cross_entropy(leaf[None], label[None])
    (dz,) = torch.autograd.grad(loss, leaf)
    yhat = F.softmax(z, dim=0)
    onehot = F.one_hot(label, len(z)).double()
    return {"yhat": yhat, "onehot": onehot, "p": torch.index_select(yhat, 0, label[None])[0], "loss": loss, "dz": dz}


def batch_cross_entropy(z, label):
    """torch.nn.functional.cross_entropy with and without its mean, and autograd."""
    leaf = z.clone().requires_grad_()
    loss = F.cross_entropy(leaf, label)
    (dz,) = torch.autograd.grad(loss, leaf)
    terms = F.cross_entropy(z, label, reduction="none")
    return {"yhat": F.softmax(z, dim=1), "p": terms.neg().exp(), "terms": terms, "loss": loss, "dz": dz}


def mse(y, yhat):
    """torch.nn.functional.mse_loss and autograd."""
    leaf = yhat.clone().requires_grad_()
    loss = F.mse_loss(leaf, y)
    (dyhat,) = torch.autograd.grad(loss, leaf)
    return {"d": torch.sub(yhat, y), "q": F.mse_loss(yhat, y, reduction="none"), "loss": loss, "dyhat": dyhat}


def binary_cross_entropy(y, yhat):
    """torch.nn.functional.binary_cross_entropy, the same with logits, and autograd."""
    target = y.double()
    leaf = yhat.clone().requires_grad_()
    loss = F.binary_cross_entropy(leaf, target)
    (dyhat,) = torch.autograd.grad(loss, leaf)
    z = torch.logit(yhat).requires_grad_()
    (dz,) = torch.autograd.grad(F.binary_cross_entropy_with_logits(z, target), z)
    terms = F.binary_cross_entropy(yhat, target, reduction="none")
    return {"belief": terms.neg().exp(), "terms": terms, "loss": loss, "dyhat": dyhat, "dz": dz}


def squared(z, y):
    """(y - σ(z))² of one prediction."""
    return F.mse_loss(torch.sigmoid(z), y.double())


def mse_sigmoid(x, w, b, y):
    """torch.nn.functional.mse_loss of torch.sigmoid, differentiated twice by autograd; f is what is left of ∂²L/∂z²."""
    weight = w.clone().requires_grad_()
    z = torch.addcmul(b, weight, x)
    yhat = torch.sigmoid(z)
    loss = F.mse_loss(yhat, y.double())
    dyhat, dz, dw = torch.autograd.grad(loss, [yhat, z, weight], create_graph=True)
    (d2w,) = torch.autograd.grad(dw, weight, retain_graph=True)
    (slope,) = torch.autograd.grad(yhat, z, retain_graph=True)
    leaf = z.detach().requires_grad_()
    (first,) = torch.autograd.grad(squared(leaf, y), leaf, create_graph=True)
    (second,) = torch.autograd.grad(first, leaf)
    f = second / slope / 2
    return {"z": z, "yhat": yhat, "dyhat": dyhat, "slope": slope, "dz": dz, "dw": dw, "f": f, "d2w": d2w}


def convex_edge(w, b, y):
    """Bisection for the sign change of the second derivative that autograd gives."""
    low, high = torch.tensor(-3.0, dtype=torch.float64), torch.tensor(3.0, dtype=torch.float64)

    def bends_up(z):
        leaf = z.clone().requires_grad_()
        (first,) = torch.autograd.grad(squared(leaf, y), leaf, create_graph=True)
        return torch.autograd.grad(first, leaf)[0] > 0

    left = bends_up(low)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if bends_up(middle) == left else (low, middle)
    return {"yhat": torch.special.expit(low), "z": low, "x": (low - b) / w}
