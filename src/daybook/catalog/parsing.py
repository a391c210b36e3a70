"""PURE but for the row types: one element of Xero's lists -> one row, not saved; None where it lacks its key."""

from decimal import Decimal

from daybook.catalog.models import Account, Currency, Item, TaxRate
from daybook.kit.money import round4
from daybook.ledgers.xero import elements
from daybook.ledgers.xero.elements import Element

_LARGEST_PRICE = Decimal(10) ** 14


def account(element: Element) -> Account | None:
    """Read an account; some have no code (xero-rules.md 5.7)."""
    account_id = elements.text(element, "AccountID", longest=36)
    if not account_id:
        return None
    return Account(
        account_id=account_id,
        code=elements.text(element, "Code", longest=10),
        name=elements.text(element, "Name", longest=150),
        type=elements.text(element, "Type", longest=20).upper(),
        tax_type=elements.text(element, "TaxType", longest=50),
        status=elements.text(element, "Status", longest=20).upper() or "ACTIVE",
        system_account=elements.text(element, "SystemAccount", longest=40).upper(),
    )


def tax_rate(element: Element) -> TaxRate | None:
    """Read a tax rate. EffectiveRate counts; DisplayTaxRate may show another (xero-rules.md 5.7)."""
    tax_type = elements.text(element, "TaxType", longest=50)
    rate = elements.number(element, "EffectiveRate")
    if not tax_type or rate is None or abs(rate) > 1000:
        return None
    return TaxRate(
        tax_type=tax_type,
        name=elements.text(element, "Name", longest=100),
        status=elements.text(element, "Status", longest=20).upper() or "ACTIVE",
        effective_rate=rate,
        applies_to_revenue=elements.flag(element, "CanApplyToRevenue"),
        applies_to_expenses=elements.flag(element, "CanApplyToExpenses"),
        applies_to_assets=elements.flag(element, "CanApplyToAssets"),
    )


def currency(element: Element) -> Currency | None:
    """Read a currency."""
    code = elements.text(element, "Code", longest=3).upper()
    return Currency(code=code, name=elements.text(element, "Description", longest=100)) if code else None


def item(element: Element) -> Item | None:
    """Read an item; its purchase price is in the base currency, excluding tax (xero-rules.md 5.3, 5.5)."""
    code = elements.text(element, "Code", longest=30)
    if not code:
        return None
    price = elements.number(elements.part(element, "PurchaseDetails"), "UnitPrice")
    return Item(
        code=code,
        item_id=elements.text(element, "ItemID", longest=36),
        name=elements.text(element, "Name", longest=50),
        is_tracked=elements.flag(element, "IsTrackedAsInventory"),
        purchase_price=None if price is None or abs(price) >= _LARGEST_PRICE else round4(price),
    )
