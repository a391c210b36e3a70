"""Whatever anybody sends, the API answers as its own OpenAPI document says, and never with a 500."""

import io

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings

from daybook.api.routes import api
from daybook.companies import keys
from daybook.sources.kornitx import signature
from daybook.sources.registry import with_doors
from tests.world import take_from_kornitx

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]

KEY, SECRET = "of-the-tests", "a-random-secret"
OPERATIONS = [
    ("POST", "/api/v1/orders"),
    ("GET", "/api/v1/orders"),
    ("GET", "/api/v1/orders/{order}"),
    ("GET", "/api/v1/forecast"),
    ("GET", "/api/v1/orders/{order}/preview"),
    ("POST", "/api/v1/orders/preview"),
    *(
        (door.method, f"/api/v1/intake/{source.name}/{{feed}}{door.pattern}")
        for source in with_doors()
        for door in source.doors
    ),
]


@pytest.fixture
def insider(acme):
    """Acme takes everything; return the API key."""
    take_from_kornitx(acme, key=KEY, callback_secret=SECRET)
    return keys.create_api_key(acme, "schemathesis")[1]


@pytest.fixture(autouse=True)
def one_connection():
    """Keep the test's transaction open between requests, as Django's own test client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def signing(application):
    """Sign every body with Acme's key, as the OMS does."""

    def call(environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        environ["HTTP_X_CUSTOMGATEWAY_HMAC"] = signature.sign(KEY, body)
        return application(environ, start_response)

    return call


@pytest.mark.long(4)
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@pytest.mark.parametrize("how", ["positive", "negative"], ids=["rightly", "wrongly"])
def test_answers_as_documented_whatever_is_sent(acme, insider, method, path, how):
    import schemathesis  # only now: a second of CPU, and each worker reads this module
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    checked = [not_a_server_error, checks.status_code_conformance, checks.response_schema_conformance]
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", signing(get_wsgi_application()))
    address = {"feed": acme.public_id, "secret": SECRET}
    named = {name: value for name, value in address.items() if f"{{{name}}}" in path}
    cases = schema[path][method].as_strategy(
        generation_mode=schemathesis.GenerationMode(how), path_parameters=named or None
    )

    @given(cases)
    @settings(max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    def answers(case):
        response = case.call(headers={"Authorization": f"Bearer {insider}"})
        case.validate_response(response, checks=checked)

    answers()


def test_the_document_describes_every_route_and_its_errors():
    document = api.get_openapi_schema()

    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert described - {("POST", "/api/v1/pair")} == set(OPERATIONS)  # who pairs has no key yet: test_pairing
    order = document["components"]["schemas"]["CanonicalOrder"]
    assert all(
        "description" in field or "$ref" in field
        for field in order["properties"].values()
        if field.get("type") == "boolean"
    )
    assert order["examples"]


@pytest.mark.parametrize("path", ["", "docs", "openapi.json"])
def test_an_address_that_takes_no_orders_answers_no_page_about_forms(path):
    """Somebody sets up their OMS with `/api/v1/`, and is to read what is wrong with that."""
    answer = Client(enforce_csrf_checks=True).post(f"/api/v1/{path}", b"{}", content_type="application/json")

    assert "log-in" not in answer.content.decode()
