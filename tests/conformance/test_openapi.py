"""The judge itself: what it lets pass and what it does not, and that Xero's file has all that is served here."""

import json
import re
from dataclasses import replace

import pytest

from localxero.api import ROUTES

from .contract import JSON, NEWER_OPERATIONS, UNDECLARED, Contract, Exchange, at_hand

NOBODY = "00000000-0000-4000-8000-000000000000"
# A file as small as can be, in the manner of Xero's.
SMALL = {
    "paths": {
        "/Mugs": {
            "parameters": [{"$ref": "#/components/parameters/page"}],
            "get": {"responses": {"200": {"content": {JSON: {"schema": {"$ref": "#/components/schemas/Mugs"}}}}}},
            "put": {
                "responses": {
                    "200": {"content": {JSON: {"schema": {"$ref": "#/components/schemas/Mugs"}}}},
                    "400": {"content": {JSON: {"schema": {"$ref": "#/components/schemas/Error"}}}},
                }
            },
        },
        "/Mugs/{MugID}": {"delete": {"responses": {"204": {"description": "gone"}}}},
    },
    "components": {
        "parameters": {"page": {"in": "query", "name": "page"}},
        "schemas": {
            "Mugs": {"properties": {"Mugs": {"type": "array", "items": {"$ref": "#/components/schemas/Mug"}}}},
            "Mug": {
                "properties": {
                    "MugID": {"type": "string", "format": "uuid"},
                    "Date": {"type": "string", "x-is-msdate": True},
                    "Price": {"type": "number"},
                }
            },
            "Error": {
                "properties": {
                    "ErrorNumber": {"type": "integer"},
                    "Elements": {"type": "array", "items": {"type": "object"}},
                }
            },
        },
    },
}
MUG = {"MugID": NOBODY, "Date": "/Date(1763596800000+0000)/", "Price": 9.99}
GOOD = Exchange(
    "GET", "/Mugs", "page=1", 200, f"{JSON}; charset=utf-8", json.dumps({"Id": NOBODY, "Mugs": [MUG]}).encode()
)


def answering(**change):
    return replace(GOOD, body=json.dumps({"Mugs": [MUG | change]}).encode())


class TestTheJudge:
    small = Contract(SMALL)

    @pytest.mark.parametrize(
        "exchange",
        [
            GOOD,
            replace(GOOD, status=429, content_type="text/plain", body=b"Rate limit exceeded"),
            replace(GOOD, path="/Cups", status=404, content_type="text/plain", body=b"no"),
            replace(GOOD, method="DELETE", path=f"/Mugs/{NOBODY}", query="", status=204, body=b""),
            replace(GOOD, method="PUT", status=400, body=b'{"ErrorNumber":10,"Elements":[{"ValidationErrors":[]}]}'),
        ],
    )
    def test_lets_pass(self, exchange):
        assert self.small.violations(exchange) == []

    @pytest.mark.parametrize(
        ("exchange", "words"),
        [
            (answering(MugID="mug"), 'Mugs.0.MugID: "mug" is not a "uuid"'),
            (answering(Date="2026-11-20"), 'Mugs.0.Date: "2026-11-20" does not match'),
            (answering(Price="9.99"), 'Mugs.0.Price: "9.99" is not of type "number"'),
            (answering(Colour="red"), "field Mug.Colour is not declared"),
            (replace(GOOD, query="page=1&colour=red"), "query parameter colour is not declared"),
            (replace(GOOD, status=201), "status not declared: only 200"),
            (replace(GOOD, content_type="text/html"), f"content type text/html, declared {JSON}"),
            (replace(GOOD, body=b"{"), "not JSON"),
            (replace(GOOD, path="/Cups"), "no such operation in the file"),
            (
                replace(GOOD, method="DELETE", path=f"/Mugs/{NOBODY}", query="", status=204),
                "a body where none is declared",
            ),
            (replace(GOOD, method="PUT", status=400, body=b'{"ErrorNumber":"10"}'), 'ErrorNumber: "10" is not of type'),
            (
                replace(GOOD, method="PUT", status=400, body=b'{"Elements":[{"Colour":1}]}'),
                "field Mug.Colour is not declared",
            ),
        ],
    )
    def test_names_the_request_and_what_is_wrong(self, exchange, words):
        (told,) = self.small.violations(exchange)
        assert told.startswith(f"{exchange.method} {exchange.path}")
        assert words in told


class TestTheFile:
    def test_is_found_beside_the_checkout_or_where_it_is_said_to_be(self, tmp_path):
        checkout = tmp_path / "checkout"
        assert at_hand(checkout, "") is None
        beside = tmp_path / "beside" / "xero-openapi" / "xero_accounting.yaml"
        beside.parent.mkdir(parents=True)
        beside.touch()
        assert at_hand(checkout, "") == beside
        assert at_hand(checkout, "elsewhere.yaml").name == "elsewhere.yaml"

    def test_has_every_operation_that_is_served_here(self, contract):
        if contract is None:
            pytest.skip(
                "NOT VALIDATED: Xero's OpenAPI file is not at hand. Let XERO_OPENAPI name xero_accounting.yaml of "
                "github.com/XeroAPI/Xero-OpenAPI, and every answer of this suite is judged by it."
            )
        served = {(method, re.sub(r"<[^>]+>", NOBODY, route.path)) for route in ROUTES for method in route.methods}
        unknown = {(method, path) for method, path in served if contract.operation(method, path) is None}
        assert {(method, path.rpartition("/")[2]) for method, path in unknown} <= NEWER_OPERATIONS.keys()

    def test_does_not_declare_what_is_forgiven(self, contract):
        schemas = contract.schemas if contract else {}
        declared = {
            kind: UNDECLARED.get(kind, {}).keys() & each.get("properties", {}).keys() for kind, each in schemas.items()
        }
        assert {kind: names for kind, names in declared.items() if names} == {}

    def test_judged_what_was_answered(self, contract, watch, http):
        before = watch.judged
        assert http.get("/Organisation").status_code == 200
        assert watch.judged - before == (0 if contract is None else 1)
