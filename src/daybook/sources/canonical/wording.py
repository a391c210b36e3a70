"""PURE: pydantic's findings in words that name the field, what is wrong, and the cure."""

from collections.abc import Callable, Sequence
from difflib import get_close_matches

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from daybook.kit.translation import told
from daybook.sources.problems import Problem

KnownFields = Callable[[str], Sequence[str]]
"""A place in an order, such as `shipments.lines`, -> the fields there are."""
MOST_PROBLEMS = 20
_LONGEST_NAME = 60
_NEAR = 0.65
"""How like one of our fields an unknown one must be for "did you mean"; 0.6 takes ref for refunds."""
OBJECT, LIST = "(object)", "(list)"
"""Where a field may be one object or a list of them: which it was, as pydantic puts it into a place's path."""
_OTHER_NAMES = {
    "currency_rate": "exchange_rate",
    "conversion_rate": "exchange_rate",
    "fx_rate": "exchange_rate",
    "rounding_amount": "rounding",
    "cash_rounding": "rounding",
    "total_rounding": "rounding",
    "test": "is_test",
    "line_type": "kind",
    "zip": "postcode",
    "zip_code": "postcode",
    "postal_code": "postcode",
    "province": "region",
    "state": "region",
    "county": "region",
    "vat_id": "vat_number",
    "tax_number": "vat_number",
    "sales_channel": "channel",
    "transactions": "payments",
}
"""What other systems call a field of ours."""
_CURES = {
    "missing": "Add the field.",
    "amount_type": 'Send a JSON number, or the number as text: 6.25 or "6.25".',
    "amount_negative": "Send 0 or more. What is taken off is the discount of a line, or a line with a price below 0.",
    "amount_zero": "Leave it out, or send more than 0.",
    "amount_absurd": "Check the amount; a line takes less than 10,000,000,000.",
    "amount_decimals": "Round it; what stands behind these decimals would change the amount.",
    "rate_percent": "Send the rate as a fraction: 0.2 is 20 %.",
    "country": "Send two letters of ISO 3166, such as GB or DE; the name may stand in country.",
    "currency_unknown": "Send the three letters of ISO 4217, such as GBP or EUR, or null.",
    "text_nul": "Leave the NUL character (\\u0000) out.",
    "string_unicode": "Leave lone surrogates (\\ud800 to \\udfff) out.",
    "string_type": "Send a text.",
    "string_pattern_mismatch": "Use 1 to 40 of the characters A-Z a-z 0-9 . _ -",
    "int_type": "Send a whole number.",
    "less_than_equal": "Send a smaller number.",
    "greater_than_equal": "Send 0 or more.",
    "bool_type": "Send true or false.",
    "bool_parsing": "Send true or false.",
    "list_type": "Send a list: [ ... ]",
    "too_long": "Send fewer of them, or split the order.",
    "string_too_long": "Shorten the text.",
    "string_too_short": "Give it a value.",
}
_WORDS = {
    "missing": "The field is missing.",
    "extra_forbidden": "Daybook does not know this field.",
    "string_type": "This is not a text.",
    "string_unicode": "The text is not valid Unicode.",
    "enum": "This is none of the values that there are.",
    "bool_type": "This is neither true nor false.",
    "bool_parsing": "This is neither true nor false.",
    "list_type": "This is not a list.",
    "string_too_short": "The text is empty.",
    "string_pattern_mismatch": "The name has characters that are not allowed here.",
}


def problems(error: ValidationError, *, known: KnownFields) -> tuple[Problem, ...]:
    """Return the first findings, each with its cure."""
    found = error.errors(include_url=False, include_input=False)
    return tuple(_problem(each, known) for each in found[:MOST_PROBLEMS])


def not_an_object(given: object) -> Problem:
    """Return what to say where something else stands in an order's place."""
    what = _kind(given)
    return Problem("", f"An order is a JSON object, this is {what}.", 'Send { "source": ..., "id": ..., ... }')


def path(parts: Sequence[str | int]) -> str:
    """Return the path to a field as people write it: lines[0].unit_price."""
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part[:_LONGEST_NAME]}" if text else part[:_LONGEST_NAME]
    return text


def _problem(found: ErrorDetails, known: KnownFields) -> Problem:
    kind = found["type"]
    found["loc"] = tuple(part for part in found["loc"] if part not in (OBJECT, LIST))
    words = _WORDS.get(kind) or _sentence(found["msg"])
    return Problem(path(found["loc"]), words, _cure(kind, found, known))


def _cure(kind: str, found: ErrorDetails, known: KnownFields) -> str:
    if kind == "extra_forbidden":
        *place, name = (part for part in found["loc"] if isinstance(part, str))
        fields = known(".".join(place))
        ours = _OTHER_NAMES.get(name.lower(), "")
        near = [ours] if ours in fields else get_close_matches(name[:_LONGEST_NAME], fields, n=1, cutoff=_NEAR)
        if near == ["exchange_rate"]:
            return "Did you mean exchange_rate? Without it the ledger takes its own rate of the day."
        return f"Did you mean {near[0]}?" if near else "Leave it out; docs/orders.md lists every field."
    if kind == "enum":
        return f"Send one of these: {found['ctx']['expected']}."
    if kind in {"moment", "version"}:
        return str(found["ctx"]["cure"])
    if kind in {"model_type", "dict_type", "model_attributes_type"}:
        return "Send an object: { ... }"
    return _CURES.get(kind, "docs/orders.md describes every field.")


def _sentence(message: str) -> str:
    return message if message.endswith(".") else f"{message}."


def _kind(given: object) -> str:
    names = {type(None): "null", bool: told("true or false"), str: told("a text"), list: told("a list")}
    return names.get(type(given), told("a number"))
