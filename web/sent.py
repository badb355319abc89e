"""What was sent: how large a body may be, how it is read before a refusal, and the JSON in it."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import suppress
from typing import Any

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.errors import told

SMALL = 1 << 20
LARGE = 64 << 20
PATIENCE = 30  # seconds to wait for the rest of a body that was refused
DEEPEST = 50  # levels of lists and objects; nothing here asks for more than five
LONGEST_INTEGER = 4_000  # digits; Python turns no more than 4,300 into an integer


class TooLarge(Exception):
    """A streamed body outgrew its limit."""


class BodyLimit:
    """Refuses a body larger than its path allows, before it is held in memory."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        limit = LARGE if scope["path"].endswith("/batch") else SMALL
        length = dict(scope["headers"]).get(b"content-length", b"0")

        async def refuse() -> None:
            refused = await told(Request(scope), 413, "too_large", f"a body here holds at most {limit:,} bytes; send less")
            await refused(scope, receive, send)

        if not length.isdigit() or int(length) > limit:
            await refuse()
            return
        seen, started = 0, False

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise TooLarge
            return message

        async def replying(message: Message) -> None:
            """Whatever the application made of a body that was cut off, the reply is that it was too large."""
            nonlocal started
            if seen <= limit:
                await send(message)
            elif not started:
                started = True
                await refuse()

        try:
            await self.app(scope, counted, replying)
        except TooLarge:
            await replying({})


class ReadToTheEnd:
    """Reads what is left of a body and throws it away before the reply starts, up to twice the largest there may be.

    A plain client sends all before it reads; a connection closed on bytes still under way would cost it the reply.  A client
    that waits to be told to go on (Expect: 100-continue) gets its reply at once.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope.get("headers", ()))
        more = b"content-length" in headers or b"transfer-encoding" in headers
        if scope["type"] != "http" or not more or b"expect" in headers:
            await self.app(scope, receive, send)
            return

        async def noticing() -> Message:
            nonlocal more
            message = await receive()
            more = message.get("more_body", False)
            return message

        async def throw_away() -> None:
            seen = 0
            while more and seen <= 2 * LARGE:
                seen += len((await noticing()).get("body", b""))

        async def afterwards(message: Message) -> None:
            if more and message["type"] == "http.response.start":
                with suppress(TimeoutError):
                    await asyncio.wait_for(throw_away(), PATIENCE)
            await send(message)

        await self.app(scope, noticing, afterwards)


class JsonRequest(Request):
    """A request whose JSON is read patiently, and aside, so that a large one holds nobody up."""

    async def json(self) -> Any:
        return await run_in_threadpool(read_json, await self.body())


def read_json(body: bytes | str) -> Any:
    """The JSON of a body; what is odd in one place of it is left to be told there.

    An integer of thousands of digits is read as its text, and what nests deeper than any question asks is cut off.
    Raises JSONDecodeError.
    """
    try:
        return json.loads(body)
    except (json.JSONDecodeError, UnicodeDecodeError) as problem:
        raise json.JSONDecodeError(str(problem), "", 0) from None
    except (ValueError, RecursionError):
        text = body if isinstance(body, str) else body.decode(json.detect_encoding(body), "surrogatepass")
        return json.loads(shallow(text), parse_int=integer)


def integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= LONGEST_INTEGER else digits


def shallow(text: str) -> str:
    """JSON text without what stands deeper than DEEPEST brackets."""
    kept, depth, start = [], 0, 0
    for found in re.finditer(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', text):
        if found[0] in "[{":
            depth += 1
            if depth == DEEPEST + 1:
                kept.append(text[start : found.start()])
        elif found[0] in "]}":
            if depth == DEEPEST + 1:
                kept.append("null")
                start = found.end()
            depth -= 1
    if depth > DEEPEST:
        raise json.JSONDecodeError("brackets that are not closed", "", 0)
    return "".join([*kept, text[start:]])
