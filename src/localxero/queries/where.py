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
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from localxero.queries.lists import Fields, QueryParseError, Test
from localxero.queries.values import (
    BOOLEAN,
    CALLS,
    CHANGES,
    COMPARE,
    GUID,
    MOMENT,
    NO_BOOLEAN,
    PROPERTIES,
    STRING,
    TYPES_OF_PARTS,
    are_alike,
    compared,
    folded,
    guid,
    incompatible,
    moment,
    parsed,
    text_of,
    truth,
    type_of,
    type_of_number,
)

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


_KINDS = {"hasvalue": TEST, "value": FIELD}


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
        if self._at >= len(self._tokens) or self._tokens[self._at].text not in COMPARE:
            return left
        sign = self._next().text
        right = self._operand()
        if left.type and right.type and not are_alike(left.type, right.type):
            raise incompatible(sign, left.type, right.type)
        return _Operand(lambda record: compared(left.of(record), right.of(record), sign), TEST, BOOLEAN)

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
            return _constant(_unquoted(token), type=STRING)
        return _constant(Decimal(token.text), type=type_of_number(token.text))

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
                return _constant(guid(self._argument_text()), type=GUID)
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
            return parsed(self._argument_text())
        self._expect("(")
        parts = [self._next("number").text]
        while self._accept(","):
            parts.append(self._next("number").text)
        self._expect(")")
        return moment(parts)

    def _argument_text(self) -> str:
        self._expect("(")
        text = _unquoted(self._next("string"))
        self._expect(")")
        return text

    def _member(self, of: _Operand[R]) -> _Operand[R]:
        written = self._next("name").text
        name = written.casefold()
        if name not in PROPERTIES and of.type not in {"", STRING}:
            raise QueryParseError(f"No applicable method '{written}' exists in type '{of.type}'")
        if read := PROPERTIES.get(name):
            part_type = of.type if name == "value" else TYPES_OF_PARTS.get(name, "")
            return _Operand(lambda record: read(of.of(record)), _KINDS.get(name, VALUE), part_type)
        if change := CHANGES.get(name):
            self._expect("(")
            self._expect(")")
            return _Operand(lambda record: change(text_of(of.of(record))), type=STRING)
        if matches := CALLS.get(name):
            self._expect("(")
            wanted = self._nested(self._operand)
            self._expect(")")
            if wanted.type not in {"", STRING}:
                raise QueryParseError(f"No applicable method '{written}' exists in type 'String'")
            return _Operand(lambda record: matches(folded(of.of(record)), folded(wanted.of(record))), TEST, BOOLEAN)
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


def _constant(value: object, kind: str = VALUE, *, type: str = "") -> _Operand[Any]:  # noqa: A002 - what it is
    return _Operand(lambda _: value, kind, type)


def _as_test(operand: _Operand[R]) -> Test[R]:
    """Take what is true or false for a test."""
    if operand.kind == VALUE:
        raise QueryParseError(NO_BOOLEAN)
    return operand.of if operand.kind == TEST else lambda record: truth(operand.of(record))


def _unquoted(token: _Token) -> str:
    return token.text[1:-1].replace('""', '"')
