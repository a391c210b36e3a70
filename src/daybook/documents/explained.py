"""PURE: what an explanation is, and where its button may lead."""

from dataclasses import dataclass

from daybook.kit.translation import gettext_noop

LINES, GATEWAYS = "settings:lines", "settings:payments"
TAX, ACCOUNTS, CONTACT, CONNECT, NUMBERS, TIMING = (
    "settings:tax",
    "settings:accounts",
    "settings:contact",
    "settings:connection",
    "settings:numbers",
    "settings:timing",
)
RULES = "settings:rules"
COSTS, RETRY, ORDER, DOCUMENT, DATE = "costs", "retry", "order", "document", "order:date"
THERE, CONTACT_THERE = "there:document", "there:contact"
"""In the ledger's own pages."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a person reads. `{ledger}` stands for the ledger's title, `{subject}` for what it is about."""

    title: str
    why: str
    cure: str
    action: str = ""
    """Where a button leads: `settings:tax`, `retry`, `there:contact`, `order`, ...; empty: there is nothing to press."""
    nameless: str = gettext_noop("it")
    """What stands in the place of the subject where none is known."""

    @property
    def sentence(self) -> str:
        """Return all of it as running text."""
        return " ".join(filter(None, (f"{self.title}.", self.why, self.cure)))
