"""PURE: what a person did in Xero with a document of ours, told from what the day book knew and what a look shows.

Payments, approval, another contact or number are shown; only what the books then lack or say otherwise is flagged: a
document voided or deleted, or amounts that are not ours any more. What was seen so before is not flagged again, so
that a person who has looked at it is left alone.
"""

from dataclasses import dataclass
from decimal import Decimal

from daybook.kit.money import ZERO, Totals
from daybook.reconciliation.compare import DEAD, Theirs

VOIDED, EDITED, DIFFER = "voided_in_xero", "edited_in_xero", "totals_differ"
OURS_TO_LIFT = frozenset({"", VOIDED, EDITED, DIFFER})
"""Flags that say how the document stands in Xero: a look sets and lifts them."""
CREDIT_NOTE, CHANGED = "credit_note_needed", "changed_after_posting"
OF_THE_ORDER = frozenset({CREDIT_NOTE, CHANGED})
"""Flags that a person cures in Xero, which a look can see."""
TWICE = frozenset({"posted_twice", "posted_late"})

_DONE = {
    "VOIDED": "Voided in Xero",
    "DELETED": "Deleted in Xero",
    "AUTHORISED": "Approved in Xero",
    "SUBMITTED": "Submitted for approval in Xero",
    "DRAFT": "Made a draft again in Xero",
    "PAID": "Paid in full in Xero",
    "BILLED": "Billed in Xero",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the day book knows of a posted document."""

    number: str
    contact_id: str
    currency: str
    status: str
    """In Xero, as last seen."""
    seen: Totals | None
    """Xero's totals, as last seen."""
    expected: Totals
    order: Totals | None
    """What the order comes to now; None for a purchase order, which has no such total."""
    is_order_cancelled: bool = False
    paid: Decimal = ZERO
    credited: Decimal = ZERO
    attention: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What follows from a look at one document."""

    news: tuple[str, ...] = ()
    """What was done in Xero since the last look, each a line of its history."""
    differs: str = ""
    """In what else than amounts the document in Xero is not ours any more."""
    attention: str = ""
    """The flag that it carries from now on."""
    detail: str | None = None
    """Its words; None: as they stand."""


def judge(known: Known, theirs: Theirs, *, day: str) -> Sighting:
    """Return what was done in Xero, and the flag that the document carries from now on.

    `day`: of Xero's UpdatedDateUTC in the organisation's zone, in words; "" where Xero does not say.
    """
    on = f" on {day}" if day else ""
    attention, detail = _attention(known, theirs, on)
    return Sighting(
        news=tuple(f"{each}{on}" for each in _news(known, theirs)),
        differs=_differs(known, theirs),
        attention=attention,
        detail=detail,
    )


def _news(known: Known, theirs: Theirs) -> list[str]:
    said = []
    if theirs.status != known.status:
        said.append(_new_status(known.status, theirs.status))
    if theirs.totals is not None and known.seen is not None and theirs.totals.gross != known.seen.gross:
        said.append(f"Total edited in Xero from {known.seen.gross:.2f} to {theirs.totals.gross:.2f}")
    elif theirs.totals is not None and known.seen is not None and theirs.totals != known.seen:
        said.append(f"Tax edited in Xero from {known.seen.tax:.2f} to {theirs.totals.tax:.2f}")
    if theirs.paid != known.paid and theirs.status != "PAID":
        said.append(f"Payments in Xero come to {theirs.paid:.2f} now")
    if theirs.credited != known.credited and theirs.status != "PAID":
        said.append(f"Credit notes allocated in Xero come to {theirs.credited:.2f} now")
    return said


def _new_status(old: str, new: str) -> str:
    if old in DEAD and new not in DEAD:
        return "Restored in Xero"
    if old == "PAID" and new == "AUTHORISED":
        return "A payment was taken back in Xero"
    return _DONE.get(new, f"Status in Xero is {new.lower() or 'unknown'} now")


def _differs(known: Known, theirs: Theirs) -> str:
    said = []
    if theirs.number.upper() != known.number.upper():
        said.append(f"Its number there is {theirs.number or 'empty'} now.")
    if theirs.contact_id and theirs.contact_id != known.contact_id:
        said.append(f"Its contact there is {theirs.contact_name or 'another one'} now.")
    if theirs.currency and theirs.currency != known.currency:
        said.append(f"It is in {theirs.currency} there.")
    return " ".join(said)


def _attention(known: Known, theirs: Theirs, on: str) -> tuple[str, str | None]:
    before = _verdict(known, known.status, known.seen)
    now = _verdict(known, theirs.status, theirs.totals)
    if known.attention in OF_THE_ORDER and _is_cured(known, theirs):
        return "", ""
    if now == "":
        return ("", "") if known.attention in OURS_TO_LIFT else (known.attention, None)
    if now == before and theirs.totals == known.seen:
        return known.attention, None  # seen so before: a person may have looked at it already
    if now == VOIDED:
        word = "Voided" if theirs.status == "VOIDED" else "Deleted"
        return (known.attention, None) if known.attention in TWICE else (VOIDED, f"{word} in Xero{on}.")
    return (EDITED, _figures(known, theirs)) if known.attention in OURS_TO_LIFT else (known.attention, None)


def _verdict(known: Known, status: str, totals: Totals | None) -> str:
    """Return the flag that the document earns by itself, whatever other flags say."""
    if status in DEAD:
        return VOIDED
    if totals is None or totals in {known.expected, known.order}:
        return ""
    return EDITED


def _is_cured(known: Known, theirs: Theirs) -> bool:
    """Tell whether a person has brought the document in Xero to what the order comes to now, or credited the rest."""
    if known.is_order_cancelled:
        gross = theirs.totals.gross if theirs.totals else None
        return theirs.status in DEAD or (gross is not None and theirs.credited >= gross > 0)
    if known.order is None or theirs.totals is None or theirs.status in DEAD:
        return False
    return theirs.totals == known.order or (
        theirs.credited > 0 and theirs.totals.gross - theirs.credited == known.order.gross
    )


def _figures(known: Known, theirs: Theirs) -> str:
    ours, there = known.expected, theirs.totals or Totals(ZERO, ZERO, ZERO)
    return (
        f"Daybook posted net {ours.net:.2f}, tax {ours.tax:.2f}, gross {ours.gross:.2f} {known.currency}; "
        f"in Xero it is net {there.net:.2f}, tax {there.tax:.2f}, gross {there.gross:.2f} now."
    )
