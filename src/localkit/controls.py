"""PURE: what a control is, and controls described in OpenAPI 3.1: made from their table and the types of their bodies."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from localkit.json_values import Json

_PARAMETER = re.compile(r"<(?:(int):)?(\w+)>")
REFS = "#/components/schemas/{name}"
ERROR = {"type": "object", "properties": {"error": {"type": "string"}}, "required": ["error"]}


@dataclass(frozen=True, slots=True)
class Control:
    """One control call; `query` names its parameters and what they mean."""

    method: str
    path: str
    act: Callable[..., object]
    body: object = None
    query: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Controls:
    """All controls of a simulator below a prefix; `groups` names the group of a path's first word where it is another."""

    prefix: str
    table: Sequence[Control]
    title: str
    about: str
    groups: Mapping[str, str] = field(default_factory=dict)


def description(controls: Controls) -> Json:
    """Describe every control."""
    bodies = [each.body for each in controls.table if each.body is not None]
    schemas, components = msgspec.json.schema_components(bodies, ref_template=REFS)
    schema_of = iter(schemas)
    paths: Json = {}
    for each in controls.table:
        schema = next(schema_of) if each.body is not None else None
        path = controls.prefix + _PARAMETER.sub(r"{\2}", each.path)
        paths.setdefault(path, {})[each.method.lower()] = _operation(each, schema, _group(each.path, controls.groups))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": controls.title,
            "version": "1",
            "description": controls.about,
        },
        "paths": paths,
        "components": {"schemas": {**components, "Error": ERROR}},
    }


def _operation(control: Control, schema: Json | None, group: str) -> Json:
    operation: Json = {
        "operationId": control.act.__name__,
        "tags": [group],
        "summary": (control.act.__doc__ or "").strip().split("\n")[0],
        "responses": {
            "200": _content("What was asked for, or the new state", {}),
            "400": _content("What is wrong", {"$ref": REFS.format(name="Error")}),
        },
    }
    if parameters := [*_in_path(control.path), *_in_query(control.query)]:
        operation["parameters"] = parameters
    if schema is not None:
        operation["requestBody"] = {"content": {"application/json": {"schema": schema}}}
    return operation


def _content(words: str, schema: Json) -> Json:
    return {"description": words, "content": {"application/json": {"schema": schema}}}


def _in_path(path: str) -> Iterable[Json]:
    for kind, name in _PARAMETER.findall(path):
        schema = {"type": "integer" if kind else "string"}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _in_query(query: Iterable[tuple[str, str]]) -> Iterable[Json]:
    for name, words in query:
        yield {"name": name, "in": "query", "description": words, "schema": {"type": "string"}}


def _group(path: str, groups: Mapping[str, str]) -> str:
    word = path.split("/", 1)[0]
    return groups.get(word, word)


def grouped(described: Json) -> list[tuple[str, list[Json]]]:
    """Arrange the operations by group, each with its fields, for a page."""
    groups: dict[str, list[Json]] = {}
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            row = {
                "method": method.upper(),
                "path": path,
                "summary": operation["summary"],
                "parameters": operation.get("parameters", []),
                "fields": _fields(operation, described["components"]["schemas"]),
            }
            groups.setdefault(operation["tags"][0], []).append(row)
    return list(groups.items())


def _fields(operation: Json, schemas: Json) -> list[tuple[str, str, str]]:
    """List a body's fields: name, type, default."""
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    wanted = schema if "$ref" in schema else next((each for each in schema.get("anyOf", ()) if "$ref" in each), {})
    properties = schemas.get(wanted.get("$ref", "").rpartition("/")[2], {}).get("properties", {})
    return [
        (name, _type(each), msgspec.json.encode(each["default"]).decode() if "default" in each else "")
        for name, each in properties.items()
    ]


def _type(schema: Json) -> str:
    if "anyOf" in schema:
        return " or ".join(_type(each) for each in schema["anyOf"])
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}" if isinstance(schema.get("items"), dict) else "list"
    return str(schema.get("format") or schema.get("type", "anything"))
