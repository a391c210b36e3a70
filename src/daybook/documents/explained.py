"""PURE: what an explanation is, and where its button may lead."""

from dataclasses import dataclass

LINES = "settings:lines"
TAX, ACCOUNTS, CONTACT, CONNECT, NUMBERS, TIMING = (
    "settings:tax",
    "settings:accounts",
    "settings:contact",
    "settings:connection",
    "settings:numbers",
    "settings:timing",
)
COSTS, RETRY, ORDER, DOCUMENT, DATE = "costs", "retry", "order", "document", "order:date"
XERO, XERO_CONTACT, XERO_CURRENCIES, XERO_ITEMS, XERO_TAX, XERO_ACCOUNTS, XERO_PLAN = (
    "xero:document",
    "xero:contact",
    "xero:currencies",
    "xero:items",
    "xero:tax",
    "xero:accounts",
    "xero:plan",
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a person reads. `{subject}` stands for what it is about."""

    title: str
    why: str
    cure: str
    action: str = ""
    """Where a button leads: `settings:tax`, `retry`, `xero:contact`, `order`, ...; empty: there is nothing to press."""
    nameless: str = "it"
    """What stands in the place of the subject where none is known."""

    @property
    def sentence(self) -> str:
        """Return all of it as running text."""
        return " ".join(filter(None, (f"{self.title}.", self.why, self.cure)))
