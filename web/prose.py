"""Texts as HTML: Markdown with TeX between dollars, sanitised; the TeX stands as its source until the browser renders it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape
from mdit_py_plugins.dollarmath import dollarmath_plugin

from web.titles import minus

SPACES = re.compile(r" ?((?<!\\)&|\\(?:begin|end)\{bmatrix\}) ?")  # they mean nothing in TeX, and a page has hundreds of them


@lru_cache(maxsize=8192)
def tex(source: str, display: bool = False) -> Markup:
    """TeX for the browser to render; until then its source stands there."""
    return Markup('<span class="tex{}">{}</span>').format(" display" if display else "", SPACES.sub(r"\1", source))


def _formula(self: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    return str(tex(tokens[at].content.strip(), tokens[at].type != "math_inline"))


def _text(renderer: object, tokens: Sequence[Token], at: int, options: object, about: object) -> str:
    return escape(minus(tokens[at].content))


PARSER = MarkdownIt("commonmark", {"html": False}).enable("table").use(dollarmath_plugin, double_inline=True, allow_digits=False)
for kind in ("math_inline", "math_inline_double", "math_block"):
    PARSER.add_render_rule(kind, _formula)
PARSER.add_render_rule("text", _text)
ALLOWED = {
    "p",
    "strong",
    "em",
    "code",
    "pre",
    "ul",
    "ol",
    "li",
    "span",
    "br",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "div",
    "section",
}


@lru_cache(maxsize=8192)
def prose(markdown: str) -> Markup:
    """A text of one or more paragraphs."""
    html = PARSER.render(markdown)
    return Markup(nh3.clean(html, tags=ALLOWED, attributes={"span": {"class"}, "div": {"class"}}))


@lru_cache(maxsize=8192)
def line(text: str) -> Markup:
    """A text within a line."""
    pieces = text.split("$")
    return Markup("").join(tex(piece) if i % 2 else escape(minus(piece)) for i, piece in enumerate(pieces))
