"""The few things by which tests that must outlive a rebuilding of the inside touch it: this is the place to adapt.

Everything else of those tests goes through what is promised to strangers: the REST API, Kornit X's addresses, the
command's settings by name, and the requests that the local Xero received.
"""

import contextlib
import hashlib
import hmac
import io
import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg
from django.test import Client

import daybook.ops.demo
from daybook.companies import keys, people
from daybook.companies.models import Company, Membership
from daybook.connections import roster
from daybook.connections.models import Connection
from daybook.intake import prepare
from daybook.kit import clock
from daybook.ops.cli import configure as configuring
from daybook.ops.cli import importing, order_files
from daybook.outbox.models import Entry
from daybook.posting import drain as draining
from localxero import LocalXero
from localxero.testing import signed_in
from tests import world
from tests.integration.awkward import companies
from tests.integration.posting import test_drain as looking
from tests.world import Cast

SAMPLES = Path(daybook.ops.demo.__file__).parent / "samples"
HMAC_KEY, CALLBACK_SECRET = "example-hmac-key", "a-random-secret"
JSON = "application/json"
Making = Callable[[LocalXero], Cast]


# What knows the inside.


def acme(xero: LocalXero) -> Cast:
    """A British company as simple as they come."""
    return world.connected(xero)


def cedar(xero: LocalXero) -> Cast:
    """A British company that keeps stock."""
    return world.connected(xero, "Cedar", tracked=True)


ash: Making = companies.ash
briar: Making = companies.briar
clover: Making = companies.clover


def configure(company: Company, *pairs: str) -> None:
    """Do what `daybook company configure COMPANY KEY=VALUE ...` does."""
    configuring.change(roster.first(company), [configuring.parse(pair) for pair in pairs])


def api_key(company: Company) -> str:
    return keys.create_api_key(company, "tests")[1]


def take_from_kornitx(company: Company) -> None:
    """Store Kornit X's HMAC key and the secret of the callback's address, as the settings page does."""
    world.take_from_kornitx(company, key=HMAC_KEY, callback_secret=CALLBACK_SECRET)


def import_file(company: Company, file: Path) -> None:
    """Do what `daybook import FILE --company COMPANY` does."""
    importing.take_in(company, order_files.read(file), source="", note=lambda: None)


def look_again(company: Company) -> None:
    """Do what the jobs do that are woken when something was cured."""
    prepare.prepare_company(company.pk)


def look(cast: Cast) -> None:
    """Do what the job does that looks into Xero for what was sent without a clear answer, ten minutes later."""
    looking.look(cast)


def make_due(cast: Cast) -> None:
    """Let all that waits have lingered long enough."""
    Entry.objects.filter(company=cast.company, state="ready").update(state_since=clock.now() - timedelta(minutes=10))
    Connection.objects.filter(id=cast.connection.id).update(paused_until=None)


def drain(cast: Cast) -> None:
    """Do what the worker's job does: post and settle all that is due."""
    draining.drain(cast.connection.id, cast.client)


def signed_in_person(company: Company) -> Client:
    """Return a browser in which somebody of the company is logged in."""
    person = people.add_person("ann@example.com", password="a long password", name="Ann", operator=False)
    people.join(company, person, Membership.Role.OWNER)
    browser = Client()
    browser.force_login(person)
    return browser


# What knows only the outside.


def post(cast: Cast) -> None:
    make_due(cast)
    drain(cast)


def settle_down(cast: Cast) -> None:
    """Post, look at what is in doubt, let go what was cured, and post that."""
    post(cast)
    look(cast)
    look_again(cast.company)
    post(cast)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that the local Xero received."""

    method: str
    path: str
    query: str
    body: bytes


class RecordingXero(LocalXero):
    """A local Xero that keeps every writing request whole; the journal of every local Xero cuts long bodies."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.asked: list[Asked] = []
        self._recording = threading.Lock()

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] in {"PUT", "POST"} and environ["PATH_INFO"].startswith("/api.xro/"):
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            environ["wsgi.input"] = io.BytesIO(body)
            asked = Asked(environ["REQUEST_METHOD"], environ["PATH_INFO"], environ["QUERY_STRING"], body)
            with self._recording:
                self.asked.append(asked)
        return super().__call__(environ, start_response)


class Sender:
    """An OMS that sends to one company's doors, and asks how its orders stand."""

    def __init__(self, company: Company) -> None:
        self._client, self._company = Client(), company
        self._headers = {"Authorization": f"Bearer {api_key(company)}"}
        take_from_kornitx(company)

    def send(self, body: str | bytes) -> dict[str, Any]:
        """Send one order or a list to the API; return its answer."""
        return self._client.post("/api/v1/orders", body, JSON, headers=self._headers).json()

    def push(self, body: str) -> dict[str, Any]:
        signature = hmac.new(HMAC_KEY.encode(), body.encode(), hashlib.sha256).hexdigest()
        address = f"/api/v1/intake/kornitx/{self._company.public_id}"
        return self._client.post(address, body, JSON, headers={"X-CustomGateway-Hmac": signature}).json()

    def call_back(self, body: str) -> dict[str, Any]:
        address = f"/api/v1/intake/kornitx/{self._company.public_id}/status/{CALLBACK_SECRET}"
        return self._client.put(address, body, JSON).json()

    def standing(self, order: str) -> dict[str, Any]:
        """Ask how an order stands, by Daybook's id of it."""
        return self._client.get(f"/api/v1/orders/{order}", headers=self._headers).json()

    def find(self, source: str, source_id: str) -> dict[str, Any]:
        asked = {"source": source, "id": source_id}
        return self._client.get("/api/v1/orders", asked, headers=self._headers).json()


def write_by_hand(cast: Cast, number: str, amount: str) -> None:
    """Let somebody in Xero make an invoice of that number."""
    contact = next(each for each in cast.books("Contacts")["Contacts"] if each["Name"] == "Custom Gateway Orders")
    goods = {"Description": "By hand", "Quantity": 1, "UnitAmount": float(amount), "AccountCode": "200"}
    body = {"Type": "ACCREC", "InvoiceNumber": number, "Contact": {"ContactID": contact["ContactID"]}}
    with signed_in(cast.xero, cast.tenant_id) as client:
        assert client.put("/Invoices", json={**body, "LineItems": [goods]}).status_code == 200


UNCOUNTED = re.compile(r"\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|$)", re.IGNORECASE)


@contextlib.contextmanager
def counted() -> Iterator[list[str]]:
    """Yield a list that fills with every statement that this process lets PostgreSQL execute, from any thread.

    Counted where psycopg sends them, so that job deferral and threads with connections of their own are seen; BEGIN,
    COMMIT and SAVEPOINT are not counted, nor what PostgreSQL asks itself for a foreign key. A statement that is
    executed for several rows of values counts as often.
    """
    seen: list[str] = []
    execute, executemany, copy = psycopg.Cursor.execute, psycopg.Cursor.executemany, psycopg.Cursor.copy

    def note(query: Any, times: int = 1) -> None:
        text = query.decode() if isinstance(query, bytes) else str(query)
        if not UNCOUNTED.match(text):
            seen.extend([text] * times)

    def counting_execute(self: Any, query: Any, *values: Any, **options: Any) -> Any:
        note(query)
        return execute(self, query, *values, **options)

    def counting_executemany(self: Any, query: Any, rows: Any, **options: Any) -> Any:
        rows = list(rows)
        note(query, len(rows))
        return executemany(self, query, rows, **options)

    def counting_copy(self: Any, query: Any, *values: Any, **options: Any) -> Any:
        note(query)
        return copy(self, query, *values, **options)

    with (
        mock.patch.object(psycopg.Cursor, "execute", counting_execute),
        mock.patch.object(psycopg.Cursor, "executemany", counting_executemany),
        mock.patch.object(psycopg.Cursor, "copy", counting_copy),
    ):
        yield seen


def dumped(value: object) -> str:
    """Write an order of the tests as a sender would; decimals as texts."""
    return json.dumps(value, default=str)
