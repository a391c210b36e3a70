"""Xero's OpenAPI file as a judge: an exchange in, what in it the file does not allow out.

    request + answer  ->  operation (path template + method)  ->  query  ->  status  ->  body  ->  fields unknown

The file is github.com/XeroAPI/Xero-OpenAPI: xero_accounting.yaml. Where it is known to be wrong, or to lack what Xero sends,
it is named below with the reason; nothing else is forgiven.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import jsonschema_rs
import yaml

from localxero import LocalXero

PREFIX = "/api.xro/2.0"
PLACE = "*/xero-openapi/xero_accounting.yaml"
METHODS = ("get", "put", "post", "delete", "patch")
JSON = "application/json"
# As answers.py and Xero's live answers write them: milliseconds, and a zone that is always +0000 where there is one.
MSDATE = r"^/Date\(-?\d+(\+0000)?\)/$"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

# Known faults of the file. Two need no entry because nothing here asks for them: its security blocks name scopes that no
# longer exist, and its booleans have text as default (xero-rules.md 0).
#
# Statuses: it declares 200, 204 and 400 alone; Xero answers with these too (xero-rules.md 4.5).
NEVER_DECLARED = {401, 403, 404, 406, 412, 413, 429, 500, 501, 502, 503, 504}
# Query parameters it lacks because they are newer than it.
NEWER_PARAMETERS = {"allowbackorders": "of writes of invoices since 10 August 2026 (xero-rules.md 0)"}
# Operations that Xero's pages name and it lacks.
NEWER_OPERATIONS = {
    ("POST", "History"): "the same as PUT (Xero's page on history and notes)",
    ("GET", "Organisations"): "seen live",
    ("POST", "Accounts"): "seen live",
}
# Media types: it gives files as octet-stream, Xero under their own type; and it knows a PDF by the path /pdf, but not by
# Accept on the document's own path, as Xero's SDKs ask for it.
ANY_FILE = "application/octet-stream"
PDF = "application/pdf"
# Fields that Xero sends and the file does not declare, by schema. None is the envelope around every answer.
UNDECLARED: Mapping[str | None, Mapping[str, str]] = {
    None: dict.fromkeys(("Id", "Status", "ProviderName", "DateTimeUTC"), "the envelope, in every example of the file"),
    "Invoice": {
        "DateString": "in the file's own examples",
        "DueDateString": "in the file's own examples",
        "RoundingAmount": "seen live (xero-rules.md 0)",
        "InvoicePaymentServices": "seen live",
        "SentToEmailAddress": "seen live",
    },
    "CreditNote": {
        "DateString": "in the file's own examples",
        "DueDateString": "inferred from that of invoices",
        "ID": "in the file's own examples",
        "Attachments": "seen live",
    },
    "Account": {"Attachments": "seen live"},
    "PurchaseOrder": {
        "DateString": "in the file's own examples",
        "DeliveryDateString": "in the file's own examples",
        "ExpectedArrivalDateString": "inferred from DeliveryDateString",
        "HasErrors": "in the file's own examples",
        "IsDiscounted": "in the file's own examples",
        "Type": "in the file's own examples",
    },
    "LineItem": {
        "ValidationErrors": "in the file's own examples",
        "DiscountEnteredAsPercent": "seen live",
        "ItemID": "seen live, in purchase orders",
    },
    "Item": {
        "QuantityAvailable": "added in version 16.2.0 of the file (xero-rules.md 0)",
        "QuantityOnBackOrder": "added in version 16.2.0 of the file (xero-rules.md 0)",
    },
    "HistoryRecord": {
        "DateUTCString": "in the file's own examples",
        "ValidationErrors": "in the file's own examples",
    },
    "TrackingOption": {
        "HasValidationErrors": "in the file's own examples",
        "IsDeleted": "in the file's own examples",
        "IsArchived": "in the file's own examples",
        "IsActive": "in the file's own examples",
    },
}
# What every element of a 400 may have, whatever it is: the file says so of its schema Element and not of every resource's.
IN_ELEMENTS = {"ValidationErrors": "declared by Element"}


def at_hand(root: Path, named: str = os.environ.get("XERO_OPENAPI", "")) -> Path | None:
    """Find Xero's file: where XERO_OPENAPI says, else in a folder beside the checkout."""
    return Path(named) if named else next(iter(sorted(root.parent.glob(PLACE))), None)


@dataclass(frozen=True)
class Exchange:
    """A request below /api.xro/2.0 and what came back."""

    method: str
    path: str
    query: str
    status: int
    content_type: str
    body: bytes

    def __str__(self) -> str:
        return f"{self.method} {self.path}{'?' if self.query else ''}{self.query} -> {self.status}"


@dataclass(frozen=True)
class Operation:
    """One method of one path of the file."""

    method: str
    template: str
    shape: re.Pattern[str]
    parameters: frozenset[str]
    responses: Mapping[str, Any]

    @cached_property
    def schemas(self) -> dict[str, str]:
        """Return the name of the schema of each status that has JSON."""
        return {
            status: response["content"][JSON]["schema"]["$ref"].rpartition("/")[2]
            for status, response in self.responses.items()
            if JSON in response.get("content", {})
        }


class Contract:
    """The file, read."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._components = document["components"]
        self.schemas = {name: _judging(schema) for name, schema in self._components["schemas"].items()}
        self.operations = sorted(self._operations(document["paths"]), key=_how_wide)
        self._validator = cache(self._compiled)

    @classmethod
    def read(cls, path: Path) -> "Contract":
        """Read the file. What looks like a moment stays text: YAML's own moments are no JSON."""

        class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            yaml_implicit_resolvers = {
                first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
                for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
            }

        return cls(yaml.load(path.read_text(encoding="utf-8"), Loader=Loader))  # noqa: S506 - a safe loader

    def operation(self, method: str, path: str) -> Operation | None:
        """Find the operation of a request; ids are told from numbers and names by their form."""
        return next((each for each in self.operations if each.method == method and each.shape.fullmatch(path)), None)

    def violations(self, exchange: Exchange) -> list[str]:
        """Say what the file does not allow."""
        try:
            return [f"{exchange}: {each}" for each in self._violations(exchange)]
        except json.JSONDecodeError as reason:
            return [f"{exchange}: not JSON, {reason}"]

    def _violations(self, exchange: Exchange) -> Iterator[str]:
        operation = self.operation(exchange.method, exchange.path)
        if operation is not None:
            yield from _undeclared_parameters(exchange, operation)
            yield from self._of_answer(exchange, operation)
        elif exchange.status < 400 and (exchange.method, exchange.path.rpartition("/")[2]) not in NEWER_OPERATIONS:
            yield "no such operation in the file"

    def _of_answer(self, exchange: Exchange, operation: Operation) -> Iterator[str]:
        response = operation.responses.get(str(exchange.status))
        if exchange.status == 400 and JSON in exchange.content_type:
            yield from self._of_refusal(exchange, operation)
        elif response is None and exchange.status not in NEVER_DECLARED | {400}:
            yield f"status not declared: only {', '.join(operation.responses)}"
        elif response is not None and "content" not in response and exchange.body:
            yield "a body where none is declared"
        elif response is not None and "content" in response:
            yield from self._of_content(exchange, operation, response["content"])

    def _of_content(self, exchange: Exchange, operation: Operation, content: Mapping[str, Any]) -> Iterator[str]:
        if JSON in content and JSON in exchange.content_type:
            yield from self.unfit(json.loads(exchange.body), operation.schemas[str(exchange.status)])
        elif exchange.content_type == PDF and self.operation("GET", f"{exchange.path}/pdf"):
            return
        elif not any(each in {exchange.content_type.partition(";")[0], ANY_FILE} for each in content):
            yield f"content type {exchange.content_type}, declared {', '.join(content)}"

    def _of_refusal(self, exchange: Exchange, operation: Operation) -> Iterator[str]:
        """Judge a 400 as an Error, and each of its elements as what was sent; the file knows only some elements."""
        body = json.loads(exchange.body)
        yield from self.unfit({name: each for name, each in body.items() if name != "Elements"}, "Error")
        whole = {"Elements": body.get("Elements", [])}
        yield from self._invalid(whole, "Error")
        element = self._element(operation.schemas.get("200"))
        for each in whole["Elements"]:
            if element:
                yield from self.unfit(each, element, IN_ELEMENTS)

    def unfit(self, value: Any, schema: str, known: Mapping[str, str] = UNDECLARED[None]) -> Iterator[str]:
        """Say where a body does not satisfy its schema, and which fields the schema does not know."""
        yield from self._invalid(value, schema)
        yield from sorted(self._unknown(value, {"$ref": f"#/components/schemas/{schema}"}, "", known))

    def _element(self, schema: str | None) -> str | None:
        properties = self.schemas[schema].get("properties", {}) if schema else {}
        targets = [each["items"]["$ref"] for each in properties.values() if "$ref" in each.get("items", {})]
        return next((target.rpartition("/")[2] for target in targets if not target.endswith("/ValidationError")), None)

    def _invalid(self, value: Any, schema: str) -> Iterator[str]:
        for error in self._validator(schema).iter_errors(value):
            yield f"{'.'.join(map(str, error.instance_path))}: {error.message}"

    def _unknown(self, value: Any, schema: Mapping[str, Any], kind: str, known: Mapping[str, str]) -> set[str]:
        """Find fields that are not declared, by walking value and schema side by side."""
        if "$ref" in schema:
            kind = schema["$ref"].rpartition("/")[2]
            schema, known = self.schemas[kind], {**known, **UNDECLARED.get(kind, {})}
        if isinstance(value, list):
            return {each for row in value for each in self._unknown(row, schema.get("items", {}), kind, {})}
        properties = schema.get("properties")
        if not isinstance(value, dict) or properties is None:
            return set()
        found = {
            f"field {kind}.{name} is not declared" for name in value if name not in properties and name not in known
        }
        inner = ((value[name], properties[name], f"{kind}.{name}") for name in value if name in properties)
        return found.union(*(self._unknown(each, its, name, {}) for each, its, name in inner))

    def _compiled(self, schema: str) -> Any:
        root = {"$ref": f"#/components/schemas/{schema}", "components": {"schemas": self.schemas}}
        return jsonschema_rs.validator_for(root, validate_formats=True)

    def _operations(self, paths: Mapping[str, Any]) -> Iterator[Operation]:
        for template, methods in paths.items():
            for method in methods.keys() & set(METHODS):
                described = methods[method]
                parameters = self._resolved([*methods.get("parameters", []), *described.get("parameters", [])])
                names = [each["name"].casefold() for each in parameters if each["in"] == "query"]
                responses = {
                    status: next(self._resolved([response])) for status, response in described["responses"].items()
                }
                yield Operation(method.upper(), template, _shape(template), frozenset(names), responses)

    def _resolved(self, described: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        for each in described:
            _, _, kind, name = each["$ref"].split("/") if "$ref" in each else ("", "", "", "")
            yield self._components[kind][name] if kind else each


def _undeclared_parameters(exchange: Exchange, operation: Operation) -> Iterator[str]:
    for name, _ in parse_qsl(exchange.query, keep_blank_values=True):
        if name.casefold() not in operation.parameters | NEWER_PARAMETERS.keys():
            yield f"query parameter {name} is not declared"


def _how_wide(operation: Operation) -> tuple[int, int]:
    """Order templates: words before parameters, and ids before numbers and names."""
    return operation.template.count("{"), operation.template.count("{") - operation.template.count("ID}")


def _shape(template: str) -> re.Pattern[str]:
    """Turn a path template into a pattern; of two that differ in their parameter alone, ids fit the one and not the other."""
    parts = re.split(r"(\{\w+\})", template)
    return re.compile(
        "".join(_segment(part) if part.startswith("{") else re.escape(part) for part in parts), re.IGNORECASE
    )


def _segment(parameter: str) -> str:
    if parameter in {"{ItemID}", "{InvoiceID}", "{CreditNoteID}"}:
        return "[^/]+"  # by code or number too, as Xero's pages say and the file does not
    return UUID.pattern if parameter.endswith("ID}") else "[^/]+"


def _judging(schema: Any) -> Any:
    """Make JSON Schema of what the file says in words of its own: /Date(...)/, and no default that is not of the type."""
    if isinstance(schema, list):
        return [_judging(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: _judging(value) for name, value in schema.items() if name not in {"example", "externalDocs"}}
    return made | {"pattern": MSDATE} if {"x-is-msdate", "x-is-msdate-time"} & schema.keys() else made


@dataclass
class Watch:
    """Judges every exchange it is shown and keeps what was wrong until it is taken."""

    contract: Contract | None
    wrong: list[str] = field(default_factory=list)
    judged: int = 0

    def see(self, exchange: Exchange) -> None:
        """Judge one exchange."""
        if self.contract is not None:
            self.judged += 1
            self.wrong += self.contract.violations(exchange)

    def take(self) -> list[str]:
        """Return what was wrong since the last time."""
        taken, self.wrong = self.wrong, []
        return taken


class WatchedXero(LocalXero):
    """A local Xero whose every answer is judged before it leaves; one that a fault cuts off is not seen."""

    def __init__(self, watch: Watch, **options: Any) -> None:
        super().__init__(**options)
        self._watch = watch

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        began: list[Any] = []
        body = b"".join(super().__call__(environ, lambda *given: began.extend(given)))
        status, headers = began
        path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
        if path.lower().startswith(PREFIX):
            method, query, kind = environ["REQUEST_METHOD"], environ["QUERY_STRING"], dict(headers)["Content-Type"]
            self._watch.see(Exchange(method, path[len(PREFIX) :], query, int(status[:3]), kind, body))
        start_response(status, headers)
        return [body]
