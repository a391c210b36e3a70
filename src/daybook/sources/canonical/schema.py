"""PURE: the door to the canonical order: parsed once, here, and read back from what is stored (docs/orders.md)."""

from collections.abc import Iterable, Sequence
from typing import Any, get_args

from pydantic import ValidationError

from daybook.kit.translation import told
from daybook.sources.canonical import payouts, wording
from daybook.sources.canonical.lines import Line, Shipping
from daybook.sources.canonical.notices import NoticeContent, NoticeName
from daybook.sources.canonical.order import CanonicalOrder, Totals
from daybook.sources.canonical.parcels import Cancellation, Cost, Part, Shipment
from daybook.sources.canonical.parties import Customer
from daybook.sources.canonical.parts import Strict
from daybook.sources.problems import NotAnOrderError, Problem

__all__ = [
    "Cancellation",
    "CanonicalOrder",
    "Cost",
    "Customer",
    "Line",
    "NoticeContent",
    "NoticeName",
    "Part",
    "Shipment",
    "Shipping",
    "Totals",
]
ENVELOPE = frozenset({"updated_at", "sequence", "delivery_id"})
"""What an order says of its sending, not of the sale: no part of its content."""


def parse_order(given: object) -> CanonicalOrder:
    """Return the order that plain JSON values hold. Raises NotAnOrderError naming every field that is wrong."""
    if not isinstance(given, dict):
        raise NotAnOrderError((wording.not_an_object(given),))
    try:
        order = CanonicalOrder.model_validate(given)
    except ValidationError as error:
        raise NotAnOrderError(wording.problems(error, known=known_fields)) from error
    problems = (*payouts.borrowed_name(order), *_shared_line_ids(order), *_shared_ids_after_the_sale(order))
    if problems:
        raise NotAnOrderError(problems[: wording.MOST_PROBLEMS])
    return order


def _shared_line_ids(order: CanonicalOrder) -> Iterable[Problem]:
    """Yield where two lines have one id: nobody could tell which of them was shipped or cancelled.

    What was stored before this was asked is read all the same (`load_order`).
    """
    cure = (
        "Give each line an id of its own; what lines share, such as a variant's id, may stand in ref or external_ref."
    )
    return _shared("lines", told("Line"), [line.id for line in order.lines], cure)


def _shared_ids_after_the_sale(order: CanonicalOrder) -> Iterable[Problem]:
    """Yield where two payments or two refunds have one id: each becomes a document once, known by it."""
    cure = "Give each an id of its own, the shop's or the gateway's, that never changes."
    paid_back = [(f"refunds[{place}].payments", each.payments) for place, each in enumerate(order.refunds)]
    for where, payments in (("payments", order.payments), *paid_back):
        yield from _shared(where, told("Payment"), [each.id for each in payments], cure)
    yield from _shared("refunds", told("Refund"), [each.id for each in order.refunds], cure)


def _shared(where: str, what: str, ids: Sequence[str], cure: str) -> Iterable[Problem]:
    first: dict[str, int] = {}
    for position, each in enumerate(ids):
        if each and first.setdefault(each, position) != position:
            words = f"{what} {first[each]} has the id {each} already (counted from 0)."
            yield Problem(f"{where}[{position}].id", words, cure)


def parse_notice_name(given: object) -> NoticeName:
    """Return the names that plain JSON values hold. Raises NotAnOrderError."""
    try:
        return NoticeName.model_validate(given)
    except ValidationError as error:
        raise NotAnOrderError(wording.problems(error, known=known_fields)) from error


def parse_notice(given: object) -> NoticeContent:
    """Return the notice that plain JSON values hold. Raises NotAnOrderError."""
    try:
        return NoticeContent.model_validate(given)
    except ValidationError as error:
        raise NotAnOrderError(wording.problems(error, known=known_fields)) from error


def content_of(parsed: CanonicalOrder | NoticeContent) -> dict[str, Any]:
    """Return what is stored: plain JSON values without what is left at its default, amounts as text, moments as sent."""
    content: dict[str, Any] = parsed.model_dump(mode="json", exclude_defaults=True, exclude=set(ENVELOPE))
    return content


def load_order(content: dict[str, Any]) -> CanonicalOrder:
    """Return the order that `content_of` wrote."""
    return CanonicalOrder.model_validate(content)


def load_notice(content: dict[str, Any]) -> NoticeContent:
    """Return the notice that `content_of` wrote."""
    return NoticeContent.model_validate(content)


def known_fields(place: str) -> Sequence[str]:
    """Return the fields there are at a place of an order ("": the order itself), for "did you mean"."""
    part: type[Strict] | None = CanonicalOrder
    for name in filter(None, place.split(".")):
        field = part.model_fields.get(name) if part is not None else None
        part = None if field is None else _part_in(field.annotation)
    return [] if part is None else sorted(part.model_fields)


def _part_in(annotation: Any) -> type[Strict] | None:
    """Return the part of an order that a field holds, be it one, a list, or either; None where it holds none."""
    if isinstance(annotation, type) and issubclass(annotation, Strict):
        return annotation
    return next((found for each in get_args(annotation) if (found := _part_in(each))), None)
