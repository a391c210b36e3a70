"""Fills the drop-downs of the settings from the organisation's lists as last read."""

from collections.abc import Iterable

from daybook.catalog import facts
from daybook.catalog.models import Account, TaxRate
from daybook.companies.models import Company
from daybook.connections.models import Connection
from daybook.web.forms.offers import Choices, Offer


def offer(company: Company, connection: Connection) -> Offer:
    """Return what the organisation offers in each place; nothing before it is connected."""
    if not connection.tenant_id:
        return Offer()
    sales = _accounts(facts.sales_accounts(company))
    return Offer(
        accounts={
            "sales_account": sales,
            "shipping_account": sales,
            "cogs_account": _accounts(facts.cogs_accounts(company)),
            "inventory_account": _accounts(facts.inventory_accounts(company)),
        },
        preselected=facts.preselected(company),
        sales_tax=_tax_rates(facts.sales_tax_rates(company)),
        purchase_tax=_tax_rates(facts.purchase_tax_rates(company)),
        currencies=[(code, code) for code in sorted(facts.currencies(company))],
    )


def _accounts(accounts: Iterable[Account]) -> Choices:
    return [(account.code, f"{account.code} {account.name}") for account in accounts]


def _tax_rates(rates: Iterable[TaxRate]) -> Choices:
    return [(rate.tax_type, str(rate)) for rate in rates]
