"""PURE: from bytes to bodies, as leniently as Xero reads them (numbers as strings, unknown fields, any case)."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, TypeVar

import msgspec

from localxero.books.records import (
    Address,
    BatchPaymentDetails,
    ContactPerson,
    DefaultTracking,
    PaymentTerm,
    PaymentTerms,
    Phone,
)
from localxero.wire.bodies import Body, xero_name
from localxero.wire.errors import AS_JSON, NothingSentError, UnreadableError, XmlSentError

PARTS_OF_CONTACTS: tuple[type[msgspec.Struct], ...] = (
    Address,
    Phone,
    ContactPerson,
    PaymentTerms,
    PaymentTerm,
    BatchPaymentDetails,
    DefaultTracking,
)

_OTHERWISE_SPELT = re.compile(rb'"[a-z]\w*"\s*:')
_EMPTY_TEXT = re.compile(rb':\s*"\s*"')
_XML = re.compile(rb"\s*(<|xml=)", re.IGNORECASE)
_EXACT_NUMBERS = msgspec.json.Decoder(float_hook=Decimal)
_EXACT_JSON = msgspec.json.Encoder(decimal_format="number")


B = TypeVar("B", bound=Body)


def elements(raw: bytes, *, plural: str, kind: type[B]) -> Sequence[B]:
    """Read a body that is `{"Invoices": [...]}`, a bare list, or one object (xero-rules.md 4.1).

    Raises UnreadableError, and NothingSentError where there is no element in it.
    """
    try:
        spelt = _spelt(raw, plural) if _OTHERWISE_SPELT.search(raw) else raw
        try:
            sent = _listed(spelt, plural, kind)
        except msgspec.ValidationError:
            if not _EMPTY_TEXT.search(spelt):
                raise
            sent = _listed(_EXACT_JSON.encode(_without_empty_numbers(_EXACT_NUMBERS.decode(spelt))), plural, kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, InvalidOperation) as reason:
        if _XML.match(raw):
            raise XmlSentError(f"This local Xero reads JSON only, Xero would read XML, too. {AS_JSON}") from reason
        raise UnreadableError(f"JSON request body could not be read, Error: {reason}") from reason
    if not sent:
        raise NothingSentError(singular(plural))
    return sent


def _spelt(raw: bytes, plural: str) -> bytes:
    """Bring field names into Xero's spelling: their case does not count (likely: the OpenAPI file has {"name": ...})."""
    return _EXACT_JSON.encode(_respelt(_EXACT_NUMBERS.decode(raw), _spellings() | {plural.casefold(): plural}))


def _respelt(value: Any, spellings: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_respelt(each, spellings) for each in value]
    if isinstance(value, dict):
        return {spellings.get(name.casefold(), name): _respelt(each, spellings) for name, each in value.items()}
    return value


def _without_empty_numbers(value: Any) -> Any:
    """Leave out what is "" where a number or a flag belongs: it is not given (what strange clients send)."""
    if isinstance(value, list):
        return [_without_empty_numbers(each) for each in value]
    if isinstance(value, dict):
        return {
            name: _without_empty_numbers(each)
            for name, each in value.items()
            if not (isinstance(each, str) and not each.strip() and name in _no_texts())
        }
    return value


@cache
def _no_texts() -> frozenset[str]:
    """Name the fields of all bodies that hold no text: numbers and flags."""
    kinds = {Decimal | None, bool | None, int | None, bool}
    fields = (field for kind in _bodies() for field in msgspec.structs.fields(kind))
    return frozenset(field.encode_name for field in fields if field.type in kinds)


@cache
def _spellings() -> dict[str, str]:
    return {
        field.encode_name.casefold(): field.encode_name for kind in _bodies() for field in msgspec.structs.fields(kind)
    }


def _bodies() -> list[type[msgspec.Struct]]:
    kinds: list[type[msgspec.Struct]] = [Body]
    for kind in kinds:
        kinds += kind.__subclasses__()
    return [*kinds, *PARTS_OF_CONTACTS]


def _listed(raw: bytes, plural: str, kind: type[B]) -> Sequence[B]:
    if not raw.strip():
        return ()
    if raw.lstrip()[:1] == b"[":
        return _decoded(raw, kind)
    fields = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    if plural in fields:
        return _decoded(fields[plural], kind)
    known = {xero_name(name) for name in kind.__struct_fields__}
    is_element = not fields or known & fields.keys()
    return [msgspec.json.decode(raw, type=kind, strict=False)] if is_element else ()


def _decoded(raw: bytes | msgspec.Raw, kind: type[B]) -> Sequence[B]:
    return msgspec.json.decode(raw, type=list[kind], strict=False)  # type: ignore[valid-type]


def singular(plural: str) -> str:
    """Name one element of a resource: Invoices is Invoice, Currencies is Currency."""
    return f"{plural[:-3]}y" if plural.endswith("ies") else plural[:-1]
