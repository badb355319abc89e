"""What an author may write: each field of a question file and each function of a formula, said in both languages, with an example."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import Field
from ruamel.yaml import YAML

from questions.draws import Model
from questions.words import Words

SOURCE = Path(__file__).with_name("help.yaml")


class Entry(Model):
    """A field or a function: what it is for, and text to write over; `example` is a formula with what it comes to."""

    en: str
    vi: str
    text: str = Field(alias="write")
    example: str = ""

    @property
    def said(self) -> Words:
        """What it is for."""
        return Words(vi=self.vi, en=self.en)


class Help(Model):
    """The fields by the kind of thing they belong to, and the functions, in the order in which they are shown."""

    fields: dict[str, dict[str, Entry]]
    functions: dict[str, Entry]


@cache
def author_help() -> Help:
    """All there is to say."""
    return Help.model_validate(YAML(typ="safe", pure=True).load(SOURCE.read_text(encoding="utf-8")))
