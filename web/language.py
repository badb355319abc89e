"""The two languages of the interface: gettext catalogues, and which one a reader wants."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from starlette.requests import Request

LANGUAGES = ("vi", "en")
COOKIE = "gradus_language"
CATALOGUE = Path(__file__).parent / "words" / "vi.po"


@cache
def translations(language: str) -> NullTranslations:
    """The catalogue of a language; English is what the code says."""
    if language != "vi":
        return NullTranslations()
    compiled = io.BytesIO()
    with CATALOGUE.open("rb") as file:
        write_mo(compiled, read_po(file, locale="vi"))
    compiled.seek(0)
    return Translations(compiled)


def language_of(request: Request) -> str:
    """The language a reader chose, else the first of theirs that there is, else Vietnamese."""
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    for wanted in request.headers.get("accept-language", "").split(","):
        language = wanted.split(";")[0].strip()[:2].casefold()
        if language in LANGUAGES:
            return language
    return "vi"
