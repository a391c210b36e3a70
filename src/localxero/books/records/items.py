"""Items, and what documents move of them."""

from decimal import Decimal

from localxero.books.records.record import Record


class ItemSide(Record, frozen=True, kw_only=True):
    """PurchaseDetails or SalesDetails of an item."""

    unit_price: Decimal | None = None
    account_code: str | None = None
    cogs_account_code: str | None = None
    tax_type: str | None = None


class Item(Record, frozen=True, kw_only=True):
    """A product; tracked when it has an inventory asset account."""

    item_id: str
    code: str
    name: str | None = None
    description: str | None = None
    purchase_description: str | None = None
    is_sold: bool = True
    is_purchased: bool = True
    sales: ItemSide = ItemSide()
    purchases: ItemSide = ItemSide()
    inventory_asset_account_code: str | None = None
    quantity_on_hand: Decimal = Decimal("0.0000")
    total_cost_pool: Decimal = Decimal("0.00")
    opening_quantity: Decimal = Decimal("0.0000")
    opening_cost: Decimal = Decimal("0.00")
    updated_ms: int = 0

    @property
    def is_tracked(self) -> bool:
        """Tell whether Xero keeps stock of it."""
        return self.inventory_asset_account_code is not None


class StockMove(Record, frozen=True, kw_only=True):
    """What one approved document did to one item; `paid` is what was paid for it where that decides its cost."""

    item_id: str
    quantity: Decimal
    cost: Decimal
    paid: Decimal | None = None
