"""A training question claims only what every seed and, with high confidence, the next one support; logs are read or refused by name."""

import json
from contextlib import suppress
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from exam.audit import audit
from exam.submissions import grade_one
from questions import bank
from questions.bank import BadQuestion
from questions.experiments import evidence, fairness, logs, references, told
from questions.experiments.evidence import Training
from questions.experiments.fairness import DEVIATIONS, DISTANCE, FEWEST_SEEDS
from questions.experiments.labels import LABELS
from questions.experiments.logs import BadLog
from questions.experiments.references import BadReference, UnknownExperiment
from questions.variant import draw
from solvers.experiments.chain import EXPERIMENTS, PREVIOUS

TRAINING = [question for question in bank.bank().values() if question.training]
FAIR = [question for question in TRAINING if question.training.asks != "printed"]
ids = SimpleNamespace(question=lambda question: question.id)
shares = st.floats(0, 1, allow_nan=False)
noise = st.lists(st.floats(-1, 1), min_size=8, max_size=12)
spreads = st.sampled_from([0.0, 0.01, 0.05, 1.0])
seeds = st.builds(lambda middle, spread, noise: [min(max(middle + spread * x, 0.0), 1.0) for x in noise], shares, spreads, noise)
WHOLE = {"a": (0.0, 0.5), "b": (0.5, 0.8), "c": (0.8, 1.0)}


@given(seeds)
def test_what_is_fair_holds_for_every_seed_with_room(values):
    verdict = fairness.interval(values, WHOLE)
    assume(verdict.fair)
    low, high = WHOLE[verdict.claim[0]]
    mean, deviation = fairness.spread(values)
    assert all(low <= value <= high for value in values)
    assert min(mean - low, high - mean) >= max(DEVIATIONS * deviation, DISTANCE)


@given(seeds)
def test_too_few_seeds_are_never_fair(values):
    assert not fairness.interval(values[: FEWEST_SEEDS - 1], WHOLE).fair
    assert not fairness.order({"x": values[:7], "y": [0.0] * 8}).fair


def test_no_spread_is_not_enough_by_itself():
    """Câu 7: every seed gives exactly 0.1, the end of an interval."""
    ends = {"a": (0.0, 0.1), "b": (0.1, 0.5), "c": (0.5, 1.0)}
    assert not fairness.interval([0.1] * 8, ends).fair
    assert fairness.interval([0.1] * 8, {"a": (0.0, 0.05), "b": (0.05, 0.5), "c": (0.5, 1.0)}).claim == ("b",)
    assert fairness.interval([0.1] * 8, {"a": (0.0, 0.05), "b": (0.05, 0.5), "c": (0.5, 1.0)}).fair


@pytest.mark.parametrize(
    ("bands", "said"),
    [
        ({"a": (0.0, 0.5), "b": (0.6, 1.0)}, "do not meet"),
        ({"a": (0.0, 0.5), "b": (0.4, 1.0)}, "do not meet"),
        ({"a": (0.5, 0.5), "b": (0.5, 1.0)}, "is empty"),
        ({"a": (0.0, 0.5), "b": (0.5, 0.8)}, "lies in no band"),
    ],
)
def test_bands_with_gaps_or_overlaps_are_refused(bands, said):
    assert said in "; ".join(fairness.interval([0.9] * 8, bands).problems)


def test_a_gradient_ratio_is_counted_in_powers_of_ten():
    asked = Training(experiments=["chain-sgd"], asks="printed", metric="gradient_ratio", epoch=15)
    first = references.reference("chain-sgd").runs[0].gradients[14]
    assert 10 ** asked.samples()["chain-sgd"][0] == pytest.approx(first[-1] / first[0])
    dead = Training(experiments=["study-bottleneck"], asks="printed", metric="gradient_ratio", epoch=4)
    with pytest.raises(BadReference, match="a gradient of exactly zero"):
        dead.samples()


@given(st.floats(0.05, 0.95), st.floats(0, 0.05))
def test_proposed_bands_are_fair_themselves(mean, deviation):
    values = list(mean + deviation * np.array([-1, 1] * 4) * (7 / 8) ** 0.5)
    bands = fairness.around(values)
    assume(bands)
    assert fairness.interval(values, bands).fair
    assert min(low for low, _ in bands.values()) == 0
    assert max(high for _, high in bands.values()) == 1
    assert "such as" in fairness.proposed(values)


def test_what_is_proposed_may_be_asked():
    for name in references.shipped():
        epochs = references.reference(name).spec.epochs
        assert all(one.part() for one in evidence.proposals([name], "test", epochs))
    several = evidence.proposals(["chain-sgd", "chain-adam", "study-one-layer"], "running_train", 4)
    assert {one.asks for one in several} >= {"highest", "below"}
    assert all(one.verdict().fair and one.part() for one in several)
    assert evidence.proposals(["chain-sgd", "chain-adam"], "test", 4) == []


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ("names one twice", {"experiments": ["chain-sgd", "chain-sgd", "chain-adam"], "asks": "order"}),
        ("'bands' belong", {"experiments": ["chain-sgd"], "asks": "interval"}),
        ("'bands' belong", {"experiments": ["chain-sgd", "chain-adam", "chain-he"], "asks": "order", "bands": WHOLE}),
        ("'line' belongs", {"experiments": ["chain-sgd", "chain-adam", "chain-he"], "asks": "below"}),
        ("three experiments or more", {"experiments": ["chain-sgd", "chain-adam"], "asks": "highest"}),
    ],
)
def test_what_a_question_asks_of_experiments_holds_together(said, fields):
    with pytest.raises(ValueError, match=said):
        Training.model_validate({"epoch": 4, **fields})


def test_the_next_seed_lies_in_a_fair_band_with_more_than_98_per_cent():
    """Normal accuracies at the very edge of what is published."""
    rng = np.random.default_rng(5)
    drawn = rng.normal(size=(20_000, 9))
    mean, deviation = drawn[:, :8].mean(axis=1), drawn[:, :8].std(axis=1, ddof=1)
    assert np.mean(np.abs(drawn[:, 8] - mean) < DEVIATIONS * deviation) > 0.98


def test_five_comparisons_hold_together_with_98_per_cent_and_more_are_refused():
    """Normal accuracies, every neighbour at the very edge of what is published."""
    rng = np.random.default_rng(6)
    drawn = rng.normal(size=(40_000, 2, 9))
    a, b = drawn[:, 0], drawn[:, 1]
    together = (a - b)[:, :8].std(axis=1, ddof=1)
    room = DEVIATIONS * np.maximum(np.hypot(a[:, :8].std(axis=1, ddof=1), b[:, :8].std(axis=1, ddof=1)), together)
    middle = (a - b)[:, :8].mean(axis=1)
    fails = np.mean((a - b)[:, 8] < middle - room)
    assert fails * fairness.MOST_COMPARISONS < 0.02
    steps = {f"x{i}": [i / 10 + j / 1000 for j in range(8)] for i in range(7)}
    assert "at most 5 hold together" in fairness.order(steps).problems[0]
    assert "at most 5 hold together" in fairness.extreme(steps).problems[0]
    assert "at most 5 hold together" in fairness.below(steps, 0.15).problems[0]
    assert fairness.order(dict(list(steps.items())[:6])).fair


def test_what_one_gains_and_the_other_loses_counts_twice():
    up, down = [0.5 + i / 1000 for i in range(8)], [0.49 - i / 1000 for i in range(8)]
    assert fairness.apart(up, list(reversed(down)))
    assert not fairness.apart(up, down)


def test_an_order_needs_every_neighbour_apart():
    high, middle, low = [0.9 + i / 1000 for i in range(8)], [0.8 + i / 1000 for i in range(8)], [0.1] * 8
    assert fairness.order({"m": middle, "l": low, "h": high}) == fairness.Verdict(("h", "m", "l"))
    near = [0.803 + i / 1000 for i in range(8)]
    assert "are not apart" in fairness.order({"m": middle, "n": near, "l": low}).problems[0]
    assert fairness.extreme({"m": middle, "n": near, "h": high}).fair
    assert not fairness.extreme({"m": middle, "n": near}).fair
    assert fairness.extreme({"m": middle, "n": near, "l": low}, highest=False).claim == ("l",)
    assert fairness.below({"m": middle, "l": low}, 0.2).claim == ("l",)
    assert not fairness.below({"m": middle, "h": high}, 0.2).fair
    assert not fairness.below({"m": middle, "n": [0.1] * 7 + [0.3]}, 0.2).fair


@given(seeds)
def test_a_printed_interval_is_chosen_by_the_mean(values):
    bands = {"a": (0.0, 0.1), "b": (0.4, 0.5), "c": (0.5, 0.6)}
    mean = np.mean(values)
    distance = {key: max(low - mean, mean - high, 0) for key, (low, high) in bands.items()}
    assert distance[fairness.nearest(values, bands)] == min(distance.values())


@pytest.mark.parametrize("name", references.shipped())
def test_a_reference_holds_together_and_is_small(name):
    found = references.reference(name)
    path = references.SHIPPED / f"{name}.json"
    assert path.stat().st_size < 16_000
    assert references.written(found) == path.read_text(encoding="utf-8")
    assert found.command == f"gradus experiment run {name}"
    assert len(found.runs) >= FEWEST_SEEDS
    assert len({run.weights for run in found.runs}) == len(found.runs) or found.spec.initialisation.weights == "zero"
    for metric in found.spec.metrics:
        assert all(0 <= value <= 1 for seed in found.accuracies(metric) for value in seed)


def test_every_reference_has_an_experiment_of_its_name():
    assert {path.stem for path in references.SHIPPED.glob("*.json")} <= set(EXPERIMENTS) == set(LABELS)


def test_a_changed_reference_is_refused():
    raw = json.loads((references.SHIPPED / "chain-sgd.json").read_text(encoding="utf-8"))

    def refused(said, **changes):
        with pytest.raises(BadReference, match=said):
            references.parse(json.dumps({**raw, **changes}), "chain-sgd.json")

    refused("has the hash", specification={**raw["specification"], "batch": 256})
    refused("one run for every seed", runs=raw["runs"][1:])
    refused("each of 15 epochs", runs=[{**raw["runs"][0], "test": raw["runs"][0]["test"][:-1]}, *raw["runs"][1:]])
    refused("not_a_field", not_a_field=1)
    refused("finite", runs=[{**raw["runs"][0], "loss": [float("nan")] * 15}, *raw["runs"][1:]])
    with pytest.raises(BadReference, match="is not JSON"):
        references.parse("{", "x.json")
    with pytest.raises(UnknownExperiment, match="'nope' has no stored reference"):
        references.reference("nope")


@pytest.mark.parametrize("question", TRAINING, ids=ids.question)
def test_a_training_question_says_what_the_references_say(question):
    assert audit(question, 3).problems == []


@pytest.mark.parametrize("question", FAIR, ids=ids.question)
def test_the_prompt_states_all_that_matters(question):
    training = question.training
    prompt = draw(question, 0).prompt
    first, others = told.start(training)
    for text, language in ((prompt.vi, "vi"), (prompt.en, "en")):
        assert getattr(told.specification(EXPERIMENTS[first]), language) in text
        assert getattr(told.METRICS[training.metric], language) in text
        assert f"epoch {training.epoch}" in text
        assert all(LABELS[name][language] in text for name in others)
        assert "@" not in text
    for name in others:
        for _, _, now in told.changes(
            EXPERIMENTS[name], EXPERIMENTS[PREVIOUS[name]] if PREVIOUS.get(name) in others else EXPERIMENTS[first]
        ):
            assert now.en in prompt.en


@pytest.mark.parametrize("question", [one for one in TRAINING if one.training.asks == "printed"], ids=ids.question)
def test_a_printed_question_says_honestly_that_its_key_is_ours(question):
    prompt = draw(question, 0).prompt
    assert "Base.ipynb" in prompt.vi
    assert "Without Base.ipynb no key is certain" in prompt.en
    assert told.specification(EXPERIMENTS[question.training.experiments[0]]).en in prompt.en


@pytest.mark.parametrize("question", TRAINING, ids=ids.question)
def test_what_the_runs_gave_is_told_after_marking_only(question):
    outcome = told.outcome(question.training)
    variant = draw(question, 0)
    assert outcome.en not in variant.prompt.en + str(variant.options)
    (part,) = question.parts
    options = variant.options[part.name]
    ranked = sorted(options, key=lambda option: option.rank or 0) if part.kind == "order" else [o for o in options if o.right]
    answer = ", ".join(option.key for option in ranked)
    marked = grade_one({"question": question.id, "seed": 0, "answers": {part.name: answer}})
    assert marked.parts[0].verdict == "correct"
    assert outcome.en in marked.parts[0].feedback.en
    assert outcome.vi in marked.parts[0].feedback.vi


def test_a_claim_the_runs_do_not_support_is_refused_with_what_could_be_asked():
    text = """
- id: own
  title: {vi: "x", en: "x"}
  source: own
  training: {experiments: [chain-adam], asks: interval, metric: train, epoch: 15, bands: {a: [0, 0.8], b: [0.8, 0.85], c: [0.85, 1]}}
  prompt: {vi: "x", en: "x"}
"""
    with pytest.raises(BadQuestion, match=r"own.yaml, line 5, field training .*do not support this.*Rather ask with bands of width 0\.2"):
        bank.parse(text, "own.yaml")
    with pytest.raises(BadQuestion, match="'nope' has no stored reference"):
        bank.parse(text.replace("chain-adam", "nope"), "own.yaml")
    with pytest.raises(BadQuestion, match=r"field training.asks of own: Input should be"):
        bank.parse(text.replace("asks: interval", "asks: magic"), "own.yaml")


LOG = [0.1, 0.2, 0.3]
WRITTEN = {
    "csv": "epoch,train,test\n1,0.1,0.5\n2,0.2,0.5\n3,0.3,0.5\n",
    "semicolons and commas": "epoch;train\n1;0,1\n2;0,2\n3;0,3",
    "tabs and per cent": "Epoch\tTrain\n1\t10%\n2\t20%\n3\t30%",
    "less than one per cent": "epoch,train\n1,10%\n2,20 %\n3,30%",
    "bars": "epoch|train\n1|0.1\n2|0.2\n3|0.3",
    "spaces": "epoch   train\n1       0.1\n2  0.2\n3 0.3",
    "hundreds": "epoch,train_acc\n1,10\n2,20\n3,30\n\n",
    "Windows, with its mark": "\ufeffepoch,train\r\n1,0.1\r\n\r\n2,0.2\r\n3,0.3\r\n",
    "counted from 0": "epoch,accuracy,loss,train_accuracy\n0,9,1,0.1\n1,9,1,0.2\n2,9,1,0.3",
    "quoted": '"epoch","Train accuracy"\n"1","0.1"\n"2","0.2"\n"3","0.3"',
    "one column": "accuracy\n0.1\n0.2\n0.3",
    "a list": "[0.1, 0.2, 0.3]",
    "objects": '[{"epoch": 1, "train": 0.1}, {"epoch": 2, "train": 0.2}, {"epoch": 3, "train": 0.3}]',
    "an object": '{"train": [0.1, 0.2, 0.3], "val_acc": [0, 0, 0], "net": "mine"}',
}


@pytest.mark.parametrize("how", WRITTEN)
def test_a_log_is_read_however_it_is_written(how):
    assert logs.read_log(WRITTEN[how], "train", 3) == pytest.approx(LOG)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_is_read_in_the_usual_encodings(encoding):
    text = "Epoch;Độ chính xác\n1;0,1\n2;0,2\n3;0,3"
    assert logs.read_log(logs.decoded(text.encode(encoding)), "train", 3) == pytest.approx(LOG)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("epoch,độ\n".encode("cp1258", "replace").replace(b"?", b"\xd0") + b"1,2", "Line 1 is neither UTF-8 nor UTF-16"),
        (b"epoch,train\n1,0.1\n2,\xff", "Line 3 is neither UTF-8 nor UTF-16"),
        (b"\xff\xfea", "Line 1 is neither UTF-8 nor UTF-16"),
        (b"PK\x03\x04\x00\x00", "no text but a binary file"),
        (b"\x80\x04\x95", "Line 1 is neither"),
        (b"x" * 5_000_000, "is longer than 100,000 characters"),
    ],
)
def test_a_file_that_is_no_text_is_refused_by_its_line(content, said):
    with pytest.raises(BadLog) as problem:
        logs.read_log(logs.decoded(content), "train", 3)
    assert said in problem.value.said.en


REFUSED = {
    "nothing": ("", "is empty"),
    "separators alone": (",\n;;", "is empty"),
    "a novel": ("x" * 200_000, "is longer"),
    "a binary file": ("epoch,train\n1,\0", "no text but a binary file"),
    "NaN": ("epoch,train\n1,0.1\n2,nan\n3,0.3", "Line 3, epoch 2: 'nan' is no number"),
    "NaN below empty lines": ("epoch,train\n\n1,0.1\n\n2,nan\n3,0.3", "Line 5, epoch 2: 'nan' is no number"),
    "JSON's NaN": ("[0.1, NaN, 0.3]", "Epoch 2: NaN is no number"),
    "infinity": ("[0.1, 1e999, 0.3]", "Epoch 2: Infinity is no number"),
    "a word": ("epoch,train\n1,0.1\n2,high\n3,0.3", "epoch 2: 'high' is no number"),
    "an underscore": ("train\n0.1\n0_2\n0.3", "epoch 2: '0_2' is no number"),
    "a hole": ("epoch,train\n1,0.1\n2,\n3,0.3", "Line 3, epoch 2: the accuracy is missing"),
    "a hole in objects": ('[{"train": 0.1}, {"test": 0.2}, {"train": 0.3}]', "Epoch 2: the accuracy is missing"),
    "a bool": ("[0.1, true, 0.3]", "Epoch 2: true is no number"),
    "a list in it": ("[0.1, [0.2], {}]", "Epoch 2: a list is no number"),
    "too short": ("[0.1, 0.2]", "has 2 epochs, the experiment has 3"),
    "too long": ("[0.1, 0.2, 0.3, 0.4]", "has 4 epochs"),
    "below zero": ("[0.1, -0.2, 0.3]", "Epoch 2: -0.2 is no accuracy"),
    "a loss": ("[300, 200, 100]", "Epoch 1: 300 is no accuracy"),
    "per cent here and there": ("epoch,train\n1,10%\n2,0.2\n3,30%", "Line 3, epoch 2: some epochs have a %"),
    "a missing epoch": ("epoch,train\n1,0.1\n3,0.2\n4,0.3", "Line 3, epoch 2: the epochs must run 1, 2, 3"),
    "an epoch twice": ("epoch,train\n0,0.1\n0,0.2\n1,0.3", "Line 3, epoch 2: the epochs must run 1, 2, 3"),
    "another metric": ("epoch,test\n1,0.1\n2,0.2\n3,0.3", "No column is clearly 'train'"),
    "two that could be it": ("train_acc,train_accuracy\n1,1\n1,1\n1,1", "No column is clearly 'train'"),
    "a heading twice": ("train,Train\n1,1\n1,1\n1,1", "'train' occurs twice"),
    "a name twice": ('{"train": [1, 1, 1],\n "train": [0, 0, 0]}', "'train' occurs twice"),
    "no header": ("1,0.1\n2,0.2\n3,0.3", "Line 1 must name the columns"),
    "uneven lines": ("epoch,train\n1,0.1\n2\n3,0.3", "Line 3 has 1 cells"),
    "decimal commas among commas": ("epoch,train\n1,0,1\n2,0,2\n3,0,3", "Line 2 has 3 cells"),
    "an open quotation": ('epoch,train\n1,"0.1\n2,0.2\n3,0.3', "Line 2 is no CSV"),
    "broken JSON": ("[0.1,\n0.2,,", "Line 2, column 5: the JSON breaks here"),
    "a number without end": (f"[1{'0' * 9000}]", "This JSON is no log"),
    "an empty list": ("[]", "has 0 epochs"),
    "an empty object": ("{}", "No column is clearly 'train'"),
    "objects in an object": ('{"train": {"1": 0.1}}', "No column is clearly 'train'"),
    "nests": ("[" * 5000, "This JSON is no log"),
}


@pytest.mark.parametrize("how", REFUSED)
def test_a_log_that_cannot_be_taken_is_refused_by_what_is_wrong(how):
    text, said = REFUSED[how]
    with pytest.raises(BadLog) as problem:
        logs.read_log(text, "train", 3)
    assert said in problem.value.said.en
    assert problem.value.said.vi != problem.value.said.en


@given(st.one_of(st.text(max_size=200), st.text('[]{},:"0.1\n;%naeptri', max_size=80)))
def test_any_text_is_read_or_refused(text):
    with suppress(BadLog):
        assert len(logs.read_log(text, "train", 3)) == 3


@given(st.binary(max_size=200))
def test_any_file_is_read_or_refused(content):
    with suppress(BadLog):
        assert len(logs.read_log(logs.decoded(content), "train", 3)) == 3


def test_our_own_seeds_are_plausible_and_another_experiments_are_not():
    adam = references.reference("chain-adam").accuracies("train")
    sgd = references.reference("chain-sgd").accuracies("train")
    assert all(logs.plausibility(seed, adam).plausible for seed in adam)
    assert not any(logs.plausibility(seed, adam).plausible for seed in sgd)
    assert logs.plausibility(adam[0], adam).outside == ()
    late = [*adam[0][:-1], 0.99]
    assert not logs.plausibility(late, adam).plausible
    assert "after the epochs 15:" in logs.plausibility(late, adam).said.en
    assert logs.spans((1, 4, 5, 6, 9)) == "1, 4–6, 9"


@pytest.mark.parametrize("metric", ["train", "test", "gradient_ratio"])
def test_an_epoch_that_was_not_run_cannot_be_asked_about(metric):
    with pytest.raises(BadReference, match=r"of epochs 1 to 15, no .* of epoch 99"):
        Training(experiments=["chain-sgd"], asks="printed", metric=metric, epoch=99).samples()
