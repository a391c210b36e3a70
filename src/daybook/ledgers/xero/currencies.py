"""PURE: a currency is added to the organisation on a person's wish: one to a call, for good (xero-rules.md 2.2, 5.3)."""

from daybook.ledgers.exchange import Outcome
from daybook.ledgers.ledger import CurrencyMaker
from daybook.ledgers.xero import elements, making, protocol, writing
from daybook.wire.asks import Answer, Request

NAME = "Currencies"


def write(code: str) -> Request:
    """Return the call that adds it; its name is Xero's own."""
    return protocol.ask(f"/{NAME}", method="PUT", body=writing.encoder.encode({"Code": code}))


def read(answer: Answer, is_resent: bool) -> Outcome:  # noqa: FBT001 - as the port says
    """Return what became of it."""
    return making.read(
        answer, is_resent=is_resent, listed_in=NAME, id_of=lambda row: elements.text(row, "Code", longest=3)
    )


MAKER = CurrencyMaker(route=NAME, feature="currencies", write=write, read=read)
