"""An experiment is what its specification says, however often it is interrupted; what cannot be is refused in a sentence."""

import gzip
import http.server
import json
import os
import resource
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import solvers
from solvers.experiments import chain, images, networks, optimisers
from solvers.experiments.files import UnwritableFile, claimed, replacing
from solvers.experiments.specification import (
    FASHION_MNIST,
    Adam,
    Adopt,
    BadSpecification,
    Initialisation,
    Momentum,
    Network,
    RmsProp,
    Sgd,
    Skip,
    read,
)  # fmt: skip
from solvers.experiments.training import Diverged, Training, train
from solvers.worksheet import honest, slipping
from tests.solvers.training import idx, real_images, small, stripes, write_images

SHORT = Path(__file__).with_name("short_experiment.json")
OPTIMISERS = [Sgd(0.1), Momentum(0.1), Momentum(0.1, form="averaged"), RmsProp(0.01), Adam(), Adopt(0.01), Adopt(0.01, clip=0.25)]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("images")
    return folder, write_images(folder)


@pytest.fixture
def spec(data, monkeypatch):
    folder, document = data
    monkeypatch.setenv("GRADUS_DATA", str(folder))
    return small(document)


@pytest.mark.parametrize("name", chain.EXPERIMENTS)
def test_a_specification_is_what_its_document_says(name):
    one = chain.EXPERIMENTS[name]
    assert read(json.loads(one.canonical())) == one
    assert read(one.document()).hash == one.hash


def test_the_hash_depends_on_every_field_and_on_no_order():
    one = chain.SKIPPED
    backwards = dict(reversed(one.document().items()))
    assert read(backwards).hash == one.hash
    hashes = {spec.hash for spec in chain.EXPERIMENTS.values()}
    changed = [replace(one, batch=256), replace(one, seeds=(1, 2)), replace(one, epochs=14), replace(one, metrics=("test",))]
    assert len(hashes | {spec.hash for spec in changed}) == len(chain.EXPERIMENTS) + 4
    assert chain.SGD.hash == "8b704796e8c505fe073d4eec1a73585c2c177de9624d9fb1f5b6841e92266f30"


def test_every_experiment_but_the_first_of_each_study_says_what_it_changes():
    assert set(chain.EXPERIMENTS) - set(chain.PREVIOUS) == {"chain-sgd", "study-one-layer"}
    assert all(chain.EXPERIMENTS[a] != chain.EXPERIMENTS[b] for a, b in chain.PREVIOUS.items())


def broken(path, value):
    """A good document with one thing wrong in it."""
    document = chain.SKIPPED.document()
    node = document
    for step in path[:-1]:
        node = node[step]
    if value is None:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return document


IMPOSSIBLE = {
    "widths too few": (("network", "widths"), [784], "must start with 784 pixels and end with 10"),
    "widths of other images": (("network", "widths"), [100, 10], "784 pixels"),
    "a width of nothing": (("network", "widths"), [784, 0, 10], "'widths' is '0'; it must be a whole number from 1"),
    "half a neuron": (("network", "widths"), [784, 2.5, 10], "whole number"),
    "a giant": (("network", "widths"), [784, 10_000, 10_000, 10], "20,000,000"),
    "an activation nobody knows": (("network", "activation"), "magic", "must be one of sigmoid"),
    "a skip backwards": (("network", "skip"), {"source": 4, "target": 2}, "from a hidden layer to a later one"),
    "a skip beyond": (("network", "skip"), {"source": 1, "target": 6}, "of the 5"),
    "a skip between widths": (("network", "widths"), [784, 64, 128, 128, 128, 128, 10], "different widths"),
    "no rate": (("optimiser", "lr"), 0, "above 0"),
    "a rate that is no number": (("optimiser", "lr"), float("nan"), "'nan'; it must be a number above 0"),
    "a rate that is true": (("optimiser", "lr"), True, "above 0"),
    "a decay of one": (("optimiser", "beta1"), 1, "below 1"),
    "another method's field": (("optimiser", "clip"), 0.25, "'clip' is not a field here"),
    "a method nobody knows": (("optimiser", "method"), "luck", "must be one of sgd"),
    "a missing rate": (("optimiser",), {"method": "sgd"}, "'lr' is missing"),
    "an unknown field": (("colour",), "red", "'colour' is not a field here"),
    "a missing net": (("network",), None, "'network' is missing"),
    "no std": (("initialisation",), {"weights": "normal"}, "'std' belongs to weights 'normal'"),
    "a needless std": (("initialisation", "std"), 0.1, "and to no other"),
    "a batch of more than all": (("data", "train"), 500, "lower it"),
    "a last batch of one": (("batch",), 59_999, "a last batch of one image"),
    "no seeds": (("seeds",), [], "must be a list"),
    "a seed twice": (("seeds",), [1, 1], "different entries"),
    "no epochs": (("epochs",), 0, "from 1"),
    "no test": (("metrics",), ["train"], "must hold test"),
    "float32": (("dtype",), "float32", "must be one of float64"),
    "two threads": (("threads",), 2, "up to 1"),
    "a digest too short": (("data", "sha256"), {"a": "0"}, "64 hexadecimal digits"),
    "other files": (("data", "sha256"), {"a": "0" * 64}, "must give the digest"),
    "a false Fashion-MNIST": (("data", "sha256"), dict.fromkeys(FASHION_MNIST, "0" * 64), "not the digests of Fashion-MNIST"),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_an_impossible_specification_is_refused_by_name(case):
    path, value, said = IMPOSSIBLE[case]
    with pytest.raises(BadSpecification) as problem:
        read(broken(path, value))
    assert said in problem.value.detail
    assert problem.value.where.startswith("/" + path[0] if case != "a skip between widths" else "/network/skip") or path[0] == "data"


@pytest.mark.parametrize("raw", [None, [], "x", 3])
def test_what_is_no_object_is_refused(raw):
    with pytest.raises(BadSpecification, match="must be an object"):
        read(raw)


@pytest.mark.parametrize("optimiser", OPTIMISERS, ids=lambda one: f"{one.method}-{getattr(one, 'form', getattr(one, 'clip', ''))}")
def test_an_interrupted_run_goes_on_to_the_same_bits(spec, tmp_path, optimiser):
    spec = replace(spec, optimiser=optimiser, network=replace(spec.network, normalisation="batch"))
    whole = train(spec, 1)
    for stop in (1, 2):
        checkpoint = tmp_path / f"{stop}"
        assert train(spec, 1, checkpoint, epochs=stop).epochs == stop
        again = train(spec, 1, checkpoint)
        assert again.weights == whole.weights
        assert (again.running_train, again.train, again.test) == (whole.running_train, whole.train, whole.test)
        assert (again.loss, again.gradients) == (whole.loss, whole.gradients)


def test_another_seed_gives_other_weights_and_the_same_seed_the_same(spec):
    assert train(spec, 0).weights == train(spec, 0).weights != train(spec, 1).weights


def test_a_damaged_or_foreign_checkpoint_is_left_aside(spec, tmp_path):
    whole, checkpoint = train(spec, 0).weights, tmp_path / "checkpoint"
    train(spec, 0, checkpoint, epochs=2)
    packed = checkpoint.read_bytes()
    for content in (b"", b"no checkpoint", packed[: len(packed) // 2]):
        checkpoint.write_bytes(content)
        assert train(spec, 0, checkpoint).weights == whole
    for other, seed in ((replace(spec, batch=16), 0), (spec, 1)):
        train(other, seed, checkpoint, epochs=2)
        assert train(spec, 0, checkpoint).weights == whole


def test_a_loss_that_is_not_finite_ends_the_run_by_name(spec):
    wild = replace(spec, optimiser=Sgd(1000.0), network=replace(spec.network, activation="identity"))
    with pytest.raises(Diverged, match=r"seed 0, epoch \d+: the loss is no longer finite; lower 'lr'"):
        train(replace(wild, epochs=200), 0)


def test_the_network_is_the_arithmetic_it_says():
    """Forward in NumPy, with normalisation by batch, a gate and a skip connection."""
    network = Network((784, 6, 6, 6, 10), "glu", "batch", Skip(1, 3))
    layers = networks.draw(network, Initialisation("he_normal"), 3)
    x = np.random.default_rng(0).random((9, 784))
    values = {name: value.detach().numpy() for name, value in layers.named_parameters()}
    a, kept = x, None
    for i in range(3):
        z = a @ values[f"linears.{i}.weight"].T + values[f"linears.{i}.bias"]
        assert z.shape == (9, 12)
        z = (z - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + 1e-5) * values[f"norms.{i}.weight"] + values[f"norms.{i}.bias"]
        a = z[:, :6] / (1 + np.exp(-z[:, 6:]))
        kept = a if i == 0 else kept
    expected = (a + kept) @ values["linears.3.weight"].T + values["linears.3.bias"]
    assert np.allclose(layers(torch.from_numpy(x)).detach().numpy(), expected, rtol=1e-12, atol=1e-12)


def test_swiglu_is_the_swish_of_one_half_times_the_other():
    x = np.random.default_rng(1).normal(size=(4, 6))
    a, b = x[:, :3], x[:, 3:]
    assert np.allclose(networks.swiglu(torch.from_numpy(x)).numpy(), a / (1 + np.exp(-a)) * b)


@pytest.mark.parametrize(("weights", "spread"), [("he_normal", (2 / 784) ** 0.5), ("xavier_normal", (2 / 1284) ** 0.5), ("zero", 0.0)])
def test_initialisations_have_the_spread_they_are_named_for(weights, spread):
    first = networks.draw(Network((784, 500, 10), "relu"), Initialisation(weights), 0).linears[0]
    assert first.weight.std().item() == pytest.approx(spread, rel=0.02)
    assert not first.bias.any()


def test_the_seed_draws_in_the_order_laid_down():
    """torch's own layers first, then every weight again, from the first layer to the last."""
    layers = networks.draw(Network((784, 4, 10), "relu"), Initialisation("normal", 0.05), 7)
    torch.manual_seed(7)
    for n, m in ((784, 4), (4, 10)):
        torch.nn.Linear(n, m, dtype=torch.float64)
    for linear, (n, m) in zip(layers.linears, ((784, 4), (4, 10)), strict=True):
        assert torch.equal(linear.weight, torch.empty(m, n, dtype=torch.float64).normal_(0, 0.05))


SOLVED = {
    "gradient_descent": Sgd(0.2),
    "momentum": Momentum(0.2, 0.5, "averaged"),
    "rmsprop": RmsProp(0.2, 0.9, 1e-6),
    "adam": Adam(0.2, 0.9, 0.999, 1e-6),
}


@pytest.mark.parametrize("name", SOLVED)
def test_an_optimiser_walks_as_the_worksheet_does(name):
    """RMSProp as torch has it, with eps outside the root: to the course's convention a named mistake."""
    habit = slipping("eps_outside") if name == "rmsprop" else honest
    a, w0, epochs = np.array([0.1, 2.0]), np.array([-5.0, -2.0]), 4
    solver, one = solvers.get(name), SOLVED[name]
    givens = {"a": a, "w0": w0, "epochs": epochs, "v0": 0 * w0, "s0": 0 * w0, "gamma": 0.9, "beta": 0.5}
    givens |= {key: value for key, value in vars(one).items() if key != "form"}
    sheet = solver.run(solver.read({key: np.asarray(value).tolist() for key, value in givens.items() if key in solver.givens}), habit)
    w = torch.tensor(w0, requires_grad=True)
    walker = optimisers.make(one, [w])
    for t in range(1, epochs + 1):
        w.grad = 2 * torch.tensor(a) * w.detach()
        walker.step()
        assert np.allclose(w.detach().numpy(), sheet.steps[f"w{t}"].number, rtol=1e-12)


@pytest.mark.parametrize("clip", [None, 0.25])
def test_adopt_is_its_paper(clip):
    gradients = np.random.default_rng(2).normal(size=(6, 3)) * [1, 10, 0.01]
    w, v, s = np.zeros(3), np.zeros(3), gradients[0] ** 2
    parameter = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    walker = optimisers.make(Adopt(0.1, clip=clip), [parameter])
    for t, g in enumerate(gradients):
        if t:
            ghat = g / np.maximum(np.sqrt(s), 1e-6)
            ghat = np.clip(ghat, -(t**clip), t**clip) if clip else ghat
            v = 0.9 * v + 0.1 * ghat
            w, s = w - 0.1 * v, 0.9999 * s + 0.0001 * g**2
        parameter.grad = torch.tensor(g)
        walker.step()
        assert np.allclose(parameter.detach().numpy(), w, rtol=1e-12)


def test_metrics_are_counted_as_laid_down(spec):
    """One batch of all images: what runs is right before the update; the gradient is that of the mean loss."""
    spec = replace(spec, batch=200, epochs=1)
    training = Training(spec, 0)
    before, x = networks.draw(spec.network, spec.initialisation, 0), training.x.double() / 255
    logits = before(x)
    torch.nn.functional.cross_entropy(logits, training.y).backward()
    training.epoch()
    assert training.run.running_train == [int((logits.argmax(1) == training.y).sum())]
    assert training.run.gradients[0] == pytest.approx([linear.weight.grad.norm().item() for linear in before.linears])
    after = training.layers(x).argmax(1)
    assert training.run.train == [int((after == training.y).sum())]


def test_the_short_reference_comes_out_the_same_again(data, monkeypatch):
    """The CI step of `gradus experiment verify`: accuracies are compared exactly."""
    folder, document = data
    monkeypatch.setenv("GRADUS_DATA", str(folder))
    kept = json.loads(SHORT.read_text(encoding="utf-8"))
    spec = read(kept["specification"])
    assert spec.data.sha256 == document["sha256"], "the generated images are others than when the reference was made"
    for run in kept["runs"]:
        again = train(spec, run["seed"])
        assert (again.running_train, again.train, again.test) == (run["running_train"], run["train"], run["test"])


@real_images
def test_the_real_images_are_as_published():
    x, y, test_x, test_y = images.load(chain.SGD.data)
    assert (x.shape, test_x.shape) == ((60_000, 784), (10_000, 784))
    assert np.bincount(y).tolist() == [6000] * 10
    assert np.bincount(test_y).tolist() == [1000] * 10


def damaged(folder, content):
    name = next(iter(FASHION_MNIST))
    (folder / name).write_bytes(content)
    return images.parsed((folder / name).read_bytes(), folder / name)


PIXELS = idx(stripes(3, 0)[0])
DAMAGED = {
    "truncated gzip": (gzip.compress(PIXELS)[:-20], "cannot be unpacked"),
    "broken gzip": (gzip.compress(PIXELS)[:30] + b"x" * 40, "cannot be unpacked"),
    "a web page": (b"<html>", "is not an IDX file of bytes"),
    "nothing": (b"", "is not an IDX file of bytes"),
    "floats": (b"\0\0\x0d\x03" + bytes(12), "is not an IDX file of bytes"),
    "a header alone": (PIXELS[:10], "ends within its header"),
    "truncated": (PIXELS[:-1], "has 2,367"),
    "too long": (PIXELS + b"x", "has 2,369"),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_a_damaged_or_foreign_file_is_told_by_what_is_wrong(tmp_path, case):
    content, said = DAMAGED[case]
    with pytest.raises(images.BadData, match=said):
        damaged(tmp_path, content)


def test_a_missing_or_changed_file_is_told_by_its_path(data, tmp_path):
    folder, document = data
    spec = small(document)
    with pytest.raises(images.BadData, match="is not there; set GRADUS_DATA"):
        images.load(spec.data, tmp_path)
    for name in FASHION_MNIST:
        (tmp_path / name).write_bytes((folder / name).read_bytes() + b" ")
    with pytest.raises(images.BadData, match=r"has sha256 .* expected .*fetch it anew"):
        images.load(spec.data, tmp_path)
    with pytest.raises(images.BadData, match="asks for 300 train images, the file holds 200"):
        images.load(replace(spec.data, train=300), folder)


@pytest.fixture
def home(data):
    """A server of the files that breaks off once in the middle of each, and understands ranges."""
    folder, document = data
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            packed = (folder / Path(self.path).name).read_bytes()
            start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
            asked.append((self.path, start))
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(packed) - start))
            self.end_headers()
            first = len([path for path, _ in asked if path == self.path]) == 1
            self.wfile.write(packed[start : len(packed) // 2] if first else packed[start:])

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", small(document).data, asked
    server.shutdown()
    server.server_close()


def test_a_download_that_broke_off_is_resumed(home, tmp_path):
    url, data, asked = home
    told = []
    for _ in FASHION_MNIST:
        with pytest.raises(images.BadData, match="what came is kept"):
            images.fetch(data, tmp_path, lambda *seen: told.append(seen), url)
    images.fetch(data, tmp_path, lambda *seen: told.append(seen), url)
    assert images.load(data, tmp_path)[0].shape == (200, 784)
    assert [start > 0 for _, start in asked] == [False, True] * 4
    assert all(0 < done <= total for _, done, total in told)
    assert told[-1][1] == told[-1][2]
    assert not list(tmp_path.glob("*.part"))


def test_a_damaged_file_is_fetched_anew(home, tmp_path):
    url, data, _ = home
    for name in FASHION_MNIST:
        (tmp_path / name).write_bytes(b"damaged")
    for _ in FASHION_MNIST:
        with pytest.raises(images.BadData, match="what came is kept"):
            images.fetch(data, tmp_path, lambda *seen: None, url)
    images.fetch(data, tmp_path, lambda *seen: None, url)
    assert images.load(data, tmp_path)[0].shape == (200, 784)


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(images.BadData, match=r"cannot be made .* set GRADUS_DATA"):
        images.fetch(chain.SGD.data, tmp_path / "file" / "below", lambda *seen: None)


def test_a_download_of_something_else_is_thrown_away(home, tmp_path):
    url, data, _ = home
    wrong = replace(data, sha256=dict.fromkeys(FASHION_MNIST, "0" * 64))
    for _ in range(2):
        with pytest.raises(images.BadData):
            images.fetch(wrong, tmp_path, lambda *seen: None, url)
    assert not list(tmp_path.iterdir())
    with pytest.raises(images.BadData, match="could not be fetched"):
        images.fetch(data, tmp_path, lambda *seen: None, "http://127.0.0.1:9/")


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "kept"
    path.write_text("before")

    def half():
        with replacing(path) as file:
            file.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(UnwritableFile, match="cannot be written"), replacing(path / "below") as file:
        file.write(b"x")


def test_only_one_process_has_a_claim(tmp_path):
    with claimed(tmp_path / "lock") as mine, claimed(tmp_path / "lock") as theirs:
        assert (mine, theirs) == (True, False)
    with claimed(tmp_path / "lock") as mine:
        assert mine


def process(spec, folder, data, **more):
    (folder / "specification.json").write_text(spec.canonical())
    command = [sys.executable, "-m", "solvers.experiments", str(folder / "specification.json"), "0", str(folder)]
    surroundings = os.environ | {"GRADUS_DATA": str(data), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen(command, env=surroundings, stderr=subprocess.PIPE, text=True, **more)


def test_a_full_disk_leaves_no_half_written_file(spec, data, tmp_path):
    def no_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    with process(spec, tmp_path, data[0], preexec_fn=no_room) as full:
        _, said = full.communicate(timeout=60)
    assert full.returncode == 1
    assert "cannot be written" in said
    assert "make room, then run it again" in said
    assert "Traceback" not in said
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"specification.json", "seed-0.lock"}


def test_a_killed_process_is_resumed_to_the_same_bits(spec, data, tmp_path):
    spec = replace(spec, epochs=40, seeds=(0,))
    with process(spec, tmp_path, data[0]) as killed:
        while not (tmp_path / "seed-0.progress").exists():
            assert killed.poll() is None, killed.stderr.read()
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
    assert not (tmp_path / "seed-0.json").exists()
    (tmp_path / ".seed-0.checkpoint.99999").write_bytes(b"half")
    with process(spec, tmp_path, data[0]) as again:
        _, said = again.communicate(timeout=60)
    assert again.returncode == 0, said
    whole = json.loads((tmp_path / "seed-0.json").read_text())
    assert whole["weights"] == train(spec, 0).weights
    assert {path.name for path in tmp_path.iterdir()} == {"specification.json", "seed-0.lock", "seed-0.json"}
