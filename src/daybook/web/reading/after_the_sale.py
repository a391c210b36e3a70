"""What became of an order's refunds, as its page shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pydantic import ValidationError

from daybook.documents import keys, stored
from daybook.documents.causes import Cause
from daybook.documents.document import Invoice
from daybook.documents.kinds import Kind
from daybook.intake import giving_back
from daybook.intake.typing_refunds import content_of
from daybook.kit.translation import gettext
from daybook.orders.models import Order
from daybook.outbox.models import Entry
from daybook.outbox.states import IN_FLIGHT, State
from daybook.sources.canonical import sums
from daybook.sources.canonical.after import Refund
from daybook.web.reading.moments import as_sent
from daybook.web.reading.said import given_back_for, names_of

_HELD = frozenset({Cause.REFUND_WITHOUT_AMOUNTS, Cause.REFUND_DOES_NOT_ADD_UP, Cause.REFUND_UNCLEAR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One refund, or what was cancelled after posting."""

    id: str
    at: str
    words: str
    amount: Decimal | None
    """As told or typed; None: it is not said."""
    is_typed: bool
    lowered: str
    """Number of the invoice that it was taken off before that was posted; "": it was not."""
    notes: tuple[Entry, ...]
    may_type: bool


def refunds(order: Order, entries: Sequence[Entry]) -> list[Shown]:
    """Return the order's refunds, and what was cancelled after posting, each with what became of it."""
    try:
        content = content_of(order)
    except ValidationError:  # written by another version: the page says so, and shows what it can
        content = None
    notes = [each for each in entries if each.kind == Kind.CREDIT_NOTE and each.state != State.CANCELLED]
    told = list(content.refunds) if content is not None else []
    by_status = [each for each in notes if each.key == giving_back.BY_STATUS and not told]
    if by_status or giving_back.BY_STATUS in order.typed_refunds:
        told.append(Refund(id=giving_back.BY_STATUS, reason=order.status))
    lowered = _lowered(entries)
    names = names_of(content) if content is not None else {}
    waits = any(each.cause in _HELD for each in entries)
    shown = [
        _shown(each, order, [n for n in notes if n.key == keys.of(each.id)], lowered, names, waits=waits)
        for each in told
    ]
    return shown + [_cancelled(each) for each in notes if each.key.startswith(keys.CANCELLED)]


def _shown(
    refund: Refund,
    order: Order,
    notes: Sequence[Entry],
    lowered: dict[str, Entry],
    names: Mapping[str, str],
    *,
    waits: bool,
) -> Shown:
    typed = giving_back.with_typed(refund, order.typed_refunds)
    sale = lowered.get(refund.id)
    frozen = {State.POSTED, *IN_FLIGHT}
    has_left = any(each.state in frozen for each in notes) or (sale is not None and sale.state in frozen)
    return Shown(
        id=refund.id,
        at=as_sent(typed.at),
        words=", ".join(filter(None, (typed.reason, *given_back_for(typed, names)))),
        amount=_amount(typed, order, notes),
        is_typed=refund.id in order.typed_refunds,
        lowered=sale.number if sale is not None else "",
        notes=tuple(notes),
        may_type=not has_left and (bool(notes) or sale is not None or waits),
    )


def _amount(refund: Refund, order: Order, notes: Sequence[Entry]) -> Decimal | None:
    """Return what a refund comes to: as told, else as its credit note has worked it out."""
    told = sums.moved(refund, order.currency)
    return told if told is not None else next((each.gross for each in notes if each.gross is not None), None)


def _cancelled(note: Entry) -> Shown:
    return Shown(
        id="",
        at="" if note.date is None else note.date.isoformat(),
        words=gettext("cancelled after the invoice was posted"),
        amount=note.gross,
        is_typed=False,
        lowered="",
        notes=(note,),
        may_type=False,
    )


def _lowered(entries: Sequence[Entry]) -> dict[str, Entry]:
    """Return, by refund, the sale that is lowered by it."""
    found: dict[str, Entry] = {}
    for entry in entries:
        paper = stored.read(entry.document, entry.kind) if entry.kind == Kind.INVOICE else None
        if isinstance(paper, Invoice) and entry.state != State.CANCELLED:
            found |= {each.refund: entry for each in paper.lowered_by}
    return found
