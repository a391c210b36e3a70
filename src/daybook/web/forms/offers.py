"""What the drop-downs of the settings offer: the organisation's own lists, filtered to what is legal in each place."""

from dataclasses import dataclass, field

Choices = list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Choices per field, and what to preselect where nothing is stored."""

    accounts: dict[str, Choices] = field(default_factory=dict)
    """By settings field: sales_account, shipping_account, cogs_account, inventory_account."""
    preselected: dict[str, str] = field(default_factory=dict)
    sales_tax: Choices = field(default_factory=list)
    purchase_tax: Choices = field(default_factory=list)
    currencies: Choices = field(default_factory=list)
