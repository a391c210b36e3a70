"""PURE: what a Custom Gateway / Kornit X OMS pushes and calls back, as Daybook's canonical order (docs/kornitx.md).

The vendor's fields are read tolerantly: numbers may be texts, what is missing is not there, what is junk in a side
field is dropped. What is no order at all is refused with the field's name.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from daybook.kit.money import decimals, plain
from daybook.kit.translation import gettext_noop
from daybook.sources import spelling
from daybook.sources.canonical import schema, wording
from daybook.sources.problems import NotAnOrderError, Problem
from daybook.sources.source import Notice

SOURCE = "kornitx"
P = TypeVar("P", schema.CanonicalOrder, schema.NoticeContent, schema.NoticeName)

_DISPATCHED = frozenset({8, 64})
_CANCELLED = 128
_ON_HOLD = 256
_GOING_ON = frozenset({1, 4, 512, 513, 515, 516, 517})
"""Received, in production, at the supplier, at the shipper, pending dispatch: an order that lives."""
_DISPATCHED_NAMES = ("dispatched", "delivered")
STATUSES = {
    gettext_noop("Received (1), In production (4), with the supplier or shipper (512 to 517)"): "created",
    gettext_noop("Dispatched (8 and 64), Delivered"): "dispatched",
    gettext_noop("On Hold (256)"): "on hold",
    gettext_noop("Cancelled (128)"): "cancelled",
}
"""As the sets above say it, for people."""
_PRICE = ("unit_sale_price", "sale_price", "unit_price", "price")
_PRICE_INC = ("unit_sale_price_inc_tax", "sale_price_inc_tax", "unit_price_inc_tax", "price_inc_tax")
_COST = ("unit_cost_price", "unit_cost", "cost_price", "cost", "unit_cost_price_ex_tax")
_RATE = ("sale_vat_rate", "vat_rate", "sale_tax_rate", "tax_rate")
_MOST_DIGITS = 20
_PRICE_PLACES, _RATE_PLACES, _QUANTITY_PLACES = 8, 6, 4
_LONGEST = {
    "status": 100,
    "external_ref": 500,
    "error_message": 4000,
    "name": 500,
    "sku": 100,
    "description": 4000,
    "method": 100,
}
_COUNTRY = re.compile("[A-Za-z]{2}")
_VENDOR_NAMES = {
    "lines": "items",
    "ordered_at": "sale_datetime",
    "completed_at": "completion_datetime",
    "currency": "currency_code",
    "cancellations": "new_cancellations",
    "shipments": "new_shipments",
    "dispatched_at": "dispatch_datetime",
    "line": "ref",
    "number": "ref",
    "unit_price": "unit_sale_price",
    "unit_price_inc_tax": "unit_sale_price_inc_tax",
    "unit_cost": "unit_cost_price",
}
_VENDOR_PATHS = {f"shipping.{name}": f"shipping_{name}" for name in ("price", "price_inc_tax")}


def read_push(given: object) -> schema.CanonicalOrder:
    """Return the order of a Generic API push. Raises NotAnOrderError."""
    push = _object(given)
    source_id, ref = _identity(push)
    items = push.get("items", [])
    if not isinstance(items, list):
        raise NotAnOrderError((Problem("items", "This is not a list.", "Send the order's items as a list: [ ... ]"),))
    canonical = {
        "source": SOURCE,
        "id": source_id,
        "number": ref,
        "external_ref": _text(push, "external_ref"),
        "status": _status_words(push),
        "dispatched": _is_dispatched(push),
        "on_hold": _is_on_hold(push),
        "has_error": _flag(push, "has_error"),
        "error_message": _text(push, "error_message"),
        "cancelled": _is_cancelled(push),
        "is_free_of_charge": _flag(push, "is_free_of_charge"),
        "ordered_at": _moment(push, "sale_datetime") or _moment(push, "creation_datetime"),
        "dispatched_at": _moment(push, "dispatch_datetime"),
        "completed_at": _moment(push, "completion_datetime"),
        "currency": _text(push, "currency_code") or None,
        "lines": _distinct([_line(item, position) for position, item in enumerate(items)]),
        "shipping": _shipping(push),
        "shipping_method": _text(push, "shipping_method")[: _LONGEST["method"]],
        "customer": _customer(push),
        "shipping_address": _address(push, "shipping", _text(push, "customer_name")),
        "billing_address": _address(push, "billing", _text(push, "billing_customer_name")),
    }
    return _translated(lambda: schema.parse_order(canonical))


def read_callback(given: object) -> Notice:
    """Return what a status callback says. Raises NotAnOrderError."""
    callback = _object(given)
    source_id, ref = _identity(callback)
    named = {"id": source_id, "number": ref, "external_ref": _text(callback, "external_ref")}
    content = {
        "status": _status_words(callback),
        "dispatched": _is_dispatched(callback),
        **_told_flags(callback),
        "shipments": [
            {"dispatched_at": _moment(each, "dispatch_datetime"), "lines": list(_parts(each, field))}
            for each, field in _objects(callback, "new_shipments")
        ],
        "cancellations": [
            {"lines": list(_parts(each, field))} for each, field in _objects(callback, "new_cancellations")
        ],
    }
    name = _translated(lambda: schema.parse_notice_name(named))
    return Notice(
        source_id=name.id,
        ref=name.number,
        external_ref=name.external_ref,
        notice=_translated(lambda: schema.parse_notice(content)),
    )


def _object(given: object) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise NotAnOrderError((wording.not_an_object(given),))
    return given


def _identity(push: Mapping[str, Any]) -> tuple[str, str]:
    """Return the vendor's id and ref, each standing in for the other; never external_ref, which split orders share."""
    source_id, ref = _name(push.get("id")), _name(push.get("ref"))
    if not source_id and not ref:
        cure = "Send the order's own id or ref; external_ref is no key, split orders share it."
        raise NotAnOrderError((Problem("id", "The order has neither id nor ref.", cure),))
    return source_id or ref, ref or source_id


def _name(given: object) -> str:
    """Return an identifier; 0 and the empty text are none."""
    if isinstance(given, int) and not isinstance(given, bool):
        return str(given) if given else ""
    return given.strip() if isinstance(given, str) and given.strip() != "0" else ""


def _status(push: Mapping[str, Any]) -> tuple[int | None, str]:
    """Return the status's code, None where it is no number, and its name."""
    number = _number(push.get("status"))
    return None if number is None or number != int(number) else int(number), _text(push, "status_name")


def _status_words(push: Mapping[str, Any]) -> str:
    code, name = _status(push)
    words = name or _text(push, "status")
    return (f"{words} ({code})" if code is not None and words != str(code) else words)[: _LONGEST["status"]]


def _is_dispatched(push: Mapping[str, Any]) -> bool:
    code, name = _status(push)
    return code in _DISPATCHED or name.lower().startswith(_DISPATCHED_NAMES) or _flag(push, "has_been_completed")


def _is_on_hold(push: Mapping[str, Any]) -> bool:
    code, name = _status(push)
    return code == _ON_HOLD or name.lower().startswith("on hold")


def _is_cancelled(push: Mapping[str, Any]) -> bool:
    code, name = _status(push)
    return code == _CANCELLED or name.lower() in {"cancelled", "canceled"}


def _told_flags(callback: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a callback says that replaces what was said before; None where it says nothing of it.

    A status is the order's one status: any other ends a hold. A cancellation is ended only by a status that says the
    order goes on: what is refunded or archived afterwards stays cancelled.
    """
    code, name = _status(callback)
    says_status = code is not None or bool(name or _text(callback, "status"))
    goes_on = code in _GOING_ON or _is_dispatched(callback) or _is_on_hold(callback)
    return {
        "cancelled": True if _is_cancelled(callback) else False if goes_on else None,
        "on_hold": _is_on_hold(callback) if says_status else False if callback.get("new_shipments") else None,
        "has_error": _flag(callback, "has_error") if callback.get("has_error") is not None else None,
        "error_message": _text(callback, "error_message"),
    }


def _customer(push: Mapping[str, Any]) -> dict[str, str]:
    name = _text(push, "billing_customer_name") or _text(push, "customer_name")
    email = _text(push, "billing_customer_email") or _text(push, "customer_email")
    company = _text(push, "billing_company") or _text(push, "shipping_company")
    longest = _LONGEST["name"]
    return {"name": name[:longest], "company": company[:longest], "email": email[:longest]}


def _address(push: Mapping[str, Any], which: str, name: str) -> dict[str, Any]:
    """Return one of the two addresses, its lines where the vendor has them; a code that is none is dropped."""
    lines = [_text(push, f"{which}_address_{place}")[: _LONGEST["name"]] for place in range(1, 6)]
    while lines and not lines[-1]:
        lines.pop()
    code = _text(push, f"{which}_country_code")
    return {
        "name": name[: _LONGEST["name"]],
        "company": _text(push, f"{which}_company")[: _LONGEST["name"]],
        "lines": lines,
        "postcode": _text(push, f"{which}_postcode")[: _LONGEST["method"]],
        "country": _text(push, f"{which}_country")[: _LONGEST["method"]],
        "country_code": code if _COUNTRY.fullmatch(code) else "",
    }


def _shipping(push: Mapping[str, Any]) -> dict[str, Any]:
    """Return the shipping; its rate is often junk, worked out by a division, so only a sensible one is kept.

    The rate of a mix is none: where the items bear several, one between them that no item bears is left to the amounts.
    """
    rate = _rate(push, ("shipping_tax_rate",))
    return {
        "price": _amount(push, ("shipping_price",), "shipping_price"),
        "price_inc_tax": _amount(push, ("shipping_price_inc_tax",), "shipping_price_inc_tax"),
        "tax_rate": None if rate is not None and _is_mix(Decimal(rate), push.get("items", [])) else rate,
    }


def _is_mix(rate: Decimal, items: Iterable[object]) -> bool:
    """Tell whether a rate lies between those of the items without being one of them."""
    of_goods = {found for item in items if isinstance(item, dict) and (found := _item_rate(item)) is not None}
    return bool(of_goods) and rate not in of_goods and min(of_goods) < rate < max(of_goods)


def _item_rate(item: Mapping[str, Any]) -> Decimal | None:
    """Return an item's rate, to whole percents where only its two prices tell it."""
    stated = _rate(item, _RATE)
    if stated is not None:
        return Decimal(stated)
    price, price_inc = (
        _number(next((item[name] for name in names if item.get(name)), None)) for names in (_PRICE, _PRICE_INC)
    )
    return round(price_inc / price - 1, 2) if price and price_inc else None


def _line(item: object, position: int) -> dict[str, Any]:
    where = f"items[{position}]"
    if not isinstance(item, dict):
        raise NotAnOrderError((Problem(where, "This is not an object.", "Send each item as an object: { ... }"),))
    quantity = _amount(item, ("quantity",), f"{where}.quantity", places=_QUANTITY_PLACES)
    if quantity is None:
        cure = "Send how many were ordered."
        raise NotAnOrderError((Problem(f"{where}.quantity", "The quantity is missing.", cure),))
    return {
        "id": _name(item.get("id")),
        "ref": _name(item.get("ref")),
        "external_ref": _name(item.get("external_ref")),
        "sku": _text(item, "sku"),
        "description": _description(item),
        "quantity": quantity,
        "unit_price": _amount(item, _PRICE, where),
        "unit_price_inc_tax": _amount(item, _PRICE_INC, where),
        "tax_rate": _rate(item, _RATE),
        "unit_cost": _amount(item, _COST, where),
    }


def _distinct(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the lines without ids that several share: their place tells them apart, and the id is a name like others.

    It takes the place of a ref that is missing, so that callbacks which name it still find the lines.
    """
    times = Counter(line["id"] for line in lines)
    return [line | {"id": "", "ref": line["ref"] or line["id"]} if times[line["id"]] > 1 else line for line in lines]


def _description(item: Mapping[str, Any]) -> str:
    """Return what stands on the line: the description, with colour and size behind it where it names neither."""
    description = _text(item, "description") or _text(item, "sku")
    variants = [text for key in ("colour", "size") if (text := _text(item, key)) and text not in description]
    return ", ".join(filter(None, (description, *variants)))[: _LONGEST["description"]]


def _objects(callback: Mapping[str, Any], field: str) -> Iterable[tuple[Mapping[str, Any], str]]:
    given = callback.get(field) or []
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise NotAnOrderError((Problem(field, "This is not a list of objects.", "Send a list: [ { ... } ]"),))
    return [(each, f"{field}[{position}].items") for position, each in enumerate(given)]


def _parts(bundle: Mapping[str, Any], field: str) -> Iterable[dict[str, Any]]:
    items = bundle.get("items") or []
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise NotAnOrderError((Problem(field, "This is not a list of objects.", "Send a list: [ { ... } ]"),))
    for position, item in enumerate(items):
        where = f"{field}[{position}]"
        names = [_name(item.get(key)) for key in ("ref", "id", "external_ref")]
        quantity = _amount(item, ("quantity",), f"{where}.quantity", places=_QUANTITY_PLACES)
        if not any(names) or quantity is None:
            cure = "Send the item's ref or external_ref, and its quantity."
            raise NotAnOrderError((Problem(where, "The item or its quantity is not named.", cure),))
        yield {"line": next(filter(None, names)), "external_ref": names[2], "quantity": quantity}


def _text(given: Mapping[str, Any], key: str) -> str:
    """Return a text field; numbers become text, anything else is not there."""
    text = given.get(key)
    if isinstance(text, int | Decimal) and not isinstance(text, bool):
        return str(text)
    return text.strip()[: _LONGEST.get(key)] if isinstance(text, str) else ""


def _flag(given: Mapping[str, Any], key: str) -> bool:
    """Return a yes or no, which may come as true, 1 or "1"."""
    return given.get(key) in (True, 1, "1", "true", "True", "yes")


def _moment(given: Mapping[str, Any], key: str) -> str | None:
    """Return a date and time; the vendor writes zeros where there is none, and PHP reads those as the year -1."""
    text = _text(given, key)
    return None if text in {"", "0"} or text.startswith(("0000", "-0001")) else text


def _number(given: object) -> Decimal | None:
    if isinstance(given, float):
        given = repr(given)  # the JSON was read by somebody else's parser: its shortest form is what was written
    if isinstance(given, bool) or not isinstance(given, int | str | Decimal):
        return None
    try:
        number = Decimal(given.strip() if isinstance(given, str) else given)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) <= _MOST_DIGITS else None


def _amount(given: Mapping[str, Any], names: tuple[str, ...], where: str, places: int = _PRICE_PLACES) -> str | None:
    """Return the first of the fields that is there, rounded to what Daybook keeps. Raises NotAnOrderError for no number."""
    name = next((name for name in names if given.get(name) not in (None, "")), None)
    if name is None:
        return None
    number = _number(given[name])
    if number is None:
        field = where if where.endswith(name) else f"{where}.{name}"
        raise NotAnOrderError((Problem(field, "This is not a number.", "Send a JSON number, or leave the field out."),))
    return _written(number, places)


def _rate(given: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    """Return the first rate that is a sensible fraction; None where there is none: then the amounts tell."""
    for name in names:
        number = _number(given.get(name))
        if number is not None and 0 <= number <= 1:
            return _written(number, _RATE_PLACES)
    return None


def _written(number: Decimal, places: int) -> str:
    return plain(round(number, places) if number.adjusted() < 0 or decimals(number) > places else number)


def _translated(parse: Callable[[], P]) -> P:
    """Run a parser of the canonical form; where it refuses, name the fields as the vendor does."""
    return spelling.in_their_words(parse, _VENDOR_NAMES, _VENDOR_PATHS)
