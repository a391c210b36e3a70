"""The posting rules of a connection as lines are booked by them: read, and judged by what its organisation has now."""

from daybook.catalog import facts as catalog
from daybook.catalog.known import Known, PostingRule
from daybook.documents.causes import Cause, Hold
from daybook.documents.document import Tracking
from daybook.mapping import posting_rules, rule_checks
from daybook.mapping.posting_rules import Rule, TaxShape


def of(found: Known) -> tuple[Rule, ...]:
    """Return the rules in the order in which they are read."""
    return tuple(rule_of(each, found) for each in found.posting_rules)


def name_of(position: int, title: str) -> str:
    """Return what a rule is called on lines, pages and in causes."""
    return f"Rule {position}" + (f" ({title})" if title else "")


def rule_of(stored: PostingRule, found: Known) -> Rule:
    """Return a rule as lines are booked by it; one that cannot be read is about every line, and holds what it decides."""
    name = name_of(stored.position, stored.title)
    tracking: tuple[Tracking, ...] = ()
    try:
        when, shape = posting_rules.read_when(stored.when), TaxShape(stored.tax_shape)
        tracking = posting_rules.read_tracking(stored.tracking)
    except ValueError as why:
        when, shape, why_not = {}, TaxShape.IN_RATE, str(why)
    else:
        rule = Rule(
            name=name,
            when=when,
            item=stored.item,
            tax_type=stored.tax_type,
            tax_shape=shape,
            tax_account=stored.tax_account,
        )
        why_not = _why_not(stored, tracking, found) or next(iter(rule_checks.contradictions(rule)), "")
    return Rule(
        name=name,
        when=when,
        account=stored.account,
        tax_type=stored.tax_type,
        item=stored.item,
        tracking=_as_spelt(tracking, found),
        tax_shape=shape,
        tax_account=stored.tax_account,
        why_not=Hold(Cause.RULE_UNUSABLE, name, why_not) if why_not else None,
    )


def _why_not(stored: PostingRule, tracking: tuple[Tracking, ...], found: Known) -> str:
    """Return why what a rule sets cannot be used in the organisation now, in words; "" where it can."""
    accounts = {each.code for each in found.accounts if each.use in catalog.OF_RULES}
    for account in (stored.account, stored.tax_account):
        if account and account not in accounts:
            return f"The account {account} is archived, gone, or not of a kind that can be used here."
    if stored.tax_type and not any(each.tax_type == stored.tax_type and each.is_of_sales for each in found.rates):
        return f"{stored.tax_type} is no tax rate that the organisation uses for sales."
    there = {each.option_id for each in found.tracking}
    for option in tracking:
        if option.option_id not in there:
            return f"The option {option.option} of the tracking category {option.category} is archived or gone."
    return ""


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
