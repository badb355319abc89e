"""How the command line shows its options in its help."""

from __future__ import annotations

from functools import partial
from typing import Any

from typer.core import TyperCommand, TyperGroup, TyperOption


class AsFilledIn:
    """Help that shows what to fill in, like --seed N, where there is something, in place of Python's types."""

    def get_params(self, ctx: Any) -> list[Any]:
        params: list[Any] = super().get_params(ctx)  # type: ignore[misc]
        for param in params:
            param.display_type = partial(filled_in, param)
        return params


def filled_in(param: Any, ctx: Any) -> str:
    """What stands beside a parameter in its help."""
    named = isinstance(param, TyperOption) and not param.is_flag
    return (param.metavar or "") if named else ""


class Command(AsFilledIn, TyperCommand):
    pass


class Group(AsFilledIn, TyperGroup):
    pass
