"""PURE: the opening questions, and what their answers propose. A proposal is shown in its step and saved by a person."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum

from daybook.kit.money import plain
from daybook.mapping.rules import ProcessMethod


class Ways(StrEnum):
    """Where orders come from."""

    API = "api"
    FEED = "feed"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a person said of their company."""

    is_registered: bool
    """For VAT, GST or sales tax."""
    contact_per: str
    goods: str
    source: str

    def as_stored(self) -> dict[str, object]:
        """Return them as they are kept."""
        return asdict(self)


def read(stored: Mapping[str, object]) -> Answers | None:
    """Return answers as they were kept; None: nobody has answered. An older version asked more."""
    names = [each.name for each in fields(Answers)]
    if not stored.keys() >= set(names):
        return None
    return Answers(**{name: stored[name] for name in names})  # type: ignore[arg-type]  # kept by `as_stored`


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the organisation has, as last read, as far as proposals need it."""

    taxes: Mapping[Decimal, str] = field(default_factory=dict)
    """By rate (a fraction) the tax type that is usual for sales in this country, where the organisation has it."""
    untaxed: str = ""
    """The tax type of sales of somebody who is not registered; "": it has none."""
    purchase_tax: str = ""
    """What is usual on purchases at the country's own rate."""
    rates_seen: frozenset[Decimal] = frozenset()
    """Of the company's orders."""
    takes_purchase_orders: bool = True
    today: date


def proposed(step: str, answers: Answers | None, known: Known) -> dict[str, str]:
    """Return what is proposed for the fields of a step, by their names; nothing where nobody has answered."""
    if step == "when":
        return {"start_date": known.today.isoformat(), "document_status": "DRAFT"}  # whatever was answered
    if answers is None:
        return {}
    match step:
        case "method":
            return {"process_method": answers.goods} if _may_be(answers.goods, known) else {}
        case "contact":
            return {"contact_per": answers.contact_per}
        case "tax":
            return _taxes(answers, known)
    return {}


def _may_be(goods: str, known: Known) -> bool:
    return goods != ProcessMethod.TRACKED or known.takes_purchase_orders


def _taxes(answers: Answers, known: Known) -> dict[str, str]:
    """Return the rows of the tax room: of a rate that orders brought its field, of others a row to add.

    Not of 0 % where the company is registered: that may be zero-rated, exempt or out of scope.
    """
    usual = known.taxes if answers.is_registered else ({Decimal(0): known.untaxed} if known.untaxed else {})
    found, rows = {}, iter(("", "-2", "-3"))
    for rate, tax_type in usual.items():
        percent = plain(rate * 100)
        if rate in known.rates_seen:
            found[f"tax-{percent}"] = tax_type
        elif (row := next(rows, None)) is not None:
            found |= {f"new_rate{row}": percent, f"new_tax_type{row}": tax_type}
    if answers.is_registered and known.purchase_tax:
        found["purchase_tax_type"] = known.purchase_tax
    return found


def shown(proposals: Mapping[str, str], stored: Mapping[str, str], usual: Mapping[str, str]) -> dict[str, str]:
    """Return those proposals that are shown: what somebody has chosen is never written over.

    `stored`: by field what stands there; `usual`: what stands there before anybody has chosen.
    """
    return {name: value for name, value in proposals.items() if value and stored.get(name, "") == usual.get(name, "")}
