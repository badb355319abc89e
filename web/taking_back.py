"""What the page of a question does to take it back: its draft thrown away, the question withdrawn, put back, or deleted."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response

from exam import drafts, withdrawing
from exam.drafts import DraftChanged
from exam.store import Store
from exam.store.people import Person
from exam.withdrawing import InUse
from web.errors import sentence_in
from web.pages import Form, go, text_of
from web.signin import store_of
from web.teaching import tongue
from web.writing import HERE, Writer, number_in, show_editor, standing, told

router = APIRouter(prefix="/teach", include_in_schema=False)


@router.post("/questions/{id}/take-back/{deed}")
def take_back(
    request: Request, id: str, deed: Literal["discard", "withdraw", "put-back", "delete"], form: Form, person: Writer
) -> Response:
    """Does it, or says why not on the page of the question."""
    store = store_of(request)
    try:
        there = done(store, person, id, deed, number_in(text_of(form, "revision")), number_in(text_of(form, "version")))
    except (DraftChanged, InUse) as problem:
        one, source = standing(request, person, id)
        said = sentence_in(tongue(request), problem) if isinstance(problem, InUse) else told(request, problem)
        return show_editor(request, person, one, source, 0, None, [said], code=409)
    return go(f"{HERE}/{id}#uses" if there else HERE)


def done(store: Store, person: Person, id: str, deed: str, revision: int, version: int) -> bool:
    """Takes a question back; whether there is something left of it."""
    if deed == "discard":
        published = bool(drafts.kept(store, person, id)[1])
        drafts.discard(store, person, id, revision)
        return published
    if deed == "delete":
        withdrawing.delete(store, person, id, revision, version)
        return False
    (withdrawing.withdraw if deed == "withdraw" else withdrawing.put_back)(store, person, id)
    return True
