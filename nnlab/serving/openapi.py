"""A description of the routes in OpenAPI 3.1, from which clients can be generated."""

from collections.abc import Mapping, Sequence
from typing import Any

from nnlab import versions
from nnlab.serving.catalogue import TAKES_PAGES, TAKES_TEXTS, Catalogue, Option, Served

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
ANY: Schema = {"type": "object"}
TEXTS: Schema = {"type": "array", "items": TEXT}
OBJECTS: Schema = {"type": "array", "items": ANY}
BINARY: Schema = {"type": "string", "format": "binary"}
FILES: Schema = {"type": "array", "items": BINARY}
NETWORK: Schema = {**TEXT, "description": "the id of the network that is to answer"}
RUN: Schema = {
    "type": "object",
    "required": [
        *("id", "experiment", "state", "epoch", "epochs"),
        *("history", "scores", "networks", "command"),
    ],
    "properties": {
        "id": TEXT,
        "experiment": TEXT,
        "state": {**TEXT, "enum": ["running", "stopped", "finished", "waiting", "failed"]},
        "epoch": {"type": "integer"},
        "epochs": {"type": "integer"},
        "history": OBJECTS,
        "scores": {"type": "object", "additionalProperties": {"type": "number"}},
        "networks": TEXTS,
        "command": TEXT,
        "error": TEXT,
    },
}
ERRORS = {
    "400": "The request is malformed, or an option has a value that is not allowed",
    "401": "The token is missing or wrong",
    "403": "The request comes from another site, or is for a name that is not the server's",
    "404": "There is no such thing",
    "405": "The address exists, but not with this method",
    "408": "The request did not arrive in time",
    "409": "The run is in a state in which this cannot be done",
    "413": "The request, or an input in it, is too large",
    "415": "The body has a content type that cannot be read",
    "422": "None of the inputs can be answered",
    "431": "The headers are too long",
    "500": "The server failed",
    "503": "The server is busy; Retry-After says when to try again",
    "504": "The request took longer than the server allows",
}


def description(catalogue: Catalogue, allow_training: bool) -> Schema:
    """Return the description of all routes.

    Args:
        catalogue: What is served.
        allow_training: Whether clients may start and stop trainings.
    """
    paths: Schema = {
        "/api": {"get": _operation("overview", "What is served, and its limits", ANY)},
        "/api/networks/{id}": {
            "get": _operation("card", "All that a network's checkpoint says", ANY),
            "parameters": [_path("id")],
        },
        "/healthz": {"get": _operation("health", "Whether the server is alive", ANY)},
        "/metrics": {
            "get": _operation("metrics", "Counts and times for Prometheus", TEXT, "text/plain")
        },
        **_runs(allow_training),
    }
    for served in catalogue.experiments:
        paths |= _experiment(served)
    return {
        "openapi": "3.1.0",
        "info": {"title": "nnlab", "version": versions.own()},
        "paths": paths,
        "components": {
            "schemas": {
                "Error": {"type": "object", "required": ["error"], "properties": {"error": TEXT}},
                "Run": RUN,
            },
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
    }


def _experiment(served: Served) -> Schema:
    name = served.name
    answers = _object(network=TEXT, answers=OBJECTS, notes=TEXTS)
    operation = _operation(f"answer_{_word(name)}", served.summary, answers)
    operation["requestBody"] = _body(served, served.options)
    content = operation["responses"]["200"]["content"]
    if served.takes == TAKES_PAGES:
        operation["responses"]["200"]["content"] = {"*/*": {"schema": BINARY}}
    if served.streams:
        content["text/event-stream"] = {"schema": TEXT}
    paths = {f"/api/{name}": {"post": operation}}
    if served.inside:
        shown = _object(network=TEXT, inside=ANY, notes=TEXTS)
        words = f"One answer of {name}, with what led to it"
        inside = _operation(f"inside_{_word(name)}", words, shown)
        inside["requestBody"] = _body(
            served, [*served.options, *served.look], instead=bool(served.instead_of_input)
        )
        paths[f"/api/{name}/inside"] = {"post": inside}
    exhibit = _operation(
        f"exhibit_{_word(name)}",
        f"What a page shows of a network of {name} before anyone asks",
        _object(network=TEXT, exhibit=ANY),
    )
    exhibit["parameters"] = [{"name": "network", "in": "query", "schema": NETWORK}]
    return {**paths, f"/api/{name}/exhibit": {"get": exhibit}}


def _body(served: Served, options: Sequence[Option], *, instead: bool = False) -> Schema:
    """Describe a request; `instead`: whether options may take the place of a picture."""
    known = {
        "network": {**NETWORK, "enum": [one.id for one in served.networks]},
        "preset": {**TEXT, "description": "the preset of the network that is to answer"},
        **{one.name: _schema(one) for one in options},
    }
    texts = {"type": "object", "properties": {"inputs": TEXTS, **known}}
    files = {
        "type": "object",
        "properties": {"inputs": FILES, **known},
    }
    if served.takes == TAKES_TEXTS:
        content = {"application/json": texts, "multipart/form-data": texts}
    else:
        content = {"multipart/form-data": files, "image/*": BINARY, "application/pdf": BINARY}
        if instead:
            content["application/json"] = texts
    return {
        "required": True,
        "content": {kind: {"schema": schema} for kind, schema in content.items()},
    }


def _schema(option: Option) -> Schema:
    kinds = [option.type, "null"] if option.optional else option.type
    schema: Schema = {"type": kinds, "description": option.help, "default": option.default}
    limits = {
        "minimum": option.low,
        "maximum": option.high,
        "exclusiveMinimum": option.above,
        "enum": option.choices or None,
    }
    return schema | {key: value for key, value in limits.items() if value is not None}


def _runs(allow_training: bool) -> Schema:
    run: Schema = {"$ref": "#/components/schemas/Run"}
    runs = _object(runs={"type": "array", "items": run})
    paths: Schema = {
        "/api/runs": {"get": _operation("runs", "All runs", runs)},
        "/api/runs/settings/{experiment}": {
            "get": _operation("settings", "The settings of a training", OBJECTS),
            "parameters": [_path("experiment")],
        },
        "/api/runs/{id}": {
            "get": _operation("run", "One run", run),
            "parameters": [_path("id")],
        },
        "/api/runs/{id}/events": {
            "get": _operation("watch", "A run, as it changes", TEXT, "text/event-stream"),
            "parameters": [_path("id")],
        },
    }
    if allow_training:
        start = _operation("start", "Start a training", run, status="201")
        body = _object(experiment=TEXT, settings=ANY) | {"required": ["experiment"]}
        start["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
        paths["/api/runs"]["post"] = start
        for verb in ("stop", "resume"):
            paths[f"/api/runs/{{id}}/{verb}"] = {
                "post": _operation(verb, f"{verb.capitalize()} a training", run),
                "parameters": [_path("id")],
            }
    return paths


def _operation(
    name: str,
    summary: str,
    schema: Schema,
    kind: str = "application/json",
    *,
    status: str = "200",
) -> Schema:
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    good = {"description": summary, "content": {kind: {"schema": schema}}}
    bad = {code: {"description": words, "content": error} for code, words in ERRORS.items()}
    return {"operationId": name, "summary": summary, "responses": {status: good, **bad}}


def _object(**properties: Mapping[str, Any]) -> Schema:
    return {"type": "object", "required": list(properties), "properties": dict(properties)}


def _path(name: str) -> Schema:
    return {"name": name, "in": "path", "required": True, "schema": TEXT}


def _word(name: str) -> str:
    return name.replace("-", "_")
