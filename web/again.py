"""A form of the staff's pages that was sent when its session had ended: signing in comes first, and the form goes on with what was typed.

What was typed waits in the sign-in page itself, and nowhere else; it is sent on by a button that says where it goes.
"""

from __future__ import annotations

from urllib.parse import quote

from fastapi import HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from web.sent import SMALL
from web.templates import page

Fields = list[tuple[str, str]]
MOST = SMALL // 2  # bytes that are carried: the sign-in form sends them once more, beside name and password
STAFF = "/teach/"


async def ask_to_sign_in(request: Request, problem: Exception) -> Response:
    """To the sign-in page, and from there back, with what a form of the staff's pages sent.

    What is under /attempts may also be read where it was sent to.
    """
    path = request.url.path
    if request.method == "POST" and path.startswith(STAFF):
        fields, left_out = await carried(request)
        context = {"problem": None, "name": "", "next": path, "kept": fields, "again": True, "left_out": left_out}
        return page(request, "sign-in.html", 401, **context)
    after = path if request.method == "GET" or path.startswith("/attempts/") else "/papers"
    return RedirectResponse(f"/sign-in?next={quote(after)}", 303)


async def carried(request: Request) -> tuple[Fields, bool]:
    """The fields of a form, and whether something could not be carried: a file, or all of it where it is too much."""
    try:
        form = await request.form(max_fields=2000, max_files=1, max_part_size=SMALL)
    except HTTPException:
        return [], True
    fields = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    if sum(len(part.encode()) for field in fields for part in field) > MOST:
        return [], True
    return fields, any(not isinstance(value, str) and bool(value.filename) for value in form.values())


def goes_on(request: Request, after: str, kept: Fields) -> Response:
    """The page, after signing in, whose button sends what was typed to where it was going."""
    return page(request, "go-on.html", after=after, kept=kept)
