"""The example on the landing page: one student's work with a slip in it, marked by the engine like any other."""

from __future__ import annotations

from functools import cache
from typing import Any

from exam.grade import grade
from questions import documents
from questions.model import Question, Words
from questions.variant import draw
from web.marked import verdict_words
from web.views import in_language

WRITTEN = {"u": "3", "df": "5", "dg": "28", "g": "33", "x1": "0.67"}
# This page is read during exams too, so its mistake has a name that no question gives it.
MISTAKE = Words(vi="cộng ở chỗ phải nhân", en="added where it should multiply")
QUESTION = Question.model_validate(
    {
        "id": "landing",
        "source": "computer vision notes, §6.2.1, third approach",
        "solver": "composite",
        "givens": {"x0": 1, "b": 3, "c": 1, "lr": 0.01},
        "title": {"vi": "Một bước gradient descent theo quy tắc chuỗi", "en": "One step of gradient descent by the chain rule"},
        "prompt": {
            "vi": r"$g(f(x))$ với $f(x) = x^2 + @b x$, $g(u) = u^3 + u + 2$; $x_0 = @x0$, $\alpha = @lr$",
            "en": r"$g(f(x))$ with $f(x) = x^2 + @b x$, $g(u) = u^3 + u + 2$; $x_0 = @x0$, $\alpha = @lr$",
        },
        "parts": [{"ask": name, "places": 4} for name in WRITTEN],
    }
)


@cache
def example(language: str) -> dict[str, Any]:
    """The student's lines with their verdicts and marks, and what the last answer alone would earn."""
    variant = draw(QUESTION, 0)
    marked = grade(variant, WRITTEN)
    lines = [
        {
            "symbol": variant.symbol(part),
            "title": in_language(documents.step_title_of(QUESTION, part.step), language),
            "text": WRITTEN[told.name],
            "verdict": told.verdict,
            "verdict_words": in_language(MISTAKE, language) if told.mistake else verdict_words(QUESTION, told, language),
            "first_wrong": told.name == marked.first_wrong,
            "marks": told.marks,
        }
        for part, told in zip(QUESTION.parts, marked.parts, strict=True)
    ]
    last = marked.parts[-1]
    alone = last.max_marks if last.verdict == "correct" else 0.0
    return {
        "title": QUESTION.title,
        "prompt": variant.prompt,
        "lines": lines,
        "earned": marked.marks,
        "of": marked.max_marks,
        "alone": alone,
    }
