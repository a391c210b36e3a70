"""What the organisation has, as last read, for those who map, post and choose. Only queries; each names its organisation."""

from collections.abc import Collection

from django.db.models import QuerySet
from django.db.models.functions import Upper

from daybook.catalog.known import ACTIVE
from daybook.catalog.models import Account, Currency, Item, TaxRate, TrackingOption
from daybook.connections import endpoints
from daybook.connections.models import Connection, LineAccount
from daybook.documents.line_kinds import LineKind
from daybook.ledgers.lists import AccountUse, UsualTaxes
from daybook.mapping.rules import ItemFacts
from daybook.mapping.rules import LineAccount as ChosenAccount

_SALES, _COST, _DEBT = AccountUse.SALES, AccountUse.COST, AccountUse.DEBT
OF_LINE_KINDS = {
    LineKind.FEE: frozenset({_SALES, _COST}),
    LineKind.TIP: frozenset({_SALES, _DEBT}),
    LineKind.DUTY: frozenset({_SALES, _COST, _DEBT}),
    LineKind.GIFT_CARD: frozenset({_DEBT}),
    LineKind.DEPOSIT: frozenset({_DEBT}),
    LineKind.GOODWILL: frozenset({_SALES, _COST}),
    LineKind.EXCESS: frozenset({_SALES, _COST}),
}
"""Which accounts a line that is no sale of goods may stand on: what is owed until later is no income."""
OF_RULES = frozenset({_SALES, _COST, _DEBT})
"""Which accounts a posting rule may name."""


def sales_accounts(connection: Connection) -> QuerySet[Account]:
    """Return the accounts that sales and shipping may go to."""
    return _accounts(connection, {AccountUse.SALES})


def cogs_accounts(connection: Connection) -> QuerySet[Account]:
    """Return the accounts that the cost of goods sold may go to."""
    return _accounts(connection, {AccountUse.COST})


def inventory_accounts(connection: Connection) -> QuerySet[Account]:
    """Return the accounts that hold stock of tracked items."""
    return _accounts(connection, {AccountUse.STOCK})


def payment_accounts(connection: Connection) -> QuerySet[Account]:
    """Return the accounts that documents may be paid into, or out of; some have no code."""
    return _active_accounts(connection).filter(takes_payments=True).order_by("code", "name")


def line_accounts(connection: Connection, kind: LineKind) -> QuerySet[Account]:
    """Return the accounts that lines of this kind may stand on."""
    return _accounts(connection, OF_LINE_KINDS[kind])


def rule_accounts(connection: Connection) -> QuerySet[Account]:
    """Return the accounts that a posting rule may name."""
    return _accounts(connection, OF_RULES)


def tracking_options(connection: Connection) -> QuerySet[TrackingOption]:
    """Return the options that lines may be tracked by, as last read."""
    return TrackingOption.objects.filter(organisation=connection.organisation_id, status=ACTIVE)


def chosen_line_accounts(connection: Connection) -> dict[LineKind, ChosenAccount]:
    """Return where lines that are no sale of goods are booked, and whether that can still be."""
    taxes = set(sales_tax_rates(connection).values_list("tax_type", flat=True))
    return {
        LineKind(row.kind): ChosenAccount(
            account=row.account,
            tax_type=row.tax_type,
            is_offered=row.tax_type in {"", *taxes}
            and line_accounts(connection, LineKind(row.kind)).filter(code=row.account).exists(),
        )
        for row in LineAccount.objects.filter(connection=connection).exclude(account="")
    }


def preselected(connection: Connection) -> dict[str, str]:
    """Return, by field of PostingSettings, the usual account of the right type: by its code, else the one of that name."""
    theirs, offered = endpoints.lists_of(connection), _offered(connection)
    if theirs is None:
        return {}
    found = {}
    for field, code in theirs.usual_accounts.items():
        mine = list(offered[field].filter(code=code)[:1])
        mine = mine or list(offered[field].filter(name__iexact=theirs.usual_names.get(field, ""))[:2])
        if len(mine) == 1:
            found[field] = mine[0].code
    return found


def usual_taxes(connection: Connection) -> UsualTaxes:
    """Return the tax types that are usual in the organisation's country, as far as it has them at that very rate."""
    theirs = endpoints.lists_of(connection)
    usual = theirs.usual_taxes.get(connection.facts.country_code) if theirs else None
    if usual is None:
        return UsualTaxes({}, "", "")
    sales = dict(sales_tax_rates(connection).values_list("tax_type", "effective_rate"))
    found = {rate: tax_type for rate, tax_type in usual.sales.items() if sales.get(tax_type) == rate * 100}
    bought = purchase_tax_rates(connection).filter(tax_type=usual.purchases).exists()
    untaxed = usual.untaxed if sales.get(usual.untaxed) == 0 else ""
    return UsualTaxes(found, usual.purchases if bought else "", untaxed)


def sales_tax_rates(connection: Connection) -> QuerySet[TaxRate]:
    """Return the tax rates that lines of an invoice may carry."""
    return _tax_rates(connection).filter(applies_to_revenue=True)


def purchase_tax_rates(connection: Connection) -> QuerySet[TaxRate]:
    """Return the tax rates that lines of a purchase order may carry."""
    return _tax_rates(connection).filter(applies_to_expenses=True)


def currencies(connection: Connection) -> frozenset[str]:
    """Return the codes of the currencies that the organisation is subscribed to."""
    rows = Currency.objects.filter(organisation=connection.organisation_id)
    return frozenset(rows.values_list("code", flat=True))


def items(organisation_id: int | None, codes: Collection[str]) -> dict[str, ItemFacts]:
    """Return what is known of those of `codes` that are items of the organisation, whatever their capitals.

    Where two items differ only in capitals, the one spelt as asked for counts.
    """
    mine = Item.objects.filter(organisation=organisation_id).annotate(upper=Upper("code"))
    rows = list(mine.filter(upper__in={code.upper() for code in codes}))
    known = {row.code.upper(): row for row in rows} | {row.code: row for row in rows}
    found = {code: known.get(code) or known.get(code.upper()) for code in codes}
    return {
        code: ItemFacts(is_tracked=row.is_tracked, purchase_price=row.purchase_price)
        for code, row in found.items()
        if row is not None
    }


def tracked_codes(organisation_id: int | None, keys: Collection[str]) -> dict[str, str]:
    """Return those of the item codes that stand as tracked items, in the organisation's spelling.

    Codes are compared without case: two that differ only so would be one item to an accounts person.
    """
    if not keys:
        return {}
    mine = Item.objects.filter(organisation=organisation_id, is_tracked=True).annotate(upper=Upper("code"))
    found = mine.filter(upper__in=[key.upper() for key in keys]).values_list("code", flat=True)
    theirs = {code.upper(): code for code in found}
    return {key: theirs[key.upper()] for key in keys if key.upper() in theirs}


def _offered(connection: Connection) -> dict[str, QuerySet[Account]]:
    return {
        "sales_account": sales_accounts(connection),
        "shipping_account": sales_accounts(connection),
        "cogs_account": cogs_accounts(connection),
        "inventory_account": inventory_accounts(connection),
    }


def _accounts(connection: Connection, uses: Collection[AccountUse]) -> QuerySet[Account]:
    """Lines name an account by its code; those without one take none."""
    return _active_accounts(connection).filter(use__in=uses).exclude(code="")


def _active_accounts(connection: Connection) -> QuerySet[Account]:
    return Account.objects.filter(organisation=connection.organisation_id, status=ACTIVE)


def _tax_rates(connection: Connection) -> QuerySet[TaxRate]:
    return TaxRate.objects.filter(organisation=connection.organisation_id, status=ACTIVE)
