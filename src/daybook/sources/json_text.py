"""PURE: JSON text in, Python values out; numbers become Decimal, exactly as they were written."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

from daybook.sources.problems import NotAnOrderError, Problem

N = TypeVar("N")
_LONGEST_NUMBER = 40
"""Longer than any amount, short enough that nothing is spent on reading it."""


def parse(body: bytes | str, *, junk_numbers: bool = False) -> Any:
    """Return the values of a JSON text. Raises NotAnOrderError naming what is wrong with it.

    `junk_numbers`: NaN and Infinity, which are no JSON but which some senders write, become null. A field that stands
    twice in one object is refused: which of the two is meant, nobody can tell.
    """
    try:
        text = body.decode("utf-8-sig") if isinstance(body, bytes) else body
        return json.loads(
            text,
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_nothing if junk_numbers else _refused,
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError as error:
        raise _unreadable(f"The text is not UTF-8 (byte {error.start}).", "Send JSON encoded as UTF-8.") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _unreadable(f"This is not JSON: {error.msg} ({where}).", "Send one JSON value, well-formed.") from error
    except RecursionError as error:
        raise _unreadable("The JSON is nested too deeply.", "Send orders as docs/orders.md describes them.") from error


def write(value: Any, *, indent: str = "") -> str:
    """Return values that `parse` returned as JSON text again, numbers exactly as they are."""
    inner = f"{indent}  "
    match value:
        case dict():
            held = [
                f"{json.dumps(str(name), ensure_ascii=False)}: {write(each, indent=inner)}"
                for name, each in value.items()
            ]
            return _listed("{}", held, indent)
        case list():
            return _listed("[]", [write(each, indent=inner) for each in value], indent)
        case Decimal():
            return str(value)
    return json.dumps(value, ensure_ascii=False)


def _listed(brackets: str, held: list[str], indent: str) -> str:
    if not held:
        return brackets
    inside = f",\n{indent}  ".join(held)
    return f"{brackets[0]}\n{indent}  {inside}\n{indent}{brackets[1]}"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) != len(pairs):
        names = [name for name, _ in pairs]
        name = next(name for name in named if names.count(name) > 1)[:40].encode("utf-8", "replace").decode()
        raise _unreadable(f"An object has the field {name!r} twice.", "Send each field once.")
    return named


def _decimal(text: str) -> Decimal:
    number = _short(text, Decimal)
    if abs(number.adjusted()) > _LONGEST_NUMBER:
        raise _unreadable(f"The number {text[:20]} is beyond all amounts.", "Send a plain decimal number.")
    return number


def _integer(text: str) -> int:
    return _short(text, int)


def _short(text: str, read: Callable[[str], N]) -> N:
    if len(text) > _LONGEST_NUMBER:
        raise _unreadable(f"The number {text[:20]}... has too many digits.", "Send a plain decimal number.")
    try:
        return read(text)
    except ArithmeticError as error:
        raise _unreadable(f"The number {text} is beyond all amounts.", "Send a plain decimal number.") from error


def _refused(name: str) -> None:
    raise _unreadable(f"{name} is not a JSON number.", "Leave the field out, or send null.")


def _nothing(_name: str) -> None:
    return None


def _unreadable(problem: str, cure: str) -> NotAnOrderError:
    return NotAnOrderError((Problem("", problem, cure),))
