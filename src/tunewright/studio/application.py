"""The studio as an ASGI application: the table of routes, the page's files, and what guards both."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass

import msgspec
from anyio import to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route as StarletteRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from tunewright.errors import TunewrightError
from tunewright.studio.answering import endpoint, error_response
from tunewright.studio.event_stream import EventStreams
from tunewright.studio.openapi import openapi_document
from tunewright.studio.page_files import PageFiles
from tunewright.studio.route import Route
from tunewright.studio.routes import BEGINNINGS, ROUTES
from tunewright.studio.safety import REPORTS_PATH, BodyBudget, Guard
from tunewright.studio.studio import Studio

PAGES = ("/", "/tune", "/tunebook", "/neurons", "/training", "/studies")
"""Paths that people see; the page itself shows what belongs there."""
LARGEST_REPORT = 20_000
MOST_REPORTS = 20


@dataclass
class PolicyReports:
    """What browsers told of things that the page was not allowed to load."""

    count: int = 0
    first: tuple[str, ...] = ()
    """As they came, cut short."""


@dataclass(frozen=True)
class StudioApplication:
    """What the server calls for each request."""

    guarded: ASGIApp
    streams: EventStreams
    """To be ended when the server stops."""
    reports: PolicyReports

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self.guarded(scope, receive, send)


def application(studio: Studio, routes: Sequence[Route] = ROUTES) -> StudioApplication:
    """The application of one studio, with the routes of this table."""
    budget, streams, reports, files = BodyBudget(), EventStreams(), PolicyReports(), PageFiles()
    document = msgspec.json.encode(openapi_document(routes))

    async def api_document(_request: Request) -> Response:
        return Response(document, media_type="application/json")

    async def policy_reports(request: Request) -> Response:
        if request.method == "POST":
            body = budget.reader(request.receive, request.headers, LARGEST_REPORT)
            try:
                text = (await Request(request.scope, body).body()).decode("utf-8", "replace")
            finally:
                body.release()
            reports.count += 1
            reports.first = (*reports.first, text[:2000])[:MOST_REPORTS]
        return JSONResponse(asdict(reports))

    async def page(request: Request) -> Response:
        name = request.path_params.get("file", "index.html")
        if answer := files.response(name, request):
            return answer
        raise HTTPException(404, f"the page has no file {name[:100]!r}")

    async def nothing(request: Request) -> Response:
        raise HTTPException(404, f"nothing is at {request.url.path[:100]!r}")

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        if studio.settings.warm:
            for begin in BEGINNINGS:
                begin(studio)
        yield
        await to_thread.run_sync(studio.close)

    starlette = Starlette(
        routes=[
            *(
                StarletteRoute(each.path, endpoint(each, studio, budget, streams), methods=[each.method])
                for each in routes
            ),
            StarletteRoute("/api/openapi.json", api_document),
            StarletteRoute(REPORTS_PATH, policy_reports, methods=["GET", "POST"]),
            *(StarletteRoute(path, page) for path in PAGES),
            StarletteRoute("/page/{file:path}", page),
            StarletteRoute("/{rest:path}", nothing),
        ],
        exception_handlers=dict.fromkeys((TunewrightError, HTTPException, Exception), _told),
        lifespan=lifespan,
    )
    return StudioApplication(Guard(starlette, studio.settings), streams, reports)


async def _told(_request: Request, error: Exception) -> Response:
    return error_response(error)
