"""Examples for the API reference; a test sends each and looks for each in the reply."""

from __future__ import annotations

from typing import Any

NET = {"x": 3, "w1": 0.8, "b1": 0, "w2": [0.3, -0.4], "label": 0}
SUBMISSION = {"question": "optim-momentum", "seed": 0, "answers": {"g1[0]": "-1", "v1[0]": "-0,5", "w1[0]": "-4.8"}}

SOLVERS = [
    {
        "solver": "gradient_descent",
        "summary": "Gradient descent w ← w - α g on f(w) = Σ aᵢ wᵢ².",
        "givens": {
            "a": "a list (n) of numbers of any size",
            "w0": "a list (n) of numbers of any size",
            "lr": "one of numbers above 0",
            "epochs": "one of whole numbers from 1 up to 1000",
        },
        "optional": [],
        "mistakes": {},
    }
]
QUESTIONS = [
    {
        "id": "optim-momentum",
        "version": 1,
        "title": {"vi": "Momentum: bảng hai epoch", "en": "Momentum: the two-epoch table"},
        "topics": ["optimisers"],
        "row": "B2",
        "kind": "num",
        "varies": False,
    }
]
PAPERS = [
    {
        "id": "aio2024-vary",
        "title": {"vi": "AIO2024, phần I và II: số liệu riêng", "en": "AIO2024, parts I and II: your own numbers"},
        "state": "open",
        "description": {
            "vi": "Cùng sáu câu ấy, mỗi người một bộ số, chấm từng bước.",
            "en": "The same six questions, everybody with their own numbers, marked step by step.",
        },
        "questions": 6,
        "marks": 18,
        "attempt": None,
        "opens": None,
        "closes": None,
        "minutes": None,
        "attempts": 1,
        "can_start": True,
        "password": False,
        "forward_only": False,
    }
]

LINE = """\
id: line
title: {vi: Đường thẳng, en: A line}
source: an example
givens: {x: {from: 2, to: 9, step: 1}, w: {from: 2, to: 9, step: 0.5}, b: 5}
prompt: {vi: "$x = @x$, $w = @w$, $b = @b$.", en: "$x = @x$, $w = @w$, $b = @b$."}
steps:
  - name: z
    is: w * x + b
    mistakes: {no_bias: w * x}
parts: [{ask: z, places: 2}]
"""
SOURCE = {"source": LINE}
SCHEMA = {"title": "A question file of Gradus"}
CHECKED = {
    "preview": {
        "question": {"id": "line", "kind": "num", "varies": True},
        "answers": {"z": "38.00"},
        "outcomes": [
            {"student": "perfect", "label": None, "share": 1.0, "verdicts": {"z": "correct"}},
            {"student": "no_bias", "share": 0.0, "verdicts": {"z": "no_bias"}},
        ],
    },
    "problems": [],
}
GLANCE = {"accepted": 1.0, "thrown_back": {}, "variants": 120, "problems": []}
DRAFT = {"id": "line", "source": LINE, "problems": []}
VERSION = {"id": "line", "version": 1, "source": LINE}


def replied(example: Any) -> dict[int | str, dict[str, Any]]:
    """What a route says of its reply: this, for example."""
    return {200: {"content": {"application/json": {"example": example}}}}
