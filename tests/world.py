"""The cast of the integration tests: companies on a local Xero that really answers over HTTP.

Acme is connected, Birch has lost consent, Cedar never connected; nobody sees another's rows.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection as database
from django.db import transaction

from daybook.catalog import refresh
from daybook.catalog.models import Account, CatalogRead, CatalogRow, Contact, Currency, Item, TaxRate
from daybook.companies.models import Company, CompanySettings
from daybook.connections import roster, tokens
from daybook.connections.models import Connection, Organisation, PostingSettings, TaxMapping
from daybook.documents.document import Invoice
from daybook.documents.kinds import Kind
from daybook.feeds import roster as roster_of_feeds
from daybook.feeds.models import Feed
from daybook.kit import clock, ids
from daybook.ledgers.consent import Tokens
from daybook.mapping.invoices import map_invoice
from daybook.mapping.orders import Order as MappedOrder
from daybook.mapping.orders import OrderLine
from daybook.mapping.rules import MappingRules
from daybook.orders.models import Order, OrderStanding, Revision
from daybook.outbox import entering
from daybook.outbox.models import Entry
from daybook.sources.kornitx.source import KORNITX
from daybook.tables import writing
from daybook.wire.http import HttpClient
from localxero import LocalXero
from localxero.testing import InProcessTransport

TAXES = {
    "GB": {Decimal("0.2"): "OUTPUT2", Decimal("0.05"): "RROUTPUT", Decimal(0): "ZERORATEDOUTPUT"},
    "AU": {Decimal("0.1"): "OUTPUT", Decimal(0): "EXEMPTOUTPUT"},
    "US": {Decimal("0.08875"): "TAX001", Decimal("0.0635"): "TAX002", Decimal(0): "NONE"},
}

LISTS = (Account, Contact, Currency, Item, TaxRate, CatalogRead)
FACTS = ("name", "country_code", "base_currency", "time_zone", "short_code", "edition", "lock_date")
_READ: dict[str, "Lists"] = {}


def feed_of(company: Company, name: str = "test") -> Feed:
    """The feed whose orders name this as their source."""
    return roster_of_feeds.named(company, [name])[name]


def take_from_kornitx(company: Company, *, key: str, callback_secret: str = "") -> Feed:
    """Give the company's first Kornit X feed its secrets, as the settings page does."""
    feed = roster_of_feeds.own(company, KORNITX)
    secrets = {"hmac_key": key, "callback": hashlib.sha256(callback_secret.encode()).hexdigest()}
    roster_of_feeds.change_fields(feed, secrets=secrets, settings={})
    feed.refresh_from_db()
    return feed


def client_of(xero: LocalXero) -> HttpClient:
    """A client of ours whose network is the local Xero in this process."""
    return HttpClient(10, InProcessTransport(xero))


@dataclass
class Cast:
    """One company, connected to one organisation of a local Xero."""

    xero: LocalXero
    company: Company
    connection: Connection
    client: HttpClient
    country: str = "GB"
    made: int = field(default=0)

    @property
    def tenant_id(self) -> str:
        return self.xero.tenant_id(self.country)

    def books(self, *names: str) -> dict:
        """What the books hold: all, or these lists, which costs a thousandth."""
        return self.xero.export(self.tenant_id, *names)

    def invoices(self) -> list[dict]:
        """What the books hold of ours: the local Xero's seed makes documents of its own."""
        there = self.books("Invoices")["Invoices"]
        return [invoice for invoice in there if "[db:" in (invoice.get("Reference") or "")]

    def purchase_orders(self) -> list[dict]:
        there = self.books("PurchaseOrders")["PurchaseOrders"]
        return [order for order in there if "[db:" in (order.get("Reference") or "")]

    def ready_invoice(self, ref: str = "", *, quantity: int = 2, price: str = "6.25") -> Entry:
        """Write one order and its invoice into the day book, as the intake would."""
        return _entered(self, [ref or self._next_ref()], quantity=quantity, price=price)[0]

    def ready_invoices(self, count: int) -> list[Entry]:
        return _entered(self, [self._next_ref() for _ in range(count)])

    def _next_ref(self) -> str:
        self.made += 1
        return f"{self.company.public_id}-{self.made:04}"


def _entered(cast: Cast, refs: list[str], *, quantity: int = 2, price: str = "6.25") -> list[Entry]:
    company, feed, ruled = cast.company, feed_of(cast.company), rules(cast)
    marks = [ids.public_id() for _ in refs]
    mapped = [_invoice(ref, mark, ruled, quantity, price) for ref, mark in zip(refs, marks, strict=True)]
    net, tax, gross = mapped[0].totals
    orders = [Order(company=company, feed=feed, source_id=ref, ref=ref, net=net, tax=tax, gross=gross) for ref in refs]
    writing.insert(orders)
    documented = {"connection": cast.connection, "standing": Order.Standing.DOCUMENTED}
    writing.insert([OrderStanding(company=company, order=order, **documented) for order in orders])
    revisions = [
        Revision(company=company, order=order, number=1, content={}, content_hash=_hash(order.ref)) for order in orders
    ]
    writing.insert(revisions)
    for order, revision in zip(orders, revisions, strict=True):
        order.current_revision, order.changed_at = revision, clock.now() - timedelta(minutes=1)
    writing.save(orders, ("current_revision", "changed_at"), company_id=company.pk)
    there = cast.connection.organisation
    batch = entering.Batch(company_id=company.pk, now=clock.now())
    entries = [
        entering.enter(
            batch,
            order=order,
            kind=Kind.INVOICE,
            generation=1,
            organisation_id=there.pk,
            identity=there.identity,
            number=order.ref,
            public_id=mark,
            mapped=invoice,
        )
        for order, mark, invoice in zip(orders, marks, mapped, strict=True)
    ]
    entering.save(batch)
    return entries


def _invoice(ref: str, mark: str, ruled: MappingRules, quantity: int, price: str) -> Invoice:
    line = OrderLine(
        sku="MUG", description="Mug", quantity=Decimal(quantity), unit_price=Decimal(price), tax_rate=Decimal("0.2")
    )
    order = MappedOrder(
        ref=ref, external_ref="WEB-1", mark=mark, currency="GBP", document_date=date(2026, 3, 2), lines=(line,)
    )
    invoice = map_invoice(order, ruled, number=ref)
    assert isinstance(invoice, Invoice)
    return invoice


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def rules(cast: Cast) -> MappingRules:
    contact = posting(cast.company).contact_id
    return MappingRules(
        ledger="Xero",
        base_currency="GBP",
        currencies=frozenset({"GBP"}),
        customer_contact_id=contact,
        supplier_contact_id=contact,
        sales_account="200",
        shipping_account="200",
        tax_types=TAXES["GB"],
        tax_rates={"OUTPUT2": Decimal("0.2"), "ZERORATEDOUTPUT": Decimal(0)},
    )


def reach(connection: Connection, their_id: str, **facts: object) -> Connection:
    """Let the connection reach this organisation, as a consent does."""
    organisation = roster.organisation_of(connection, their_id)
    Organisation.objects.filter(pk=organisation.pk).update(**facts)
    connection.organisation, connection.holds = organisation, organisation.identity
    connection.status, connection.started_at = Connection.Status.CONNECTED, clock.now()
    connection.save()
    connection.refresh_from_db()
    return connection


def leave(connection: Connection) -> None:
    """Let the connection reach nothing any more, as a person's Disconnect does."""
    connection.last_organisation, connection.organisation, connection.holds = connection.organisation, None, ""
    connection.status = Connection.Status.NOT_CONNECTED
    connection.save()


def posting(company: Company) -> PostingSettings:
    """What the company posts through its first connection."""
    return roster.posting_of(roster.first(company))


@dataclass
class Lists:
    """What Daybook knows of an organisation once it has read its lists, to be given to other connections of it."""

    facts: dict[str, object]
    rows: list[CatalogRow | CatalogRead]

    @classmethod
    def of(cls, connection: Connection) -> "Lists":
        there = connection.organisation
        return cls(
            {name: getattr(there, name) for name in FACTS},
            [row for model in LISTS for row in model.objects.filter(organisation=there).order_by("pk")],
        )

    def give(self, connection: Connection) -> None:
        now = clock.now()
        there = connection.organisation
        Organisation.objects.filter(pk=there.pk).update(**self.facts, facts_read_at=now)
        Connection.objects.filter(pk=connection.pk).update(limits_read_at=now, checked_at=now)
        for model in LISTS:
            mine = [copy(row) for row in self.rows if isinstance(row, model)]
            for row in mine:
                row.pk, row.company_id, row.organisation = None, connection.company_id, there
                for name in {"read_at", "asked_at", "whole_at"} & {each.name for each in model._meta.fields}:
                    setattr(row, name, getattr(row, name) and now)
            writing.insert(mine)


def connected(
    xero: LocalXero, name: str = "Acme", country: str = "GB", *, tracked: bool = False, untouched: bool = False
) -> Cast:
    """Make a company and connect it, without the consent page; the settings are complete.

    The lists of a local Xero that nobody has touched since it was made are the same every time: where the caller
    promises that (`untouched`), they are read once and copied from then on.
    """
    tenant_id = xero.tenant_id(country)
    company = Company.objects.create(name=name)
    connection = Connection.objects.create(company=company, client_id="client")
    connection.client_secret = "secret"
    reach(connection, tenant_id)
    granted = xero.sign_in(tenant_id)
    tokens_granted = Tokens(
        access_token=str(granted["access_token"]),
        refresh_token=str(granted["refresh_token"]),
        expires_at=clock.now() + timedelta(minutes=30),
        scope=str(granted["scope"]),
    )
    with transaction.atomic():
        tokens.store(connection, tokens_granted, now=clock.now())
    client = client_of(xero)
    books = xero.books(tenant_id)
    customer, supplier = "Custom Gateway Orders", "Print Fulfilment Partners"
    CompanySettings.objects.create(company=company)
    PostingSettings.objects.create(
        connection=connection,
        process_method="tracked" if tracked else "",
        contact_name=customer,
        contact_id=books.contact_named(customer).contact_id,
        supplier_contact_name=supplier,
        supplier_contact_id=books.contact_named(supplier).contact_id,
        sales_account="400" if country == "US" else "200",
        cogs_account="310",
        inventory_account="630",
        purchase_tax_type={"GB": "INPUT2", "AU": "INPUT", "US": "INPUT"}[country],
    )
    TaxMapping.objects.bulk_create(
        TaxMapping(connection=connection, rate=rate, tax_type=tax_type) for rate, tax_type in TAXES[country].items()
    )
    known = f"{country}, tracked" if tracked else country
    if untouched and known in _READ:
        _READ[known].give(connection)
    else:
        refresh.refresh(connection, client=client)
    connection.refresh_from_db()
    if untouched and known not in _READ:
        _READ[known] = Lists.of(connection)
    return Cast(xero, company, connection, client, country)


def happened(ago: timedelta) -> None:
    """Let all that the history tells have happened so long ago."""
    with _lawless() as cursor:
        cursor.execute("UPDATE history_event SET at = %s", [clock.now() - ago])


def beyond_the_laws(statement: str) -> None:
    """Do what the database's triggers refuse to everybody but its superuser."""
    with _lawless() as cursor:
        cursor.execute(statement)


@contextmanager
def _lawless() -> Iterator[Any]:
    with database.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield cursor
        cursor.execute("SET session_replication_role = origin")
