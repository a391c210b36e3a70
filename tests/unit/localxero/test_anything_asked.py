"""Whatever reaches it, on whatever address: one of Xero's answers, never a traceback."""

import json
import string
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import Client

from localkit.controls import description
from localxero import LocalXero
from localxero.control.table import CONTROLS
from localxero.switches import Switches
from localxero.testing import in_process

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
CALLBACK = "http://localhost:8123/callback"
RELAXED = {"deadline": None, "suppress_health_check": list(HealthCheck)}
RESOURCES = (
    "Invoices",
    "PurchaseOrders",
    "CreditNotes",
    "Contacts",
    "Items",
    "Payments",
    "Currencies",
    "Accounts",
    "TaxRates",
    "TrackingCategories",
    "Organisation",
    "Nonsense",
)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=8)
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)
NASTY = st.sampled_from(
    [
        b"",
        b"{",
        b"[]",
        b"[[]]",
        b"null",
        b"{}",
        b'{"Invoices": null}',
        b'{"Invoices": {}}',
        b'{"Invoices": [null]}',
        b"<Invoices><Invoice/></Invoices>",
        b"\xff\xfe{\x00}",
        b"\xef\xbb\xbf{}",
        b"[" * 2_000,
        b'{"a":' * 2_000,
        b'{"LineItems": [{"Quantity": 1e400, "UnitAmount": -1e-400}]}',
        b'{"Date": "0000-00-00", "DueDate": "/Date(99999999999999999)/"}',
        b'{"Date": "9999-12-31", "DueDate": "0001-01-01", "Type": "ACCREC"}',
        b'{"Type": ["ACCREC"], "Contact": "x", "LineItems": {"0": {}}}',
        b'{"Name": "' + b"x" * 70_000 + b'"}',
        b'{"Name": "\\ud800", "Code": "\\u0000"}',
    ]
)
BODIES = st.one_of(NASTY, st.binary(max_size=40), JSON.map(lambda value: json.dumps(value).encode()))
WORDS = st.text(string.ascii_letters + string.digits + " -_./%=&\"'<>{}!\u00e9\u0000\U0001f600", max_size=20)


@pytest.fixture(scope="module")
def xero():
    return LocalXero(limits="off", start=NOON)


@pytest.fixture(scope="module")
def http(xero):
    with in_process(xero) as client:
        yield client


@pytest.fixture(scope="module")
def headers(xero):
    tenant = xero.tenant_id("GB")
    token = xero.sign_in(tenant)["access_token"]
    return {"Authorization": f"Bearer {token}", "xero-tenant-id": tenant, "Accept": "application/json"}


def never_a_traceback(answer, capfd):
    said = capfd.readouterr().err
    assert "Traceback" not in said, said
    assert answer.status_code != 500, answer.text


class TestTheAccountingApi:
    @settings(max_examples=250, **RELAXED)
    @given(
        method=st.sampled_from(["PUT", "POST"]),
        resource=st.sampled_from(RESOURCES),
        key=st.one_of(st.just(""), WORDS, st.just("d410d223-a67f-4406-81ff-d970bb4381ea")),
        below=st.sampled_from(["", "", "/Attachments/a.txt", "/History", "/Allocations", "/Email", "/Options"]),
        body=BODIES,
    )
    def test_reads_any_body(self, http, headers, capfd, method, resource, key, below, body):
        path = f"/api.xro/2.0/{resource}" + (f"/{_quoted(key)}" if key else "") + (below if key else "")
        answer = http.request(method, path, content=body, headers=headers)
        never_a_traceback(answer, capfd)
        assert answer.status_code in {200, 204, 400, 404, 413, 415, 501}, answer.text

    @settings(max_examples=200, **RELAXED)
    @given(
        method=st.sampled_from(["GET", "DELETE", "PATCH", "OPTIONS", "HEAD"]),
        resource=st.one_of(st.sampled_from(RESOURCES), WORDS),
        key=WORDS,
        query=st.dictionaries(
            st.sampled_from(["where", "order", "page", "pageSize", "IDs", "Statuses", "unitdp", "DateFrom"]),
            WORDS,
            max_size=3,
        ),
        since=st.sampled_from(["", "nonsense", "0001-01-01", "9999-12-31T23:59:59", "Sat, 99 Foo 2026 00:00:00 GMT"]),
    )
    def test_reads_any_address(self, http, headers, capfd, method, resource, key, query, since):
        path = f"/api.xro/2.0/{_quoted(resource)}/{_quoted(key)}"
        answer = http.request(method, path, params=query, headers=headers | {"If-Modified-Since": since})
        never_a_traceback(answer, capfd)

    @settings(max_examples=60, **RELAXED)
    @given(
        name=st.sampled_from(["Authorization", "xero-tenant-id", "Idempotency-Key", "Accept"]),
        value=st.binary(max_size=30),
    )
    def test_reads_any_header(self, xero, headers, capfd, name, value):
        clean = bytes(each for each in value if each not in b"\r\n\0")
        sent = headers | {name: clean.decode("latin-1")}
        answer = Client(xero).put("/api.xro/2.0/Contacts", data=b"{}", headers=sent)
        never_a_traceback(answer, capfd)

    def test_refuses_huge_bodies(self, http, headers, capfd):
        body = b'{"Name": "' + b"x" * (10 * 1024 * 1024) + b'"}'
        answer = http.put("/api.xro/2.0/Contacts", content=body, headers=headers)
        never_a_traceback(answer, capfd)
        assert answer.status_code == 413

    def test_says_that_it_reads_no_xml(self, http, headers):
        answer = http.put("/api.xro/2.0/Contacts", content=b"<Contacts/>", headers=headers)
        assert answer.status_code == 415
        assert "reads JSON only" in answer.text


class TestIdentity:
    FORM = st.dictionaries(
        st.sampled_from(
            [
                "grant_type",
                "code",
                "redirect_uri",
                "client_id",
                "client_secret",
                "refresh_token",
                "scope",
                "code_verifier",
            ]
        ),
        st.one_of(
            WORDS,
            st.sampled_from(
                ["client", "secret", "authorization_code", "refresh_token", "client_credentials", CALLBACK]
            ),
        ),
    )

    @settings(max_examples=200, **RELAXED)
    @given(form=FORM, secret=st.one_of(WORDS, st.just("Basic Y2xpZW50OnNlY3JldA=="), st.just("Basic \u00ff")))
    def test_tokens_are_refused_in_its_words(self, xero, http, capfd, form, secret):
        clean = secret.encode("latin-1", "replace").replace(b"\0", b"")
        answer = Client(xero).post("/connect/token", data=form, headers={"Authorization": clean.decode("latin-1")})
        never_a_traceback(answer, capfd)
        assert answer.status_code == 400
        assert answer.json["error"] in {
            "invalid_grant",
            "invalid_client",
            "unauthorized_client",
            "invalid_scope",
            "unsupported_grant_type",
            "invalid_request",
        }
        answer = http.post("/connect/revocation", data=form | {"token": secret})
        never_a_traceback(answer, capfd)

    @settings(max_examples=150, **RELAXED)
    @given(
        method=st.sampled_from(["GET", "POST"]),
        asked=st.fixed_dictionaries(
            {},
            optional={
                "client_id": st.one_of(st.just("client"), WORDS),
                "redirect_uri": st.one_of(st.just(CALLBACK), WORDS),
                "response_type": st.one_of(st.just("code"), WORDS),
                "scope": st.one_of(st.just("openid accounting.invoices"), WORDS),
                "state": WORDS,
                "nonce": WORDS,
                "decision": st.one_of(st.sampled_from(["allow", "deny"]), WORDS),
                "tenant": WORDS,
                "person": WORDS,
            },
        ),
    )
    def test_consent_pages_are_pages(self, http, capfd, method, asked):
        answer = http.request(method, "/identity/connect/authorize", params=asked)
        assert "Traceback" not in capfd.readouterr().err
        assert answer.status_code in {200, 302, 400, 500}
        assert answer.status_code != 500 or "Sorry, something went wrong" in answer.text

    @settings(max_examples=50, **RELAXED)
    @given(
        path=st.sampled_from(["/connections", "/connections/x", "/.well-known/openid-configuration", "/connect/x"]),
        word=WORDS,
    )
    def test_connections_stand_anything(self, http, headers, capfd, path, word):
        for method in ("GET", "DELETE", "PUT"):
            answer = http.request(method, path, params={"authEventId": word}, headers=headers)
            never_a_traceback(answer, capfd)


SIMPLE = {
    "string": WORDS,
    "integer": st.one_of(st.integers(-5, 5), st.integers()),
    "number": st.one_of(st.floats(0, 1), st.floats(allow_nan=False, allow_infinity=False)),
    "boolean": st.booleans(),
    "null": st.none(),
}


def values_of(schema, schemas):
    """Make what a JSON schema allows, as far as our own descriptions use it."""
    if "$ref" in schema:
        return st.deferred(lambda: values_of(schemas[schema["$ref"].rpartition("/")[2]], schemas))
    if "anyOf" in schema:
        return st.one_of([values_of(each, schemas) for each in schema["anyOf"]])
    if schema.get("type") == "object":
        return objects_of(schema, schemas)
    if schema.get("type") == "array":
        items = schema.get("items") or {}
        return st.lists(values_of(items, schemas) if items else JSON, max_size=2)
    if "format" in schema:
        return st.datetimes().map(lambda at: f"{at:%Y-%m-%dT%H:%M:%S}Z")
    return SIMPLE.get(schema.get("type"), JSON)


def objects_of(schema, schemas):
    extra = schema.get("additionalProperties")
    if "properties" not in schema:
        values = values_of(extra, schemas) if isinstance(extra, dict) else JSON
        return st.dictionaries(st.one_of(WORDS, st.sampled_from(SWITCHES)), values, max_size=3)
    wanted = set(schema.get("required", ()))
    fields = {name: values_of(each, schemas) for name, each in schema["properties"].items()}
    return st.fixed_dictionaries(
        {name: each for name, each in fields.items() if name in wanted},
        optional={name: each for name, each in fields.items() if name not in wanted},
    )


SWITCHES = list(Switches.__struct_fields__)
DESCRIBED = description(CONTROLS)
SENDING = [
    (method.upper(), path, operation["requestBody"]["content"]["application/json"]["schema"])
    for path, operations in DESCRIBED["paths"].items()
    for method, operation in operations.items()
    if "requestBody" in operation
]


class TestControls:
    @pytest.mark.parametrize(("method", "path", "schema"), SENDING, ids=[f"{verb} {path}" for verb, path, _ in SENDING])
    def test_stand_what_their_own_description_allows(self, method, path, schema, capfd):
        xero = LocalXero(limits="off", start=NOON)
        path = path.replace("{tenant_id}", xero.tenant_id("GB"))

        @settings(max_examples=15, **RELAXED)
        @given(values_of(schema, DESCRIBED["components"]["schemas"]))
        def fuzz(body):
            with in_process(xero) as http:
                answer = http.request(method, path, content=json.dumps(body).encode())
                never_a_traceback(answer, capfd)
                never_a_traceback(http.get("/_local/health"), capfd)
                never_a_traceback(http.get("/"), capfd)
                never_a_traceback(http.get("/controls"), capfd)

        fuzz()

    @pytest.mark.parametrize(("method", "path"), [(verb, path) for verb, path, _ in SENDING])
    def test_stand_deep_nesting(self, http, capfd, method, path):
        for body in (b"[" * 5_000, b'{"a":' * 5_000):
            answer = http.request(method, path, content=body)
            never_a_traceback(answer, capfd)
            assert answer.status_code in {400, 405}

    @settings(max_examples=60, **RELAXED)
    @given(which=st.sampled_from(SENDING), body=BODIES)
    def test_stand_anything_else(self, http, capfd, which, body):
        answer = http.request(which[0], which[1], content=body)
        never_a_traceback(answer, capfd)


class TestTheEndOfTime:
    def test_is_told_and_not_passed(self, http, xero):
        assert http.post("/_local/clock", json={"advance_seconds": 1e300}).status_code == 400
        assert http.post("/_local/clock", json={"speed": -1}).status_code == 400
        assert http.post("/_local/faults", json={"kind": "latency_before", "seconds": 1e300}).status_code == 400
        xero.clock.freeze(datetime(2189, 12, 31, 12, tzinfo=UTC))
        assert http.post("/controls/clock", data={"do": "1d"}).status_code == 400
        xero.clock.freeze(NOON)


class TestPages:
    @settings(max_examples=150, **RELAXED)
    @given(
        path=st.sampled_from(
            ["/", "/org/{}", "/org/!bR7cB/{}", "/app/!bR7cB/invoicing/view/{}", "/apps/{}", "/journal", "/controls"]
        ),
        word=WORDS,
        query=st.dictionaries(st.sampled_from(["page", "q", "status", "only"]), WORDS, max_size=2),
    )
    def test_show_or_miss(self, http, capfd, path, word, query):
        answer = http.get(path.format(_quoted(word)), params=query)
        never_a_traceback(answer, capfd)
        assert answer.status_code in {200, 404, 308}

    @settings(max_examples=100, **RELAXED)
    @given(
        path=st.sampled_from(
            ["apps", "apps/client/webhook", "webhooks", "controls/faults", "controls/limits", "controls/switches"]
        ),
        form=st.dictionaries(
            st.sampled_from(
                [
                    "name",
                    "kind",
                    "tier",
                    "url",
                    "category",
                    "copies",
                    "delay_seconds",
                    "lift",
                    "script",
                    "times",
                    "minute",
                    "again",
                    "seconds",
                ]
            ),
            WORDS,
        ),
    )
    def test_stand_any_form(self, http, capfd, path, form):
        never_a_traceback(http.post(f"/{path}", data=form), capfd)


def _quoted(word):
    return "".join(f"%{byte:02X}" for byte in word.encode())
