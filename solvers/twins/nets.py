"""The ReLU–softmax nets by torch's layers, with every derivative from autograd."""

from __future__ import annotations

import torch
from torch.nn import functional as F


def derivatives(loss, tensors):
    """∂loss/∂tensor for each named tensor, named d<name>."""
    return {f"d{name}": g for name, g in zip(tensors, torch.autograd.grad(loss, list(tensors.values())), strict=True)}


def relu_softmax(x, w1, b1, w2, label):
    """F.relu, F.cross_entropy and one backward pass of autograd."""
    w1, b1, w2 = (t.clone().requires_grad_() for t in (w1, b1, w2))
    z = torch.addcmul(b1, w1, x)
    R = F.relu(z)
    h = R * w2
    loss = F.cross_entropy(h[None], label[None])
    steps = {"z": z, "R": R, "h": h, "yhat": F.softmax(h, dim=0), "loss": loss}
    return steps | derivatives(loss, {"h": h, "R": R, "z": z, "w1": w1, "b1": b1, "w2": w2})


def softmax_backward(yhat, w2, label):
    """Autograd through the logarithms of the given outputs.

    Logits whose softmax is the given yhat are its logarithms, up to a constant: a ReLU output of 1 leads to them.
    """
    R = torch.ones((), dtype=torch.float64, requires_grad=True)
    h = torch.log(yhat) - w2 + w2 * R
    h.retain_grad()
    F.nll_loss(F.log_softmax(h, dim=0)[None], label[None]).backward(retain_graph=True)
    dh = h.grad.clone()
    jacobian = torch.stack([torch.autograd.grad(entry, R, retain_graph=True)[0] for entry in h])
    p = yhat.gather(0, label[None])[0]
    return {
        "p": p,
        "loss": F.nll_loss(torch.log(yhat)[None], label[None]),
        "dh": dh,
        "dhdR": jacobian,
        "branches": dh * jacobian,
        "dR": R.grad,
    }


def relu_inverse(x, w1, b1, dw1):
    """Autograd, whose maps are probed and inverted.

    Finds the gradients that autograd turns into the given ∂L/∂w₁ (its maps are linear, so one probe each suffices).
    """
    w = w1.clone().requires_grad_()
    z = w * x + b1
    R = F.relu(z)
    (whole_way,) = torch.autograd.grad(R, w, retain_graph=True)
    (to_z,) = torch.autograd.grad(z, w, retain_graph=True)
    (dRdz,) = torch.autograd.grad(R, z)
    return {"z": z, "dRdz": dRdz, "dz": dw1 / to_z, "dR": dw1 / whole_way}


def batch(X, hidden, output, y, flip):
    """By two nn.Linear layers; `flip` turns their gradients to the (in, out) layout."""
    a = hidden(X)
    h = F.relu(a)
    z = output(h)
    loss = F.cross_entropy(z, y)
    wanted = {"z": z, "h": h, "a": a, "Wz": output.weight, "bz": output.bias, "Wh": hidden.weight, "bh": hidden.bias}
    grads = derivatives(loss, wanted)
    if flip:
        grads |= {name: grads[name].T for name in ("dWz", "dWh")}
    return {"a": a, "h": h, "z": z, "yhat": z.softmax(1), "loss": loss} | grads


def linear(W, b):
    """An nn.Linear with these weights, (out, in)."""
    layer = torch.nn.Linear(W.shape[1], W.shape[0], dtype=torch.float64)
    layer.load_state_dict({"weight": W, "bias": b.reshape(-1)})
    return layer


def relu_softmax_batch(X, Wh, bh, Wz, bz, y):
    """Two nn.Linear layers and autograd, weights turned."""
    return batch(X, linear(Wh.T, bh), linear(Wz.T, bz), y, flip=True)


def relu_softmax_linear(X, Wh, bh, Wz, bz, y):
    """Two nn.Linear layers and autograd."""
    return batch(X, linear(Wh, bh), linear(Wz, bz), y, flip=False)
