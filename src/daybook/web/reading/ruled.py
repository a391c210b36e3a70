"""Posting rules as pages show them: in words, with what they set by the organisation's own names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from daybook.catalog import facts
from daybook.connections.models import Connection, PostingRule
from daybook.documents.causes import Hold
from daybook.documents.document import DecidedBy
from daybook.documents.line_kinds import IN_WORDS, WITH_OWN_ACCOUNT, LineKind
from daybook.intake import rules as loading
from daybook.intake import stored_rules, trying
from daybook.intake.previewed import PreviewedDocument
from daybook.intake.trying import Trial, TriedLine
from daybook.kit.translation import gettext, gettext_noop, retold
from daybook.mapping import booking, posting_rules, rule_checks, rule_words
from daybook.mapping.posting_rules import Fact, Item, Rule, TaxShape
from daybook.outbox.explanations import explain
from daybook.web import words
from daybook.web.language import figures
from daybook.web.settings.rule_form import ITEMS, Offered

USUAL = {
    LineKind.FEE: gettext_noop("Usual: an income account, with the tax of the line itself."),
    LineKind.TIP: gettext_noop("Usual: a liability where it is passed on to staff, else an income account."),
    LineKind.DUTY: gettext_noop("Usual: the account that the duty itself is booked on when it is paid."),
    LineKind.GIFT_CARD: gettext_noop(
        "Usual: a liability, with a tax rate that is no VAT: it is a sale only when it is spent."
    ),
    LineKind.DEPOSIT: gettext_noop("Usual: a liability, until the goods are invoiced."),
    LineKind.GOODWILL: gettext_noop("Usual: an income account for refunds and allowances, or the sales account."),
    LineKind.EXCESS: gettext_noop("Usual: an expense account, with a tax rate that is no VAT."),
}
"""What accountants mostly choose; offered, never taken by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """A rule as the table shows it."""

    about: str
    sets: list[str]
    title: str = ""
    position: int = 0
    pk: int = 0
    why_not: str = ""
    """Why it cannot be used: what it decides is held."""
    never: str = ""
    """Why it never decides anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLine:
    """A line of an order that rules were tried on."""

    line: TriedLine
    account: str
    tax: str
    tracking: str
    by: DecidedBy
    why: str = ""
    facts: str = ""
    number: int = 0
    """Among the lines that wait for a rule; 0: it waits for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTrial:
    """What came of trying rules on an order."""

    order: str
    ref: str
    currency: str
    lines: list[ShownLine] = field(default_factory=list)
    trouble: str = ""
    documents: list[str] = field(default_factory=list)


def rows(connection: Connection, stored: Sequence[PostingRule], offer: Offered) -> list[Ruled]:
    """Return the rules with what is wrong with each."""
    judged = _judged(connection, stored)
    wrong = rule_checks.never_applies(judged)
    return [
        Ruled(
            about=_about(each.when),
            sets=_sets(each, offer),
            title=each.title,
            position=each.position,
            pk=each.pk,
            why_not=retold(rule.why_not.detail) if rule.why_not else next(iter(_of_rates(rule, offer)), ""),
            never=never,
        )
        for each, rule, never in zip(stored, judged, wrong, strict=True)
    ]


def _of_rates(rule: Rule, offer: Offered) -> list[str]:
    return rule_checks.rate_contradictions(rule, offer.rates)


def never(connection: Connection, stored: Sequence[PostingRule]) -> dict[int, str]:
    """Return, by position, which rules never decide anything, and why."""
    wrong = rule_checks.never_applies(_judged(connection, stored))
    return {each.position: why for each, why in zip(stored, wrong, strict=True) if why}


def _judged(connection: Connection, stored: Sequence[PostingRule]) -> tuple[Rule, ...]:
    return loading.drafted(connection, stored_rules.as_read(stored)).mapping.posting_rules


def in_words(rule: PostingRule, offer: Offered) -> Ruled:
    """Return a rule in words alone."""
    return Ruled(about=_about(rule.when), sets=_sets(rule, offer), title=rule.title, position=rule.position)


def _about(when: object) -> str:
    try:
        return rule_words.in_words(posting_rules.read_when(when))
    except ValueError:
        return gettext("Every line: this version of Daybook cannot read what it asks for")


def _sets(rule: PostingRule | Rule, offer: Offered) -> list[str]:
    """Return what a rule sets, by the organisation's own names."""
    said = []
    if rule.account:
        said.append(gettext("account {account}").format(account=_named(offer.accounts, rule.account)))
    if rule.tax_type:
        said.append(gettext("tax {tax}").format(tax=_named(offer.taxes, rule.tax_type)))
    if shape := rule_words.SHAPES.get(TaxShape(rule.tax_shape), ""):
        account = _named(offer.accounts, rule.tax_account) if rule.tax_account else ""
        with_account = gettext("{shape} on account {account}")
        said.append(with_account.format(shape=gettext(shape), account=account) if account else gettext(shape))
    said += [f"{category}: {option}" for category, option in _options(rule)]
    if rule.item:
        said.append(gettext(ITEMS[Item(rule.item)]))
    return said


def _options(rule: PostingRule | Rule) -> list[tuple[str, str]]:
    if isinstance(rule, Rule):
        return [(each.category, each.option) for each in rule.tracking]
    return [(each["category"], each["option"]) for each in rule.tracking]


def _named(choices: Iterable[tuple[str, str]], code: str) -> str:
    gone = gettext("{code} (not offered by the organisation any more)").format(code=code)
    return str(dict(choices).get(code, gone))


def last_rows(connection: Connection, offer: Offered) -> list[Ruled]:
    """Return what the settings say, as the rules that come after all others, and the kinds that nobody decided."""
    company_rules = loading.load_rules(connection)
    line_accounts = facts.chosen_line_accounts(connection)
    every_kind = frozenset(WITH_OWN_ACCOUNT)
    settings = loading.with_line_accounts(company_rules, every_kind).mapping
    said = [
        Ruled(about=_of_setting(rule), sets=_sets(rule, offer)) for rule in booking.last_rules(settings) if rule.sets
    ]
    if settings.rounding_account:
        own = gettext("account {account}, the organisation's own for roundings; no tax")
        sets = [own.format(account=settings.rounding_account)]
        said.append(Ruled(about=gettext("Roundings, whatever the rules above say"), sets=sets))
    open_kinds = [kind for kind in WITH_OWN_ACCOUNT if kind not in line_accounts]
    return said + [
        Ruled(
            about=gettext("{kind}: not decided, so their documents wait").format(kind=gettext(IN_WORDS[kind])),
            sets=[],
            why_not=_usual(kind, connection),
        )
        for kind in open_kinds
    ]


def _of_setting(rule: Rule) -> str:
    if Fact.RATE in rule.when:
        return gettext("{rule}: any line but gift cards").format(rule=retold(rule.name))
    if Fact.STOCK in rule.when:
        return retold(rule.name)
    return f"{retold(rule.name)}: {rule_words.in_words(rule.when)}"


_CALLED = {
    LineKind.GIFT_CARD: ("gift", "voucher"),
    LineKind.DEPOSIT: ("deposit", "prepay"),
    LineKind.TIP: ("tips", "gratuit"),
    LineKind.DUTY: ("duty", "duties", "customs"),
}
"""Words by which an organisation's own account for a kind may be known."""


def _usual(kind: LineKind, connection: Connection) -> str:
    """Return what is usual for a kind, with the organisation's own account where one is called like it."""
    called = _CALLED.get(kind, ())
    offered = facts.line_accounts(connection, kind) if called else ()
    mine = [str(account) for account in offered if any(word in account.name.casefold() for word in called)]
    usual = gettext(USUAL[kind])
    return gettext("{usual} Yours may be {account}.").format(usual=usual, account=mine[0]) if mine else usual


def trial(connection: Connection, found: Trial, offer: Offered) -> ShownTrial:
    """Return a trial as the page shows it."""
    numbers = {
        id(each): place for place, each in enumerate((each for each in found.lines if each.wants_a_rule), start=1)
    }
    lines = [line(each, offer, connection.ledger, number=numbers.get(id(each), 0)) for each in found.lines]
    documents = [
        f"{words.kind(each.kind)} {each.number}: {_amounts(each)}{retold(each.explanation)}" for each in found.documents
    ] or ([retold(found.outcome)] if found.outcome else [])
    trouble = _why(found.trouble, connection.ledger) if found.trouble else ""
    return ShownTrial(
        order=found.order, ref=found.ref, currency=found.currency, lines=lines, trouble=trouble, documents=documents
    )


def _amounts(found: PreviewedDocument) -> str:
    if found.net is None:
        return ""
    said = gettext("net {net}, tax {tax}, gross {gross} {currency}.")
    net, tax, gross = (figures.figure(str(each)) for each in (found.net, found.tax, found.gross))
    return f"{said.format(net=net, tax=tax, gross=gross, currency=found.currency)} "


def line(found: TriedLine, offer: Offered, ledger: str, *, number: int = 0) -> ShownLine:
    """Return a line of a trial as the page shows it."""
    return ShownLine(
        line=found,
        account=_named(offer.accounts, found.account) if found.account else "",
        tax=_named(offer.taxes, found.tax_type) if found.tax_type else "",
        tracking=", ".join(f"{each.category}: {each.option}" for each in found.tracking),
        by=words.decided(found.decided_by),
        why=_why(found.why, ledger) if found.why else "",
        facts=_facts(found),
        number=number,
    )


def _facts(found: TriedLine) -> str:
    """Return what the line says that rules mostly go by."""
    when = posting_rules.read_when({fact.value: list(values) for fact, values in trying.offered(found).items()})
    return rule_words.in_words(when)


def _why(hold: Hold, ledger: str) -> str:
    said = explain(hold.cause, hold.subject, hold.detail, ledger=ledger)
    return " ".join(filter(None, (f"{said.title}.", retold(hold.detail))))
