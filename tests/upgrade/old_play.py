"""What happened on an old installation: played by the code of an old commit, never by today's.

`make_dumps.py` imports this file in a process that has that commit's `src` on PYTHONPATH and an empty database.
It leaves a database in which everything stands that an upgrade must not lose, the local Xero's memory, and a file of
what cannot be read from the database any more: keys, passwords, tokens in the clear.

    Acme    connected, Untracked: documents in every state, orders in every standing
    Tracy   connected, Tracked: purchase orders, invoices and items
    Birch   its consent was withdrawn: what is ready waits
    Cedar   never connected
    Dunn    nobody ever saved its settings
"""

import contextlib
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
from django.db import transaction
from django.test import Client as Browser

import daybook.ops.demo
from daybook.catalog import refresh
from daybook.companies import keys, people
from daybook.companies.models import Company, CompanySettings, ItemCost, Membership, Person, TaxMapping
from daybook.connections import tokens
from daybook.connections.models import Connection
from daybook.intake import prepare, receive
from daybook.kit import clock
from daybook.ledgers.xero.oauth import Tokens
from daybook.ops.cli import configure
from daybook.ops.postgres import migrations
from daybook.orders.models import Order
from daybook.outbox import queue, retention
from daybook.outbox.models import Attempt, Entry, Transition
from daybook.posting import poster
from daybook.reconciliation import resolve as resolving
from daybook.reconciliation.resolve import Patience
from daybook.sources.kornitx import signature
from daybook.wire.http import HttpClient
from localxero import LocalXero
from localxero.testing import InProcessTransport

BROWSER = Browser(SERVER_NAME="localhost")
PASSWORD = "mill pond lantern 7"
HMAC_KEY, CALLBACK_SECRET = "example-hmac-key", "a-random-secret"
SAMPLES = Path(daybook.ops.demo.__file__).parent / "samples"
PATIENCE = Patience(call_timeout=timedelta(seconds=10), look_after=timedelta(seconds=120))
DISPATCHED = "2026-03-05T14:02:11Z"
LOCKED_UNTIL, BEFORE_THE_LOCK = date(2026, 1, 31), "2026-01-15T09:00:00Z"
SETTINGS = {
    "number_prefix": "AC-",
    "reference_template": "{external_ref} {customer}",
    "payment_terms_days": 14,
    "start_date": date(2026, 1, 1),
    "shipping_account": "260",
    "default_currency": "GBP",
    "order_time_zone": "Europe/London",
    "order_time_zone_confirmed": True,
    "undated_days": 3,
    "cash_steps": "CHF 0.05",
    "cost_currency": "GBP",
    "not_stock": "GIFT-*\nENGRAVING",
    "part_shipment_days": 9,
}
"""Whatever of it the old version has."""


class KilledError(BaseException):
    """The worker died: nothing may catch this."""


class DyingTransport(InProcessTransport):
    """Dies at a writing call: before anything leaves, or after it arrived."""

    def __init__(self, xero: LocalXero, *, arrives: bool) -> None:
        super().__init__(xero)
        self._arrives = arrives

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method != "PUT":
            return super().handle_request(request)
        if self._arrives:
            super().handle_request(request)
        raise KilledError


def order(id_: str, *, source: str = "shop", **changes: Any) -> dict[str, Any]:
    """Return a dispatched order of two mugs and a bib, with carriage: 18.00 net and 20.80 gross."""
    values = {
        "source": source,
        "id": id_,
        "number": id_,
        "external_ref": f"WEB-{id_}",
        "status": "Dispatched",
        "dispatched": True,
        "ordered_at": "2026-03-03T09:15:00Z",
        "dispatched_at": DISPATCHED,
        "currency": "GBP",
        "customer": {"name": "Jo Bloggs", "company": "Example Gifts Ltd", "email": "jo@example.com"},
        "lines": [line("1", "MUG", "6.25", quantity=2), line("2", "BIB", "2", tax_rate="0")],
        "shipping": {"price": "3.50", "price_inc_tax": "4.20", "tax_rate": "0.2"},
    }
    return values | changes


def line(id_: str, sku: str, price: str, *, quantity: int = 1, tax_rate: str = "0.2", **more: Any) -> dict[str, Any]:
    return {
        "id": id_, "sku": sku, "description": sku.capitalize(), "quantity": quantity, "unit_price": price,
        "tax_rate": tax_rate,
    } | more  # fmt: skip


TAXES = {
    "GB": {"0.2": "OUTPUT2", "0.05": "RROUTPUT", "0": "ZERORATEDOUTPUT"},
    "AU": {"0.1": "OUTPUT", "0": "EXEMPTOUTPUT"},
    "US": {"0": "NONE"},
}
CUSTOMER, SUPPLIER = "Custom Gateway Orders", "Print Fulfilment Partners"


@dataclass
class Cast:
    """One company, connected to one organisation of the local Xero."""

    xero: LocalXero
    company: Company
    connection: Connection
    client: HttpClient

    @property
    def tenant_id(self) -> str:
        return self.connection.tenant_id


def connected(xero: LocalXero, name: str, country: str, *, tracked: bool) -> Cast:
    """Make a company and connect it, without the consent page; the settings are complete."""
    tenant_id, company = xero.tenant_id(country), Company.objects.create(name=name)
    connection = Connection(company=company, client_id="client", tenant_id=tenant_id, status="connected")
    connection.client_secret = "secret"
    connection.save()
    granted = xero.sign_in(tenant_id)
    texts = {name: str(granted[name]) for name in ("access_token", "refresh_token", "scope")}
    with transaction.atomic():
        tokens.store(connection, Tokens(**texts, expires_at=clock.now() + timedelta(minutes=30)), now=clock.now())
    contacts = {row["Name"]: row["ContactID"] for row in xero.export(tenant_id)["Contacts"]}
    CompanySettings.objects.create(
        company=company,
        process_method="tracked" if tracked else "",
        contact_name=CUSTOMER,
        contact_id=contacts[CUSTOMER],
        supplier_contact_name=SUPPLIER,
        supplier_contact_id=contacts[SUPPLIER],
        sales_account="400" if country == "US" else "200",
        cogs_account="310",
        inventory_account="630",
        purchase_tax_type="INPUT2" if country == "GB" else "INPUT",
    )
    for rate, tax_type in TAXES[country].items():
        TaxMapping.objects.create(company=company, rate=Decimal(rate), tax_type=tax_type)
    client = HttpClient(10, InProcessTransport(xero))
    refresh.refresh(connection, client=client)
    connection.refresh_from_db()
    return Cast(xero, company, connection, client)


class Play:
    """One company at work."""

    def __init__(self, cast: Cast, key: str) -> None:
        self.cast, self.key, self.company = cast, key, cast.company

    def send(self, *orders: dict[str, Any]) -> None:
        """Send orders to the API. Raises AssertionError where one is refused."""
        send(self.key, *orders)

    def drain(self, client: HttpClient | None = None) -> None:
        """Let a worker post what waits, whatever lingers or is paused."""
        self.forget_pause()
        Entry.objects.filter(company=self.company, state="ready").update(
            state_since=clock.now() - timedelta(minutes=10), not_before=None
        )
        poster.drain(self.cast.connection.pk, client or self.cast.client)

    def forget_pause(self) -> None:
        Connection.objects.filter(pk=self.cast.connection.pk).update(paused_until=None, pause_reason="")

    def dying(self, *, arrives: bool) -> None:
        """Let a worker die at its call."""
        with contextlib.suppress(KilledError):
            self.drain(HttpClient(10, DyingTransport(self.cast.xero, arrives=arrives)))

    @contextlib.contextmanager
    def failing(self, kind: str, *, times: int) -> Iterator[None]:
        """Have the local Xero fail at the next writing calls."""
        self.cast.xero.add_fault(kind, method="PUT", path="/api.xro/", times=times)
        yield
        self.cast.xero.state.faults.clear()

    def entry(self, ref: str, kind: str = "invoice") -> Entry:
        """Return the newest document of an order."""
        return Entry.objects.filter(company=self.company, order__source_id=ref, kind=kind).latest("id")

    def state(self, ref: str, kind: str = "invoice") -> str:
        return self.entry(ref, kind).state

    def settings(self, **changes: Any) -> None:
        known = {field.name for field in CompanySettings._meta.get_fields()}
        CompanySettings.objects.filter(company=self.company).update(
            **{name: value for name, value in changes.items() if name in known}
        )

    def write_by_hand(self, number: str) -> None:
        """Let a person write an invoice of that number in Xero, for somebody else."""
        token = tokens.current_token(self.cast.connection.pk, now=clock.now(), client=self.cast.client)
        headers = {"Authorization": f"Bearer {token.access_token}", "xero-tenant-id": self.cast.tenant_id}
        headers["Accept"] = "application/json"
        body = {
            "Type": "ACCREC", "InvoiceNumber": number, "Contact": {"Name": "Somebody Else"}, "Date": "2026-03-05",
            "LineItems": [{"Description": "By hand", "Quantity": 1, "UnitAmount": 5, "AccountCode": "200"}],
        }  # fmt: skip
        with httpx2.Client(transport=InProcessTransport(self.cast.xero), base_url="http://localhost") as client:
            client.put("/api.xro/2.0/Invoices", json=body, headers=headers).raise_for_status()


def send(key: str, *orders: dict[str, Any]) -> None:
    answer = BROWSER.post(
        "/api/v1/orders", json.dumps(orders), "application/json", headers={"Authorization": f"Bearer {key}"}
    )
    assert answer.status_code == 200, answer.content


def acme(play: Play, ann: Person) -> None:
    """Play documents in every state, and orders in every standing."""
    posted_and_changed(play)
    refused_and_cancelled(play, ann)
    never_documents(play)
    held(play)
    kornit_x_and_files(play)
    in_doubt(play)
    play.send(order("READY-1"), order("READY-2", customer={"name": "Zo\u00eb \u201cZ\u201d O'Neil"}))
    play.send(order("THRICE", external_ref="first"))
    for quantity in (3, 4):
        play.send(order("THRICE", lines=[line("1", "MUG", "6.25", quantity=quantity)]))
    play.send(order("1001"), order("1001", source="second-shop", number="1001-B"))
    Order.objects.filter(company=play.company, source_id="WAITING").update(unprepared_since=clock.now())


def posted_and_changed(play: Play) -> None:
    play.send(*(order(f"POSTED-{number}") for number in range(1, 6)))
    play.drain()
    assert play.state("POSTED-5") == "posted"
    play.send(order("POSTED-2", lines=[line("1", "MUG", "6.25", quantity=3)]))
    play.send(order("POSTED-3", cancelled=True))
    with transaction.atomic():
        queue.flag(
            play.entry("POSTED-4"), "totals_differ", "ours: net 1, tax 0, gross 1; Xero's: net 2, tax 0, gross 2"
        )
        flagged = play.entry("POSTED-5")
        queue.flag(flagged, "xero_warned", "Xero saved another account")
        if hasattr(queue, "attend"):
            queue.attend(
                flagged, what="Xero warned", person=Person.objects.get(email="owner@acme.example"), note="seen"
            )
    assert play.entry("POSTED-2").attention == "changed_after_posting"
    assert play.entry("POSTED-3").attention == "credit_note_needed"
    with play.failing("status_429", times=1):
        play.send(order("NOT-SENT-FIRST"))
        play.drain()
    play.drain()
    assert play.state("NOT-SENT-FIRST") == "posted"
    old = clock.now() - timedelta(days=420)
    Attempt.objects.filter(pk=play.entry("POSTED-1").last_attempt_id).update(created_at=old, sent_at=old, ended_at=old)
    assert retention.forget_bodies(now=clock.now()) == 1


def refused_and_cancelled(play: Play, ann: Person) -> None:
    play.cast.xero.configure(play.cast.tenant_id, period_lock_date=LOCKED_UNTIL)
    play.send(*(order(f"REFUSED-{number}", dispatched_at=BEFORE_THE_LOCK) for number in range(1, 4)))
    play.drain()
    assert play.state("REFUSED-1") == "rejected"
    assert prepare.cancel(play.entry("REFUSED-2"), ann)
    play.send(order("REFUSED-3", cancelled=True))
    play.send(order("GIVEN-UP"), order("CANCELLED-UNSENT"))
    assert prepare.cancel(play.entry("GIVEN-UP"), ann)
    play.send(order("CANCELLED-UNSENT", cancelled=True))
    assert play.state("CANCELLED-UNSENT") == "cancelled"
    burnt(play)


def burnt(play: Play) -> None:
    """Play a document whose number somebody took meanwhile: another one follows it, under another number."""
    play.send(order("BURNT"))
    with play.failing("reset_before", times=2):
        play.drain()
    assert play.state("BURNT") == "unknown"
    play.write_by_hand("AC-BURNT")
    play.forget_pause()
    resolving.resolve(play.cast.client, now=clock.now() + timedelta(minutes=10), patience=PATIENCE)
    assert play.state("BURNT") == "rejected"
    Transition.objects.filter(entry=play.entry("BURNT")).update(at=clock.now() - timedelta(hours=2))
    play.send(order("BURNT", cancelled=True))
    assert play.state("BURNT") == "cancelled"
    play.send(order("BURNT", external_ref="it goes on"))
    assert play.entry("BURNT").number == "AC-BURNT-R2", play.entry("BURNT").number
    play.drain()
    assert play.state("BURNT") == "posted"


def never_documents(play: Play) -> None:
    play.send(
        order("WAITING", dispatched=False, dispatched_at=None, status="In production"),
        order("ON-HOLD", dispatched=False, dispatched_at=None, on_hold=True),
        order("IN-ERROR", has_error=True, error_message="no artwork"),
        order("FREE", is_free_of_charge=True, totals={"gross": "0"}, lines=[line("1", "MUG", "0")], shipping={}),
        order("TOO-OLD", ordered_at="2025-06-01T09:00:00Z", dispatched_at="2025-06-02T09:00:00Z"),
        order("CANCELLED", dispatched=False, dispatched_at=None, cancelled=True),
        order("IN-PARTS", dispatched=False, dispatched_at=None, shipments=[{"dispatched_at": DISPATCHED, "lines": [{"line": "1", "quantity": 1}]}]),
        order("UNCLEAR", cancellations=[{"lines": [{"line": "no such line", "quantity": 1}]}]),
    )  # fmt: skip


def held(play: Play) -> None:
    play.send(
        order("HELD-RATE", lines=[line("1", "MUG", "10", tax_rate="0.175")]),
        order("HELD-CURRENCY", currency="SEK"),
        order("HELD-NO-PRICE", lines=[{"id": "1", "sku": "MUG", "quantity": 1}]),
        order("HELD-TOTALS", totals={"net": "1.00", "tax": "0.20", "gross": "1.20"}),
    )
    assert play.state("HELD-RATE") == "held"


def kornit_x_and_files(play: Play) -> None:
    configure.change(play.company, [configure.parse(f"kornitx_hmac_key={HMAC_KEY}")])
    play.settings(kornitx_callback_secret_hash=sha256(CALLBACK_SECRET))
    pushes = ("order.min", "order-in-production", "order-edge")
    place = f"/api/v1/intake/kornitx/{play.company.public_id}"
    for name in (*pushes, "callback-dispatched", "callback-cancelled-item"):
        body = (SAMPLES / f"kornitx-{name}.json").read_bytes()
        headers = {signature.HEADER: signature.sign(HMAC_KEY, body)}
        if name in pushes:
            answer = BROWSER.post(place, body, "application/json", headers=headers)
        else:
            answer = BROWSER.put(f"{place}/status/{CALLBACK_SECRET}", body, "application/json", headers=headers)
        assert answer.status_code == 200, answer.content
    unknown = json.dumps({"id": 987654, "ref": "NEVER-SEEN", "status": 8, "status_name": "Dispatched"}).encode()
    answer = BROWSER.put(f"{place}/status/{CALLBACK_SECRET}", unknown, "application/json")
    assert answer.status_code == 200, answer.content
    play.drain()
    receipts = list(
        receive.receive_many(play.company, [order("FILE-1"), {"source": "file", "id": "bad"}], source="file")
    )
    assert [receipt.is_refused for receipt in receipts] == [False, True]


def in_doubt(play: Play) -> None:
    """Play what nobody knows of yet: answers that never came, workers that died at four different lines."""
    play.drain()
    play.send(order("UNKNOWN-THERE-1"), order("UNKNOWN-THERE-2"))
    with play.failing("reset_after", times=2):
        play.drain()
    play.send(order("UNKNOWN-NOT-THERE"))
    with play.failing("reset_before", times=2):
        play.drain()
    play.send(order("SENDING-THERE"))
    play.dying(arrives=True)
    play.send(order("SENDING-NOT-THERE"))
    play.dying(arrives=False)
    play.send(order("SENDING-NEVER-LEFT"))
    died_before_sending(play)
    play.send(order("SENDING-CHANGED"))
    play.dying(arrives=True)
    play.send(order("SENDING-CHANGED", lines=[line("1", "MUG", "6.25", quantity=9)]))
    states = [play.state(f"UNKNOWN-{which}") for which in ("THERE-1", "THERE-2", "NOT-THERE")]
    states += [play.state(f"SENDING-{which}") for which in ("THERE", "NOT-THERE", "NEVER-LEFT", "CHANGED")]
    assert states == ["unknown"] * 3 + ["sending"] * 4, states


def died_before_sending(play: Play) -> None:
    """The attempt is committed, and the worker dies before it begins to send it."""
    play.forget_pause()
    Entry.objects.filter(company=play.company, state="ready").update(state_since=clock.now() - timedelta(minutes=10))
    connection = Connection.objects.get(pk=play.cast.connection.pk)
    sender, batch = poster._prepare(connection, play.cast.client), poster._next_batch(connection)
    assert sender, "nothing may go"
    assert batch, "nothing waits"
    assert poster.claim(connection, sender, batch)


def tracy(play: Play) -> None:
    """Play purchase orders and invoices on tracked items."""
    costs = {"unit_cost": "2.10"}
    goods = [line("1", "MUG-11", "10", quantity=2, tax_rate="0.1", **costs)]
    ItemCost.objects.create(company=play.company, sku="TRAY", currency="AUD", unit_cost=Decimal("4.5"))
    ItemCost.objects.create(company=play.company, sku="TRAY", currency="NZD", unit_cost=Decimal("5.1234"))

    def sale(ref: str, lines: list[dict[str, Any]] = goods) -> dict[str, Any]:
        return order(ref, currency="AUD", lines=lines, shipping={"price": "5", "tax_rate": "0.1"})

    play.send(sale("T-1"), sale("T-2", [line("1", "TRAY", "20", tax_rate="0.1")]))
    play.drain()
    assert (play.state("T-1"), play.state("T-1", "purchase_order")) == ("posted", "posted")
    play.send(sale("T-UNKNOWN"))
    with play.failing("reset_after", times=2):
        play.drain()
    play.send(sale("T-READY"), sale("T-NO-COST", [line("1", "LAMP", "30", tax_rate="0.1")]))


def birch(play: Play) -> None:
    """Play a company that loses its consent while something waits."""
    goods = [line("1", "MUG", "10", tax_rate="0")]
    play.send(order("B-POSTED", currency="USD", lines=goods, shipping={}))
    play.drain()
    assert play.state("B-POSTED") == "posted"
    play.cast.xero.disconnect(play.cast.tenant_id)
    play.send(order("B-READY", currency="USD", lines=goods, shipping={}))
    play.drain()
    assert Connection.objects.get(pk=play.cast.connection.pk).status == "needs_consent"


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def invited(company: Company, owner: Person) -> dict[str, str]:
    """Play invitations, where the old version has them; return the token of the open one by its address."""
    try:
        from daybook.companies import invitations
    except ImportError:
        return {}
    _, token = invitations.invite(company, "guest@example.com", Membership.Role.ACCOUNTANT, owner)
    withdrawn, _ = invitations.invite(company, "nobody@example.com", Membership.Role.VIEWER, owner)
    invitations.withdraw(withdrawn)
    _, accepted = invitations.invite(company, "new@example.com", Membership.Role.VIEWER, owner)
    invitations.accept_anew(accepted, password=PASSWORD, name="New")
    return {"guest@example.com": token}


def main(folder: Path) -> None:
    """Play everything, and leave in `folder` what the database does not tell."""
    migrations.apply()
    xero = LocalXero(limits="off")
    people.add_person("operator@example.com", password=PASSWORD, name="Op", operator=True)
    plaintexts: dict[str, str] = {}
    plays: dict[str, Play] = {}
    for name, country in (("Acme", "GB"), ("Tracy", "AU"), ("Birch", "US")):
        cast = connected(xero, name, country, tracked=name == "Tracy")
        plays[name] = Play(cast, keys.create_api_key(cast.company, "shop")[1])
        plaintexts[name] = plays[name].key
        for role in Membership.Role.values:
            person = people.add_person(f"{role}@{name.lower()}.example", password=PASSWORD, name=role.capitalize())
            people.join(cast.company, person, role)
    cedar, dunn = people.create_company("Cedar"), Company.objects.create(name="Dunn")
    ann = people.find_person("owner@acme.example")
    for company in (cedar, dunn):
        people.join(company, ann, Membership.Role.OWNER)
        plaintexts[company.name] = keys.create_api_key(company, "shop", ann)[1]
    revoked, _ = keys.create_api_key(cedar, "old shop", ann)
    keys.revoke(revoked)
    plays["Acme"].settings(**SETTINGS)
    TaxMapping.objects.create(company=cedar, rate=Decimal("0.2"))
    acme(plays["Acme"], ann)
    tracy(plays["Tracy"])
    birch(plays["Birch"])
    send(plaintexts["Cedar"], order("1001"), order("1002"))
    send(plaintexts["Dunn"], order("1001"))
    tokens_of_links = invited(plays["Acme"].company, ann)
    xero.clock.freeze()
    xero.save(folder / "xero.json")
    known = {"password": PASSWORD, "keys": plaintexts, "hmac_key": HMAC_KEY, "invitations": tokens_of_links}
    (folder / "known.json").write_text(json.dumps(known, indent=1))
