"""Linear, logistic and softmax regression by torch's layers and losses, one step of torch.optim.SGD."""

from __future__ import annotations

import torch
from torch.nn import functional as F


def stepped(parameters, loss, lr):
    """The gradients of the parameters, and the parameters after one step of torch.optim.SGD."""
    optimiser = torch.optim.SGD(parameters, lr=lr.item())
    loss.backward()
    gradients = [p.grad.clone() for p in parameters]
    optimiser.step()
    return gradients, parameters


def linear_step(x, y, w, b, lr):
    """nn.Linear, F.mse_loss, autograd and torch.optim.SGD."""
    layer = torch.nn.Linear(1, 1, dtype=torch.float64)
    layer.load_state_dict({"weight": w.reshape(1, 1), "bias": b.reshape(1)})
    yhat = layer(x.reshape(1, 1))
    loss = F.mse_loss(yhat, y.reshape(1, 1))
    (dw, db), (wnew, bnew) = stepped([layer.weight, layer.bias], loss, lr)
    found = {"yhat": yhat, "loss": loss, "dw": dw, "db": db, "wnew": wnew, "bnew": bnew}
    return {name: value.reshape(()) for name, value in found.items()}


def linear_batch_step(X, y, theta, lr):
    """F.linear and F.mse_loss: the sum for loss and gradient, the mean for the step of torch.optim.SGD."""
    leaf = theta.clone().requires_grad_()
    yhat = F.linear(X, leaf)
    total = F.mse_loss(yhat, y, reduction="sum")
    (dtheta,) = torch.autograd.grad(total, leaf, retain_graph=True)
    _, (thetanew,) = stepped([leaf], F.mse_loss(yhat, y), lr)
    return {"yhat": yhat, "loss": total, "dtheta": dtheta, "thetanew": thetanew}


def logistic_step(X, y, theta, lr):
    """F.binary_cross_entropy_with_logits, autograd and torch.optim.SGD."""
    leaf = theta.clone().requires_grad_()
    z = F.linear(X, leaf)
    loss = F.binary_cross_entropy_with_logits(z, y.double())
    (dtheta,), (thetanew,) = stepped([leaf], loss, lr)
    return {"z": z, "yhat": torch.special.expit(z), "loss": loss, "dtheta": dtheta, "thetanew": thetanew}


def softmax_step(X, y, Theta, lr):
    """F.cross_entropy, autograd and torch.optim.SGD."""
    leaf = Theta.clone().requires_grad_()
    Z = torch.einsum("mn,nk->mk", X, leaf)
    loss = F.cross_entropy(Z, y)
    (dZ,) = torch.autograd.grad(loss, Z, retain_graph=True)
    (dTheta,), (Thetanew,) = stepped([leaf], loss, lr)
    return {"Z": Z, "Yhat": F.softmax(Z, dim=1), "loss": loss, "dZ": dZ, "dTheta": dTheta, "Thetanew": Thetanew}


def regression_shapes(m, f, k):
    """The shapes of real tensors, their gradient from autograd."""
    X = F.pad(torch.zeros(int(m), int(f)), (0, 1), value=1.0)
    layer = torch.nn.Linear(int(f), int(k))
    Theta = torch.cat([layer.weight, layer.bias[:, None]], 1).T.detach().requires_grad_()
    Z = X @ Theta
    (gradient,) = torch.autograd.grad(Z.sum(), Theta)
    shapes = {"X": X, "Theta": Theta, "Z": Z, "dTheta": gradient}
    count = sum(p.numel() for p in layer.parameters())
    return {name: torch.tensor(value.shape) for name, value in shapes.items()} | {"count": torch.tensor(count)}
