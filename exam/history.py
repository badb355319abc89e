"""What happened in an attempt, from its record, as its student and the staff of its paper read it."""

from __future__ import annotations

from dataclasses import dataclass

from exam import room, sittings
from exam.attempts import Event
from exam.keeping import remembered
from exam.shown import PLAIN
from exam.store import Store
from exam.store import attempts as rows
from exam.store.people import Person
from questions.model import Words

SENTENCES = {
    "prepared": Words(vi="Đề được chuẩn bị sẵn.", en="The questions were prepared."),
    "started": Words(vi="Bắt đầu làm.", en="Started."),
    "answered": Words(vi="Câu {n}, {part}: lưu", en="Question {n}, {part}: saved"),
    "checked": Words(vi="Câu {n}: bấm kiểm tra", en="Question {n}: checked"),
    "moved": Words(vi="Sang câu {body}.", en="Went on to question {body}."),
    "late": Words(vi="Câu {n}, {part}: gửi quá muộn, không tính", en="Question {n}, {part}: sent too late, not counted"),
    "submitted": Words(vi="Nộp bài.", en="Handed in."),
    "graded": Words(vi="Đã chấm.", en="Marked."),
    "reopened": Words(vi="Bài được mở lại.", en="Reopened."),
    "voided": Words(vi="Bỏ bài chuẩn bị sẵn; không ai thấy nó.", en="Set aside; nobody had seen it."),
}


@dataclass(frozen=True)
class Happened:
    """One event: when (Unix seconds), what, the text that was typed with it, and what a check told of each part."""

    at: float
    sentence: Words
    text: str | None
    verdicts: list[tuple[str, Words]]


def of_own(store: Store, person: Person, id: str) -> list[Happened]:
    """What happened in one's own attempt, oldest first.  Raises UnknownAttempt."""
    sittings.sitting(store, person, id)
    return told(store, id)


def in_room(store: Store, by: Person, paper_id: str, id: str) -> tuple[str, list[Happened]]:
    """Whose attempt it is, and what happened in it, for the staff of its paper.  Raises UnknownPaper, NotInThisRoom."""
    one = room.room(store, by, paper_id)
    seat = next((seat for seat in one.seats if seat.attempt == id), None)
    if seat is None:
        raise room.not_here(paper_id, id)
    return seat.name, told(store, id)


def told(store: Store, id: str) -> list[Happened]:
    """The events of an attempt in words."""
    _, variants = remembered.get(store, id)
    numbers = {variant.question.id: at for at, variant in enumerate(variants, 1)}
    return [happened(event, numbers) for event in store.read(lambda c: rows.events_of(c, id))]


def happened(event: Event, numbers: dict[str, int]) -> Happened:
    """One event in words; marks are not told here."""
    holes = {"n": numbers.get(event.question or "", 0), "part": event.part, "body": event.body if event.kind == "moved" else ""}
    parts = event.said.get("parts", []) if event.kind == "checked" else []
    return Happened(
        event.at,
        SENTENCES[event.kind].map(lambda text: text.format(**holes)),
        event.text,
        [(part["part"], PLAIN[part["verdict"]]) for part in parts],
    )
