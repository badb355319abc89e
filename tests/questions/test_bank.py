"""Every shipped question is what the source prints, draws fairly and says everything twice; a faulty file is told its line."""

import re
import time

import numpy as np
import pytest

from questions.bank import BadQuestion, UnknownQuestion, bank, get, load, parse
from questions.catalogue import catalogue, coverage, rows_of
from questions.variant import BadSeed, attempt_draw, draw, fixed_givens

IDS = list(bank())
VARYING = [id for id in IDS if bank()[id].varies]
PRINTED = [id for id in IDS if [part.kind for part in bank()[id].asked] == ["choice"] and bank()[id].parts[0].options]
CAU = {f"aio2024-cau-{i:02}": key for i, key in enumerate("cacaac", 1)}
MCQ = {f"optim-mcq-{i:02}": key for i, key in enumerate("cbcbadcdcadbac", 1)}
TABLES = ["optim-gd", "optim-momentum", "optim-rmsprop", "optim-adam"]


def right(variant, part="answer"):
    return [option.key for option in variant.options[part] if option.right]


# What is shipped


def test_the_ids_of_the_issue_are_there():
    varied = [f"{id}{how}" for id in CAU for how in ("-vary", "-vary-mc")] + [f"{id}-vary" for id in TABLES]
    assert {*CAU, *MCQ, *TABLES, *varied, *(f"optim-mcq-{i}-repaired" for i in (11, 12, 13))} <= set(IDS)


@pytest.mark.parametrize("id", IDS)
def test_a_question_speaks_both_languages_without_a_hole_left(id):
    question = get(id)
    variant = draw(question, 3)
    texts = [question.title, variant.prompt, *(w for w in (question.correction, question.explanation) if w)]
    for words in texts:
        assert words.vi != words.en
    for words in [*texts, *(option.text for options in variant.options.values() for option in options)]:
        for text in (words.vi, words.en):
            assert text.strip()
            assert "@" not in text
            assert text.count("$") % 2 == 0
            assert text.count("{") == text.count("}")


@pytest.mark.parametrize("id", IDS)
def test_every_seed_draws_distinct_options_with_exactly_one_right(id):
    question = get(id)
    for seed in range(15):
        variant = draw(question, seed)
        assert variant.options.keys() == {part.name for part in question.parts if part.lettered}
        for part in question.parts:
            if not part.lettered:
                continue
            options = variant.options[part.name]
            assert part.kind != "choice" or sum(option.right for option in options) == 1
            assert 3 <= len(options) <= 8
            assert len({option.key for option in options}) == len({option.text.en for option in options}) == len(options)
            assert len({option.text.vi for option in options}) == len(options)


@pytest.mark.parametrize("id", [id for id in IDS if id.endswith("-mc")])
def test_generated_options_are_lettered_as_shown_and_wrong_ones_name_their_mistake(id):
    keys = set()
    for seed in range(15):
        variant = draw(get(id), seed)
        options = variant.options["answer"]
        assert [option.key for option in options] == list("abcd"[: len(options)])
        assert all((option.mistake is None) == option.right for option in options)
        keys.update(right(variant))
    assert len(keys) >= 3, "the right one has no fixed place"


@pytest.mark.parametrize("row", [row for row in coverage(bank().values()) if not row.waits], ids=lambda row: row.row)
def test_every_row_of_the_catalogue_that_does_not_wait_is_covered_in_every_kind(row):
    assert not row.missing, f"{row.row} has no {', '.join(row.missing)}"
    if "num" in row.questions:
        assert any(bank()[id].varies for id in row.questions["num"]), "one of its questions varies"
        assert any(bank()[id].varies for id in row.questions["mc"]), "and so does one of its choices"


@pytest.mark.parametrize("id", IDS)
def test_a_question_names_its_source_and_rows_of_the_catalogue(id):
    question = get(id)
    assert question.source
    assert question.topics
    assert rows_of(question)
    assert set(rows_of(question)) <= {row.row for row in catalogue()}


PLACES = {1: ("một", "one"), 2: ("hai", "two"), 3: ("ba", "three"), 4: ("bốn", "four"), 5: ("năm", "five"), 6: ("sáu", "six")}
PLACES |= {7: ("bảy", "seven"), 8: ("tám", "eight")}


@pytest.mark.parametrize("id", IDS)
def test_it_is_said_how_exactly_a_number_is_asked(id):
    question = get(id)
    said = [re.findall(r"\w+", getattr(question.prompt, tongue) + getattr(question.task, tongue, "")) for tongue in ("vi", "en")]
    for part in question.parts:
        digits = part.places if part.places is not None else part.figures
        if part.ask and part.judged_by is None and digits:
            for word, text in zip(PLACES[digits], said, strict=True):
                assert word in text, f"{part.name} is asked to {word} digits"


# What the source prints


@pytest.mark.parametrize(("id", "key"), (CAU | MCQ | {"optim-mcq-11-repaired": "d", "optim-mcq-12-repaired": "b"}).items())
def test_the_right_letter_is_the_answer_keys(id, key):
    for seed in (0, 1, 2**48 - 1):
        assert right(draw(get(id), seed)) == [key]


@pytest.mark.parametrize("id", [*CAU, *MCQ])
def test_a_printed_question_is_one_choice_of_fixed_numbers(id):
    question = get(id)
    assert not question.varies
    assert [part.kind for part in question.parts] == ["choice"]


@pytest.mark.parametrize("id", PRINTED)
def test_seed_0_prints_the_options_in_order_and_other_seeds_shuffle_them_with_their_letters(id):
    question = get(id)
    printed = question.parts[0].options
    first = draw(question, 0).options["answer"]
    assert [(option.key, option.text) for option in first] == [(key, option.text) for key, option in printed.items()]
    assert [option.key for option in first] == list("abcd"[: max(len(printed), 3)])
    orders = set()
    for seed in range(1, 20):
        options = draw(question, seed).options["answer"]
        assert sorted(options, key=lambda option: option.key) == first
        orders.add(tuple(option.key for option in options))
    assert len(orders) > (5 if len(printed) > 3 else 3), "three options have but six orders"


@pytest.mark.parametrize("n", [11, 12, 13])
def test_a_question_without_a_rounded_option_shows_its_correction_and_has_a_repaired_twin(n):
    question, repaired = get(f"optim-mcq-{n}"), get(f"optim-mcq-{n}-repaired")
    prompt = draw(question, 0).prompt
    assert question.correction.vi in prompt.vi
    assert question.correction.en in prompt.en
    assert repaired.parts[0].key is None, "the computation finds the right option"
    assert repaired.correction is None
    assert draw(repaired, 0).plain_givens() == draw(question, 0).plain_givens()


TRACES = {
    "optim-gd": "g1 -1 -8; w1 -4.6 1.2; g2 -0.92 4.8; w2 -4.232 -0.72",
    "optim-momentum": "g1 -1 -8; v1 -0.5 -4; w1 -4.7 0.4; g2 -0.94 1.6; v2 -0.72 -1.2; w2 -4.268 1.12",
    "optim-rmsprop": "g1 -1 -8; s1 0.1 6.4; w1 -4.0513214 -1.0513168; g2 -0.8102643 -4.2052671; s2 0.1556528 7.5284271;"
    "w2 -3.4351975 -0.5915234",
    "optim-adam": "g1 -1 -8; v1 -0.1 -0.8; s1 0.001 0.064; vhat1 -1 -8; shat1 1 64; w1 -4.8000002 -1.8000000; g2 -0.96 -7.2;"
    "v2 -0.186 -1.44; s2 0.0019206 0.115776; vhat2 -0.9789474 -7.5789474; shat2 0.9607804 57.9169592; w2 -4.6002548 -1.6008245",
}


@pytest.mark.parametrize("id", TABLES)
def test_a_table_asks_every_value_and_holds_the_printed_trace(id):
    variant = draw(get(id), 0)
    rows = [row.split() for row in TRACES[id].split(";")]
    printed = {f"{step}[{i}]": float(value) for step, *pair in rows for i, value in enumerate(pair)}
    assert {part.name for part in variant.question.parts} == printed.keys()
    for part in variant.question.parts:
        assert variant.reference(part) == pytest.approx(printed[part.name], abs=1.0001e-7), part.name


VALUES = {"aio2024-cau-01": 0.72, "aio2024-cau-02": 0.170907, "aio2024-cau-03": -0.10997, "aio2024-cau-04": -0.109967}
VALUES |= {"aio2024-cau-05": 0.8125, "aio2024-cau-06": 1.0523, "optim-mcq-10": 1.1}


@pytest.mark.parametrize(("id", "value"), VALUES.items())
def test_a_printed_question_has_the_answer_keys_value(id, value):
    variant = draw(get(id), 0)
    assert variant.reference(variant.question.parts[0]) == pytest.approx(value, abs=5.01e-5)


@pytest.mark.parametrize("id", ["aio2024-cau-06", "aio2024-cau-06-vary", "aio2024-cau-06-vary-mc"])
def test_the_hidden_weights_are_what_torch_draws_under_seed_0_and_are_shown(id):
    torch = pytest.importorskip("torch")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        layer = torch.nn.Linear(2, 2)
    variant = draw(get(id), 5)
    assert np.float32(variant.givens["Wh"]).tolist() == layer.weight.tolist()
    assert np.float32(variant.givens["bh"]).tolist() == layer.bias.tolist()
    for number in ("0.3793229", "-0.5203875", "-0.27234524"):
        assert number in variant.prompt.vi
        assert number in variant.prompt.en


# Draws


@pytest.mark.parametrize("id", VARYING)
def test_a_seed_draws_the_same_variant_again_and_seeds_differ(id):
    question = get(id)
    drawn = [draw(question, seed) for seed in range(12)]
    for seed in (0, 5):
        again = draw(question, seed)
        assert again.plain_givens() == drawn[seed].plain_givens()
        assert again.options == drawn[seed].options
    assert len({str(variant.plain_givens()) for variant in drawn}) >= min(10, question.space // 2)


@pytest.mark.parametrize("id", VARYING)
def test_at_least_three_draws_in_ten_are_fair(id):
    rejected = [reason for k in range(60) if (reason := attempt_draw(get(id), 11, k)[1])]
    assert len(rejected) <= 42, set(rejected)


@pytest.mark.parametrize("id", VARYING)
def test_a_question_has_ten_thousand_variants_or_all_there_are(id):
    whole = {"gate-vary": 12}  # the truth tables that one line separates, without the two constant ones
    assert get(id).space >= 10_000 or get(id).space == whole[id]


def test_only_x_y_and_the_output_weights_vary_in_question_6():
    for id in ("aio2024-cau-06-vary", "aio2024-cau-06-vary-mc"):
        drawn = [draw(get(id), seed).plain_givens() for seed in range(12)]
        moving = {name for name in drawn[0] if len({str(givens[name]) for givens in drawn}) > 1}
        assert moving == {"X", "y", "Wz"}


@pytest.mark.parametrize("seed", [-1, 2**48, True, 1.0, "1", None])
def test_a_seed_outside_its_range_is_refused(seed):
    with pytest.raises(BadSeed, match=re.escape("from 0 to 2^48 - 1")) as refused:
        draw(get("optim-gd-vary"), seed)
    assert refused.value.where == "/seed"


def test_an_unknown_question_hears_of_those_with_a_similar_name():
    with pytest.raises(UnknownQuestion, match=r"'optim-adm' is not a question; did you mean .*optim-adam"):
        get("optim-adm")
    with pytest.raises(UnknownQuestion, match="gradus questions") as refused:
        get("z" * 10_000)
    assert len(refused.value.detail) < 200


# Faulty files

GOOD = """\
- id: good
  title: {vi: a, en: b}
  source: s
  solver: gradient_descent
  givens:
    a: [0.1, 2]
    w0: [1, 2]
    lr: 0.1
    epochs: 1
  prompt:
    vi: x
    en: y
  tells_apart: [uphill]
  parts:
    - {ask: w1, places: 4}
    - {ask: g1, places: 4}
"""
LAST = "{ask: g1, places: 4}"
CHOICE = "{ask: 'g1[0]', kind: choice, "
FAULTS = {
    "wrong field": ("source: s", "source: s\n  sauce: s", 4, "sauce", "not a field"),
    "wrong field of a part": ("{ask: g1, ", "{ask: g1, place: 3, ", 16, "parts.1.place", "not a field"),
    "missing field": ("  source: s\n", "", 1, "source", "missing"),
    "missing language": ("    en: y\n", "", 10, "prompt.en", "missing"),
    "wrong type": ("source: s", "source: [1]", 3, "source", "string"),
    "wrong type of a text": ("{vi: a, en: b}", "b", 2, "title", "dictionary"),
    "wrong type of places": (LAST, "{ask: g1, places: many}", 16, "parts.1.places", "integer"),
    "too many places": (LAST, "{ask: g1, places: 99}", 16, "parts.1.places", "less than or equal to 12"),
    "places and figures": (LAST, "{ask: g1, places: 1, figures: 1}", 16, "parts.1", "not both"),
    "neither": (LAST, "{ask: g1}", 16, "parts.1", "'places' (decimal places) or 'figures'"),
    "no marks": (LAST, "{ask: g1, places: 4, marks: 0}", 16, "parts.1.marks", "greater than 0"),
    "unknown kind": (LAST, "{ask: g1, places: 4, kind: essay}", 16, "parts.1.kind", "'choice'"),
    "no parts": (f"    - {{ask: w1, places: 4}}\n    - {LAST}", "    []", 14, "parts", "at least 1"),
    "bad id": ("id: good", "id: Not Good", 1, "id", "a-z0-9"),
    "unknown solver": ("gradient_descent", "descent", 4, "solver", "there are adagrad, adam"),
    "unknown step": (LAST, "{ask: g9, places: 4}", 16, "parts.1", "there are g1, w1"),
    "unknown entry": (LAST, "{ask: 'g1[5]', places: 4}", 16, "parts.1", "shape (2,)"),
    "unknown mistake": ("[uphill]", "[uphill, nope]", 13, "tells_apart", "there are half_gradient"),
    "unknown mistake of a part": (LAST, CHOICE + "places: 4, mistakes: [nope]}", 16, "parts.1", "there are half_gradient"),
    "two parts of one name": (LAST, "{ask: w1, places: 3}", 16, "parts.1", "give each its own 'name'"),
    "unknown given": ("lr: 0.1", "lt: 0.1", 8, "givens", "it takes a, w0, lr, epochs"),
    "given out of range": ("lr: 0.1", "lr: -1", 8, "givens", "above 0"),
    "given of the wrong shape": ("w0: [1, 2]", "w0: [1, 2, 3]", 7, "givens", "make them agree"),
    "unknown hole": ("    en: y", "    en: y @q", 12, "prompt", "there are a, w0, lr, epochs"),
    "end off the grid": ("lr: 0.1", "lr: {from: 0.1, to: 1, step: 0.2}", 8, "givens.lr", "not on the grid"),
    "empty grid": ("lr: 0.1", "lr: {from: 1, to: 0.1, step: 0.1}", 8, "givens.lr", "grid is empty"),
    "step of nothing": ("lr: 0.1", "lr: {from: 0.1, to: 1, step: 0}", 8, "givens.lr", "greater than 0"),
    "wrong field of a grid": ("lr: 0.1", "lr: {from: 0.1, to: 1, step: 0.1, pace: 3}", 8, "givens.lr", "pace"),
    "grid too fine": ("lr: 0.1", "lr: {from: 0.1, to: 1, step: 0.000001}", 8, "givens.lr", "100,000"),
    "grid beyond decimals": ("lr: 0.1", "lr: {from: 0, to: 1.0e+30, step: 1.0e-30}", 8, "givens.lr", "grid"),
    "key that is no option": (LAST, "{name: q, kind: choice, options: {a: x, b: y}, key: z}", 16, "parts.1", "there are a, b"),
    "one option": (LAST, "{name: q, kind: choice, options: {a: x}, key: a}", 16, "parts.1", "two options"),
    "option that is no number": (LAST, CHOICE + "options: {a: cat, b: '2'}}", 16, "parts.1", "number"),
    "no option right": (LAST, CHOICE + "options: {a: '7', b: '8'}}", 16, "parts.1", "state 'key'"),
    "two options right": (LAST, CHOICE + "places: 1, options: {a: '0.2', b: '0.20'}}", 16, "parts.1", "state 'key'"),
}


def test_the_file_that_the_faults_are_made_of_is_good():
    assert [question.id for question in parse(GOOD)] == ["good"]


@pytest.mark.parametrize(("was", "becomes", "line", "field", "allowed"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_said_with_file_line_field_and_what_is_allowed(was, becomes, line, field, allowed):
    assert GOOD.count(was) == 1
    with pytest.raises(BadQuestion) as refused:
        parse(GOOD.replace(was, becomes), "mine.yaml")
    said = refused.value.detail
    assert allowed in said
    assert said.startswith(f"mine.yaml, line {line}, field {field}"), said


def test_a_fault_of_the_second_question_has_its_own_line_and_names_it():
    second = GOOD.replace("id: good", "id: second").replace("source: s", "sauce: s")
    with pytest.raises(BadQuestion, match=r"^mine.yaml, line 17, field source of second: .*missing"):
        parse(GOOD + second, "mine.yaml")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (GOOD.replace("source: s", "source: s\n  source: t"), 4, 'duplicate key "source"'),
        (GOOD.replace("lr: 0.1", "lr: 0.1\n    lr: 0.2"), 9, 'duplicate key "lr"'),
        (GOOD.replace("source: s", "source: &a s"), 3, "anchors and aliases are not allowed"),
        (GOOD.replace("source: s", "source: *a"), 3, "anchors and aliases are not allowed"),
        (GOOD.replace("source: s", "source: [s"), 4, "correct the YAML"),
        (GOOD + GOOD[2:], 17, "correct the YAML"),
        (GOOD + "---\n" + GOOD, 17, "another document"),
        ("a: b: c", 1, "not allowed here"),
        ("\t- a", 1, "cannot start"),
        ("{", 1, "correct the YAML"),
        ("'", 1, "correct the YAML"),
        ("", 1, "a question is a mapping with 'id', 'title', 'prompt' and 'parts'"),
        ("# nothing\n", 1, "a question is a mapping"),
        ("[]", 1, "a question is a mapping"),
        ("- 3", 1, "a question is a mapping"),
        ("hello", 1, "a question is a mapping"),
        ("null", 1, "a question is a mapping"),
        ("a: 1\nz: [" + "1," * 20_000, 2, "more than 20,000 values; split it"),
        ("!!python/object/apply:os.system [ls]", 1, "a question is a mapping"),
    ],
    ids=lambda value: repr(value[-16:]) if isinstance(value, str) else None,
)
def test_what_is_no_question_file_is_refused_at_its_line(text, line, said):
    with pytest.raises(BadQuestion) as refused:
        parse(text, "mine.yaml")
    assert refused.value.detail.startswith(f"mine.yaml, line {line}: "), refused.value.detail
    assert said in refused.value.detail


@pytest.mark.parametrize(("key", "named"), [("null: 1", "None"), ("[1]: 2", "(1,)"), ("7: 1", "7"), ("2024-01-01: 1", "2024-01-01")])
def test_a_key_that_is_no_text_is_said_like_any_other_field_that_is_not_one(key, named):
    with pytest.raises(BadQuestion) as refused:
        parse(GOOD + f"  {key}\n", "mine.yaml")
    assert f"'{named}' is not a field here; remove it or correct its name" in refused.value.detail


def test_a_text_of_very_many_lines_is_refused_before_it_is_read():
    with pytest.raises(BadQuestion, match=r"^mine.yaml has more than 20,000 lines; split it"):
        parse(GOOD + "#\n" * 20_000, "mine.yaml")


@pytest.mark.parametrize("text", ["\x00", "\ud800", "a: \x07"])
def test_control_characters_are_not_yaml(text):
    with pytest.raises(BadQuestion, match=r"^mine.yaml is not YAML: .*not allowed"):
        parse(text, "mine.yaml")


@pytest.mark.parametrize("text", ["x\n" * 10**6, "[" * 2000, "- " * 2000, "{a: " * 2000], ids=["huge", "[[[", "- - -", "{a: {a:"])
def test_a_huge_or_deep_file_is_refused_fast(text):
    start = time.process_time()
    with pytest.raises(BadQuestion, match=r"^mine.yaml"):
        parse(text, "mine.yaml")
    assert time.process_time() - start < 1


def test_a_folder_is_loaded_in_the_order_of_its_files(tmp_path):
    (tmp_path / "b.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "a.yaml").write_text(GOOD.replace("good", "better").replace("title: {vi: a", "title: {vi: ậ"), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not a question", encoding="utf-8")
    assert [question.id for question in load(tmp_path)] == ["better", "good"]
    assert next(load(tmp_path)).title.vi == "ậ"
    (tmp_path / "c.yaml").write_text("3", encoding="utf-8")
    with pytest.raises(BadQuestion, match=r"^c.yaml, line 1"):
        list(load(tmp_path))


def test_what_was_kept_of_a_file_is_what_it_says_and_a_damaged_copy_is_read_again(tmp_path):
    (tmp_path / "good.yaml").write_text(GOOD, encoding="utf-8")
    (first,) = load(tmp_path)
    (kept,) = (tmp_path / "__pycache__").iterdir()
    assert list(load(tmp_path)) == [first]
    kept.write_text('[{"id": "half')
    assert list(load(tmp_path)) == [first]
    (tmp_path / "good.yaml").write_text(GOOD.replace("id: good", "id: better"), encoding="utf-8")
    assert [question.id for question in load(tmp_path)] == ["better"]
    assert len(list((tmp_path / "__pycache__").iterdir())) == 1


@pytest.mark.parametrize("id", ["optim-gd", "aio2024-cau-05", "aio2024-cau-05-vary"])
def test_the_givens_that_all_variants_share_cannot_be_changed(id):
    """One student's variant never reaches another's through the givens they have in common."""
    shared = fixed_givens(get(id))
    with pytest.raises(TypeError):
        shared["x"] = 1
    arrays = [value for value in shared.values() if isinstance(value, np.ndarray)]
    assert arrays
    for array in arrays:
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 17
