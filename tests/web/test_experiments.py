"""`gradus experiment`: seeds are trained in processes, resumed and gathered; a reference is verified from its specification alone."""

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from exam import experiments
from questions.experiments import references
from solvers.experiments.chain import EXPERIMENTS, SENSITIVE
from solvers.experiments.files import claimed
from tests.solvers.training import real_images, small, write_images

ROOT = Path(__file__).parents[2]
GRADUS = [sys.executable, "-c", "from web.cli import main; main()", "experiment"]


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """A folder with images, a specification of them, and the surroundings that find both."""
    folder = tmp_path_factory.mktemp("installation")
    spec = small(write_images(folder))
    (folder / "own.json").write_text(json.dumps(spec.document()))
    surroundings = os.environ | {
        "GRADUS_DATA": str(folder),
        "GRADUS_STATE": str(folder / "state"),
        "COLUMNS": "200",
        "PYTHONPATH": str(ROOT),
    }
    return folder, spec, surroundings


@pytest.fixture
def gradus(installation):
    folder, _, surroundings = installation

    def run(*arguments, **more):
        found = subprocess.run([*GRADUS, *arguments], capture_output=True, text=True, env=surroundings | more, cwd=folder, timeout=120)
        assert "Traceback" not in found.stderr
        return found

    return run


def test_an_experiment_is_run_shown_verified_and_found_again(gradus, installation):
    folder, spec, _ = installation
    ran = gradus("run", "own.json", "--jobs", "2", "--json")
    assert ran.returncode == 0, ran.stderr
    (stored,) = json.loads(ran.stdout)
    assert stored["sha256"] == spec.hash
    reference = json.loads(Path(stored["reference"]).read_text())
    assert [run["seed"] for run in reference["runs"]] == [0, 1]
    assert [len(run["test"]) for run in reference["runs"]] == [3, 3]
    assert sorted(path.name for path in (folder / "state" / "experiments" / spec.hash).glob("*.json")) == [
        "seed-0.json",
        "seed-1.json",
        "specification.json",
    ]
    shown = json.loads(gradus("show", "own.json", "--json").stdout)
    assert shown["reference"]["runs"] == reference["runs"]
    assert f"{reference['runs'][1]['test'][-1] / 60:.4f}" in gradus("show", "own.json").stdout
    assert "IDX, 200 ảnh huấn luyện" in gradus("show", "own.json", "--lang", "vi").stdout
    before = Path(stored["reference"]).stat().st_mtime_ns
    assert gradus("run", "own.json").returncode == 0
    assert Path(stored["reference"]).stat().st_mtime_ns == before, "what is stored is not run again"
    verified = gradus("verify", "own.json", "--json")
    assert (verified.returncode, json.loads(verified.stdout)[0]["differences"]) == (0, [])
    assert json.loads(verified.stdout)[0]["same_weights"] is True
    reference["runs"][0]["test"][1] -= 1
    Path(stored["reference"]).write_text(json.dumps(reference))
    verified = gradus("verify", "own.json", "--seeds", "1", "--epochs", "2")
    assert verified.returncode == 1
    assert "own, 1 seeds: differs" in verified.stdout
    assert "seed 0, epoch 2: test has" in verified.stdout


def test_the_background_goes_on_without_the_terminal(gradus, installation):
    folder, spec, _ = installation
    (folder / "later.json").write_text(json.dumps(replace(spec, seeds=(5,)).document()))
    started = json.loads(gradus("run", "later.json", "--background", "--json").stdout)
    end = time.monotonic() + 100
    while not (folder / "state" / "experiments" / "later.json").exists():
        assert time.monotonic() < end, Path(started["log"]).read_text()
        time.sleep(0.1)


PROBLEMS = {
    "nothing": (("run",), "name an experiment, or say --all"),
    "a stranger": (("run", "nope"), "'nope' is neither an experiment nor a file; there are chain-sgd"),
    "no JSON": (("run", "text.json"), "text.json, line 1, column 2: this is not JSON"),
    "no text": (("run", "bytes.json"), "bytes.json is not JSON"),
    "a field twice": (("run", "twice.json"), "twice.json: 'epochs' is stated twice"),
    "no rate": (("run", "flat.json"), "flat.json: 'lr' is '0'; it must be a number above 0"),
    "no reference": (("verify", "flat2.json"), "flat2.json has no stored reference to verify"),
    "no evidence": (("propose", "nope"), "'nope' has no stored reference"),
    "no metric": (("propose", "chain-sgd", "--metric", "luck"), "'luck' is not a metric"),
}


@pytest.mark.parametrize("case", PROBLEMS)
def test_what_cannot_be_run_is_told_in_a_sentence(gradus, installation, case):
    folder, spec, _ = installation
    (folder / "text.json").write_text("{")
    (folder / "bytes.json").write_bytes(b"\xff\xfe{")
    (folder / "twice.json").write_text('{"epochs": 3, "epochs": 4}')
    flat = spec.document()
    (folder / "flat2.json").write_text(json.dumps(flat | {"epochs": 7}))
    flat["optimiser"]["lr"] = 0
    (folder / "flat.json").write_text(json.dumps(flat))
    arguments, said = PROBLEMS[case]
    found = gradus(*arguments)
    assert found.returncode == 1
    assert said in " ".join(found.stderr.split())
    if "propose" not in arguments:
        assert json.loads(gradus(*arguments, "--json").stdout)["detail"].startswith(said.partition(";")[0][:20])


def test_missing_images_are_told_by_the_process_that_missed_them(gradus, installation):
    folder, spec, _ = installation
    (folder / "other.json").write_text(json.dumps(replace(spec, seeds=(9,)).document()))
    found = gradus("run", "other.json", GRADUS_DATA=str(folder / "nowhere"))
    assert found.returncode == 1
    assert "other, seed 9:" in found.stderr
    assert "set GRADUS_DATA to the folder of the files, or run `gradus experiment fetch`" in " ".join(found.stderr.split())
    assert not (folder / "state" / "experiments" / "other.json").exists()


def test_a_seed_is_run_by_one_process_at_a_time(gradus, installation):
    folder, spec, _ = installation
    spec = replace(spec, seeds=(11,))
    (folder / "claimed.json").write_text(json.dumps(spec.document()))
    with claimed(folder / "state" / "experiments" / spec.hash / "seed-11.lock") as mine:
        assert mine
        found = gradus("run", "claimed.json")
    assert found.returncode == 1
    assert "claimed, seed 11 is run by another process at the same time; wait for it" in " ".join(found.stderr.split())


def test_the_list_says_how_far_every_experiment_is(gradus):
    found = json.loads(gradus("list", "--json").stdout)
    assert [one["name"] for one in found] == list(EXPERIMENTS)
    assert all(one["sha256"] == EXPERIMENTS[one["name"]].hash for one in found)
    assert next(one for one in found if one["name"] == "chain-sgd")["stored"] is True
    text = gradus("list").stdout
    assert "reference stored" in text
    assert all(name in text for name in EXPERIMENTS)


def test_what_the_bank_may_ask_is_proposed(gradus):
    (proposed,) = json.loads(gradus("propose", "chain-adam", "--json").stdout)
    assert proposed["asks"] == "interval"
    assert "training: {" in gradus("propose", "chain-adam").stdout


def test_a_run_of_a_sensitive_experiment_agrees_within_the_band_of_its_seeds():
    for name in SENSITIVE:
        found = references.reference(name)
        for run in found.runs:
            assert experiments.within(found, run.model_dump())
            assert experiments.within(found, run.model_dump() | {metric: getattr(run, metric)[:2] for metric in found.spec.metrics})
    sgd, glu = references.reference("chain-sgd"), references.reference("chain-glu")
    assert not experiments.within(glu, sgd.runs[0].model_dump())


@real_images
@pytest.mark.parametrize("name", ["chain-sgd", "chain-adam"])
def test_the_first_epoch_of_a_shipped_reference_comes_out_the_same_again(name, tmp_path):
    """On the real images, from the stored specification alone."""
    reference = experiments.stored(experiments.experiment(name, tmp_path))
    found = experiments.verify(reference, 1, 1, 1, lambda job: None)
    assert (found.differences, found.epochs, found.same_weights) == ([], 1, None)
