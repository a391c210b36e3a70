"""Finding rows by a part of what they say, however many there are: by an index of every three letters in a row.

PostgreSQL's own extension for that, pg_trgm, is neither in the embedded PostgreSQL nor may every role install it; its
GIN indexes of arrays are everywhere. The company stands before each three letters, so that only its own rows are read
(docs/decisions/0041).
"""

from typing import Any, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, Model, Q, QuerySet, TextField, Value
from django.db.models.functions import Coalesce

Row = TypeVar("Row", bound=Model)
GRAM = 3
"""Letters. What is sought and shorter is in no index."""
NEWEST = 10_000
"""So many rows are looked through for what is shorter."""


def grams(*said: Any) -> Func:
    """Return every three letters in a row that these fields of a company's row say: what its index holds."""
    return Func("company_id", *said, function="daybook_grams", output_field=ArrayField(TextField()))


def saying(
    rows: QuerySet[Row], company_id: int, text: str, *fields: str, held: Q | None = None, others: Q | None = None
) -> QuerySet[Row]:
    """Return those of a company's rows of which one of the fields says the text, in capitals or not, by their index.

    `fields`: all that the index is made of, in its order. `held`: which rows it holds, where it does not hold all; then
    `others`: the rest, which is found by another index and looked through. Of less than three letters only the newest
    rows are looked through.
    """
    mine = rows.model._default_manager.filter(company=company_id)  # noqa: SLF001 - Django's public way to a manager
    if len(text) < GRAM:
        newest = mine.order_by("-pk").values("pk")[NEWEST - 1 : NEWEST]
        return walking(rows, text, *fields).filter(pk__gte=Coalesce(newest, 0))
    sought = Func(Value(company_id), Value(text), function="daybook_grams", output_field=ArrayField(TextField()))
    there = walking(mine, text, *fields).alias(grams=grams(*fields)).filter(grams__contains=sought).values("pk")
    if held is not None and others is not None:
        there = there.filter(held).union(walking(mine.filter(others), text, *fields).values("pk"), all=True)
    return rows.filter(pk__in=there)


def looked_through(text: str) -> int:
    """Return how many of the newest rows are looked through for a text; 0: all are found."""
    return NEWEST if 0 < len(text) < GRAM else 0


def walking(rows: QuerySet[Row], text: str, *fields: str) -> QuerySet[Row]:
    """Return the same rows, each looked at by itself: quicker where so many say the text that the next ones do."""
    says = Q()
    for field in fields:
        says |= Q(**{f"{field}__icontains": text})
    return rows.filter(says)
