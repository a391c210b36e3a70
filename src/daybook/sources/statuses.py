"""PURE: what a status of the source means, where a feed says so; else what the order itself says of it counts."""

from collections.abc import Mapping
from enum import StrEnum

from daybook.sources.canonical.schema import CanonicalOrder, NoticeContent

MOST = 100


class Meaning(StrEnum):
    """What follows from a status."""

    GOES_ON = "goes on"
    """As `CREATED`, in the words of before."""
    CREATED = "created"
    PAID = "paid"
    PART_DISPATCHED = "part dispatched"
    DISPATCHED = "dispatched"
    ON_HOLD = "on hold"
    CANCELLED = "cancelled"


Table = Mapping[str, str]
"""Meanings by status, as the source writes it, in small letters."""


def read(text: str) -> dict[str, str]:
    """Return the table that a person wrote, a line each: "Shipped = dispatched". Raises ValueError in words."""
    table = {}
    for line in filter(str.strip, text.splitlines()):
        status, equals, meaning = (part.strip() for part in line.rpartition("="))
        if not equals or not status or meaning.lower() not in set(Meaning):
            known = ", ".join(each for each in Meaning if each is not Meaning.GOES_ON)
            raise ValueError(
                f"“{line.strip()[:60]}” is not of the form STATUS = MEANING; a meaning is one of: {known}."
            )
        table[status.lower()] = meaning.lower()
    if len(table) > MOST:
        raise ValueError(f"There are {len(table)} statuses; at most {MOST} are kept.")
    return table


def written(table: Table) -> str:
    """Return the table as a person writes it, by status."""
    return "\n".join(f"{status} = {meaning}" for status, meaning in sorted(table.items()))


def order_as_meant(order: CanonicalOrder, table: Table) -> CanonicalOrder:
    """Return the order with its status read through the table."""
    said = _flags(order.status, table)
    return order.model_copy(update=said) if said else order


def notice_as_meant(notice: NoticeContent, table: Table) -> NoticeContent:
    """Return the notice with its status read through the table."""
    said = _flags(notice.status, table)
    return notice.model_copy(update=said) if said else notice


def _flags(status: str, table: Table) -> dict[str, bool]:
    meaning = table.get(status.strip().lower())
    if meaning is None:
        return {}
    return {
        "dispatched": meaning == Meaning.DISPATCHED,
        "part_dispatched": meaning == Meaning.PART_DISPATCHED,
        "paid": meaning == Meaning.PAID,
        "on_hold": meaning == Meaning.ON_HOLD,
        "cancelled": meaning == Meaning.CANCELLED,
    }
