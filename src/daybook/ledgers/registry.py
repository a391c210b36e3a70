"""PURE: the ledgers that this version of Daybook can post to, one row each."""

from collections.abc import Mapping

from daybook.ledgers.files.ledger import FILES
from daybook.ledgers.ledger import Ledger
from daybook.ledgers.mail.ledger import MAIL
from daybook.ledgers.xero.ledger import XERO

LEDGERS: Mapping[str, Ledger] = {each.name: each for each in (XERO, FILES, MAIL)}
USUAL = XERO.name
"""Where a connection leads that nobody said anything about."""


class UnknownLedgerError(Exception):
    """A row names a ledger that this version does not have: the database is newer, or the ledger was taken out."""

    def __init__(self, name: str) -> None:
        super().__init__(f"This version of Daybook has no ledger named {name!r}. It has: {', '.join(sorted(LEDGERS))}.")
        self.name = name


def ledger(name: str) -> Ledger:
    """Return the ledger of that name. Raises UnknownLedgerError."""
    try:
        return LEDGERS[name]
    except KeyError:
        raise UnknownLedgerError(name) from None


def title(name: str) -> str:
    """Return what people call the ledger of that name; the name itself where only a newer version knows it."""
    return LEDGERS[name].title if name in LEDGERS else name
