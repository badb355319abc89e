"""A text of a question in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import StringConstraints

from questions.draws import Model

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]


class Words(Model):
    """A text in both languages: Markdown, with TeX between dollars and @holes for givens."""

    vi: Text
    en: Text

    def map(self, change: Callable[[str], str]) -> Words:
        return Words(vi=change(self.vi), en=change(self.en))
