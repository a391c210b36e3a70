"""PURE: a company's own steps of rounding, as a person writes them: "CHF 0.05, DKK 1"."""

import re
from collections.abc import Mapping
from decimal import Decimal

from daybook.kit.money import plain

_ONE = re.compile(r"([A-Z]{3})[\s:=]*(\d{1,4}(?:\.\d{1,4})?)")
_HIGHEST = Decimal(1000)


def read(text: str) -> Mapping[str, Decimal]:
    """Return the step of each currency that is named. Raises ValueError, in words for people, on anything else."""
    steps: dict[str, Decimal] = {}
    for part in filter(None, (each.strip().upper() for each in re.split(r"[,;\n]", text))):
        found = _ONE.fullmatch(part)
        step = Decimal(found[2]) if found else Decimal(0)
        if found is None or not 0 < step <= _HIGHEST:
            raise ValueError(f"{part!r} is not a currency and a step, such as CHF 0.05 or DKK 1.")
        steps[found[1]] = step
    return steps


def written(steps: Mapping[str, Decimal]) -> str:
    """Return the steps as `read` takes them."""
    return ", ".join(f"{currency} {plain(step)}" for currency, step in sorted(steps.items()))
