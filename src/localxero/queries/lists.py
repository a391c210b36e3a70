"""PURE: reading lists: `order`, paging, If-Modified-Since and lists of values (xero-rules.md 6); see where."""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Generic, TypeVar

R = TypeVar("R")
Fields = Mapping[str, Callable[[R], Any]]
Test = Callable[[R], bool]

DEFAULT_PAGE, LARGEST_PAGE = 100, 1000
HIGH_VOLUME = 100_000
ASCENDING, DESCENDING = {"ASC", "ASCENDING"}, {"DESC", "DESCENDING"}


class QueryParseError(Exception):
    """A query parameter that cannot be read: QueryParseException."""


class PreconditionError(Exception):
    """If-Modified-Since is no date: 412."""


class Arguments(Mapping[str, str]):
    """A request's query parameters, whose names count without case, as in ASP.NET (likely)."""

    def __init__(self, sent: Mapping[str, str]) -> None:
        self._values = {name.casefold(): value for name, value in sent.items()}

    def __getitem__(self, name: str) -> str:
        return self._values[name.casefold()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def order_keys(text: str | None) -> list[tuple[str, bool]]:
    """Read `order`, like "InvoiceNumber ASC" or "Date DESC, InvoiceNumber": names, and whether they go down."""
    keys = []
    for part in (text or "").split(",") if text else []:
        name, _, direction = part.strip().partition(" ")
        if direction.strip().upper() not in {"", *ASCENDING, *DESCENDING}:
            message = f"Syntax error in '{part.strip()}'"
            raise QueryParseError(message)
        keys.append((name, direction.strip().upper() in DESCENDING))
    return keys


@dataclass(frozen=True, slots=True)
class Optimised:
    """The fields that `where` and `order` may ask for where there are more than 100,000 records (xero-rules.md 6)."""

    where: frozenset[str]
    order: frozenset[str]


@dataclass(frozen=True, slots=True)
class Listing(Generic[R]):
    """A list: what it is of, what `where` and `order` may ask, and how it is ordered before that.

    `rank` is Xero's own order where it has one: by UpdatedDateUTC. What was booked in the same millisecond stays in that
    order here, which costs nothing; Xero's page on requests and responses says that it then goes by id.
    """

    of: str
    fields: Fields[R]
    rank: Callable[[R], Any] | None = None
    optimised: Optimised | None = None
    has_where: bool = True


def check_volume(count: int, optimised: Optimised | None, *, asked: Iterable[str], order: str | None) -> None:
    """Refuse an unoptimised filter or order over a high volume (xero-rules.md 2.2; the words are ours)."""
    if optimised is None or count <= HIGH_VOLUME:
        return
    known = {name.casefold() for name in optimised.order}
    slow = sorted({*asked} - optimised.where)
    slow += [name for name, _ in order_keys(order) if name.casefold() not in known]
    if slow:
        message = f"Over more than 100,000 records these are not optimised for filtering or ordering: {', '.join(slow)}"
        raise QueryParseError(message)


def ordered(records: Iterable[R], text: str | None, listing: Listing[R]) -> list[R]:
    """Sort by `order`, its first key first, else as the list is."""
    found = sorted(records, key=listing.rank) if listing.rank else list(records)
    known = {name.casefold(): get for name, get in listing.fields.items()}
    for name, is_descending in reversed(order_keys(text)):
        if name.casefold() not in known:
            message = f"No property or field '{name}' exists in type '{listing.of}'"
            raise QueryParseError(message)
        found.sort(key=_sort_key(known[name.casefold()]), reverse=is_descending)
    return found


def _sort_key(get: Callable[[R], Any]) -> Callable[[R], Any]:
    def key(record: R) -> Any:
        value = get(record)
        return (value is not None, value.casefold() if isinstance(value, str) else value)

    return key


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """One page of a list and the pagination object that goes with it."""

    records: Sequence[R]
    pagination: dict[str, int] | None


def paged(records: Sequence[R], args: Mapping[str, str], *, always: bool = False) -> Page[R]:
    """Cut a page out of a list; sizes out of range are clamped, lists without page and pageSize stay whole.

    A whole list of more than 100,000 is refused (xero-rules.md 2.2; the words are ours).
    """
    if not always and "page" not in args and "pageSize" not in args:
        if len(records) > HIGH_VOLUME:
            message = "The request would return more than 100,000 records: use paging or a filter"
            raise QueryParseError(message)
        return Page(records, None)
    page = max(1, _integer(args, "page", 1))
    size = min(LARGEST_PAGE, max(1, _integer(args, "pageSize", DEFAULT_PAGE)))
    start = (page - 1) * size
    pagination = {
        "page": page,
        "pageSize": size,
        "pageCount": math.ceil(len(records) / size),
        "itemCount": len(records),
    }
    return Page(records[start : start + size], pagination)


def _integer(args: Mapping[str, str], name: str, otherwise: int) -> int:
    text = args.get(name, "").strip()
    if not text:
        return otherwise
    if not re.fullmatch(r"-?\d{1,9}", text):
        message = f"{name} must be a number"
        raise QueryParseError(message)
    return int(text)


def listed(args: Mapping[str, str], name: str) -> list[str]:
    """Read a comma-separated parameter."""
    return [part.strip().strip('"') for part in args.get(name, "").split(",") if part.strip()]


def flag(args: Mapping[str, str], name: str, *, default: bool = False) -> bool:
    """Read a true/false parameter."""
    return args.get(name, str(default)).strip().casefold() in {"true", "1"}


def modified_since(header: str | None) -> datetime | None:
    """Read If-Modified-Since (UTC, ISO or HTTP date), which is accurate to the second; None when there is none."""
    if not header:
        return None
    try:
        moment = datetime.fromisoformat(header.strip())
    except ValueError:
        try:
            moment = parsedate_to_datetime(header)
        except ValueError as reason:
            raise PreconditionError from reason
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.replace(microsecond=0)
