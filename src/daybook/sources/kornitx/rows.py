"""PURE: rows of an export, one an item with its order's columns repeated, put together as the vendor pushes an order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from daybook.sources import json_text
from daybook.sources.kornitx import reading
from daybook.sources.problems import NotAnOrderError, Problem
from daybook.sources.source import Read, Refusal

Row = Mapping[str, Any]
_ADDRESS = tuple(
    f"{which}_{part}"
    for which in ("shipping", "billing")
    for part in ("company", *(f"address_{at}" for at in range(1, 6)), "postcode", "country", "country_code")
)
ORDER = (
    "id", "ref", "external_ref", "status", "status_name", "sale_datetime", "creation_datetime", "dispatch_datetime",
    "completion_datetime", "has_been_completed", "has_error", "error_message", "is_free_of_charge", "currency_code",
    "shipping_price", "shipping_price_inc_tax", "shipping_tax_rate", "shipping_method", "customer_name",
    "customer_email", "billing_customer_name", "billing_customer_email", *_ADDRESS,
)  # fmt: skip
"""Fields of an order that are read (`reading.read_push`)."""
ITEM = (
    "id", "ref", "external_ref", "sku", "description", "quantity", "colour", "size", "unit_sale_price", "sale_price",
    "unit_price", "price", "unit_sale_price_inc_tax", "sale_price_inc_tax", "unit_price_inc_tax", "price_inc_tax",
    "unit_cost_price", "unit_cost", "cost_price", "cost", "sale_vat_rate", "vat_rate", "sale_tax_rate", "tax_rate",
)  # fmt: skip
"""Fields of an item that are read."""
_ITEMS_OWN = frozenset({"id", "ref", "external_ref", "quantity"})
"""Without the word order before them they are the item's: each row is one."""
_NO_ID = Problem(
    "order.id",
    "The row names neither its order's id nor its ref.",
    "Say in the field map under which name the export has it: order.id = ...",
)


@dataclass(frozen=True, slots=True)
class Understood:
    """What the rows of one order say."""

    read: Read
    raw: bytes
    """The rows as JSON, for reading them again."""

    @property
    def is_order(self) -> bool:
        """Tell whether they could be read."""
        return not isinstance(self.read, Refusal)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return why not."""
        return self.read.problems if isinstance(self.read, Refusal) else ()


def field_map(text: str) -> dict[str, str]:
    """Return what a person wrote, a line each: "order.ref = OrderNumber". Raises ValueError in words."""
    known = {*(f"order.{name}" for name in ORDER), *(f"item.{name}" for name in ITEM)}
    found = {}
    for line in filter(str.strip, text.splitlines()):
        ours, _, theirs = (part.strip() for part in line.partition("="))
        if ours not in known or not theirs:
            raise ValueError(
                f"“{line.strip()[:60]}” is not of the form NAME = THEIRS with one of our names, such as order.ref or "
                "item.quantity (docs/kornitx.md lists them)."
            )
        found[ours] = theirs
    return found


def orders(rows: Sequence[Row], names: Mapping[str, str]) -> list[Understood]:
    """Return what rows say, by order, in the order in which their first rows stand. A row without an order is refused."""
    grouped: dict[str, list[Row]] = {}
    for position, row in enumerate(rows):
        ids = [_found(row, "order", name, names) for name in ("id", "ref")]
        key = next((f"{at}:{given}" for at, given in enumerate(ids) if given not in (None, "", 0)), f"row:{position}")
        grouped.setdefault(key, []).append(row)
    return [Understood(_read(group, names), _raw(group)) for group in grouped.values()]


def reread(raw: bytes, settings: Mapping[str, str]) -> Sequence[Read]:
    """Return what the rows say that `orders` kept, as they are now; never raises."""
    try:
        group = _group(json_text.parse(raw, junk_numbers=True))
        return [each.read for each in orders(group, field_map(settings.get("export_fields", "")))]
    except NotAnOrderError as error:
        return [Refusal(error.problems)]
    except ValueError as error:
        return [Refusal((Problem("export_fields", str(error), "Correct the field map of the feed."),))]


def _group(given: object) -> list[Row]:
    group = given.get("rows") if isinstance(given, dict) else given
    if not isinstance(group, list) or not group or not all(isinstance(each, dict) for each in group):
        problem = "This is no list of rows."
        raise NotAnOrderError((Problem("rows", problem, 'Write it as {"rows": [ { ... } ]}.'),))
    return group


def _read(group: Sequence[Row], names: Mapping[str, str]) -> Read:
    push: dict[str, Any] = {name: _found(group[0], "order", name, names) for name in ORDER}
    if not push["id"] and not push["ref"]:
        return Refusal((_NO_ID,))
    push["items"] = [{name: _found(row, "item", name, names) for name in ITEM} for row in group]
    try:
        return reading.read_push(push)
    except NotAnOrderError as error:
        return Refusal(error.problems)


def _found(row: Row, what: str, name: str, names: Mapping[str, str]) -> Any:
    """Return a field of a row, under its mapped name or one of those that are usual."""
    mapped = names.get(f"{what}.{name}")
    if mapped is not None:
        return row.get(mapped)
    words = ("order",) if what == "order" else ("item", "order_item")
    for word in words:
        nested = row.get(word)
        if isinstance(nested, dict) and name in nested:
            return nested[name]
        for joint in (".", "_"):
            if f"{word}{joint}{name}" in row:
                return row[f"{word}{joint}{name}"]
    return row.get(name) if what == "item" or name not in _ITEMS_OWN else None


def _raw(group: Sequence[Row]) -> bytes:
    return json_text.write({"rows": [dict(row) for row in group]}).encode("utf-8", "replace")
