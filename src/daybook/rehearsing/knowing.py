"""What Daybook has read of an organisation, for a dry run: its books as a ledger's foretelling asks, and how old that is."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection as database
from django.db.models import Count
from django.db.models.functions import TruncMonth

from daybook.catalog import facts as catalog
from daybook.catalog.models import Account, CatalogRead, CustomerContact, Item, TaxRate
from daybook.connections import endpoints, roster
from daybook.connections.models import Connection
from daybook.documents.causes import Cause
from daybook.documents.document import Document
from daybook.documents.kinds import Kind
from daybook.kit.money import ZERO
from daybook.ledgers import lists
from daybook.ledgers.foretelling import Books, Foretold, Going, Stock
from daybook.ledgers.lists import ACTIVE, AccountUse, ListName
from daybook.mapping.rules import ProcessMethod
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from daybook.rehearsing.sums import DEBTORS, OF_DEBTORS, SALES, SIGNS, TAX, Place

NOT_APPROVED = ("DRAFT", "SUBMITTED", "DELETED")
"""As a ledger says that an invoice stands; one that was voided was approved."""
FRESH_FOR = timedelta(hours=1)
"""A list that was read so lately is not read again for a dry run."""
MOST_CALLS = 5
"""A dry run asks for no more lists than these."""
IN_TURN = (
    ListName.ORGANISATION,
    ListName.ACCOUNTS,
    ListName.TAX_RATES,
    ListName.ITEMS,
    ListName.CURRENCIES,
    ListName.TRACKING,
)
"""Lists that a dry run goes by, each one call; those that change a refusal most come first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One list, and when it was last asked for."""

    name: ListName
    read_at: datetime | None
    is_stale: bool


def readings(connection: Connection, now: datetime) -> list[Reading]:
    """Return how old the lists are that a dry run goes by; none where the ledger has none."""
    theirs = endpoints.lists_of(connection)
    if theirs is None or connection.organisation_id is None:
        return []
    read = {row.resource: row for row in CatalogRead.objects.filter(organisation=connection.organisation_id)}
    named = [name for name in IN_TURN if name in {ListName.ORGANISATION, *theirs.whole} and _matters(connection, name)]
    return [_reading(name, read.get(name), now) for name in named]


def _matters(connection: Connection, name: ListName) -> bool:
    """Items are asked about by the Tracked method only, and tracking categories where somebody has read them."""
    if name is ListName.ITEMS:
        return roster.posting_of(connection).process_method == ProcessMethod.TRACKED
    if name is ListName.TRACKING:
        return CatalogRead.objects.filter(organisation=connection.organisation_id, resource=name).exists()
    return True


def _reading(name: ListName, row: CatalogRead | None, now: datetime) -> Reading:
    if row is None:
        return Reading(name=name, read_at=None, is_stale=True)
    at = row.asked_at or row.read_at
    whole = row.whole_at if name is ListName.ITEMS else at  # stock shows in the whole list for certain
    return Reading(name=name, read_at=at, is_stale=whole is None or now - whole > FRESH_FOR)


def stale(found: Sequence[Reading]) -> list[ListName]:
    """Return the lists that a dry run would have read again: one call each, no more than MOST_CALLS."""
    return [each.name for each in found if each.is_stale][:MOST_CALLS]


def books(connection: Connection, going: Sequence[Going], found: Sequence[Reading]) -> Books:
    """Return what is known of the organisation as far as these documents ask; a fixed number of statements."""
    read = {each.name for each in found if each.read_at is not None}
    papers = [each.paper for each in going if isinstance(each.paper, Document)]
    organisation = connection.organisation_id
    own = {"organisation": organisation, "organisation__company": connection.company_id}
    accounts, rates = Account.objects.filter(**own).exclude(code=""), TaxRate.objects.filter(**own)
    settings = roster.posting_of(connection)
    return Books(
        lock_date=connection.facts.lock_date,
        accounts={row.code: _account(row) for row in accounts} if ListName.ACCOUNTS in read else None,
        tax_rates={row.tax_type: _rate(row) for row in rates} if ListName.TAX_RATES in read else None,
        currencies=catalog.currencies(connection) | {connection.facts.base_currency}
        if ListName.CURRENCIES in read
        else None,
        unfit=_unfit(own, {each.party.key for each in papers if each.party is not None}),
        stock=stock(connection, _codes(papers)) if ListName.ITEMS in read else None,
        approvals_a_month=connection.facts.approvals_a_month,
        approved=_approved(connection, {each.date.replace(day=1) for each in papers}),
        options=frozenset({"allow_backorders"}) if settings.allow_backorders else frozenset(),
    )


def _approved(connection: Connection, months: Collection[date]) -> dict[date, int]:
    """Return by month how many invoices of ours stand there approved; asked only where the plan counts them."""
    if connection.facts.approvals_a_month is None or not months:
        return {}
    mine = Entry.objects.filter(company=connection.company_id, organisation=connection.organisation_id)
    mine = mine.filter(kind=Kind.INVOICE, state=State.POSTED, date__gte=min(months)).exclude(
        their_status__in=NOT_APPROVED
    )
    counts = mine.order_by().annotate(month=TruncMonth("date")).values_list("month").annotate(Count("pk"))
    return dict(counts)


def _codes(papers: Iterable[Document]) -> set[str]:
    return {line.item_code.upper() for paper in papers for line in paper.lines if line.item_code}


def stock(connection: Connection, codes: Collection[str]) -> dict[str, Stock | None]:
    """Return by code in capitals what the organisation has of items, as last read; one that it does not have is left out."""
    mine = Item.objects.filter(organisation=connection.organisation_id, organisation__company=connection.company_id)
    return {row.code.upper(): _stock(row) for row in mine if row.code.upper() in codes} if codes else {}


def _stock(row: Item) -> Stock | None:
    if not row.is_tracked or row.on_hand is None:
        return None
    return Stock(on_hand=row.on_hand, value=row.stock_value or ZERO)


def _account(row: Account) -> lists.Account:
    return lists.Account(
        account_id=row.account_id,
        code=row.code,
        name=row.name,
        type=row.type,
        use=AccountUse(row.use),
        tax_type=row.tax_type,
        status=row.status,
        takes_payments=row.takes_payments,
        currency=row.currency,
    )


def _rate(row: TaxRate) -> lists.TaxRate:
    return lists.TaxRate(
        tax_type=row.tax_type,
        name=row.name,
        status=row.status,
        effective_rate=row.effective_rate,
        applies_to_revenue=row.applies_to_revenue,
        applies_to_expenses=row.applies_to_expenses,
        applies_to_assets=row.applies_to_assets,
        applies_to_liabilities=row.applies_to_liabilities,
    )


def _unfit(own: dict[str, int | None], keys: Collection[str]) -> dict[str, Foretold]:
    """Return, by key, the customers whose contact was archived when it was last seen."""
    rows = CustomerContact.objects.filter(**own, key__in=keys).exclude(status__in=(ACTIVE, ""))
    return {row.key: Foretold(Cause.CONTACT_ARCHIVED, row.name) for row in rows} if keys else {}


_SUMS = """
    SELECT kind, currency, sum(net), sum(gross) FROM outbox_entry
    WHERE company_id = %s AND organisation_id = %s AND state = 'posted' AND date BETWEEN %s AND %s
      AND kind IN ('invoice', 'credit_note', 'payment', 'refund')
    GROUP BY kind, currency
"""
_TAXES = """
    SELECT e.kind, e.currency, line->>'tax_type', sum(COALESCE(line->>'tax_amount', line->>'tax')::numeric)
    FROM outbox_entry e CROSS JOIN LATERAL jsonb_array_elements(e.document->'lines') line
    WHERE e.company_id = %s AND e.organisation_id = %s AND e.state = 'posted' AND e.date BETWEEN %s AND %s
      AND e.kind IN ('invoice', 'credit_note')
    GROUP BY e.kind, e.currency, line->>'tax_type'
"""


def before(connection: Connection, since: date, until: date) -> dict[Place, Decimal]:
    """Return what posted documents of ours that are dated so have come to: sales, tax by type, debtors; two statements."""
    asked: tuple[int | date | None, ...] = (connection.company_id, connection.organisation_id, since, until)
    found: dict[Place, Decimal] = {}

    def add(place: Place, amount: Decimal | None) -> None:
        found[place] = found.get(place, ZERO) + (amount or ZERO)

    with database.cursor() as cursor:
        cursor.execute(_SUMS, asked)
        for kind, currency, net, gross in cursor.fetchall():
            if kind in SIGNS:
                add(Place(SALES, currency), SIGNS[kind] * (net or ZERO))
            add(Place(DEBTORS, currency), OF_DEBTORS[kind] * (gross or ZERO))
        cursor.execute(_TAXES, asked)
        for kind, currency, tax_type, tax in cursor.fetchall():
            add(Place(TAX, currency, tax_type or ""), SIGNS[kind] * (tax or ZERO))
    return found
