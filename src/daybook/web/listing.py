"""Pages of long lists without counting them: the next page begins after the last row shown (keyset)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import QueryDict

Row = TypeVar("Row", bound=Model)
PAGE = 100


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Up to a page of rows, newest first, with the addresses of its neighbours ("" where there is none)."""

    rows: Sequence[Row]
    newer: str
    older: str


def page_of(rows: QuerySet[Row], asked: QueryDict, size: int = PAGE) -> Page[Row]:
    """Return the page that `before` or `after` (row ids) asks for; without either, the newest."""
    before, after = _id(asked.get("before")), _id(asked.get("after"))
    if after is not None:
        found = list(rows.filter(pk__gt=after).order_by("pk")[: size + 1])
        has_newer, has_older = len(found) > size, True
        shown = found[:size][::-1]
    else:
        ordered = rows if before is None else rows.filter(pk__lt=before)
        found = list(ordered.order_by("-pk")[: size + 1])
        has_newer, has_older = before is not None, len(found) > size
        shown = found[:size]
    return Page(
        rows=shown,
        newer=_query(asked, "after", shown[0].pk) if shown and has_newer else "",
        older=_query(asked, "before", shown[-1].pk) if shown and has_older else "",
    )


def asked_for(asked: QueryDict, name: str, longest: int) -> str:
    """Return what an address or a form asks for, free of what PostgreSQL refuses in text; "" where it asks nothing."""
    return asked.get(name, "").replace("\0", "").strip()[:longest]


def _id(text: str | None) -> int | None:
    """Ids beyond a bigint are no ids."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def _query(asked: QueryDict, name: str, value: int) -> str:
    query = asked.copy()
    for key in ("before", "after", "seen"):
        query.pop(key, None)
    query[name] = str(value)
    return f"?{query.urlencode()}"
