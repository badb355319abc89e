"""The record of an attempt, for its student to keep: with it and a receipt anyone can check what was handed in, without this server."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Security
from fastapi.responses import Response

from exam import record, sittings
from exam.store import attempts as rows
from web.errors import ErrorDocument
from web.papers_api import AttemptId
from web.signin import Taker, bearer, session, store_of, taker

router = APIRouter(
    prefix="/api/v1",
    tags=["papers"],
    dependencies=[Security(bearer, scopes=["student"]), Depends(session), Depends(taker)],
    responses={code: {"model": ErrorDocument} for code in (401, 403, 404)},
)
LINES = "application/jsonl"


@router.get(
    "/attempts/{id}/record",
    summary="Keep the record",
    response_class=Response,
    responses={200: {"description": "One event a line.", "content": {LINES: {"schema": {"type": "string"}}}}},
)
def attempt_record(request: Request, id: AttemptId, person: Taker) -> Response:
    """The record of an attempt of one's own, as JSON lines; `gradus verify-receipt RECEIPT FILE` checks it without the server.

    Of a mark it holds the hash alone.
    """
    store = store_of(request)
    sittings.sitting(store, person, id)
    events = store.read(lambda c: rows.events_of(c, id))
    lines = "".join(f"{line}\n" for line in record.exported(id, events))
    name = f"gradus-record-{id}.jsonl"
    return Response(lines, media_type=LINES, headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"})
