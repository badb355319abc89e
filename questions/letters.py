"""Letters that were typed or ticked, read as options: one, several, or all of them in an order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from questions.numbers import Unreadable, plain
from questions.options import Option
from solvers.errors import listed


@dataclass(frozen=True)
class Picked:
    """The options of an answer, as they stand in it."""

    options: tuple[Option, ...]

    @property
    def echo(self) -> str:
        """What the page shows."""
        return ", ".join(option.key for option in self.options)


def read_letters(text: str, kind: str, options: Sequence[Option]) -> Picked | None:
    """The options that `text` names by letter, in either case; None where it is blank.  Raises Unreadable."""
    if not text.strip():
        return None
    return READERS[kind](text, {option.key: option for option in options})


def letters_in(text: str) -> str:
    """The text in small letters, full-width ones (ａ) and those in circles (ⓐ) as plain ones."""
    return unicodedata.normalize("NFKC", plain(text).strip()).casefold()


def read_one(text: str, options: dict[str, Option]) -> Picked:
    """The option of one letter."""
    letter = letters_in(text).strip("().")
    if letter in options:
        return Picked((options[letter],))
    raise Unreadable(
        f"'{text.strip()[:20]}' không phải là một phương án. Hãy chọn một trong {listed(sorted(options))}.",
        f"'{text.strip()[:20]}' is not an option. Choose one of {listed(sorted(options))}.",
    )


def letters_of(text: str, options: dict[str, Option]) -> list[str]:
    """The letters of `a, c`, `a c`, `[a; c]`, `a > c` or `ac`.  Raises Unreadable."""
    found = [letter for word in re.split(r"[\s,;>→()\[\]]+", letters_in(text)) for letter in word]
    for letter in found:
        if letter not in options:
            raise Unreadable(
                f"'{letter}' không phải là một phương án. Hãy dùng các chữ {listed(sorted(options))}.",
                f"'{letter}' is not an option. Use the letters {listed(sorted(options))}.",
            )
        if found.count(letter) > 1:
            raise Unreadable(f"Chữ '{letter}' xuất hiện hai lần. Hãy xóa bớt một.", f"The letter '{letter}' stands twice. Delete one.")
    if not found:
        raise Unreadable("Chưa thấy chữ nào. Hãy gõ các chữ như a, c.", "There is no letter. Type letters like a, c.")
    return found


def read_several(text: str, options: dict[str, Option]) -> Picked:
    """The options of some letters; which stands first does not matter."""
    return Picked(tuple(options[letter] for letter in sorted(letters_of(text, options))))


def read_order(text: str, options: dict[str, Option]) -> Picked:
    """All options, in the order typed."""
    found = letters_of(text, options)
    missing = sorted(options.keys() - set(found))
    if missing:
        raise Unreadable(
            f"Còn thiếu {listed(missing)}. Hãy xếp đủ {len(options)} chữ, mỗi chữ một lần.",
            f"{listed(missing)} {'is' if len(missing) == 1 else 'are'} missing. Put all {len(options)} letters in order, each once.",
        )
    return Picked(tuple(options[letter] for letter in found))


READERS: dict[str, Callable[[str, dict[str, Option]], Picked]] = {"choice": read_one, "choices": read_several, "order": read_order}
