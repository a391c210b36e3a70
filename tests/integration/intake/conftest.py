"""The cast: Acme is connected and set up, Cedar never connected."""

from decimal import Decimal

import pytest
from django.db import transaction

from daybook.catalog.models import Account, CatalogRead, Currency, Item, TaxRate
from daybook.companies.models import Company, CompanySettings, ItemCost
from daybook.connections import roster, stopping
from daybook.connections.models import PostingSettings, TaxMapping
from daybook.connections.stopping import Why
from daybook.kit import clock, ids
from daybook.ledgers.lists import AccountUse
from daybook.outbox import queue, settling
from daybook.outbox.models import Attempt, Entry
from daybook.outbox.states import Mover
from tests.world import reach

TENANT = "11111111-1111-1111-1111-111111111111"
ACCOUNTS = [
    ("200", "REVENUE", AccountUse.SALES),
    ("260", "REVENUE", AccountUse.SALES),
    ("310", "DIRECTCOSTS", AccountUse.COST),
    ("630", "INVENTORY", AccountUse.STOCK),
    ("860", "EXPENSE", AccountUse.ROUNDING),
]


def connect(company: Company, *, tenant: str = TENANT, method: str = "") -> Company:
    """Give the company an organisation as Daybook knows it after connecting and reading the catalog."""
    connection = reach(
        roster.first(company),
        tenant,
        name=company.name,
        base_currency="GBP",
        country_code="GB",
        time_zone="Europe/London",
    )
    stopping.lift(connection.pk, Why.FIRST_LOOK)
    reached = connection.organisation
    CompanySettings.objects.get_or_create(company=company)
    PostingSettings.objects.update_or_create(
        connection=connection,
        defaults={
            "process_method": method,
            "sales_account": "200",
            "shipping_account": "260",
            "cogs_account": "310",
            "inventory_account": "630",
            "contact_name": "The Shop",
            "contact_id": "22222222-2222-2222-2222-222222222222",
            "purchase_tax_type": "INPUT2",
            "number_prefix": "DB-",
        },
    )
    for code, kind, use in ACCOUNTS:
        Account.objects.create(
            organisation=reached, account_id=code, code=code, name=code, type=kind, use=use,
            status="ACTIVE",
        )  # fmt: skip
    for tax_type, rate in (("OUTPUT2", 20), ("ZERORATEDOUTPUT", 0), ("INPUT2", 20)):
        TaxRate.objects.create(
            organisation=reached, tax_type=tax_type, name=tax_type, status="ACTIVE", effective_rate=rate
        )
    for code in ("GBP", "EUR"):
        Currency.objects.create(organisation=reached, code=code)
    CatalogRead.objects.create(organisation=reached, resource="Accounts", read_at=clock.now())
    for rate, tax_type in ((Decimal("0.2"), "OUTPUT2"), (Decimal(0), "ZERORATEDOUTPUT")):
        TaxMapping.objects.update_or_create(connection=connection, rate=rate, defaults={"tax_type": tax_type})
    return company


@pytest.fixture
def acme(db):
    """Connected, Untracked, everything mapped."""
    return connect(Company.objects.create(name="Acme"))


@pytest.fixture
def tracy(db):
    """Connected, Tracked, with a cost list and one item."""
    company = connect(Company.objects.create(name="Tracy"), tenant="3" * 36, method="tracked")
    ItemCost.objects.create(company=company, sku="MUG", currency="GBP", unit_cost=Decimal("2.10"))
    reached = roster.first(company).organisation
    Item.objects.create(organisation=reached, item_id="i", code="BIB", is_tracked=True, purchase_price=3)
    return company


@pytest.fixture
def cedar(db):
    """Never connected."""
    company = Company.objects.create(name="Cedar")
    CompanySettings.objects.create(company=company)
    return company


@pytest.fixture
def order():
    """Make the JSON values of a dispatched order; keywords change its fields."""

    def make(**changes):
        values = {
            "source": "shop",
            "id": "1001",
            "number": "ORD-1001",
            "external_ref": "WEB-1",
            "dispatched": True,
            "dispatched_at": "2026-03-05T14:02:11Z",
            "currency": "GBP",
            "lines": [
                {"id": "1", "sku": "MUG", "description": "Mug", "quantity": 2, "unit_price": "6.25",
                 "unit_price_inc_tax": "7.50", "tax_rate": "0.2"},
                {"id": "2", "sku": "BIB", "description": "Bib", "quantity": 1, "unit_price": "8",
                 "unit_price_inc_tax": "8", "tax_rate": "0"},
            ],
            "shipping": {"price": "3.5", "price_inc_tax": "4.2", "tax_rate": "0.2"},
        }  # fmt: skip
        return values | changes

    return make


def send(entry: Entry) -> Attempt:
    """Claim the document as posting does: the attempt is written, the call is under way."""
    call = queue.Call(
        resource="Invoices",
        organisation_id=entry.organisation_id,
        token_fingerprint="f",
        method="PUT",
        url="/Invoices",
        body=b"{}",
        idempotency_key=ids.public_id(),
    )
    with transaction.atomic():
        return queue.start(entry.company_id, call, [entry])


def settle(entry: Entry, attempt: Attempt, outcome: str, *, by_way_of: str = "") -> None:
    """Settle the document as posting does after Xero's answer, or as a look does after a doubt (`by_way_of`)."""
    mover = Mover.RECONCILIATION if by_way_of else Mover.POSTING
    with transaction.atomic():
        batch = settling.begin(attempt, mover=mover, now=clock.now(), title="Xero")
        entry = batch.members[entry.pk].entry
        if by_way_of:
            settling.doubt(batch, entry, reason="no answer")
        if outcome == "posted":
            standing = settling.Booked(their_id=ids.public_id(), their_status="DRAFT", totals=None)
            settling.post(batch, entry, standing, reason="Xero took it")
        elif outcome == "ready":
            settling.release(batch, entry, reason="not in Xero")
        else:
            settling.reject(batch, entry, cause="contact_archived", subject="", words="archived")
        settling.save(batch)


def post(entry: Entry) -> None:
    """Bring a ready document into Xero."""
    settle(entry, send(entry), "posted")
