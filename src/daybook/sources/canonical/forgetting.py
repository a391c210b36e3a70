"""PURE: an order less what it says of persons; and a person's words taken out of anything that was written of them.

What an order comes to, where it is taxed and what was sold stays: the books need it.
"""

import html
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from daybook.sources.canonical.parties import Address, Customer, Destination
from daybook.sources.canonical.schema import CanonicalOrder, content_of, load_order

SHORTEST, SHORTEST_FIGURES = 3, 8
"""Shorter words, and shorter ones of digits alone, are parts of too many others."""
_NAMES = frozenset(
    {"id", "number", "sku", "source", "line", "channel", "currency", "cost_currency", "kind", "delivery_id"}
)
"""Fields that tell things apart, or are no free text."""
MOST_ESCAPED = 3
"""Texts within texts that are read: JSON in a cell of what is kept as JSON is two."""
_PAIR = r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_ESCAPE = re.compile(rf"{_PAIR}|\\u[0-9a-fA-F]{{4}}|\\[^u]|&#?\w{{1,10}};", re.DOTALL)
_SHORT = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_NOT_UTF_8 = re.compile("[\udc80-\udcff]")
"""Bytes, as they are decoded with what else is UTF-8."""


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
    """Return bytes less these words: as UTF-8 or of the encoding of old Windows programs, plain or as JSON or XML escape them."""
    pattern = _pattern(words)
    text = told.decode("utf-8", "surrogateescape")
    return told if pattern is None else _cut(text, pattern).encode("utf-8", "surrogateescape")


def _cut(text: str, pattern: re.Pattern[str]) -> str:
    """Return a text less what the pattern finds in it, whatever the text writes in escapes."""
    kept: list[str] = []
    at = 0
    for begin, end in sorted(_spans(_NOT_UTF_8.sub(_old, text), pattern, MOST_ESCAPED)):
        kept.append(text[at : max(begin, at)])
        at = max(end, at)
    return "".join([*kept, text[at:]]) if at else text


def _spans(text: str, pattern: re.Pattern[str], depth: int) -> Iterator[tuple[int, int]]:
    """Yield where it is found; an escape stands for one character, before which or behind which a word may begin or end."""
    yield from (found.span() for found in pattern.finditer(text))
    read: list[str] = []
    begins, shifts, last, length = [0], [0], 0, 0
    for escape in _ESCAPE.finditer(text) if depth else ():
        if (meant := _meant(escape[0])) is None:
            continue
        read += [text[last : escape.start()], meant]
        length += escape.start() - last + len(meant)
        last = escape.end()
        begins.append(length)
        shifts.append(last - length)
    if read:
        read.append(text[last:])
        for begin, end in _spans("".join(read), pattern, depth - 1):
            yield begin + shifts[bisect_right(begins, begin) - 1], end + shifts[bisect_right(begins, end) - 1]


def _meant(escape: str) -> str | None:
    """Return the character that an escape of JSON or XML stands for; None: it is none."""
    if escape[0] == "&":
        meant = html.unescape(escape)
        return meant if len(meant) == 1 else None
    if escape[1] == "u":
        return bytes.fromhex(escape.replace("\\u", "")).decode("utf-16-be", "replace")
    return _SHORT.get(escape[1], escape[1])


def _old(found: re.Match[str]) -> str:
    return bytes([ord(found[0]) - 0xDC00]).decode("cp1252", "replace")


def _pattern(words: Iterable[str]) -> re.Pattern[str] | None:
    """Whole words only, whatever their case and spaces."""
    parts = [r"\s+".join(map(re.escape, each.split())) for each in dict.fromkeys(words) if each.strip()]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE) if parts else None


def _less(told: Any, pattern: re.Pattern[str]) -> Any:
    match told:
        case str():  # amounts, days and codes of digits stay whatever somebody is called
            return _cut(told, pattern) if _has_letters(told) else told
        case Mapping():
            return {name: each if name in _NAMES else _less(each, pattern) for name, each in told.items()}
        case list():
            return [_less(each, pattern) for each in told]
    return told
