"""PURE: the numbers of an order: JSON numbers or texts, kept exactly as Decimal, within bounds that make sense."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from daybook.kit.money import decimals, plain

_NUMBER = re.compile(r"\s*(-?\d{1,20}(?:\.\d{0,20})?)\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Amount:
    """How large a number may be (`digits` before the point, 0: at most 1) and how fine."""

    digits: int
    places: int

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Tell pydantic to read with `read` and to write as text."""
        return core_schema.no_info_plain_validator_function(
            self.read, serialization=core_schema.plain_serializer_function_ser_schema(plain, when_used="json")
        )

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Describe the number, and its text form, for the OpenAPI document."""
        number = {"type": "number", "minimum": 0}
        if self.digits:
            number["exclusiveMaximum"] = 10**self.digits
            pattern = rf"^[0-9]{{1,{self.digits}}}(\.[0-9]{{1,{self.places}}})?$"
        else:
            number["maximum"] = 1
            pattern = rf"^(0(\.[0-9]{{1,{self.places}}})?|1(\.0{{1,{self.places}}})?)$"
        return {"anyOf": [number, {"type": "string", "pattern": pattern}]}

    def read(self, given: Any) -> Decimal:
        """Return the number that was given, without the zeros behind it. Raises PydanticCustomError."""
        number = _number(given)
        if number < 0:
            raise PydanticCustomError("amount_negative", "The number is negative.")
        self._check_size(number)
        if decimals(number) > self.places:
            words = "The number has more than {places} decimals."
            raise PydanticCustomError("amount_decimals", words, {"places": self.places})
        return Decimal(plain(number))

    def _check_size(self, number: Decimal) -> None:
        if self.digits == 0 and number > 1:
            raise PydanticCustomError("rate_percent", "A rate is at most 1.")
        if number >= 10 ** max(self.digits, 1):
            raise PydanticCustomError(
                "amount_absurd", "The number has more than {digits} digits.", {"digits": self.digits}
            )


def _number(given: Any) -> Decimal:
    if isinstance(given, int) and not isinstance(given, bool):
        return Decimal(given)
    if isinstance(given, Decimal) and given.is_finite():
        return given
    if isinstance(given, str) and (match := _NUMBER.fullmatch(given)):
        return Decimal(match[1])
    raise PydanticCustomError("amount_type", "This is not a number.")


Money = Annotated[Decimal, Amount(digits=10, places=6)]
UnitPrice = Annotated[Decimal, Amount(digits=10, places=8)]
TotalAmount = Annotated[Decimal, Amount(digits=10, places=4)]
Quantity = Annotated[Decimal, Amount(digits=7, places=4)]
Rate = Annotated[Decimal, Amount(digits=0, places=6)]
"""A fraction: 0.2 is 20 %."""
