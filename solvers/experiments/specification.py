"""The specification of an experiment: everything that decides its numbers, read strictly, and hashed."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from solvers.errors import GradusError, listed, pointer, quoted

METRICS: tuple[Literal["running_train", "train", "test"], ...] = ("running_train", "train", "test")
PIXELS = 28 * 28
CLASSES = 10
FASHION_MNIST = {
    "train-images-idx3-ubyte.gz": "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
    "train-labels-idx1-ubyte.gz": "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
    "t10k-images-idx3-ubyte.gz": "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
    "t10k-labels-idx1-ubyte.gz": "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
}


class BadSpecification(GradusError):
    """A field of a specification is missing, not known, or of an impossible value."""

    code = "bad_specification"


def whole(low: int, high: int) -> dict[str, Any]:
    return {"type": int, "low": low, "high": high}


def real(low: float, high: float, open_low: bool = False, open_high: bool = False) -> dict[str, Any]:
    return {"type": float, "low": low, "high": high, "open_low": open_low, "open_high": open_high}


def limits(rule: dict[str, Any], **default: Any) -> Any:
    return field(metadata=rule, **default)


def one_of(*names: str, **default: Any) -> Any:
    return field(metadata={"type": str, "names": names}, **default)


@dataclass(frozen=True)
class Data:
    """The images: the first `train` and the first `test` of IDX files, each known by the sha256 of its bytes."""

    name: str = one_of("fashion-mnist", "idx", default="fashion-mnist")
    train: int = limits(whole(1, 60_000), default=60_000)
    test: int = limits(whole(1, 10_000), default=10_000)
    sha256: Mapping[str, str] = field(default_factory=lambda: dict(FASHION_MNIST))


@dataclass(frozen=True)
class Skip:
    """The output of hidden layer `source` is added to that of hidden layer `target`, both after their activation."""

    source: int = limits(whole(1, 100))
    target: int = limits(whole(2, 100))


@dataclass(frozen=True)
class Network:
    """Linear layers of these widths; each hidden one is normalised and activated, the output one is neither.

    A gated activation (`glu`: a·σ(b), `swiglu`: a·σ(a)·b) halves what it is given, so its linear layer is twice as wide.
    """

    widths: tuple[int, ...] = limits(whole(1, 10_000))
    activation: str = one_of("sigmoid", "tanh", "relu", "gelu", "silu", "identity", "glu", "swiglu")
    normalisation: str = one_of("none", "batch", default="none")
    skip: Skip | None = None

    @property
    def gated(self) -> bool:
        """Whether the activation takes two halves."""
        return self.activation in ("glu", "swiglu")


@dataclass(frozen=True)
class Initialisation:
    """How weights are drawn; `std` belongs to `normal` alone.  Biases are zero, but PyTorch's own with `torch_default`."""

    weights: str = one_of("normal", "he_normal", "xavier_normal", "xavier_uniform", "zero", "torch_default")
    std: float | None = limits(real(0, 100, open_low=True), default=None)


RATE = real(0, 1000, open_low=True)
DECAY = real(0, 1, open_high=True)
SMALL = real(0, 1, open_low=True)


@dataclass(frozen=True)
class Sgd:
    """w ← w − lr·g."""

    method: ClassVar[str] = "sgd"
    lr: float = limits(RATE)


@dataclass(frozen=True)
class Momentum:
    """v ← beta·v + g (heavy_ball, as torch) or v ← beta·v + (1−beta)·g (averaged, as the course); v = 0 before; w ← w − lr·v."""

    method: ClassVar[str] = "momentum"
    lr: float = limits(RATE)
    beta: float = limits(DECAY, default=0.9)
    form: str = one_of("heavy_ball", "averaged", default="heavy_ball")


@dataclass(frozen=True)
class RmsProp:
    """s ← gamma·s + (1−gamma)·g²; w ← w − lr·g/(√s + eps); s = 0 before."""

    method: ClassVar[str] = "rmsprop"
    lr: float = limits(RATE)
    gamma: float = limits(DECAY, default=0.99)
    eps: float = limits(SMALL, default=1e-8)


@dataclass(frozen=True)
class Adam:
    """Adam with bias correction, eps outside the root: w ← w − lr·v̂/(√ŝ + eps)."""

    method: ClassVar[str] = "adam"
    lr: float = limits(RATE, default=0.001)
    beta1: float = limits(DECAY, default=0.9)
    beta2: float = limits(DECAY, default=0.999)
    eps: float = limits(SMALL, default=1e-8)


@dataclass(frozen=True)
class Adopt:
    """ADOPT: the first gradient only sets s = g²; then ĝ = g/max(√s, eps), v ← beta1·v + (1−beta1)·ĝ, w ← w − lr·v, and s last.

    With `clip` c, update t (counted from 1, the first gradient not counted) keeps ĝ within ±t^c; null clips nothing.
    """

    method: ClassVar[str] = "adopt"
    lr: float = limits(RATE)
    beta1: float = limits(DECAY, default=0.9)
    beta2: float = limits(DECAY, default=0.9999)
    eps: float = limits(SMALL, default=1e-6)
    clip: float | None = limits(real(0, 10, open_low=True), default=None)


Optimiser = Sgd | Momentum | RmsProp | Adam | Adopt
OPTIMISERS: dict[str, type[Optimiser]] = {kind.method: kind for kind in (Sgd, Momentum, RmsProp, Adam, Adopt)}


@dataclass(frozen=True)
class Specification:
    """Everything that decides an experiment's numbers; `docs/experiments.md` says what each field means, to the last draw."""

    network: Network
    initialisation: Initialisation
    optimiser: Optimiser
    data: Data = Data()
    batch: int = limits(whole(2, 60_000), default=512)
    shuffle: str = one_of("randperm", default="randperm")
    seeds: tuple[int, ...] = limits(whole(0, 2**31 - 1), default=tuple(range(8)))
    epochs: int = limits(whole(1, 1000), default=15)
    metrics: tuple[str, ...] = one_of(*METRICS, default=METRICS)
    dtype: str = one_of("float64", default="float64")
    threads: int = limits(whole(1, 1), default=1)

    def document(self) -> dict[str, Any]:
        """The JSON document, every field written out."""
        written: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(self)))
        return written | {"optimiser": {"method": self.optimiser.method, **written["optimiser"]}}

    def canonical(self) -> str:
        """The document as JSON with sorted keys and no spaces: what is hashed."""
        return json.dumps(self.document(), sort_keys=True, separators=(",", ":"), ensure_ascii=True)

    @property
    def hash(self) -> str:
        """The sha256 of the canonical JSON, in hexadecimal digits."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()


def read(raw: Any) -> Specification:
    """The specification a document states.  Raises BadSpecification, which names the field, what is allowed and where it stands."""
    spec: Specification = _read(Specification, raw, "")
    _check_network(spec)
    _check_files(spec.data)
    if spec.batch > spec.data.train:
        raise BadSpecification(f"'batch' is {spec.batch:,}, but there are {spec.data.train:,} training images; lower it", "/batch")
    if spec.network.normalisation == "batch" and spec.data.train % spec.batch == 1:
        raise BadSpecification("'batch' leaves a last batch of one image, which cannot be normalised; choose another", "/batch")
    if (spec.initialisation.std is None) == (spec.initialisation.weights == "normal"):
        raise BadSpecification("'std' belongs to weights 'normal', and to no other; state it or leave it out", "/initialisation/std")
    for name, values in (("seeds", spec.seeds), ("metrics", spec.metrics)):
        if len(set(values)) != len(values) or not values:
            raise BadSpecification(f"'{name}' must be a list of different entries, at least one", f"/{name}")
    if "test" not in spec.metrics:
        raise BadSpecification("'metrics' must hold test, and may hold running_train and train", "/metrics")
    return spec


def _check_network(spec: Specification) -> None:
    """That the layers fit the images, the classes and each other."""
    network = spec.network
    hidden = len(network.widths) - 2
    if hidden < 0 or network.widths[0] != PIXELS or network.widths[-1] != CLASSES:
        raise BadSpecification(f"'widths' must start with {PIXELS} pixels and end with {CLASSES} classes", "/network/widths")
    if sum(a * b for a, b in zip(network.widths, network.widths[1:], strict=False)) > 20_000_000:
        raise BadSpecification("'widths' make more than 20,000,000 weights; choose narrower layers", "/network/widths")
    skip = network.skip
    if skip is None:
        return
    if not skip.source < skip.target <= hidden:
        raise BadSpecification(f"'skip' must lead from a hidden layer to a later one of the {hidden}; correct it", "/network/skip")
    if network.widths[skip.source] != network.widths[skip.target]:
        raise BadSpecification("'skip' joins layers of different widths, which cannot be added; make them equal", "/network/skip")


def _check_files(data: Data) -> None:
    """That the four files of the layout have their digests."""
    if set(data.sha256) != set(FASHION_MNIST):
        raise BadSpecification(f"'sha256' must give the digest of {listed(FASHION_MNIST)}", "/data/sha256")
    if data.name == "fashion-mnist" and dict(data.sha256) != FASHION_MNIST:
        raise BadSpecification("these are not the digests of Fashion-MNIST; other IDX files go by the name 'idx'", "/data/sha256")


def _read(kind: type[Any], raw: Any, at: str) -> Any:
    """A dataclass from an object, field by field."""
    if not isinstance(raw, Mapping):
        raise BadSpecification(f"{at or 'a specification'} must be an object, not {quoted(str(raw))}", at or None)
    fields = {f.name: f for f in dataclasses.fields(kind)}
    for name in raw:
        if name not in fields:
            raise BadSpecification(f"{quoted(name)} is not a field here; there are {listed(fields)}", at + pointer(name))
    values = {}
    for name, spec in fields.items():
        if name in raw:
            values[name] = _value(name, spec, raw[name], at + pointer(name))
        elif spec.default is dataclasses.MISSING and spec.default_factory is dataclasses.MISSING:
            raise BadSpecification(f"'{name}' is missing; state it", at + pointer(name))
    return kind(**values)


def _value(name: str, spec: dataclasses.Field[Any], raw: Any, at: str) -> Any:
    """The value of one field."""
    if name == "optimiser":
        return _optimiser(raw, at)
    if name in ("network", "initialisation", "data"):
        return _read({"network": Network, "initialisation": Initialisation, "data": Data}[name], raw, at)
    if name == "skip":
        return None if raw is None else _read(Skip, raw, at)
    if name == "sha256":
        if not isinstance(raw, Mapping) or not all(isinstance(x, str) and len(x) == 64 for x in raw.values()):
            raise BadSpecification("'sha256' must map file names to 64 hexadecimal digits", at)
        return dict(raw)
    if name in ("widths", "seeds", "metrics"):
        if not isinstance(raw, (list, tuple)) or not 1 <= len(raw) <= 1000:
            raise BadSpecification(f"'{name}' must be a list", at)
        return tuple(_scalar(name, spec.metadata, item, at + pointer(i)) for i, item in enumerate(raw))
    if raw is None and spec.default is None:
        return None
    return _scalar(name, spec.metadata, raw, at)


def _optimiser(raw: Any, at: str) -> Optimiser:
    method = raw.get("method") if isinstance(raw, Mapping) else None
    if not isinstance(method, str) or method not in OPTIMISERS:
        raise BadSpecification(f"'method' must be one of {listed(OPTIMISERS)}", at + "/method")
    found: Optimiser = _read(OPTIMISERS[method], {name: value for name, value in raw.items() if name != "method"}, at)
    return found


def _scalar(name: str, rule: Mapping[str, Any], raw: Any, at: str) -> Any:
    """A number within its limits, or one of some names."""
    if rule["type"] is str:
        if raw not in rule["names"]:
            raise BadSpecification(f"'{name}' is {quoted(str(raw))}; it must be one of {listed(rule['names'])}", at)
        return raw
    kind = "a whole number" if rule["type"] is int else "a number"
    low = f"{'above' if rule.get('open_low') else 'from'} {rule['low']:,}"
    high = f"{'below' if rule.get('open_high') else 'up to'} {rule['high']:,}"
    right = not isinstance(raw, bool) and isinstance(raw, int if rule["type"] is int else (int, float))
    if right and isinstance(raw, float):
        right = math.isfinite(raw)
    if right:
        right = raw > rule["low"] if rule.get("open_low") else raw >= rule["low"]
        right = right and (raw < rule["high"] if rule.get("open_high") else raw <= rule["high"])
    if not right:
        raise BadSpecification(f"'{name}' is {quoted(str(raw))}; it must be {kind} {low} {high}", at)
    return rule["type"](raw)
