"""Examples for the API reference; a test sends each and looks for each in the reply."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict

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
STANDING = {"id": "line", "revision": 2, "version": 0}
TEXT = STANDING | {"source": LINE}
DRAFT = {"id": "line", "source": LINE, "problems": []}
WITHDRAWN = {"id": "line", "withdrawn": True}
PUT_BACK = {"id": "line", "withdrawn": False}
VERSION = {"id": "line", "version": 1, "source": LINE}


# Experiments

EXPERIMENTS = [
    {
        "name": "chain-adam",
        "label": {"vi": "Adam thay SGD", "en": "Adam in place of SGD"},
        "changed_from": "chain-sgd",
        "metrics": ["running_train", "train", "test"],
        "epochs": 15,
        "seeds": 8,
    }
]
REFERENCE = {
    "name": "chain-adam",
    "command": "gradus experiment run chain-adam",
    "specification": {
        "network": {"widths": [784, 128, 128, 128, 128, 128, 10], "normalisation": "none", "skip": None},
        "initialisation": {"weights": "normal", "std": 0.05},
        "optimiser": {"method": "adam", "lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
        "batch": 512,
        "epochs": 15,
    },
    "runs": [{"seed": 0}],
}
LOG = {"log": "epoch,running_train\n1,0.6195\n2,0.7829\n3,0.8178\n4,0.8296\n"}
RUN = {
    "experiment": "study-one-layer",
    "metric": "running_train",
    "epochs": 4,
    "accuracies": [0.6195, 0.7829, 0.8178, 0.8296],
    "plausible": True,
}
STUDENTS_RUN = {"run": RUN}

# Classes

NEW_CLASS = {"title": "Học sâu K67"}
CLASS = {"title": "Học sâu K67", "role": "teacher"}
TITLE = {"title": "Học sâu nâng cao K67"}
RENAMED = TITLE | {"role": "teacher"}
MEMBER = {"role": "student", "team": "Buổi sáng", "has_password": False}
MEMBERSHIP = {"team": "Buổi chiều"}
CHANGED_MEMBER = MEMBER | MEMBERSHIP
DAYS = {"days": 7}
PASSWORD_LINK = {"kind": "password", "uses": 1}
ROSTER = {"text": "Nguyễn Văn An,Buổi sáng\nTrần Thị Bình,Buổi chiều"}
CONFIRMED = ROSTER | {"digest": "9c1e0d2b", "days": 14}
PLAN = {
    "entries": [
        {"line": 1, "name": "Nguyễn Văn An", "role": "student", "team": "Buổi sáng", "does": "new"},
        {"line": 2, "name": "Trần Thị Bình", "role": "student", "team": "Buổi chiều", "does": "new"},
    ],
    "faults": [],
    "ignored": [],
}
TAKEN = {"links": [{"kind": "password", "name": "Nguyễn Văn An", "uses": 1}]}
INVITATION = {"role": "student", "days": 14, "uses": 200}
HANDED = {"kind": "class", "role": "student", "uses": 200}
LINK = {"role": "student", "uses_left": 200}
ARRANGEMENT = {"reason": "a doctor's note", "team": "Buổi sáng", "percent": 25}
ARRANGED = {"paper": None, "person": None, "team": "Buổi sáng", "percent": 25.0, "minutes": 0.0, "reason": "a doctor's note"}
ACT = {"kind": "made_class", "paper": None}
CODE = {"code": "K7M2PX"}
JOINED = {"title": "Học sâu K67"}
SIGNING_UP = {"code": "K7M2PX", "name": "Lê Thu Hà", "password": "three small words"}
CHOSEN_PASSWORD = {"secret": "k7m2-pxqd-8w3h-f5vn", "password": "three small words"}
ENTERED = {"name": "Lê Thu Hà"}
CHOSE = {"name": "Trần Văn Bình"}

# The room

PAPER = {
    "title": {"vi": "Kiểm tra giữa kỳ", "en": "Midterm"},
    "description": {"vi": "Hai câu, 45 phút.", "en": "Two questions, 45 minutes."},
    "preset": "exam",
    "sections": [{"questions": ["optim-gd-vary", {"choose": 1, "topic": "activations", "marks": 2}]}],
    "minutes": 45,
}
STORED = {"preset": "exam", "published": True, "minutes": 45, "attempts": 1, "shows": dict.fromkeys(("marks", "answers"), "after_release")}
IN_CHARGE = {"role": "teacher", "paper": STORED}
BANK = [{"id": "optim-momentum", "topic": "optimisers", "kind": "num", "varies": False}]
CHECKED_PAPER = {"questions": 2, "marks": 6.0, "problems": []}
COPYING = {"id": "midterm-2027", "title": {"vi": "Giữa kỳ 2027", "en": "Midterm 2027"}, "shift": "year"}
COPIED = {"id": "midterm-2027", "published": False, "classes": [], "password": ""}
GIVEN = {"state": "example", "questions": [{"question": "optim-gd-vary", "seed": None}]}
MINUTES = {"minutes": 5, "reason": "the projector failed"}
CONCERNS = {"reason": "a fire alarm"}
INCIDENT = {"text": "The projector failed for two minutes."}
REOPENING = {"minutes": 10, "reason": "handed in by mistake"}
RELEASE = {"released": True}
SEAT = {"state": "in_progress", "unsent": None}
ROOM = {"paused": None, "released": None, "students": [SEAT]}
PAUSED_ROOM = {"released": None, "students": [SEAT | {"state": "paused"}]}
COPY = {
    "number": 1,
    "attempt": None,
    "faithful": True,
    "questions": [{"question": "optim-gd-vary", "key": [{"part": "g1[0]", "kind": "number"}]}],
}

# Taking a paper

CLOCK = {"paused": None, "state": "open"}
BLANK = {"name": "g1[0]", "verdict": "blank", "feedback": {"vi": "Bỏ trống.", "en": "Left blank."}}
CHECKED_QUESTION = {"question": "optim-gd-vary", "parts": [BLANK]}


def replied(example: Any, code: int = 200) -> dict[int | str, dict[str, Any]]:
    """What a route says of its reply: this, for example."""
    return {code: {"content": {"application/json": {"example": example}}}}


def shown(example: dict[str, Any]) -> ConfigDict:
    """What a model says of itself: this, for example."""
    return ConfigDict(json_schema_extra={"examples": [example]})
