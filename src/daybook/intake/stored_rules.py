"""The posting rules of a connection as lines are booked by them: read, and judged by what its organisation has now."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from daybook.catalog import facts as catalog
from daybook.catalog.known import Known, PostingRule
from daybook.connections import models
from daybook.documents.causes import Cause, Hold
from daybook.documents.document import Tracking
from daybook.kit.translation import told
from daybook.mapping import posting_rules, rule_checks
from daybook.mapping.posting_rules import Item, Rule, TaxShape

_SOMETHING = "?"
"""Stands for what a rule sets that cannot be read, so that it holds its lines instead of being passed over."""


class Fault(NamedTuple):
    """Why a rule cannot be used, and which of its fields says so."""

    field: str
    words: str


def of(found: Known) -> tuple[Rule, ...]:
    """Return the rules in the order in which they are read."""
    return tuple(rule_of(each, found) for each in found.posting_rules)


def as_read(rules: Iterable[models.PostingRule]) -> list[PostingRule]:
    """Return rows, saved or not, as they are read when orders are mapped; numbered from 1."""
    return [
        PostingRule(
            position=place,
            title=each.title,
            when=each.when,
            account=each.account,
            tax_type=each.tax_type,
            item=each.item,
            tracking=each.tracking,
            tax_shape=each.tax_shape,
            tax_account=each.tax_account,
        )
        for place, each in enumerate(rules, start=1)
    ]


def name_of(position: int, title: str) -> str:
    """Return what a rule is called on lines, pages and in causes."""
    return told(f"Rule {position} ({title})") if title else told(f"Rule {position}")


def rule_of(stored: PostingRule, found: Known) -> Rule:
    """Return a rule as lines are booked by it; one that cannot be read is about every line, and holds what it decides."""
    name, fault = name_of(stored.position, stored.title), next(faults(stored, found), None)
    hold = Hold(Cause.RULE_UNUSABLE, name, fault.words) if fault is not None else None
    try:
        return _read(stored, name, found, hold)
    except ValueError:
        account = stored.account or ("" if stored.tax_type else _SOMETHING)
        return Rule(name=name, account=account, tax_type=stored.tax_type, why_not=hold)


def _read(stored: PostingRule, name: str, found: Known, why_not: Hold | None = None) -> Rule:
    """Return the rule as it says. Raises ValueError where that cannot be read."""
    return Rule(
        name=name,
        when=posting_rules.read_when(stored.when),
        account=stored.account,
        tax_type=stored.tax_type,
        item=Item(stored.item) if stored.item else "",
        tracking=_as_spelt(posting_rules.read_tracking(stored.tracking), found),
        tax_shape=TaxShape(stored.tax_shape),
        tax_account=stored.tax_account,
        why_not=why_not,
    )


def faults(stored: PostingRule, found: Known) -> Iterator[Fault]:
    """Yield why a rule cannot be used in the organisation now, whatever the order."""
    try:
        posting_rules.read_when(stored.when)
    except ValueError as why:
        yield Fault("when", str(why))
        return
    try:
        tracking = posting_rules.read_tracking(stored.tracking)
        rule = _read(stored, "It", found)
    except ValueError as why:
        yield Fault("tracking", str(why))
        return
    accounts = {each.code for each in found.accounts if each.use in catalog.OF_RULES}
    for field in ("account", "tax_account"):
        account = getattr(stored, field)
        if account and account not in accounts:
            yield Fault(field, f"The account {account} is archived, gone, or not of a kind that can be used here.")
    if stored.tax_type and not any(each.tax_type == stored.tax_type and each.is_of_sales for each in found.rates):
        yield Fault("tax_type", f"{stored.tax_type} is no tax rate that the organisation uses for sales.")
    there = {each.option_id for each in found.tracking}
    for option in tracking:
        if option.option_id not in there:
            words = f"The option {option.option} of the tracking category {option.category} is archived or gone."
            yield Fault("tracking", words)
    yield from (Fault("when", words) for words in rule_checks.contradictions(rule))


def _as_spelt(tracking: tuple[Tracking, ...], found: Known) -> tuple[Tracking, ...]:
    """Return the options by the names that the organisation gives them now: they may have been renamed there."""
    there = {each.option_id: each for each in found.tracking}
    spelt = [(option, there.get(option.option_id)) for option in tracking]
    return tuple(
        option
        if now is None
        else Tracking(category_id=now.category_id, option_id=now.option_id, category=now.category, option=now.name)
        for option, now in spelt
    )
