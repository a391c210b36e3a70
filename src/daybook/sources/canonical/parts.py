"""PURE: what all parts of the canonical order share: texts, names, moments, and what is no object of ours."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from daybook.sources.canonical import moments
from daybook.sources.canonical.currencies import check_currency

MOST_LINES = 1_000


def _check_text(text: str) -> str:
    if "\x00" in text:
        raise PydanticCustomError("text_nul", "The text holds a NUL character.")
    return text


def _number_as_text(given: Any) -> Any:
    return str(given) if isinstance(given, int) and not isinstance(given, bool) else given


def _as_sent(given: Any) -> Any:
    """Return a moment's text as it was sent: its zone, or that it has none, is part of the content."""
    if isinstance(given, date):  # a datetime too: from code of ours, never from JSON
        given = given.isoformat()
    if isinstance(given, bool) or not isinstance(given, str | int | float | Decimal):
        raise PydanticCustomError("moment", "This is not a date and time.", {"cure": moments.ISO})
    try:
        return moments.check(str(given))
    except moments.NotAMomentError as error:
        raise PydanticCustomError("moment", "{problem}", {"problem": error.problem, "cure": error.cure}) from error


def with_time(text: str) -> str:
    """Refuse a bare day: it cannot tell which of two states of one day is the later."""
    if moments.is_bare_day(text):
        cure = "Send the time too, such as 2026-11-20T14:02:11Z, or leave the field out."
        raise PydanticCustomError(
            "moment", "A day without a time does not say which change is the later.", {"cure": cure}
        )
    return text


def _in_capitals(given: Any) -> Any:
    return given.strip().upper() if isinstance(given, str) else given


_NO_NUL = AfterValidator(_check_text)
_MAY_BE_NUMBER = BeforeValidator(_number_as_text, json_schema_input_type=str | int)
Identifier = Annotated[
    str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), _NO_NUL, _MAY_BE_NUMBER
]
OptionalIdentifier = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True), _NO_NUL, _MAY_BE_NUMBER]
Text100 = Annotated[str, StringConstraints(max_length=100, strip_whitespace=True), _NO_NUL]
Text500 = Annotated[str, StringConstraints(max_length=500, strip_whitespace=True), _NO_NUL]
Text4000 = Annotated[str, StringConstraints(max_length=4000, strip_whitespace=True), _NO_NUL]
Source = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,40}$")]
Moment = Annotated[str, BeforeValidator(_as_sent, json_schema_input_type=str)]
"""The text as it was sent; `moments` resolves it."""
Currency = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(check_currency)]


def _check_country(code: str) -> str:
    if code and not (len(code) == 2 and code.isascii() and code.isalpha()):
        raise PydanticCustomError("country", "This is no country code of two letters.")
    return code


Country = Annotated[str, BeforeValidator(_in_capitals, json_schema_input_type=str), AfterValidator(_check_country)]
"""Two letters of ISO 3166, in capitals; empty: not said."""


class Strict(BaseModel):
    """A part of an order: what Daybook does not know is refused by name, null is "not said"."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=False)

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        """Return itself, which nobody changes: a default is copied each time that an order leaves it out."""
        return self

    @model_validator(mode="before")
    @classmethod
    def _null_is_not_said(cls, given: Any) -> Any:
        """Leave out what is null and need not be there; what must be there is refused by its own field."""
        if not isinstance(given, dict) or None not in given.values():
            return given
        fields = cls.model_fields
        return {
            name: value
            for name, value in given.items()
            if value is not None or name not in fields or fields[name].is_required()
        }
