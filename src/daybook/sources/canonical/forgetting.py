"""PURE: an order less what it says of persons; and a person's words taken out of anything that was written of them.

What an order comes to, where it is taxed and what was sold stays: the books need it.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from daybook.sources.canonical.parties import Address, Customer, Destination
from daybook.sources.canonical.schema import CanonicalOrder, content_of, load_order

SHORTEST, SHORTEST_FIGURES = 3, 8
"""Shorter words, and shorter ones of digits alone, are parts of too many others."""
_NAMES = frozenset(
    {"id", "number", "sku", "source", "line", "channel", "currency", "cost_currency", "kind", "delivery_id"}
)
"""Fields that tell things apart, or are no free text."""


def persons_in(order: CanonicalOrder) -> tuple[str, ...]:
    """Return all that names persons in an order, the longest first."""
    customer = order.customer
    said = [customer.name, customer.company, customer.email, customer.vat_number]
    for address in (order.billing_address, order.shipping_address):
        said += [address.name, address.company, address.phone, *address.lines]
    return longest_first(said)


def longest_first(said: Iterable[str]) -> tuple[str, ...]:
    """Return these texts as they are looked for: each once, no short ones, a part of another behind it."""
    plain = {" ".join(each.split()) for each in said} | {each.strip() for each in said}
    return tuple(sorted(filter(_tells, plain), key=lambda each: (-len(each), each)))


def _tells(word: str) -> bool:
    """A house number is a part of too many amounts; a VAT number of digits alone is not."""
    return len(word) >= (SHORTEST if _has_letters(word) else SHORTEST_FIGURES)


def _has_letters(text: str) -> bool:
    return any(each.isalpha() for each in text)


def without_persons(order: CanonicalOrder) -> CanonicalOrder:
    """Return an order that names nobody any more. What is done twice is as what is done once."""
    words = persons_in(order)
    bare = order.model_copy(
        update={
            "customer": Customer(),
            "shipping_address": _place(order.shipping_address),
            "billing_address": _place(order.billing_address),
            "destination": Destination(country_code=order.destination.country_code, region=order.destination.region),
        }
    )
    return load_order(without(content_of(bare), words)) if words else bare


def _place(address: Address) -> Address:
    """Where it is taxed may hang on country and region."""
    return Address(region=address.region, country=address.country, country_code=address.country_code)


def without(told: Any, words: Iterable[str]) -> Any:
    """Return a text, or a JSON value with texts in it, less these words; fields that only tell things apart stay."""
    pattern = _pattern(words)
    return told if pattern is None else _less(told, pattern)


def without_in_bytes(told: bytes, words: Iterable[str]) -> bytes:
    """Return bytes less these words, as UTF-8 and as JSON escapes them."""
    text = told.decode("utf-8", "surrogateescape")
    pattern = _pattern([*words, *(_escaped(each) for each in words)])
    return told if pattern is None else pattern.sub("", text).encode("utf-8", "surrogateescape")


def _escaped(word: str) -> str:
    return "".join(each if each.isascii() else f"\\u{ord(each):04x}" for each in word)


def _pattern(words: Iterable[str]) -> re.Pattern[str] | None:
    """Whole words only, whatever their case and spaces."""
    parts = [r"\s+".join(map(re.escape, each.split())) for each in dict.fromkeys(words) if each.strip()]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE) if parts else None


def _less(told: Any, pattern: re.Pattern[str]) -> Any:
    match told:
        case str():  # amounts, days and codes of digits stay whatever somebody is called
            return pattern.sub("", told) if _has_letters(told) else told
        case Mapping():
            return {name: each if name in _NAMES else _less(each, pattern) for name, each in told.items()}
        case list():
            return [_less(each, pattern) for each in told]
    return told
