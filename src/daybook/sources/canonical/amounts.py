"""PURE: the numbers of an order: JSON numbers or texts, kept exactly as Decimal, within bounds that make sense."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from daybook.kit.money import decimals, plain

_NUMBER = re.compile(r"\s*(-?\d{1,20}(?:\.\d{0,20})?)\s*", re.ASCII)


_MOST_PLACES = 20
_BINARY_NOISE = Decimal("1e-9")
_TOO_SMALL_TO_MATTER = Decimal("0.0001")
"""Of the currency, over all units of a line: a hundredth of a cent."""


@dataclass(frozen=True, slots=True)
class Amount:
    """How large a number may be (`digits` before the point, 0: at most 1) and how fine.

    Senders work with binary fractions (8.333333333333334): what stands behind the last place is dropped where it cannot
    change an amount, whatever the quantity, and refused where it could.
    """

    digits: int
    places: int
    signed: bool = False
    least: Decimal | None = None
    """0 itself is none where this is given."""
    tolerance: Decimal = _TOO_SMALL_TO_MATTER
    """How much may be dropped behind the last place."""

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Tell pydantic to read with `read` and to write as text."""
        return core_schema.with_info_plain_validator_function(
            self._read, serialization=core_schema.plain_serializer_function_ser_schema(plain, when_used="json")
        )

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Describe the number, and its text form, for the OpenAPI document."""
        number: dict[str, Any] = {"type": "number"} if self.signed else {"type": "number", "minimum": 0}
        sign = "-?" if self.signed else ""
        if self.digits:
            number["exclusiveMaximum"] = 10**self.digits
            pattern = rf"^{sign}[0-9]{{1,{self.digits}}}(\.[0-9]{{1,{_MOST_PLACES}}})?$"
        else:
            number["maximum"] = 1
            pattern = rf"^(0(\.[0-9]{{1,{_MOST_PLACES}}})?|1(\.0{{1,{_MOST_PLACES}}})?)$"
        if self.signed:
            number["exclusiveMinimum"] = -(10**self.digits)
        return {"anyOf": [number, {"type": "string", "pattern": pattern}]}

    def _read(self, given: Any, info: ValidationInfo) -> Decimal:
        """Read the field; the quantity of its line was read before it."""
        quantity = (info.data or {}).get("quantity")
        return self.read(given, units=quantity if isinstance(quantity, Decimal) else Decimal(1))

    def read(self, given: Any, units: Decimal = Decimal(1)) -> Decimal:
        """Return the number that was given, without the zeros behind it. Raises PydanticCustomError.

        `units`: how many times an error in it would count.
        """
        number = _number(given)
        if number < 0 and not self.signed:
            raise PydanticCustomError("amount_negative", "The number is negative.")
        self._check_size(number)
        if decimals(number) > self.places:
            number = self._shortened(number, units)
        if self.least is not None and number < self.least:
            raise PydanticCustomError("amount_zero", "The number is 0, or next to it.")
        return Decimal(plain(number + 0))

    def _shortened(self, number: Decimal, units: Decimal) -> Decimal:
        kept = number.quantize(Decimal(1).scaleb(-self.places), rounding=ROUND_HALF_UP)
        if abs(number - kept) * max(units, Decimal(1)) > self.tolerance:
            words = "The number has more than {places} decimals."
            raise PydanticCustomError("amount_decimals", words, {"places": self.places})
        return kept

    def _check_size(self, number: Decimal) -> None:
        if self.digits == 0 and number > 1:
            raise PydanticCustomError("rate_percent", "A rate is at most 1.")
        if abs(number) >= 10 ** max(self.digits, 1):
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
SignedMoney = Annotated[Decimal, Amount(digits=10, places=6, signed=True)]
UnitPrice = Annotated[Decimal, Amount(digits=10, places=8, signed=True)]
UnitCost = Annotated[Decimal, Amount(digits=10, places=8)]
TotalAmount = Annotated[Decimal, Amount(digits=10, places=4)]
Quantity = Annotated[Decimal, Amount(digits=7, places=4, tolerance=_BINARY_NOISE)]
Rate = Annotated[Decimal, Amount(digits=0, places=6)]
"""A fraction: 0.2 is 20 %."""
ExchangeRate = Annotated[Decimal, Amount(digits=10, places=10, least=Decimal("0.000001"))]
"""As finely as ledgers keep it, at least (xero-rules.md 5.1)."""
