"""Pages from templates: one Jinja environment a language, with texts, TeX, clock times and hashed addresses of static files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from babel.support import NullTranslations
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from questions.model import Words
from web.language import language_of, translations
from web.prose import line, prose, tex
from web.titles import numbers, titled

HERE = Path(__file__).parent
STATIC = HERE / "static"
SECURITY = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; object-src 'none'; "
        "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@cache
def static(name: str) -> str:
    """The address of a static file, which changes with its content."""
    content = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?{content}"


def number(value: float) -> str:
    """A number with at most two decimals and a true minus."""
    return f"{value:.2f}".rstrip("0").rstrip(".").replace("-", "\u2212")


def clock(seconds: float) -> Markup:
    """A time of day on the clock of the server's place; the scripts of a sitting show it in the student's zone."""
    at = datetime.fromtimestamp(seconds).astimezone()
    return Markup('<time datetime="{}">{} {}</time>').format(stamp(seconds), f"{at:%H:%M:%S}", zone(at))


def of_day(seconds: float) -> Markup:
    """A time of day on the clock of the server's place, where the page says so."""
    return Markup('<time datetime="{}">{}</time>').format(stamp(seconds), f"{datetime.fromtimestamp(seconds):%H:%M:%S}")


def moment(seconds: float) -> Markup:
    """A date and time on the clock of the server's place; where the reader's zone is another, scripts put that before it."""
    at = datetime.fromtimestamp(seconds).astimezone()
    offset = (at.utcoffset() or timedelta()) // timedelta(minutes=1)
    kept = Markup('<time class="moment n" datetime="{}" data-offset="{}">{} {}</time>')
    return kept.format(stamp(seconds), offset, f"{at:%d/%m/%Y %H:%M}", zone(at))


def zone(at: datetime | None = None) -> str:
    """The zone of the server's place, now or at a time of that place."""
    offset = f"{at or datetime.now().astimezone():%z}"
    return f"UTC{offset[:3]}:{offset[3:5]}"


def stamp(seconds: float) -> str:
    """A time for machines, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(seconds: float) -> Markup:
    """A day, on the calendar of the server's place."""
    return Markup('<time class="n" datetime="{}">{}</time>').format(stamp(seconds), datetime.fromtimestamp(seconds).strftime("%d/%m/%Y"))


def speaking(catalogue: NullTranslations) -> dict[str, Callable[..., Markup]]:
    """`_` and `ngettext` for templates: what the catalogue says is markup, what is put into it is escaped."""
    known = cache(lambda message: Markup(catalogue.gettext(message)))

    def gettext(message: str, **values: Any) -> Markup:
        said = known(message)
        return said % values if values else said

    def ngettext(one: str, many: str, n: float) -> Markup:
        return Markup(catalogue.ngettext(one, many, 1 if n == 1 else 2))

    return {"_": gettext, "gettext": gettext, "ngettext": ngettext}


@cache
def environment(language: str) -> Environment:
    """The templates in a language."""
    made = Environment(
        loader=FileSystemLoader(HERE / "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(speaking(translations(language)))

    def said(words: Words) -> str:
        return words.vi if language == "vi" else words.en

    made.globals.update(lang=language, static=static, said=said)
    made.filters.update(prose=lambda words: prose(said(words)), tex=tex, line=line, number=number, clock=clock)
    made.filters.update(moment=moment, day=day, of_day=of_day, stamp=stamp)
    made.filters.update(titled=lambda words: titled(said(words)), numbers=lambda choices: numbers([said(one.text) for one in choices]))
    return made


def page(request: Request, name: str, code: int = 200, language: str | None = None, /, **context: Any) -> HTMLResponse:
    """A page in the reader's language."""
    template = environment(language or language_of(request)).get_template(name)
    person = getattr(request.state, "person", None)
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    html = template.render(person=person, path=request.url.path, here=here, **context)
    return HTMLResponse(html, code, headers=SECURITY)
