"""The worker is killed between every two steps; afterwards Xero holds each document once, and the day book agrees."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection as database

from daybook.connections.models import Connection, PostingSettings
from daybook.intake.receive import receive
from daybook.kit import clock
from daybook.outbox.models import Entry
from daybook.posting import drain
from daybook.reconciliation.report import compare_connection
from daybook.reconciliation.resolve import Patience, resolve
from localxero.testing import Running, running
from tests.world import Cast, connected

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long(60)]

DOCUMENTS = 3
STRIDE = 7
"""Tracked takes more steps; every seventh is tried."""
MOST_STEPS = 900
"""A drain has fewer; reaching this means that the worker never gets to its end."""
PATIENCE = Patience(call_timeout=timedelta(seconds=10), look_after=timedelta(seconds=120))


class Worker:
    """The doomed worker's program, steered over its standard input."""

    def __init__(self, xero_url: str) -> None:
        named = settings.DATABASES["default"]
        login = f"{named['USER']}:{named['PASSWORD']}@" if named["USER"] else ""
        environment = os.environ | {
            "DATABASE_URL": _url(login),
            "XERO_API_BASE": xero_url,
            "XERO_IDENTITY_BASE": xero_url,
            "XERO_LOGIN_BASE": xero_url,
            "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[3]), *sys.path]),
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.posting.doomed_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            text=True,
        )

    def drain(self, connection_id: int, *, killed_at: int) -> str:
        self._process.stdin.write(f"{connection_id} {killed_at}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def close(self) -> None:
        self._process.communicate()


def _url(login: str) -> str:
    database_settings = database.settings_dict
    host, port = database_settings["HOST"], database_settings["PORT"]
    place = f"/{database_settings['NAME']}"
    if host.startswith("/"):
        return f"postgresql://{login}%2F{host[1:].replace('/', '%2F')}{f':{port}' if port else ''}{place}"
    return f"postgresql://{login}{host}{f':{port}' if port else ''}{place}"


@pytest.fixture
def xero() -> Iterator[Running]:
    with running() as served:
        yield served


@pytest.fixture
def worker(xero: Running) -> Iterator[Worker]:
    started = Worker(xero.url)
    yield started
    started.close()


def recover(cast: Cast) -> None:
    """What the other workers do afterwards: look into Xero when it is time, and post what may be posted."""
    for _ in range(2):
        if not Entry.objects.filter(company=cast.company).exclude(state="posted").exists():
            return
        Connection.objects.filter(id=cast.connection.id).update(paused_until=None)
        resolve(cast.client, now=clock.now() + timedelta(minutes=10), patience=PATIENCE)
        linger_is_over(cast)
        drain.drain(cast.connection.id, cast.client)


def linger_is_over(cast: Cast) -> None:
    Entry.objects.filter(company=cast.company, state="ready").update(state_since=clock.now() - timedelta(minutes=10))


class TestAWorkerKilledAtAnyStep:
    def test_leaves_every_document_in_xero_exactly_once(self, xero, worker):
        acme = connected(xero.xero)
        expected: list[str] = []
        ends: list[str] = []
        while "ended 0" not in ends:
            expected += [entry.number for entry in acme.ready_invoices(DOCUMENTS)]
            linger_is_over(acme)
            ends.append(worker.drain(acme.connection.id, killed_at=len(ends) + 1))
            assert len(ends) < MOST_STEPS, ends[-1]
            recover(acme)
            assert sorted(invoice["InvoiceNumber"] for invoice in acme.invoices()) == sorted(expected)
            assert not Entry.objects.filter(company=acme.company).exclude(state="posted").exists()
        print(f"killed at {ends.count('killed')} steps")
        assert ends.count("killed") > 20  # it really was killed, at many places
        report = compare_connection(acme.connection, acme.client)
        assert (report.agrees, report.difference) == (True, 0)

    def test_leaves_tracked_orders_with_one_invoice_one_purchase_order_and_one_item_each(self, xero, worker):
        cedar = connected(xero.xero, "Cedar", tracked=True)
        refs: list[str] = []
        end, step = "", 1
        while end != "ended 0":
            refs.append(f"T{step}")
            receive(cedar.company, one_mug(refs[-1]))
            linger_is_over(cedar)
            end = worker.drain(cedar.connection.id, killed_at=step)
            step += STRIDE
            assert step < MOST_STEPS, end
            recover(cedar)
            assert sorted(invoice["InvoiceNumber"] for invoice in cedar.invoices()) == sorted(refs)
            assert sorted(order["PurchaseOrderNumber"] for order in cedar.purchase_orders()) == sorted(refs)
        assert len(refs) > 20
        made = [item["Code"] for item in cedar.books("Items")["Items"] if item["Code"].startswith("MUG-T")]
        assert sorted(made) == sorted(f"MUG-{ref}" for ref in refs)
        report = compare_connection(cedar.connection, cedar.client)
        assert (report.agrees, report.difference) == (True, 0)

    def test_leaves_each_new_customer_one_contact_and_their_order_one_invoice(self, xero, worker):
        dawn = connected(xero.xero, "Dawn")
        PostingSettings.objects.filter(connection=dawn.connection).update(contact_per="customer")
        refs: list[str] = []
        end, step = "", 1
        while end != "ended 0":
            refs.append(f"C{step}")
            customer = {"id": refs[-1], "name": "Jo Bloggs", "email": f"{refs[-1]}@example.com"}
            receive(dawn.company, one_mug(refs[-1]) | {"customer": customer})
            linger_is_over(dawn)
            end = worker.drain(dawn.connection.id, killed_at=step)
            step += STRIDE
            assert step < MOST_STEPS, end
            recover(dawn)
            assert sorted(invoice["InvoiceNumber"] for invoice in dawn.invoices()) == sorted(refs)
            made = [
                each for each in dawn.books("Contacts")["Contacts"] if str(each.get("ContactNumber")).startswith("db-")
            ]
            assert sorted(each["EmailAddress"] for each in made) == sorted(f"{ref}@example.com" for ref in refs)
            names = {each["ContactID"]: each["Name"] for each in made}
            assert len(set(names.values())) == len(refs)  # of one name, told apart by the shop's number
            assert {invoice["Contact"]["ContactID"] for invoice in dawn.invoices()} == names.keys()
        assert len(refs) > 10
        report = compare_connection(dawn.connection, dawn.client)
        assert (report.agrees, report.difference) == (True, 0)


def one_mug(ref: str) -> dict:
    """Return a dispatched order of a SKU that Xero has never heard of."""
    line = {"id": "1", "sku": f"MUG-{ref}", "quantity": 2, "unit_price": "6.25", "tax_rate": "0.2", "unit_cost": "2.10"}
    return {
        "source": "shop",
        "id": ref,
        "number": ref,
        "currency": "GBP",
        "dispatched": True,
        "dispatched_at": "2026-03-02T10:00:00Z",
        "lines": [line],
    }
