"""PURE: what a person did there with a document of ours, told from what the day book knew and what a look shows.

Payments, approval, another contact or number are shown; only what the books then lack or say otherwise is flagged: a
document voided or deleted, or amounts that are not ours any more. What was seen so before is not flagged again, so
that a person who has looked at it is left alone.
"""

from dataclasses import dataclass
from decimal import Decimal

from daybook.documents.causes import Cause
from daybook.kit.money import ZERO, Totals
from daybook.kit.translation import Dated, told
from daybook.ledgers.exchange import Theirs
from daybook.ledgers.ledger import Ledger
from daybook.reconciliation import compare

VOIDED, EDITED, DIFFER = Cause.VOIDED, Cause.EDITED, Cause.TOTALS_DIFFER
OURS_TO_LIFT = frozenset({"", VOIDED, EDITED, DIFFER})
"""Flags that say how the document stands there: a look sets and lifts them."""
OF_THE_ORDER = frozenset({Cause.CREDIT_NOTE_NEEDED, Cause.CHANGED_AFTER_POSTING})
"""Flags that a person cures there, which a look can see."""
TWICE = frozenset({Cause.POSTED_TWICE, Cause.POSTED_LATE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the day book knows of a posted document."""

    number: str
    contact_id: str
    currency: str
    status: str
    """There, as last seen."""
    seen: Totals | None
    """Their totals, as last seen."""
    expected: Totals
    order: Totals | None
    """What the order comes to now; None for a purchase order, which has no such total."""
    is_order_cancelled: bool = False
    paid: Decimal = ZERO
    credited: Decimal = ZERO
    attention: str = ""
    beneath: tuple[str, str] = ("", "")
    """The flag that one of the order stands over, with its words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What follows from a look at one document."""

    news: tuple[str, ...] = ()
    """What was done there since the last look, each a line of its history."""
    differs: str = ""
    """In what else than amounts the document there is not ours any more."""
    attention: str = ""
    """The flag that it carries from now on."""
    detail: str | None = None
    """Its words; None: as they stand."""


def judge(known: Known, theirs: Theirs, ledger: Ledger, *, day: str) -> Sighting:
    """Return what was done there, and the flag that the document carries from now on.

    `day`: of the change in the organisation's zone, in words; "" where the ledger does not say.
    """
    attention, detail = _attention(known, theirs, ledger, day)
    return Sighting(
        news=tuple(_news(known, theirs, ledger, day)),
        differs=compare.differs(theirs, number=known.number, contact_id=known.contact_id, currency=known.currency),
        attention=attention,
        detail=detail,
    )


def _news(known: Known, theirs: Theirs, ledger: Ledger, day: str) -> list[str]:
    said, title, is_paid = [], ledger.title, theirs.status in ledger.statuses.paid
    if theirs.status != known.status:
        said.append(_new_status(known.status, theirs.status, ledger, day))
    if theirs.totals is not None and known.seen is not None and theirs.totals.gross != known.seen.gross:
        said.append(_TOTAL.told(day, ledger=title, old=f"{known.seen.gross:.2f}", new=f"{theirs.totals.gross:.2f}"))
    elif theirs.totals is not None and known.seen is not None and theirs.totals != known.seen:
        said.append(_TAX.told(day, ledger=title, old=f"{known.seen.tax:.2f}", new=f"{theirs.totals.tax:.2f}"))
    if theirs.paid != known.paid and not is_paid:
        said.append(_PAID.told(day, ledger=title, amount=f"{theirs.paid:.2f}"))
    if theirs.credited != known.credited and not is_paid:
        said.append(_CREDITED.told(day, ledger=title, amount=f"{theirs.credited:.2f}"))
    return said


_TOTAL = Dated("Total edited in {ledger} from {old} to {new}", "Total edited in {ledger} from {old} to {new} on {day}")
_TAX = Dated("Tax edited in {ledger} from {old} to {new}", "Tax edited in {ledger} from {old} to {new} on {day}")
_PAID = Dated("Payments in {ledger} come to {amount} now", "Payments in {ledger} come to {amount} now on {day}")
_CREDITED = Dated(
    "Credit notes allocated in {ledger} come to {amount} now",
    "Credit notes allocated in {ledger} come to {amount} now on {day}",
)
_RESTORED = Dated("Restored in {ledger}", "Restored in {ledger} on {day}")
_TAKEN_BACK = Dated("A payment was taken back in {ledger}", "A payment was taken back in {ledger} on {day}")
_STATUS = Dated("Status in {ledger} is {status} now", "Status in {ledger} is {status} now on {day}")


def _new_status(old: str, new: str, ledger: Ledger, day: str) -> str:
    statuses, title = ledger.statuses, ledger.title
    if old in statuses.dead and new not in statuses.dead:
        return _RESTORED.told(day, ledger=title)
    if old in statuses.paid and new in statuses.open_again:
        return _TAKEN_BACK.told(day, ledger=title)
    done = statuses.done.get(new)
    return done.told(day, ledger=title) if done else _STATUS.told(day, ledger=title, status=new.lower() or "unknown")


def _attention(known: Known, theirs: Theirs, ledger: Ledger, day: str) -> tuple[str, str | None]:
    dead = ledger.statuses.dead
    before = _verdict(known, known.status, known.seen, dead)
    now = _verdict(known, theirs.status, theirs.totals, dead)
    if known.attention in OF_THE_ORDER and _is_cured(known, theirs, dead):
        return known.beneath
    if now == "":
        return ("", "") if known.attention in OURS_TO_LIFT else (known.attention, None)
    if now == before and theirs.totals == known.seen:
        return known.attention, None  # seen so before: a person may have looked at it already
    if now == VOIDED:
        words = f"{ledger.statuses.done[theirs.status].told(day, ledger=ledger.title)}."
        return (known.attention, None) if known.attention in TWICE else (VOIDED, words)
    return (
        (EDITED, _figures(known, theirs, ledger.title)) if known.attention in OURS_TO_LIFT else (known.attention, None)
    )


def _verdict(known: Known, status: str, totals: Totals | None, dead: frozenset[str]) -> str:
    """Return the flag that the document earns by itself, whatever other flags say."""
    if status in dead:
        return VOIDED
    if totals is None or totals in {known.expected, known.order}:
        return ""
    return EDITED


def _is_cured(known: Known, theirs: Theirs, dead: frozenset[str]) -> bool:
    """Tell whether a person has brought the document there to what the order comes to now, or credited the rest."""
    if known.is_order_cancelled:
        gross = theirs.totals.gross if theirs.totals else None
        return theirs.status in dead or (gross is not None and theirs.credited >= gross > 0)
    if known.order is None or theirs.totals is None or theirs.status in dead:
        return False
    return theirs.totals == known.order or (
        theirs.credited > 0 and theirs.totals.gross - theirs.credited == known.order.gross
    )


def _figures(known: Known, theirs: Theirs, title: str) -> str:
    ours, there = known.expected, theirs.totals or Totals(ZERO, ZERO, ZERO)
    return told(
        "Daybook posted net {net}, tax {tax}, gross {gross} {currency}; in {ledger} it is net {their_net}, tax {their_tax}, "
        "gross {their_gross} now.",
        net=f"{ours.net:.2f}",
        tax=f"{ours.tax:.2f}",
        gross=f"{ours.gross:.2f}",
        currency=known.currency,
        ledger=title,
        their_net=f"{there.net:.2f}",
        their_tax=f"{there.tax:.2f}",
        their_gross=f"{there.gross:.2f}",
    )
