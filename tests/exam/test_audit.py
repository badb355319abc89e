"""The audit finds nothing in the shipped bank, and finds what is put in."""

import pytest

from exam import proofs
from exam.audit import alike, audit
from questions.bank import bank, parse
from questions.variant import draw

BAD = """
id: bad
title: {vi: Tệ, en: Bad}
source: made for this test
solver: gradient_descent
givens: {a: [1.0], w0: [{from: 0, to: 9, step: 1}], lr: {oneof: [0.5, 0.5, 0.5, 0.25]}, epochs: 1}
prompt: {vi: "Tính.", en: "Compute."}
parts: [{ask: w1, places: 2}]
"""


@pytest.mark.slow
@pytest.mark.parametrize("question", bank().values(), ids=lambda question: question.id)
def test_the_shipped_bank_is_sound(question):
    pytest.importorskip("torch")
    found = audit(question, seeds=12)
    assert found.problems == []
    assert (found.proof == "stated") == (question.solver is None)


@pytest.mark.slow
@pytest.mark.parametrize("question", [question for question in bank().values() if question.varies], ids=lambda question: question.id)
def test_at_most_one_pair_of_classmates_in_fifty_shares_all_reference_answers(question):
    assert alike([draw(question, seed) for seed in range(80)]) <= 0.02


def test_a_wasteful_draw_is_reported():
    (question,) = parse(BAD)
    found = audit(question, seeds=40)
    assert any("of draws are fair" in problem for problem in found.problems)


def test_a_wrong_twin_is_reported(monkeypatch):
    pytest.importorskip("torch")
    from solvers.twins import nets

    straight = nets.relu_softmax
    monkeypatch.setattr("exam.audit.proven", lambda subject, prove: prove())
    monkeypatch.setattr(nets, "relu_softmax", lambda **givens: straight(**givens) | {"R": straight(**givens)["R"] + 1e-3})
    found = audit(bank()["aio2024-cau-01"], seeds=2)
    assert any("twin differ" in problem for problem in found.problems)


def test_a_proof_is_remembered_until_the_code_changes(tmp_path, monkeypatch):
    monkeypatch.setattr(proofs, "FILE", tmp_path / "proofs-0000000000000000.json")
    asked = []
    for code in ("one", "one", "two"):
        proofs.remembered.cache_clear()
        monkeypatch.setattr(proofs, "code", lambda code=code: code)
        proofs.proven("x", lambda: asked.append(1) or ["torch", []])
    proofs.remembered.cache_clear()
    assert len(asked) == 2
