"""The experiments the course asks about, each as a change of an earlier one."""

from __future__ import annotations

from dataclasses import replace

from solvers.experiments.specification import Adam, Adopt, Initialisation, Momentum, Network, RmsProp, Sgd, Skip, Specification

# The exam's chain, Câu 7 to 13: every change is made to the one before.
SGD = Specification(
    network=Network(widths=(784, 128, 128, 128, 128, 128, 10), activation="sigmoid"),
    initialisation=Initialisation("normal", std=0.05),
    optimiser=Sgd(lr=0.01),
)
ADAM = replace(SGD, optimiser=Adam())
RELU = replace(ADAM, network=replace(ADAM.network, activation="relu"))
HE = replace(RELU, initialisation=Initialisation("he_normal"))
NORMED = replace(HE, network=replace(HE.network, normalisation="batch"))
SKIPPED = replace(NORMED, network=replace(NORMED.network, skip=Skip(source=1, target=4)))
GLU = replace(SKIPPED, network=replace(SKIPPED.network, activation="glu"))
SWIGLU = replace(SKIPPED, network=replace(SKIPPED.network, activation="swiglu"))

# Exercise 5 of the optimiser sheet: the same net, another optimiser, all at the sheet's rate; ten epochs tell.
TEN = replace(SGD, epochs=10, metrics=("running_train", "test"))

# The notebook's studies: one hidden layer, plain SGD; one thing is changed at a time.
ONE = Specification(
    network=Network(widths=(784, 128, 10), activation="relu"),
    initialisation=Initialisation("normal", std=0.01),
    optimiser=Sgd(lr=0.1),
    batch=256,
    epochs=4,
    metrics=("running_train", "test"),
)


def of_widths(*hidden: int) -> Specification:
    return replace(ONE, network=replace(ONE.network, widths=(784, *hidden, 10)))


HE_FOUR = replace(of_widths(128, 128, 128, 128), initialisation=Initialisation("he_normal"))

EXPERIMENTS: dict[str, Specification] = {
    "chain-sgd": SGD,
    "chain-adam": ADAM,
    "chain-relu": RELU,
    "chain-he": HE,
    "chain-batchnorm": NORMED,
    "chain-skip": SKIPPED,
    "chain-glu": GLU,
    "chain-swiglu": SWIGLU,
    "study-one-layer": ONE,
    "study-width-4": of_widths(4),
    "study-width-16": of_widths(16),
    "study-four-layers": of_widths(128, 128, 128, 128),
    "study-four-layers-he": HE_FOUR,
    "study-bottleneck": replace(HE_FOUR, network=replace(HE_FOUR.network, widths=(784, 128, 1, 128, 128, 10))),
    "study-rate-0.001": replace(ONE, optimiser=Sgd(lr=0.001)),
    "study-rate-0.01": replace(ONE, optimiser=Sgd(lr=0.01)),
    "study-zero": replace(ONE, initialisation=Initialisation("zero")),
    "study-xavier": replace(ONE, initialisation=Initialisation("xavier_normal")),
    "vanishing-momentum": replace(TEN, optimiser=Momentum(lr=0.01)),
    "vanishing-rmsprop": replace(TEN, optimiser=RmsProp(lr=0.01)),
    "vanishing-adam": replace(TEN, optimiser=Adam(lr=0.01)),
    "vanishing-adopt": replace(TEN, optimiser=Adopt(lr=0.01)),
    "vanishing-adopt-clip": replace(TEN, optimiser=Adopt(lr=0.01, clip=0.25)),
}

# What each was changed from: the way down the chain, and the first of each study.
PREVIOUS: dict[str, str] = {
    "chain-adam": "chain-sgd",
    "chain-relu": "chain-adam",
    "chain-he": "chain-relu",
    "chain-batchnorm": "chain-he",
    "chain-skip": "chain-batchnorm",
    "chain-glu": "chain-skip",
    "chain-swiglu": "chain-skip",
    "study-bottleneck": "study-four-layers-he",
    "study-four-layers-he": "study-four-layers",
    **{name: "study-one-layer" for name in EXPERIMENTS if name.startswith("study-") and "-layer" not in name and "bottle" not in name},
    "study-four-layers": "study-one-layer",
    **{name: "chain-sgd" for name in EXPERIMENTS if name.startswith("vanishing-")},
}

# Runs so unstable that the last bit of a sum, in which processors differ, changes how many images are right, from the first epochs on.
# Their seeds keep to the same band on every processor; the same counts come out on the same kind of processor only.
SENSITIVE = ("chain-swiglu", "vanishing-rmsprop", "vanishing-adam", "vanishing-adopt-clip")
