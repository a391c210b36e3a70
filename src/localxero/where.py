"""PURE: the language of `where`, read once into a test of records (xero-rules.md 6).

    any_of   := all_of (("OR" | "||") all_of)*
    all_of   := term (("AND" | "&&") term)*
    term     := ("NOT" | "!") term | operand (comparison operand)?
    operand  := ("(" any_of ")" | literal | field) ("." member)*
    literal  := "text" | number | true | false | null
              | Guid("...") | DateTime(2026, 11, 20[, 12, 30, 0]) | DateTime.Parse("2026-11-20")
    member   := Contains("...") | StartsWith("...") | EndsWith("...") | Equals(...)
              | ToLower() | ToUpper() | Trim() | ToString() | Value | HasValue | Length | Date | Year | Month | Day

Names, words and texts count without case. A field may have dots of its own: Contact.Name. Xero reads this with
Microsoft's Dynamic LINQ, whose words its refusals are (likely): an id compares with Guid() only, and a field that has no
value cannot be asked to do something, so that one writes `EmailAddress!=null&&...`, as Xero's own page does.
"""

import re
import unicodedata
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from localxero.queries import Fields, QueryParseError, Test

R = TypeVar("R")

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>"(?:[^"]|"")*")
      | (?P<number>-?\d+(?:\.\d+)?)
      | (?P<name>[A-Za-z_]\w*)
      | (?P<sign>==|!=|<>|>=|<=|=|>|<|&&|\|\||!|\(|\)|\.|,)
    )""",
    re.VERBOSE,
)
DEEPEST = 50
VALUE, FIELD, TEST = "value", "field", "test"
GUID, STRING, BOOLEAN, NUMBER, MOMENT = "Guid", "String", "Boolean", "Decimal", "DateTime"
NUMBERS = {NUMBER, "UInt32", "Int32", "Double"}
# Xero's field names tell their type, so that what cannot be compared is refused whatever the records hold.
TYPES = (
    (re.compile(r"ID$"), GUID),
    (re.compile(r"(^|\.)(Is|Has|CanApplyTo|EnablePayments|ShowIn|AddTo|SentTo)\w+$"), BOOLEAN),
    (re.compile(r"(Date|DateUTC|OnDate)$"), MOMENT),
    (
        re.compile(r"(^|\.)(SubTotal|TotalTax|Total|Amount\w*|\w*Rate|RemainingCredit|QuantityOnHand|UnitPrice)$"),
        NUMBER,
    ),
    (re.compile(r"(Name|Number|Reference|Status|Type|Types|Code|Url|Class|Description|Address|Account)$"), STRING),
)
NO_BOOLEAN = "Expression of type 'Boolean' expected"


@dataclass(frozen=True, slots=True)
class Where(Generic[R]):
    """A test of records, and the fields it asks for."""

    test: Test[R]
    fields: frozenset[str]


def where(text: str, fields: Fields[R], of: str = "Record") -> Where[R]:
    """Read a `where` expression over records called `of`, such as Invoice.

    Raises QueryParseError for what cannot be read; the test raises it, too, for values that cannot be compared or asked.
    """
    parser = _Parser(_tokens(text), {name.casefold(): (name, get) for name, get in fields.items()}, of)
    test = parser.parse()
    return Where(test, frozenset(parser.asked))


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str

    def is_one_of(self, *texts: str) -> bool:
        return self.kind != "string" and self.text.upper() in texts


def _tokens(text: str) -> list[_Token]:
    found, position, text = [], 0, text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            message = f"Syntax error at position {position} of '{text}'"
            raise QueryParseError(message)
        found.append(_Token(match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return found


@dataclass(frozen=True, slots=True)
class _Operand(Generic[R]):
    """A value to be had of a record; a field may turn out to be true or false, a test always does, others never."""

    of: Callable[[R], Any]
    kind: str = VALUE
    type: str = ""


class _Parser(Generic[R]):
    def __init__(self, tokens: list[_Token], fields: Mapping[str, tuple[str, Callable[[R], Any]]], of: str) -> None:
        self._tokens, self._fields, self._of = tokens, fields, of
        self._at = self._depth = 0
        self.asked: set[str] = set()

    def parse(self) -> Test[R]:
        found = self._any_of()
        if self._at < len(self._tokens):
            raise QueryParseError(self._unexpected())
        return _as_test(found)

    def _any_of(self) -> _Operand[R]:
        return self._joined(self._all_of, ("OR", "||"), any)

    def _all_of(self) -> _Operand[R]:
        return self._joined(self._term, ("AND", "&&"), all)

    def _joined(
        self, part: Callable[[], _Operand[R]], words: tuple[str, ...], combine: Callable[..., bool]
    ) -> _Operand[R]:
        first = part()
        tests = []
        while self._accept(*words):
            tests.append(_as_test(part()))
        if not tests:
            return first
        tests.insert(0, _as_test(first))
        return _Operand(lambda record: combine(test(record) for test in tests), TEST, BOOLEAN)

    def _term(self) -> _Operand[R]:
        if self._accept("NOT", "!"):
            test = _as_test(self._nested(self._term))
            return _Operand(lambda record: not test(record), TEST, BOOLEAN)
        left = self._operand()
        if self._at >= len(self._tokens) or self._tokens[self._at].text not in _COMPARE:
            return left
        sign = self._next().text
        right = self._operand()
        if left.type and right.type and not _are_alike(left.type, right.type):
            raise _incompatible(sign, left.type, right.type)
        return _Operand(lambda record: _compared(left.of(record), right.of(record), sign), TEST, BOOLEAN)

    def _operand(self) -> _Operand[R]:
        found = self._primary()
        while self._accept("."):
            found = self._member(found)
        return found

    def _primary(self) -> _Operand[R]:
        if self._accept("("):
            inner = self._nested(self._any_of)
            self._expect(")")
            return inner
        token = self._next("string", "number", "name")
        if token.kind == "name":
            return self._named(token.text)
        if token.kind == "string":
            return _constant(_text_of(token), type=STRING)
        return _constant(Decimal(token.text), type=_type_of_number(token.text))

    def _nested(self, part: Callable[[], _Operand[R]]) -> _Operand[R]:
        self._depth += 1
        if self._depth > DEEPEST:
            message = "The expression is nested too deeply"
            raise QueryParseError(message)
        inner = part()
        self._depth -= 1
        return inner

    def _named(self, name: str) -> _Operand[R]:
        match name.casefold():
            case "true" | "false":
                return _constant(name.casefold() == "true", TEST, type=BOOLEAN)
            case "null":
                return _constant(None)
            case "guid":
                return _constant(_guid(self._argument_text()), type=GUID)
            case "datetime":
                return _constant(self._moment(), type=MOMENT)
        return self._field(name)

    def _field(self, name: str) -> _Operand[R]:
        """Take the longest name that is a field; what follows are its members."""
        end = self._at
        names = [name]
        while end + 1 < len(self._tokens) and self._tokens[end].text == "." and self._tokens[end + 1].kind == "name":
            names.append(self._tokens[end + 1].text)
            end += 2
        for count in range(len(names), 0, -1):
            if known := self._fields.get(".".join(names[:count]).casefold()):
                self._at += 2 * (count - 1)
                self.asked.add(known[0])
                return _Operand(known[1], FIELD, type_of(known[0]))
        return self._part(name, names)

    def _part(self, name: str, names: list[str]) -> _Operand[R]:
        """Take a name that is but the beginning of fields, such as Contact: there or not there."""
        prefix = f"{name.casefold()}."
        first = next((get for known, (_, get) in self._fields.items() if known.startswith(prefix)), None)
        if first is None:
            raise QueryParseError(f"No property or field '{name}' exists in type '{self._of}'")
        if len(names) > 1:
            raise QueryParseError(f"No property or field '{names[1]}' exists in type '{name}'")
        return _Operand(first, type="Object")

    def _moment(self) -> datetime:
        if self._accept("."):
            self._expect("PARSE")
            return _parsed(self._argument_text())
        self._expect("(")
        parts = [self._next("number").text]
        while self._accept(","):
            parts.append(self._next("number").text)
        self._expect(")")
        return _moment(parts)

    def _argument_text(self) -> str:
        self._expect("(")
        text = _text_of(self._next("string"))
        self._expect(")")
        return text

    def _member(self, of: _Operand[R]) -> _Operand[R]:
        written = self._next("name").text
        name = written.casefold()
        if name not in _PROPERTIES and of.type not in {"", STRING}:
            raise QueryParseError(f"No applicable method '{written}' exists in type '{of.type}'")
        if read := _PROPERTIES.get(name):
            part_type = of.type if name == "value" else _TYPES_OF_PARTS.get(name, "")
            return _Operand(lambda record: read(of.of(record)), _KINDS.get(name, VALUE), part_type)
        if change := _CHANGES.get(name):
            self._expect("(")
            self._expect(")")
            return _Operand(lambda record: change(_text(of.of(record))), type=STRING)
        if matches := _CALLS.get(name):
            self._expect("(")
            wanted = self._nested(self._operand)
            self._expect(")")
            if wanted.type not in {"", STRING}:
                raise QueryParseError(f"No applicable method '{written}' exists in type 'String'")
            return _Operand(lambda record: matches(_folded(of.of(record)), _folded(wanted.of(record))), TEST, BOOLEAN)
        message = f"No applicable method '{written}' exists in type '{of.type or self._of}'"
        raise QueryParseError(message)

    def _next(self, *kinds: str) -> _Token:
        if self._at >= len(self._tokens) or (kinds and self._tokens[self._at].kind not in kinds):
            raise QueryParseError(self._unexpected())
        self._at += 1
        return self._tokens[self._at - 1]

    def _accept(self, *texts: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at].is_one_of(*texts):
            self._at += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise QueryParseError(self._unexpected())

    def _unexpected(self) -> str:
        return f"Unexpected '{self._tokens[self._at].text}'" if self._at < len(self._tokens) else "Unexpected end"


def type_of(field: str) -> str:
    """Tell the type of a field by its name; "" where the name does not tell."""
    return next((found for pattern, found in TYPES if pattern.search(field)), "")


def _constant(value: object, kind: str = VALUE, *, type: str = "") -> _Operand[Any]:  # noqa: A002 - what it is
    return _Operand(lambda _: value, kind, type)


def _type_of_number(text: str) -> str:
    return "Double" if "." in text else "Int32" if text.startswith("-") else "UInt32"


def _are_alike(these: str, those: str) -> bool:
    """Tell whether values of two types can be compared; an object can be compared with null alone."""
    return these == those or {these, those} <= NUMBERS


def _guid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError as reason:
        raise QueryParseError(
            "Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx)"
        ) from reason


def _as_test(operand: _Operand[R]) -> Test[R]:
    """Take what is true or false for a test."""
    if operand.kind == VALUE:
        raise QueryParseError(NO_BOOLEAN)
    return operand.of if operand.kind == TEST else lambda record: _truth(operand.of(record))


def _truth(value: object) -> bool:
    if isinstance(value, bool | None):
        return bool(value)
    raise QueryParseError(NO_BOOLEAN)


def _text_of(token: _Token) -> str:
    return token.text[1:-1].replace('""', '"')


def _text(value: object) -> str:
    """Take a value as text. Xero cannot work it out where there is none (GH:waynerobinson/xeroizer#408)."""
    if value is None:
        raise QueryParseError("Where clause invocation error: a field has no value")
    return str(value)


def _folded(value: object) -> str:
    """Fold case and accents, as Xero compares texts (Xero's page on contacts)."""
    text = _text(value).casefold()
    if text.isascii():
        return text
    return "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))


def _part(name: str) -> Callable[[Any], Any]:
    return lambda value: Decimal(getattr(value, name)) if isinstance(value, date) else None


_KINDS = {"hasvalue": TEST, "value": FIELD}
_TYPES_OF_PARTS = {
    "hasvalue": BOOLEAN,
    "length": NUMBER,
    "date": MOMENT,
    "year": NUMBER,
    "month": NUMBER,
    "day": NUMBER,
}
_PROPERTIES: dict[str, Callable[[Any], Any]] = {
    "value": lambda value: value,
    "hasvalue": lambda value: value is not None,
    "length": lambda value: Decimal(len(_text(value))),
    "date": lambda value: value.date() if isinstance(value, datetime) else value,
    "year": _part("year"),
    "month": _part("month"),
    "day": _part("day"),
}
_CHANGES: dict[str, Callable[[str], str]] = {
    "tolower": str.lower,
    "toupper": str.upper,
    "trim": str.strip,
    "tostring": str,
}
_CALLS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda text, wanted: wanted in text,
    "startswith": lambda text, wanted: text.startswith(wanted),
    "endswith": lambda text, wanted: text.endswith(wanted),
    "equals": lambda text, wanted: text == wanted,
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


def _moment(parts: list[str]) -> datetime:
    try:
        return datetime(*(int(part) for part in parts), tzinfo=UTC)  # type: ignore[arg-type,misc]
    except (ValueError, TypeError, OverflowError) as reason:
        message = f"DateTime({', '.join(parts)}) is not a date"
        raise QueryParseError(message) from reason


def _parsed(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as reason:
        message = f"'{text}' is not a date"
        raise QueryParseError(message) from reason
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _compared(have: Any, wanted: Any, sign: str) -> bool:
    """Compare as Xero does: text without case, a calendar date as its midnight, an empty text as nothing at all."""
    if have is None or wanted is None:
        is_same = have in {None, ""} and wanted in {None, ""}
        return is_same if sign in {"==", "="} else not is_same if sign in {"!=", "<>"} else False
    these, those = _comparable(have), _comparable(wanted)
    if type(these) is not type(those):
        raise _incompatible(sign, _type_of(these), _type_of(those))
    return _COMPARE[sign](these, those)


def _type_of(value: object) -> str:
    names = {bool: BOOLEAN, str: STRING, Decimal: NUMBER, datetime: MOMENT}
    return names.get(type(value), type(value).__name__)


def _incompatible(sign: str, these: str, those: str) -> QueryParseError:
    return QueryParseError(f"Operator '{sign}' incompatible with operand types '{these}' and '{those}'")


def _comparable(value: Any) -> Any:
    if isinstance(value, str):
        return _folded(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value
