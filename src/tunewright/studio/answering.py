"""From a request over HTTP to a handler of a route, and from what it returns or raises to the answer."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from anyio import to_thread
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from tunewright.errors import (
    CheckpointError,
    InputError,
    MissingExtraError,
    RenderError,
    TunewrightError,
    missing_extra,
)
from tunewright.studio.event_stream import EventLog, EventStreams
from tunewright.studio.route import LARGEST_IN_PATH, Download, Refused, Route, path_values, request_of
from tunewright.studio.safety import BodyBudget
from tunewright.studio.studio import Studio

CLIENT_HEADER = "x-studio-page"
"""The page says by it, in a word of its own, which of all open pages it is."""
MOST_FIELDS = 50

Endpoint = Callable[[Request], Awaitable[Response]]


def endpoint(route: Route, studio: Studio, budget: BodyBudget, streams: EventStreams) -> Endpoint:
    """The function that answers requests of this route."""

    async def answer(request: Request) -> Response:
        body = budget.reader(request.receive, request.headers, route.largest_body)
        try:
            values = await _values(route, Request(request.scope, body))
            result = await to_thread.run_sync(_call, route, studio, values, request)
        finally:
            body.release()
        if isinstance(result, EventLog):
            seen = result.known(_last_seen(request))
            if result.after(seen) == ([], True):
                return Response(status_code=204)  # a browser then asks no more
            written = streams.written(result, seen)
            return StreamingResponse(written, media_type="text/event-stream", headers={"Cache-Control": "no-store"})
        return result

    return answer


def error_response(error: Exception) -> Response:
    """What is answered to a request that cannot be done."""
    if isinstance(error, Refused):
        return _error(error.status, error.message, line=error.line, column=error.column)
    if isinstance(error, HTTPException):
        answer = _error(error.status_code, str(error.detail))
        answer.headers.update(error.headers or {})
        return answer
    if isinstance(error, MissingExtraError):
        return _error(501, str(error), install=error.install)
    if isinstance(error, InputError):
        status = 404 if isinstance(error, CheckpointError) else 400
        return _error(status, error.message, line=error.line, column=error.column)
    if isinstance(error, RenderError):
        return _error(422, str(error))
    if isinstance(error, TunewrightError):
        return _error(409, str(error))
    return _error(500, "something is wrong in the studio itself; the terminal that it was started from shows it")


def _call(route: Route, studio: Studio, values: Any, request: Request) -> EventLog | Response:
    """Check the request, call the handler and write what it returns; runs in a worker thread."""
    arguments = path_values(request.path_params)
    given = []
    if route.request is not None:
        if isinstance(values, bytes):
            values = _from_json(values)
            given.append(request_of(route.request, values))
        else:
            given.append(request_of(route.request, values, strict=False))
    if route.with_client:
        address = request.client.host if request.client else ""
        arguments["client"] = f"{address} {request.headers.get(CLIENT_HEADER, '')[:64]}"
    try:
        result = route.handler(studio, *given, **arguments)
    except ModuleNotFoundError as error:
        raise missing_extra(error) from error
    if isinstance(result, EventLog):
        return result
    if isinstance(result, Download):
        return _file(result, route.status)
    return Response(msgspec.json.encode(result), route.status, {"Cache-Control": "no-store"}, "application/json")


async def _values(route: Route, request: Request) -> Any:
    """What the request holds: names and values, or the bytes of JSON."""
    if route.request is None:
        return None
    if route.in_query:
        return {name: request.query_params[name] for name in request.query_params if not _is_ours(route, name)}
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    wanted = "multipart/form-data" if route.in_form else "application/json"
    if kind != wanted:
        raise Refused(400, f"the request is of the type {kind[:100]!r}; allowed: {wanted}")
    if not route.in_form:
        return await request.body()
    try:
        async with request.form(max_files=MOST_FIELDS, max_fields=MOST_FIELDS) as form:
            return await _from_form(route, form)
    except (HTTPException, ValueError, KeyError, LookupError) as error:
        raise Refused(400, "the form cannot be read") from error


async def _from_form(route: Route, form: FormData) -> dict[str, Any]:
    values: dict[str, Any] = {name: [] for name in route.in_form}
    for name, value in form.multi_items():
        if name not in route.in_form:
            values[name] = value if isinstance(value, str) else None
        elif isinstance(value, UploadFile):
            values[name].append({"name": (value.filename or "")[:200], "content": await value.read()})
        else:
            raise Refused(400, f"{name}: a file was expected")
    return values


def _from_json(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(400, f"the request is not JSON: {error}") from error


def _is_ours(route: Route, name: str) -> bool:
    return route.response is EventLog and name == "after"


def _last_seen(request: Request) -> int:
    for text in (request.headers.get("last-event-id", ""), request.query_params.get("after", "")):
        if text.isascii() and text.isdigit():
            return min(int(text[:20]), LARGEST_IN_PATH)
    return 0


def _file(file: Download, status: int) -> Response:
    headers = {"Content-Type": file.media_type}
    headers["Cache-Control"] = f"private, max-age={file.seconds_kept}" if file.seconds_kept else "no-store"
    if file.name:
        plain = "".join(each if each.isascii() and (each.isalnum() or each in "-_.") else "_" for each in file.name)
        headers["Content-Disposition"] = f'attachment; filename="{plain}"'
    return Response(file.content, status, headers)


def _error(
    status: int, message: str, *, line: int | None = None, column: int | None = None, install: str | None = None
) -> Response:
    told = {"error": message, "line": line, "column": column, "install": install}
    content = msgspec.json.encode({name: value for name, value in told.items() if value is not None})
    return Response(content, status, {"Cache-Control": "no-store"}, "application/json")
