"""The OpenAPI 3.1 document of the studio's API, made from the table of routes."""

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from tunewright import __version__
from tunewright.studio.event_stream import EventLog
from tunewright.studio.route import LARGEST_IN_PATH, Download, Route

ERRORS = {
    400: "A value that is not allowed.",
    403: "A request from another page or host, or without the token.",
    404: "There is no such thing.",
    409: "It conflicts with what is there.",
    413: "Too large.",
    422: "Not readable as a tune.",
    429: "Too much at once; try again later.",
    501: "A package is not installed.",
}
"""Statuses of answers that say what is wrong, for every route."""
ERROR = {
    "type": "object",
    "properties": {
        "error": {"type": "string"},
        "line": {"type": "integer", "minimum": 1},
        "column": {"type": "integer", "minimum": 0},
        "install": {"type": "string"},
    },
    "required": ["error"],
    "additionalProperties": False,
}
TEMPLATE = "#/components/schemas/{name}"


def openapi_document(routes: Iterable[Route]) -> dict[str, Any]:
    """The document, as JSON can hold it."""
    routes = tuple(routes)
    kinds = {
        kind for route in routes for kind in (route.request, route.response) if kind not in (None, Download, EventLog)
    }
    ordered = sorted(kinds, key=lambda kind: kind.__name__ if kind else "")
    _, schemas = msgspec.json.schema_components(ordered, ref_template=TEMPLATE)
    for schema in schemas.values():
        if schema.get("type") == "object" and "properties" in schema:
            schema["additionalProperties"] = False
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        path = re.sub(r"{(\w+)(?::\w+)?}", r"{\1}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tunewright's studio", "version": __version__},
        "paths": paths,
        "components": {"schemas": {**schemas, "Error": ERROR}},
    }


def _operation(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    parameters = [_in_path(name, kind) for name, kind in route.path_types.items()]
    operation: dict[str, Any] = {"summary": route.summary, "responses": _responses(route)}
    if route.request:
        schema = schemas[route.request.__name__]
        if route.in_query:
            needed = schema.get("required", [])
            parameters += [
                {"name": name, "in": "query", "required": name in needed, "schema": each}
                for name, each in schema["properties"].items()
            ]
        else:
            media = "multipart/form-data" if route.in_form else "application/json"
            content = {media: {"schema": {"$ref": TEMPLATE.format(name=route.request.__name__)}}}
            operation["requestBody"] = {"required": True, "content": content}
            for name in route.in_form:
                schema["properties"][name] = {"type": "array", "items": {"type": "string", "format": "binary"}}
    if route.response is EventLog:
        parameters.append(
            {
                "name": "after",
                "in": "query",
                "required": False,
                "schema": {"type": "integer", "minimum": 0, "maximum": LARGEST_IN_PATH},
                "description": "Number of the last event that was seen; the header Last-Event-ID says the same.",
            }
        )
    if parameters:
        operation["parameters"] = parameters
    return operation


def _in_path(name: str, kind: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 200}
    if kind == "int":
        schema = {"type": "integer", "minimum": 0, "maximum": LARGEST_IN_PATH}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _responses(route: Route) -> dict[str, Any]:
    if route.response is Download:
        content: dict[str, Any] = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
    elif route.response is EventLog:
        content = {"text/event-stream": {"schema": {"type": "string"}}}
    else:
        content = {"application/json": {"schema": {"$ref": TEMPLATE.format(name=route.response.__name__)}}}
    error = {"application/json": {"schema": {"$ref": TEMPLATE.format(name="Error")}}}
    answers = {str(route.status): {"description": "It is done.", "content": content}}
    return answers | {str(status): {"description": text, "content": error} for status, text in ERRORS.items()}
