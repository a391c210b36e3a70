"""What the drop-downs of the settings offer: the organisation's lists as last read, filtered to what is legal there."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext

from daybook.catalog import facts, problems
from daybook.catalog.models import Account, TaxRate
from daybook.connections import endpoints
from daybook.connections.models import Connection
from daybook.documents.kinds import Kind
from daybook.documents.line_kinds import WITH_OWN_ACCOUNT, LineKind
from daybook.ledgers import registry

Choices = list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Choices per field, and what to preselect where nothing is stored."""

    ledger: str
    """Its title."""
    takes_purchase_orders: bool
    """Without them the company cannot be Tracked."""
    makes_accounts: bool = False
    """It is connected to a ledger that can be asked for a clearing account."""
    accounts: dict[str, Choices] = field(default_factory=dict)
    """By settings field: sales_account, shipping_account, cogs_account, inventory_account."""
    preselected: dict[str, str] = field(default_factory=dict)
    lines: dict[LineKind, Choices] = field(default_factory=dict)
    """Accounts by the kind of a line that is no sale of goods."""
    clearing: Choices = field(default_factory=list)
    """Accounts that take payments, by the ledger's ids of them."""
    sales_tax: Choices = field(default_factory=list)
    purchase_tax: Choices = field(default_factory=list)
    currencies: Choices = field(default_factory=list)


def offer(connection: Connection) -> Offer:
    """Return what the organisation offers in each place; nothing before it is connected."""
    takes = problems.takes(connection.ledger, Kind.PURCHASE_ORDER)
    if connection.organisation is None:
        return Offer(ledger=registry.title(connection.ledger), takes_purchase_orders=takes)
    sales = _accounts(facts.sales_accounts(connection))
    return Offer(
        ledger=registry.title(connection.ledger),
        takes_purchase_orders=takes,
        makes_accounts=connection.is_connected and endpoints.ledger_of(connection).account_maker is not None,
        accounts={
            "sales_account": sales,
            "shipping_account": sales,
            "cogs_account": _accounts(facts.cogs_accounts(connection)),
            "inventory_account": _accounts(facts.inventory_accounts(connection)),
        },
        lines={kind: _accounts(facts.line_accounts(connection, kind)) for kind in WITH_OWN_ACCOUNT},
        clearing=_clearing(facts.payment_accounts(connection)),
        preselected=facts.preselected(connection),
        sales_tax=_tax_rates(facts.sales_tax_rates(connection)),
        purchase_tax=_tax_rates(facts.purchase_tax_rates(connection)),
        currencies=[(code, code) for code in sorted(facts.currencies(connection))],
    )


def _accounts(accounts: Iterable[Account]) -> Choices:
    return [(account.code, f"{account.code} {account.name}") for account in accounts]


def _clearing(accounts: Iterable[Account]) -> Choices:
    words = [(each, " ".join(filter(None, (each.code, each.name)))) for each in accounts]
    return [(each.account_id, f"{said} ({each.currency})" if each.currency else said) for each, said in words]


def _tax_rates(rates: Iterable[TaxRate]) -> Choices:
    return [(rate.tax_type, str(rate)) for rate in rates]


def with_stored(choices: Choices, stored: str) -> Choices:
    """Return the choices with a stored value that is no longer offered, so that nobody loses it unseen."""
    if not stored or stored in dict(choices):
        return choices
    return [*choices, (stored, no_longer_offered(stored) if choices else stored)]


def no_longer_offered(name: str) -> str:
    """Return what a choice is called that stands in the settings and in no list of the organisation."""
    return gettext("{name} (no longer offered by the organisation)").format(name=name)
