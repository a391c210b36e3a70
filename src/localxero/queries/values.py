"""PURE: the values in a `where`: their types, their members, and how Xero compares them (xero-rules.md 6)."""

import re
import unicodedata
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from localxero.queries.lists import QueryParseError

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


def type_of(field: str) -> str:
    """Tell the type of a field by its name; "" where the name does not tell."""
    return next((found for pattern, found in TYPES if pattern.search(field)), "")


def type_of_number(text: str) -> str:
    """Tell the type of a number by how it is written."""
    return "Double" if "." in text else "Int32" if text.startswith("-") else "UInt32"


def are_alike(these: str, those: str) -> bool:
    """Tell whether values of two types can be compared; an object can be compared with null alone."""
    return these == those or {these, those} <= NUMBERS


def guid(text: str) -> str:
    """Read an id. Raises QueryParseError."""
    try:
        return str(uuid.UUID(text))
    except ValueError as reason:
        raise QueryParseError(
            "Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx)"
        ) from reason


def truth(value: object) -> bool:
    """Take a value for true or false; none is false. Raises QueryParseError for any other."""
    if isinstance(value, bool | None):
        return bool(value)
    raise QueryParseError(NO_BOOLEAN)


def text_of(value: object) -> str:
    """Take a value as text. Raises QueryParseError where there is none, as Xero (GH:waynerobinson/xeroizer#408)."""
    if value is None:
        raise QueryParseError("Where clause invocation error: a field has no value")
    return str(value)


def folded(value: object) -> str:
    """Fold case and accents, as Xero compares texts (Xero's page on contacts)."""
    text = text_of(value).casefold()
    if text.isascii():
        return text
    return "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))


def _part(name: str) -> Callable[[Any], Any]:
    return lambda value: Decimal(getattr(value, name)) if isinstance(value, date) else None


TYPES_OF_PARTS = {
    "hasvalue": BOOLEAN,
    "length": NUMBER,
    "date": MOMENT,
    "year": NUMBER,
    "month": NUMBER,
    "day": NUMBER,
}
PROPERTIES: dict[str, Callable[[Any], Any]] = {
    "value": lambda value: value,
    "hasvalue": lambda value: value is not None,
    "length": lambda value: Decimal(len(text_of(value))),
    "date": lambda value: value.date() if isinstance(value, datetime) else value,
    "year": _part("year"),
    "month": _part("month"),
    "day": _part("day"),
}
CHANGES: dict[str, Callable[[str], str]] = {
    "tolower": str.lower,
    "toupper": str.upper,
    "trim": str.strip,
    "tostring": str,
}
CALLS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda text, wanted: wanted in text,
    "startswith": lambda text, wanted: text.startswith(wanted),
    "endswith": lambda text, wanted: text.endswith(wanted),
    "equals": lambda text, wanted: text == wanted,
}
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda have, wanted: have == wanted,
    "=": lambda have, wanted: have == wanted,
    "!=": lambda have, wanted: have != wanted,
    "<>": lambda have, wanted: have != wanted,
    ">=": lambda have, wanted: have >= wanted,
    "<=": lambda have, wanted: have <= wanted,
    ">": lambda have, wanted: have > wanted,
    "<": lambda have, wanted: have < wanted,
}


def moment(parts: list[str]) -> datetime:
    """Make an instant, in UTC, of year, month, day and so on. Raises QueryParseError."""
    try:
        return datetime(*(int(part) for part in parts), tzinfo=UTC)  # type: ignore[arg-type,misc]
    except (ValueError, TypeError, OverflowError) as reason:
        message = f"DateTime({', '.join(parts)}) is not a date"
        raise QueryParseError(message) from reason


def parsed(text: str) -> datetime:
    """Read an instant, in UTC where it names no zone. Raises QueryParseError."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as reason:
        message = f"'{text}' is not a date"
        raise QueryParseError(message) from reason
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def compared(have: Any, wanted: Any, sign: str) -> bool:
    """Compare as Xero does: text without case, a calendar date as its midnight, an empty text as nothing at all.

    Raises QueryParseError where they are of two types.
    """
    if have is None or wanted is None:
        is_same = have in {None, ""} and wanted in {None, ""}
        return is_same if sign in {"==", "="} else not is_same if sign in {"!=", "<>"} else False
    these, those = _comparable(have), _comparable(wanted)
    if type(these) is not type(those):
        raise incompatible(sign, _type_of(these), _type_of(those))
    return COMPARE[sign](these, those)


def _type_of(value: object) -> str:
    names = {bool: BOOLEAN, str: STRING, Decimal: NUMBER, datetime: MOMENT}
    return names.get(type(value), type(value).__name__)


def incompatible(sign: str, these: str, those: str) -> QueryParseError:
    """Say that values of two types cannot be compared."""
    return QueryParseError(f"Operator '{sign}' incompatible with operand types '{these}' and '{those}'")


def _comparable(value: Any) -> Any:
    if isinstance(value, str):
        return folded(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value
