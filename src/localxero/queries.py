"""Reading lists: `where`, `order`, paging and If-Modified-Since (xero-rules.md 6).

`where` is parsed properly:  or := and ("OR" and)*   and := term ("AND" term)*   term := "(" or ")" | comparison | call
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any, Generic, TypeVar

R = TypeVar("R")
Fields = Mapping[str, Callable[[R], Any]]
Test = Callable[[R], bool]

DEFAULT_PAGE, LARGEST_PAGE = 100, 1000
MOST_UNPAGED = 100_000

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>"(?:[^"]|"")*")
      | (?P<number>-?\d+(?:\.\d+)?)
      | (?P<guid>Guid\(\s*"(?P<guid_text>[^"]*)"\s*\))
      | (?P<moment>DateTime\(\s*(?P<moment_text>[\d\s,]+)\))
      | (?P<name>[A-Za-z_][\w.]*)
      | (?P<operator>==|!=|<>|>=|<=|=|>|<|&&|\|\||\(|\))
    )""",
    re.VERBOSE,
)


class QueryParseError(Exception):
    """A query parameter that cannot be read: QueryParseException."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def where(text: str, fields: Fields[R]) -> Test[R]:
    """Read a `where` expression into a test of records."""
    return _Parser(_tokens(text), {name.casefold(): get for name, get in fields.items()}).parse()


def _tokens(text: str) -> list[_Token]:
    found, position, text = [], 0, text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            message = f"Syntax error at position {position} of '{text}'"
            raise QueryParseError(message)
        kind = next(k for k in ("string", "number", "guid", "moment", "name", "operator") if match[k] is not None)
        found.append(_Token(kind, match.group(f"{kind}_text") if kind in {"guid", "moment"} else match[kind]))
        position = match.end()
    return found


class _Parser(Generic[R]):
    def __init__(self, tokens: list[_Token], fields: Fields[R]) -> None:
        self._tokens, self._fields, self._at = tokens, fields, 0

    def parse(self) -> Test[R]:
        test = self._any_of()
        if self._at < len(self._tokens):
            raise QueryParseError(self._unexpected())
        return test

    def _any_of(self) -> Test[R]:
        tests = [self._all_of()]
        while self._accept("OR", "||"):
            tests.append(self._all_of())
        return tests[0] if len(tests) == 1 else lambda record: any(test(record) for test in tests)

    def _all_of(self) -> Test[R]:
        tests = [self._term()]
        while self._accept("AND", "&&"):
            tests.append(self._term())
        return tests[0] if len(tests) == 1 else lambda record: all(test(record) for test in tests)

    def _term(self) -> Test[R]:
        if self._accept("("):
            inner = self._any_of()
            self._expect(")")
            return inner
        name = self._next("name").text
        path, _, method = name.rpartition(".")
        if method.casefold() in _CALLS and path.casefold() in self._fields:
            return self._call(self._fields[path.casefold()], method.casefold())
        if name.casefold() not in self._fields:
            message = f"No property or field '{name}' exists"
            raise QueryParseError(message)
        return self._comparison(self._fields[name.casefold()])

    def _call(self, get: Callable[[R], Any], method: str) -> Test[R]:
        self._expect("(")
        wanted = str(_value(self._next("string"))).casefold()
        self._expect(")")
        matches = _CALLS[method]
        return lambda record: matches(str(get(record) or "").casefold(), wanted)

    def _comparison(self, get: Callable[[R], Any]) -> Test[R]:
        operator = self._next("operator").text
        if operator not in _COMPARE:
            raise QueryParseError(self._unexpected())
        wanted, compare = _value(self._next()), _COMPARE[operator]
        return lambda record: _compared(get(record), wanted, compare)

    def _next(self, kind: str | None = None) -> _Token:
        if self._at >= len(self._tokens) or (kind and self._tokens[self._at].kind != kind):
            raise QueryParseError(self._unexpected())
        self._at += 1
        return self._tokens[self._at - 1]

    def _accept(self, *texts: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at].text.upper() in texts:
            if self._tokens[self._at].kind == "string":
                return False
            self._at += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise QueryParseError(self._unexpected())

    def _unexpected(self) -> str:
        return f"Unexpected '{self._tokens[self._at].text}'" if self._at < len(self._tokens) else "Unexpected end"


_CALLS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda text, wanted: wanted in text,
    "startswith": lambda text, wanted: text.startswith(wanted),
    "endswith": lambda text, wanted: text.endswith(wanted),
}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda have, wanted: have == wanted,
    "=": lambda have, wanted: have == wanted,
    "!=": lambda have, wanted: have != wanted,
    "<>": lambda have, wanted: have != wanted,
    ">=": lambda have, wanted: have >= wanted,
    "<=": lambda have, wanted: have <= wanted,
    ">": lambda have, wanted: have > wanted,
    "<": lambda have, wanted: have < wanted,
}


def _value(token: _Token) -> object:
    if token.kind == "string":
        return token.text[1:-1].replace('""', '"')
    if token.kind == "number":
        return Decimal(token.text)
    if token.kind == "guid":
        return token.text
    if token.kind == "moment":
        return _moment(token.text)
    words = {"true": True, "false": False, "null": None}
    if token.text.casefold() not in words:
        message = f"No property or field '{token.text}' exists"
        raise QueryParseError(message)
    return words[token.text.casefold()]


def _moment(text: str) -> datetime:
    try:
        return datetime(*(int(part) for part in text.split(",")), tzinfo=UTC)  # type: ignore[arg-type,misc]
    except (ValueError, TypeError) as reason:
        message = f"DateTime({text}) is not a date"
        raise QueryParseError(message) from reason


def _compared(have: Any, wanted: Any, compare: Callable[[Any, Any], bool]) -> bool:
    """Compare as Xero does: text without case, a calendar date as its midnight."""
    if isinstance(have, str) and isinstance(wanted, str):
        return compare(have.casefold(), wanted.casefold())
    if isinstance(have, date) and not isinstance(have, datetime):
        have = datetime(have.year, have.month, have.day, tzinfo=UTC)
    try:
        return compare(have, wanted)
    except TypeError:
        return False


def ordered(records: Iterable[R], text: str | None, fields: Fields[R]) -> list[R]:
    """Sort by `order`, like "InvoiceNumber ASC" or "UpdatedDateUTC DESC"; several keys by commas."""
    found = list(records)
    known = {name.casefold(): get for name, get in fields.items()}
    for part in reversed((text or "").split(",") if text else []):
        name, _, direction = part.strip().partition(" ")
        if name.casefold() not in known or direction.strip().upper() not in {"", "ASC", "DESC"}:
            message = f"No property or field '{part.strip()}' exists"
            raise QueryParseError(message)
        found.sort(key=_sort_key(known[name.casefold()]), reverse=direction.strip().upper() == "DESC")
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
        if len(records) > MOST_UNPAGED:
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


def modified_since(header: str | None) -> int | None:
    """Read If-Modified-Since (UTC, ISO or HTTP date) into milliseconds; None when there is none."""
    if not header:
        return None
    try:
        moment = datetime.fromisoformat(header.strip())
    except ValueError:
        try:
            moment = parsedate_to_datetime(header)
        except ValueError as reason:
            message = "If-Modified-Since is not a date"
            raise QueryParseError(message) from reason
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp() * 1000)
