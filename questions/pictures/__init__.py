"""The data of a question's picture; drawn elsewhere, from nothing but this.

Before release a picture is made of the givens and the student's own entries alone: nothing here runs a solver.  After release
curves are made by running it over a grid.
"""

from __future__ import annotations

from collections.abc import Callable

from questions.pictures.boundaries import BoundaryPicture, Line, gate, logistic, perceptron, softmax, xor
from questions.pictures.descents import Descent, DescentPicture, composite, contraction
from questions.pictures.distributions import DistributionPicture, Moments, discrete, gaussian, initial, uniform
from questions.pictures.functions import FUNCTIONS, FunctionPicture, Spot, critical, function
from questions.pictures.nets import NetworkPicture, Neuron, batch, one_unit
from questions.pictures.paths import PathPicture, path
from questions.pictures.quantities import Answers, Quantity, Release, Symbol
from questions.pictures.schedules import SchedulePicture, schedule, time
from questions.pictures.thresholds import ThresholdPicture
from questions.pictures.trainings import NONE, Curves, Layer, Own, RunsPicture, TrainingPicture, runs_picture, training
from questions.variant import Variant

Picture = (
    NetworkPicture
    | PathPicture
    | FunctionPicture
    | DescentPicture
    | SchedulePicture
    | BoundaryPicture
    | ThresholdPicture
    | DistributionPicture
    | TrainingPicture
    | RunsPicture
)
PICTURES: dict[str, Callable[[Variant, Answers, Release | None], Picture | None]] = {
    "relu_softmax": one_unit,
    "softmax_backward": one_unit,
    "relu_inverse": one_unit,
    "relu_softmax_batch": batch,
    "relu_softmax_linear": batch,
    "gradient_descent": path,
    "momentum": path,
    "rmsprop": path,
    "adam": path,
    "adagrad": path,
    "adopt": path,
    "velocity_momentum": path,
    "library_momentum": path,
    **dict.fromkeys(FUNCTIONS, function),
    "composite": composite,
    "log_quartic": composite,
    "contraction": contraction,
    "step_decay": schedule,
    "exponential_decay": schedule,
    "decay_time": time,
    "quintic": critical,
    "discrete_moments": discrete,
    "uniform_moments": uniform,
    "gaussian_density": gaussian,
    **dict.fromkeys(("glorot", "he_relu", "fan_in_tanh", "fan_in_sigmoid"), initial),
    "logistic_step": logistic,
    "softmax_step": softmax,
    "perceptron_rule": perceptron,
    "gate_unit": gate,
    "xor_net": xor,
    "quintic_saddle": critical,
}

__all__ = [
    "NONE",
    "PICTURES",
    "BoundaryPicture",
    "Curves",
    "Descent",
    "DescentPicture",
    "DistributionPicture",
    "FunctionPicture",
    "Layer",
    "Line",
    "Moments",
    "NetworkPicture",
    "Neuron",
    "Own",
    "PathPicture",
    "Picture",
    "Quantity",
    "RunsPicture",
    "SchedulePicture",
    "Spot",
    "Symbol",
    "ThresholdPicture",
    "TrainingPicture",
    "picture_of",
    "runs_picture",
]


def picture_of(
    variant: Variant, answers: Answers | None = None, release: Release | None = None, picked: str = "", own: Own = NONE
) -> Picture | None:
    """The picture of a variant; None where its solver has none, where nothing could be seen in it yet, or where it would be too crowded.

    `answers` are the entries as read, by part, None for what is blank or unreadable.  `release` are the reference values by
    step: they are drawn too, and only then.  Of a training question `picked` is the chosen letter, and `own` the student's
    own runs by experiment.
    """
    if variant.question.training:
        return training(variant, picked, release is not None, own)
    make = PICTURES.get(variant.question.solver or "")
    return make(variant, answers or {}, release) if make else None
