"""The web application: the REST API, the pages, and what guards both."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

from exam import papers
from exam.clerk import Clerk
from exam.memory import give_back
from exam.sittings import Conflict
from exam.store import Store
from web import (
    again,
    authoring_api,
    classes_api,
    composing,
    composing_api,
    entrance_api,
    errors,
    home,
    invigilating,
    issuing,
    joining,
    pages,
    papers_api,
    printing,
    printing_api,
    record_api,
    room_api,
    run_pages,
    runs_api,
    taking_back,
    teaching,
    writing,
)
from web.api import api
from web.examples import replied
from web.sent import BodyLimit, ReadToTheEnd
from web.signin import Gate, Visitor
from web.templates import STATIC, page

VERSION = "0.2.0"


class LongLived(StaticFiles):
    """Static files, whose addresses change with their content, may be kept for ever."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        kept = "public, max-age=31536000, immutable" if scope["query_string"] else "no-cache"
        response.headers["Cache-Control"] = kept
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def make_app(store: Store) -> FastAPI:
    """The application over a store, into which the shipped questions and papers are loaded."""
    papers.load(store)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        clerk = Clerk(store)
        clerk.start()
        give_back()
        yield
        clerk.stop()
        store.close()

    app = FastAPI(
        title="Gradus",
        version=VERSION,
        summary="An exam engine that marks every step of a computation.",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.store = store
    errors.install(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(Gate)
    app.add_middleware(ReadToTheEnd)
    app.add_exception_handler(Conflict, papers_api.conflict)
    app.add_exception_handler(pages.SignInFirst, again.ask_to_sign_in)
    app.include_router(api)
    app.include_router(papers_api.router)
    app.include_router(authoring_api.router)
    app.include_router(classes_api.router)
    app.include_router(classes_api.entrance)
    app.include_router(entrance_api.router)
    app.include_router(record_api.router)
    app.include_router(runs_api.router)
    app.include_router(runs_api.classes_router)
    app.include_router(pages.router)
    app.include_router(run_pages.router)
    app.include_router(composing_api.router)
    app.include_router(room_api.router)
    app.include_router(printing_api.router)
    app.include_router(printing.router)
    app.include_router(invigilating.router)
    app.include_router(home.router)
    app.include_router(composing.router)
    app.include_router(issuing.router)
    app.include_router(teaching.router)
    app.include_router(writing.router)
    app.include_router(taking_back.router)
    app.include_router(joining.router)
    app.mount("/static", LongLived(directory=STATIC), name="static")

    @app.get("/worker.js", include_in_schema=False)
    async def worker() -> FileResponse:
        """The script that keeps the pages of an open attempt; it stands at the root, because it may serve only what is below it."""
        return FileResponse(STATIC / "worker.js", media_type="text/javascript", headers={"Cache-Control": "no-cache"})

    @app.get("/docs", response_class=HTMLResponse, include_in_schema=False)
    def reference(request: Request, person: Visitor) -> HTMLResponse:
        return page(request, "docs.html", routes=described(app.openapi()), version=VERSION)

    @app.get("/healthz", tags=["operation"], summary="Is it running?", responses=replied({"status": "ok", "version": VERSION}))
    async def health() -> dict[str, str]:
        """Says that the server answers."""
        return {"status": "ok", "version": VERSION}

    return app


def described(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The routes of an OpenAPI schema as the reference page lists them."""
    return [
        {"path": path, "method": method.upper(), "text": route.get("description", "")}
        for path, methods in schema["paths"].items()
        for method, route in methods.items()
    ]
