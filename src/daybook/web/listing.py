"""Pages of long lists without counting them: the next page begins after the last row shown (keyset).

The next rows are found by the index of their turn; where so few fit the filters that it would lead past most rows in
vain, all that fit are read by the filters' own indexes and put in turn (docs/decisions/0070).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet, ValidationError
from django.db import connection, transaction
from django.db.models import DateTimeField, F, Field, Model, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext

Row = TypeVar("Row", bound=Model)
Edge = tuple[int, Any]
"""The row after which a page begins: its id, and the value by which it stood there, which may have changed since."""
PAGE = 100
LONGEST_VALUE = 500


WALKED = 5_000
"""How many rows beside the last one shown are looked at by themselves before an index is asked for what is sought."""
FEW = 20_000
"""So many rows that fit are read and put in turn; of more the next ones stand close together in the index of the turn."""
COVERED = 200_000
"""The same where an index holds all that the turn asks, so that no row is read."""


@dataclass(frozen=True, slots=True)
class Found(Generic[Row]):
    """The rows of a list. Which they are is asked first, and all that is shown of them for a page of them alone."""

    rows: QuerySet[Row]
    shown: QuerySet[Row]
    """All rows of the company, each with what the list shows of it."""
    walking: QuerySet[Row] | None = None
    """The same as `rows`, without the index that knows what rows say: the next rows of the turn are asked first by this,
    where many of them may fit. None: they are not."""
    within: QuerySet[Row] | None = None
    """Where they are in turn by a field: all rows of the company that have it."""
    by: str = ""
    """The field by which they are in turn, before their ids, none of them null; "": by their ids alone."""
    is_rising: bool = False
    """The least stands first, of ids the oldest; else the greatest and the newest."""
    is_sorted: bool = False
    """A person chose the turn."""
    is_narrowed: bool = False
    """By filters that may leave few of many, and of which the index of the turn knows nothing."""
    few: int = FEW
    """So many that fit are put in turn."""
    seeds: "QuerySet[Any, Any] | None" = None
    """What the filters' own index holds, soon counted: where these are few, no more fit."""
    along: QuerySet[Row] | None = None
    """Where it is another thing to ask each row by itself whether it fits: the same as `rows`, for going along the turn."""

    @property
    def turn(self) -> tuple[str, ...]:
        """Return how the rows are ordered on a page."""
        sign = "" if self.is_rising else "-"
        return tuple(f"{sign}{field}" for field in (self.by, "pk") if field)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Up to a page of rows in their turn, with the addresses of its neighbours ("" where there is none)."""

    rows: Sequence[Row]
    newer: str
    """Of the page before."""
    older: str
    """Of the page behind."""
    is_sorted: bool = False
    """By what a person chose, so that neither neighbour is the newer one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """A turn that a list may be put in: its name stands in addresses, and an index has its field."""

    called: str
    """In English."""
    by: str = ""
    """A field; "": when the rows were entered."""
    is_rising: bool = False

    @property
    def words(self) -> str:
        """Return what it is called."""
        return gettext(self.called)


def sorted_by(found: Found[Row], everything: QuerySet[Row], sort: Sort | None) -> Found[Row]:
    """Return the rows in a turn that a person chose; rows without a value are left out. `everything`: of the company."""
    if sort is None:
        return found
    if not sort.by:
        return replace(found, by="", within=None, is_rising=sort.is_rising, is_sorted=True)
    has = {f"{sort.by}__isnull": False}
    return replace(
        found,
        rows=found.rows.filter(**has),
        walking=None if found.walking is None else found.walking.filter(**has),
        along=None if found.along is None else found.along.filter(**has),
        within=everything.filter(**has),
        by=sort.by,
        is_rising=sort.is_rising,
        is_sorted=True,
    )


def sort_asked(asked: QueryDict, sorts: Mapping[str, Sort]) -> Sort | None:
    """Return the turn that an address names; None: as the list has it by itself."""
    return sorts.get(asked.get("sort", ""))


def page_of(found: Found[Row], asked: QueryDict, size: int = PAGE) -> Page[Row]:
    """Return the page that `before` or `after` (row ids, `at` with the row's value) asks for; without either, the first."""
    before, after = _edge_asked(found, asked, "before"), _edge_asked(found, asked, "after")
    ids = _next(found, before, after, size + 1)
    is_full, shown = len(ids) > size, _shown(found, ids[:size])
    has_newer = is_full if after is not None else before is not None
    has_older = after is not None or is_full
    return Page(
        rows=shown,
        newer=_query(found, asked, "after", shown[0]) if shown and has_newer else "",
        older=_query(found, asked, "before", shown[-1]) if shown and has_older else "",
        is_sorted=found.is_sorted,
    )


def in_turn(found: Found[Row], most: int, size: int = 1000) -> Iterator[Row]:
    """Yield the rows in their turn, at most so many; a batch at a time, so that memory does not grow.

    Whether few rows fit is asked once; of few, all ids are taken then.
    """
    edge: Edge | None = None
    while most > 0:
        count = min(size, most)
        ids = _near(found, edge, None, count)
        if ids is None and found.is_narrowed:
            few = _of_few(found, edge, None, most)
            if few is not None:
                for start in range(0, len(few), size):
                    yield from _shown(found, few[start : start + size])
                return
            found = replace(found, is_narrowed=False)
        rows = _shown(found, _along(found, edge, None, count) if ids is None else ids)
        if not rows:
            return
        yield from rows
        edge, most = _edge_of(found, rows[-1]), most - len(rows)


def _shown(found: Found[Row], ids: Sequence[int]) -> list[Row]:
    """Return rows as they are shown, in their turn, each with the value by which it stands there."""
    return list(found.shown.filter(pk__in=ids).annotate(stands_by=F(found.by or "pk")).order_by(*found.turn))


def _next(found: Found[Row], before: Edge | None, after: Edge | None, count: int) -> list[int]:
    if (near := _near(found, before, after, count)) is not None:
        return near
    if found.is_narrowed and (few := _of_few(found, before, after, count)) is not None:
        return few
    return _along(found, before, after, count)


def _near(found: Found[Row], before: Edge | None, after: Edge | None, count: int) -> list[int] | None:
    """Of what many rows say the next ones say enough, and an index would bring all of them; None: the next ones do not."""
    if found.walking is None:
        return None
    walked = found.shown if found.within is None else found.within
    last = next(iter(_ids(found, walked, before, after)[WALKED - 1 : WALKED]), None)
    rows = found.walking if last is None else found.walking.filter(_up_to(found, last, is_newer=after is not None))
    near = list(_ids(found, rows, before, after)[:count])
    return near if len(near) == count or (last is None and found.within is not None) else None


def _along(found: Found[Row], before: Edge | None, after: Edge | None, count: int) -> list[int]:
    """Return the next ones by the index of the turn."""
    return list(_ids(found, found.rows if found.along is None else found.along, before, after)[:count])


def _of_few(found: Found[Row], before: Edge | None, after: Edge | None, count: int) -> list[int] | None:
    """Return the next ones of all that fit, read without a turn and then put in turn; None: they are too many."""
    if found.seeds is not None and found.seeds[: found.few + 1].count() > found.few:
        return None
    edge, is_back = (before, False) if after is None else (after, True)
    way, sign = _way(found, is_back=is_back)
    field = found.by or "pk"
    try:
        fitting = found.rows.order_by().values_list("pk", field)[: found.few + 1]
        sql, values = fitting.query.sql_with_params()
    except EmptyResultSet:
        return []
    beyond = ""
    if edge is not None:
        beyond, values = f"WHERE (value, id) {'>' if way == 'gt' else '<'} (%s, %s)", (*values, edge[1], edge[0])
    order = "DESC" if sign else "ASC"
    statement = (
        f"WITH few (id, value) AS MATERIALIZED ({sql}) SELECT (SELECT count(*) FROM few),"  # noqa: S608 - Django's SQL
        f" ARRAY(SELECT id FROM few {beyond} ORDER BY value {order}, id {order} LIMIT {count:d})"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL random_page_cost = 1.1"
        )  # few rows here and there are no reason to read a whole table
        cursor.execute(statement, values)
        fit, ids = cursor.fetchone()
    return ids if fit <= found.few else None


def _ids(found: Found[Row], rows: QuerySet[Row], before: Edge | None, after: Edge | None) -> QuerySet[Row, int]:
    """Return their ids, the next one first."""
    edge, is_back = (before, False) if after is None else (after, True)
    way, sign = _way(found, is_back=is_back)
    if edge is not None:
        rows = rows.filter(_beyond(found, edge, way))
    return rows.order_by(*(f"{sign}{field}" for field in (found.by, "pk") if field)).values_list("pk", flat=True)


def _way(found: Found[Row], *, is_back: bool) -> tuple[str, str]:
    """Return how the rows on that side compare with the one at the edge, and the sign of their order."""
    return ("gt", "") if is_back != found.is_rising else ("lt", "-")


def _beyond(found: Found[Row], edge: Edge, way: str, *, with_it: bool = False) -> Q:
    """Return which rows stand beyond that one, in the list's turn; `with_it`: that one too."""
    last, (pk, value) = f"pk__{way}e" if with_it else f"pk__{way}", edge
    if not found.by:
        return Q((last, pk))
    tied = Q((last, pk), (found.by, value))
    return Q((f"{found.by}__{way}e", value)) & (Q((f"{found.by}__{way}", value)) | tied)


def _edge_of(found: Found[Row], row: Row) -> Edge:
    return row.pk, row.stands_by if found.by else row.pk  # type: ignore[attr-defined]


def _edge_by_id(found: Found[Row], pk: int) -> Edge | None:
    """Return the row with its value as it is now; None: it has none, or there is no such row."""
    value = found.shown.order_by().filter(pk=pk).values_list(found.by, flat=True).first() if found.by else pk
    return None if value is None else (pk, value)


def _edge_asked(found: Found[Row], asked: QueryDict, name: str) -> Edge | None:
    """Return the row that an address names, by the value that it names; where it names none, by what it is now."""
    pk = _id(asked.get(name))
    if pk is None:
        return None
    value = _value_asked(found, asked_for(asked, "at", LONGEST_VALUE)) if found.by else pk
    return _edge_by_id(found, pk) if value is None else (pk, value)


def _value_asked(found: Found[Row], text: str) -> Any:
    """Return what an address says of a value; None where it says nothing that the field may be."""
    field = found.rows.model._meta.get_field(found.by)  # noqa: SLF001 - Django documents it
    if not isinstance(field, Field) or (isinstance(field, DateTimeField) and text[-6:-5] not in {"+", "-"}):
        return None
    try:
        return field.clean(text, None) if text else None
    except ValidationError:
        return None


def _up_to(found: Found[Row], last: int, *, is_newer: bool) -> Q:
    """Return which rows stand no farther than the one with this id."""
    edge = _edge_by_id(found, last)
    return Q() if edge is None else _beyond(found, edge, _way(found, is_back=not is_newer)[0], with_it=True)


def asked_for(asked: QueryDict, name: str, longest: int) -> str:
    """Return what an address or a form asks for, free of what PostgreSQL refuses in text; "" where it asks nothing."""
    return asked.get(name, "").replace("\0", "").strip()[:longest]


def _id(text: str | None) -> int | None:
    """Ids beyond a bigint are no ids."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def _query(found: Found[Row], asked: QueryDict, name: str, row: Row) -> str:
    query, (pk, value) = asked.copy(), _edge_of(found, row)
    for key in ("before", "after", "at", "seen"):
        query.pop(key, None)
    query[name] = str(pk)
    if found.by:
        query["at"] = value.isoformat() if isinstance(value, date) else str(value)
    return f"?{query.urlencode()}"
