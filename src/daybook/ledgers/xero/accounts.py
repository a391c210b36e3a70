"""PURE: an account of the chart is made on a person's wish: one to a call (xero-rules.md 2.2, 5.7)."""

from daybook.ledgers.exchange import Outcome
from daybook.ledgers.ledger import AccountMaker, NewAccount
from daybook.ledgers.lists import AccountUse
from daybook.ledgers.xero import making, protocol, writing
from daybook.wire.asks import Answer, Request

NAME = "Accounts"
HELD, OWED = "CURRENT", "CURRLIAB"
"""Types: a current asset, a current liability. A bank account would want a bank's number, and a feed to it."""


USES = {AccountUse.SALES: "REVENUE", AccountUse.COST: "DIRECTCOSTS", AccountUse.STOCK: "INVENTORY"}
"""Types of those that lines stand on (xero-rules.md 5.7)."""


def write(account: NewAccount) -> Request:
    """Return the call that creates it; PUT never changes one that is there (xero-rules.md 4.1)."""
    named: dict[str, object] = {"Code": account.code, "Name": account.name}
    if account.use in USES:
        element = {**named, "Type": USES[account.use]}
    else:
        element = {**named, "Type": OWED if account.is_owed else HELD, "EnablePaymentsToAccount": True}
    return protocol.ask(f"/{NAME}", method="PUT", body=writing.encoder.encode(element))


def read(answer: Answer, is_resent: bool) -> Outcome:  # noqa: FBT001 - as the port says
    """Return what became of it."""
    return making.read(answer, is_resent=is_resent, listed_in=NAME, id_of=lambda row: protocol.id_in(row, "AccountID"))


MAKER = AccountMaker(
    route=NAME,
    feature="accounts",
    longest_code=10,
    longest_name=150,
    write=write,
    read=read,
)
