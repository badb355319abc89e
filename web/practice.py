"""Questions to practise: by topic, and found by words in either language."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from questions.model import Question, Words

TOPICS = {
    "mlp": Words(vi="Mạng nơ-ron nhiều lớp", en="Networks"),
    "activations": Words(vi="Hàm kích hoạt", en="Activations"),
    "losses": Words(vi="Hàm mất mát", en="Losses"),
    "optimisers": Words(vi="Thuật toán tối ưu", en="Optimisers"),
    "learning rates": Words(vi="Learning rate", en="Learning rates"),
    "initialisation": Words(vi="Khởi tạo trọng số", en="Initialisation"),
    "regression": Words(vi="Hồi quy", en="Regression"),
    "perceptrons": Words(vi="Perceptron", en="Perceptrons"),
    "data": Words(vi="Dữ liệu", en="Data"),
    "statistics": Words(vi="Thống kê", en="Statistics"),
    "training": Words(vi="Huấn luyện", en="Training"),
    "others": Words(vi="Câu khác", en="Others"),
}
WITHIN = {
    "forward": Words(vi="Lan truyền thuận", en="Forward pass"),
    "backward": Words(vi="Lan truyền ngược", en="Backward pass"),
    "vanishing": Words(vi="Gradient biến mất", en="Vanishing gradients"),
    "gates": Words(vi="Cơ chế cổng", en="Gated units"),
    "studies": Words(vi="Khảo sát thực nghiệm", en="Studies"),
    "pytorch": Words(vi="PyTorch", en="PyTorch"),
}  # what a pool may be drawn from besides: parts of a topic
SAME = {"loss": "losses"}
AT_ONCE = 60  # so many found questions are shown at once; of more, a topic at a time


@dataclass(frozen=True)
class Group:
    """The questions of a topic; those of a closed one are counted only."""

    topic: str
    name: Words
    questions: list[Question]
    open: bool


def groups(questions: Sequence[Question], find: str = "", kind: str = "", topic: str = "") -> list[Group]:
    """The questions of a kind in which every word is found, by their first topic; open is the chosen topic, or all of a few found."""
    words = folded(find).split()
    found = [question for question in questions if kind in ("", question.kind) and all(word in searched(question) for word in words)]
    by_topic: dict[str, list[Question]] = {name: [] for name in TOPICS}
    for question in found:
        by_topic.setdefault(topic_of(question), []).append(question)
    few = bool(words) and len(found) <= AT_ONCE
    return [Group(name, name_of(name), there, few or name == topic) for name, there in by_topic.items() if there]


def topic_of(question: Question) -> str:
    first = (question.topics or ["others"])[0]
    return SAME.get(first, first)


def name_of(topic: str) -> Words:
    return TOPICS.get(topic) or WITHIN.get(topic) or Words(vi=topic.capitalize(), en=topic.capitalize())


@lru_cache(maxsize=4096)
def searched(question: Question) -> str:
    """What words are looked for in."""
    name = name_of(topic_of(question))
    return folded(" ".join([question.id, *question.topics, *(text for words in (question.title, name) for text in (words.vi, words.en))]))


def folded(text: str) -> str:
    """A text without the differences that one leaves out when typing: capitals, tones and marks."""
    apart = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
