"""The vectors that Daybook's arithmetic must pass too: one team wrote both, so the numbers come from outside."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from localxero.books import arithmetic

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "xero_arithmetic.json").read_text())
RATES = {tax_type: Decimal(rate) * 100 for tax_type, rate in VECTORS["rates"].items()}


def percent(fraction: str | None) -> Decimal | None:
    return None if fraction is None else Decimal(fraction) * 100


@pytest.mark.parametrize("vector", VECTORS["roundings"], ids=lambda vector: vector["amount"])
def test_roundings(vector):
    assert arithmetic.rounded(Decimal(vector["amount"])) == Decimal(vector["rounded"])


@pytest.mark.parametrize("document", VECTORS["documents"], ids=lambda document: document["from"][0])
def test_documents(document):
    lines, types = [], document["amount_type"]
    for line in document["lines"]:
        amount = arithmetic.line_amount(
            Decimal(line.get("quantity", "1")),
            Decimal(line.get("unit_amount", line["line_amount"])),
            discount_rate=percent(line.get("discount_rate")),
        )
        assert amount == Decimal(line["line_amount"])
        lines.append((amount, arithmetic.line_tax(amount, RATES[line.get("tax_type") or "NONE"], types)))
        assert lines[-1][1] == Decimal(line["tax_amount"])
    sums = arithmetic.totals(lines, types)
    assert (sums.sub_total, sums.total_tax, sums.total) == tuple(
        Decimal(document[key]) for key in ("net", "tax", "gross")
    )
