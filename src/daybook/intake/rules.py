"""What was decided for one connection, and what its organisation has, read once for a batch of orders."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings as installation

from daybook.catalog import facts as catalog
from daybook.catalog import known, problems
from daybook.catalog.known import Known
from daybook.companies.models import Company, ItemCost
from daybook.connections import features, roster
from daybook.connections.models import Connection, Organisation, PostingSettings
from daybook.documents.causes import Cause, Hold
from daybook.documents.file_rules import FileRules
from daybook.documents.kinds import SPECS, Kind
from daybook.documents.line_kinds import OF_REFUNDS, LineKind
from daybook.feeds.models import Feed
from daybook.intake import stored_rules
from daybook.intake.due import PostWhen, Timing
from daybook.intake.intents import CompanyRules
from daybook.kit import clock
from daybook.ledgers.ledger import Form, number_space
from daybook.ledgers.lists import ACTIVE
from daybook.ledgers.registry import LEDGERS, title
from daybook.mapping import cash_steps, not_stock
from daybook.mapping.gateways import ClearingAccount, Fees, GatewayKey
from daybook.mapping.gateways import title_of as gateway_title
from daybook.mapping.numbers import Numbering
from daybook.mapping.rules import (
    OF_CUSTOMERS,
    ContactPer,
    MappingRules,
    Named,
    ProcessMethod,
    WhenCostIsZero,
    WhenTaxDiffers,
)
from daybook.sources.canonical.moments import Zones

FARTHEST_AHEAD = timedelta(days=7)
"""How far ahead of today a document may be dated."""


_MOST_KEPT = 500
"""Companies of which the rules are kept; beyond that all are read anew."""
_kept: dict[int, tuple[tuple[str, ...], list[CompanyRules]]] = {}
"""By company: what its rules were made of, and the rules."""


def of_company(company: Company) -> list[CompanyRules]:
    """Return the rules of each connection that the company's documents are made for, the first one first.

    Read each time, in one statement, and worked out only where something has changed or another day begun.
    """
    text = known.text_of_company(company)
    if text == "[]":
        return [load_rules(connection) for connection in roster.taking_orders(company)]
    now = clock.now()
    made_of = (text, company.public_id, installation.PUBLIC_URL)
    kept, rules = _kept.get(company.pk, (None, []))
    if kept != made_of or _is_another_day(rules, now):
        first, *others = (_rules(company, each, now) for each in known.parsed(text))
        rules = [first, *(replace(each, is_first=False) for each in others)]
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[company.pk] = (made_of, rules)
    return rules


def for_feed(rules: CompanyRules, feed: Feed) -> CompanyRules:
    """Return the rules with what the feed says of its own orders instead."""
    own = {name: getattr(feed, name) for name in ("number_prefix", "reference_template") if getattr(feed, name)}
    if rules.mapping.posting_rules or rules.mapping.contact_per is ContactPer.CHANNEL:
        own["feed"] = feed.name
    if rules.mapping.contact_per in OF_CUSTOMERS:
        own["feed_id"] = feed.public_id
    if own:
        rules = replace(rules, mapping=replace(rules.mapping, **own))
    if feed.post_when:
        post_when = _post_when(feed.post_when, rules.numbering)
        rules = replace(rules, timing=replace(rules.timing, post_when=post_when))
    return rules


def load_rules(connection: Connection) -> CompanyRules:
    """Read as they stand now the rules by which documents are made for a connection."""
    rules = _rules(connection.company, known.of_connection(connection), clock.now())
    taking = roster.taking_orders(connection.company)
    return replace(rules, is_first=connection.pk == taking[0].pk)


def drafted(connection: Connection, rules: Sequence[known.PostingRule] | None) -> CompanyRules:
    """Return the rules of a connection as they would be with these posting rules, of whatever the organisation has.

    None: with those that are stored.
    """
    return _rules(connection.company, drafted_known(connection, rules), clock.now())


def drafted_known(connection: Connection, rules: Sequence[known.PostingRule] | None) -> Known:
    """Return what is known of a connection, with all that its rules may name, and these rules for those that are stored."""
    found = known.of_connection(connection)
    stands = {each.code for each in found.accounts}
    accounts = [known.Account(each.code, each.use) for each in catalog.rule_accounts(connection)]
    options = [
        known.TrackingOption(each.option_id, each.category_id, each.category, each.name)
        for each in catalog.tracking_options(connection)
    ]
    return replace(
        found,
        accounts=(*found.accounts, *(each for each in accounts if each.code not in stands)),
        tracking=tuple(options),
        posting_rules=found.posting_rules if rules is None else tuple(rules),
    )


def of_no_connection(company: Company) -> CompanyRules:
    """Return the rules of a company that has no connection yet: nothing is decided, and nothing is reached."""
    return _rules(company, known.nothing(), clock.now())


def _is_another_day(rules: Sequence[CompanyRules], now: datetime) -> bool:
    """Tell whether midnight has passed in one of the organisations' zones."""
    return any(_latest(now, each.timing.zones.documents) != each.mapping.latest_date for each in rules)


def _rules(company: Company, found: Known, now: datetime) -> CompanyRules:
    chosen, facts = found.settings, found.organisation
    is_reached = found.organisation_id is not None and found.ledger in LEDGERS
    forms = LEDGERS[found.ledger].forms if found.ledger in LEDGERS else {}
    routes = LEDGERS[found.ledger].routes if found.ledger in LEDGERS else {}
    return CompanyRules(
        company_id=company.pk,
        connection_id=found.connection_id,
        organisation_id=found.organisation_id if is_reached else None,
        identity=facts.identity if is_reached else "",
        obstacle=_obstacle(found) if is_reached else Hold(Cause.NOT_CONNECTED),
        timing=Timing(
            zones=Zones(sender=zone(chosen.order_time_zone or facts.time_zone), documents=zone(facts.time_zone)),
            unsure_of=_unsure_of(chosen, facts),
            undated_days=chosen.undated_days,
            post_when=_post_when(chosen.post_when, forms),
            start_date=chosen.start_date,
            include_errors=chosen.include_orders_with_errors,
            part_shipped_until=now.astimezone(zone(facts.time_zone)).date() - timedelta(days=chosen.part_shipment_days),
        ),
        default_currency=chosen.default_currency or facts.base_currency,
        mapping=_mapping_rules(found, now),
        kept_back=_kept_back(found),
        a_call={form.kind: routes[form.route].documents_a_call for form in forms.values() if form.route in routes},
        numbering=_numbering(forms, facts.identity if is_reached else ""),
        seen_rates=frozenset(rate for rate, _ in found.mapped),
        seen_gateways=frozenset((each.name, each.currency) for each in found.gateways),
        order_pages=f"{installation.PUBLIC_URL}/c/{company.public_id}/orders",
    )


def _post_when(said: str, kinds: Iterable[str]) -> PostWhen:
    """Return when documents are made; what books no sale itself (a file, a mail) is made once, of the whole order."""
    post_when = PostWhen(said) if said in set(PostWhen) else PostWhen.DISPATCHED
    is_cut = any(SPECS[kind].is_the_sale for kind in kinds)
    return post_when if is_cut or post_when is not PostWhen.PART_DISPATCHED else PostWhen.DISPATCHED


def _numbering(forms: Mapping[str, Form], identity: str) -> dict[Kind, Numbering]:
    """Return what the ledger takes as numbers; a suffix where a space is shared, so that an order has one of each kind."""
    spaces = Counter(form.number_space for form in forms.values() if form.number_space)
    return {
        form.kind: Numbering(
            space=number_space(identity, form),
            longest=form.number_length,
            alphabet=form.number_alphabet,
            suffix=SPECS[form.kind].suffix if spaces[form.number_space] > 1 else "",
        )
        for form in forms.values()
    }


def _kept_back(found: Known) -> dict[Kind, Hold]:
    """Return the kinds that the consent does not cover, each with why: all else goes on."""
    ledger = LEDGERS.get(found.ledger)
    return features.kept_back(ledger, found.scope) if ledger is not None and found.scope is not None else {}


def _obstacle(found: Known) -> Hold | None:
    """Return what keeps every document back; a rate whose TaxType is gone holds its own only, when it is mapped."""
    blocking = next((problem for problem in problems.problems_of(found) if problem.blocks), None)
    return Hold(Cause.SETTINGS_INCOMPLETE, blocking.field, blocking.words) if blocking is not None else None


def _no_tax_type(found: Known) -> str:
    """Return the tax type of lines that bear no tax; of a ledger that is none of ours any one: nothing is made for it."""
    offered = LEDGERS[found.ledger].terms.no_tax_types if found.ledger in LEDGERS else ("",)
    return next((each for each in offered if each in found.effective_rates), offered[0])


def _latest(now: datetime, zone_of_documents: tzinfo) -> date:
    """Return the last day that a document may be dated."""
    return now.astimezone(zone_of_documents).date() + FARTHEST_AHEAD


def zone(name: str) -> ZoneInfo:
    """Return the IANA zone of that name; UTC where it is empty or unknown."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _unsure_of(chosen: PostingSettings, facts: Organisation) -> Zones | None:
    """Return what may be meant instead of a zone that was set before anybody was asked; None: it is certain."""
    if chosen.order_time_zone_confirmed or not facts.time_zone:
        return None
    return Zones(sender=zone(facts.time_zone), documents=zone(facts.time_zone))


def with_goods(rules: CompanyRules, skus: Collection[str]) -> CompanyRules:
    """Return the rules with what is known of these goods: only Tracked asks."""
    if not rules.is_tracked:
        return rules
    costs: dict[str, dict[str, Decimal]] = {}
    listed = ItemCost.objects.filter(company=rules.company_id, sku__in=skus).values_list("sku", "currency", "unit_cost")
    for sku, currency, cost in listed:
        costs.setdefault(sku, {})[currency] = cost
    goods = replace(rules.mapping, items=catalog.items(rules.organisation_id, skus), unit_costs=costs)
    return replace(rules, mapping=goods)


def with_line_accounts(rules: CompanyRules, kinds: Collection[LineKind]) -> CompanyRules:
    """Return the rules with where such lines are booked: only what is no sale of goods asks."""
    asked = kinds if rules.mapping.post_credit_notes else set(kinds) - OF_REFUNDS
    if rules.organisation_id is None or all(kind.is_sale for kind in asked):
        return rules
    chosen = catalog.chosen_line_accounts(Connection.objects.get(company_id=rules.company_id, pk=rules.connection_id))
    return replace(rules, mapping=replace(rules.mapping, line_accounts=chosen))


def _clearing(stored: known.Gateway) -> ClearingAccount:
    """Return the account of a gateway, and why it can not be used where it can not."""
    if not stored.account_id:
        return ClearingAccount(account="")
    name = " ".join(filter(None, (stored.code, stored.account_name)))
    why_not = ""
    if stored.status != ACTIVE:
        why_not = f"{name or 'The account chosen for it'} is archived or gone."
    elif not stored.takes_payments:
        why_not = f"{name} takes no payments."
    return ClearingAccount(
        account=stored.code or stored.account_id,
        name=name,
        currency=stored.account_currency or "",
        why_not=why_not,
        fees=_fees(stored),
    )


def _fees(stored: known.Gateway) -> Fees | None:
    if stored.fees_since is None:
        return None
    return Fees(
        gateway=f"{gateway_title(stored.name)} in {stored.currency}",
        since=date.fromisoformat(stored.fees_since),
        contact_id=stored.fees_contact_id,
        contact_name=stored.fees_contact_name,
        account=stored.fees_account,
        tax_type=stored.fees_tax_type,
    )


_OF_FILES = ("format", "ending", "template", "account", "department", "with_headings")


def file_rules(chosen: PostingSettings, file: Mapping[str, Any], mapped: Sequence[tuple[Decimal, str]]) -> FileRules:
    """Return how order files are written. `file`: by `FileFormat`'s names, those that are said; `mapped`: tax codes."""
    return FileRules(
        **{name: file[name] for name in _OF_FILES if name in file},
        nominal=chosen.sales_account,
        shipping_nominal=chosen.shipping_account,
        tax_codes={rate: code for rate, code in mapped if code},
        currency=chosen.default_currency,
    )


def _mapping_rules(found: Known, now: datetime) -> MappingRules:
    chosen, facts = found.settings, found.organisation
    return MappingRules(
        process_method=ProcessMethod(chosen.process_method or ProcessMethod.UNTRACKED),
        ledger=title(found.ledger),
        base_currency=facts.base_currency,
        home_country=facts.country_code,
        currencies=found.currencies | {facts.base_currency},
        customer_contact_id=chosen.contact_id,
        supplier_contact_id=chosen.supplier_contact_id or chosen.contact_id,
        customer_contact_name=chosen.contact_name,
        supplier_contact_name=chosen.supplier_contact_name if chosen.supplier_contact_id else chosen.contact_name,
        contact_per=ContactPer(chosen.contact_per),
        channel_contacts={
            " ".join(channel.split()).casefold(): Named(contact_id, name)
            for channel, contact_id, name in found.channels
            if contact_id
        },
        sales_account=chosen.sales_account,
        shipping_account=chosen.shipping_account or chosen.sales_account,
        cogs_account=chosen.cogs_account,
        inventory_account=chosen.inventory_account,
        rounding_account=found.rounding_account,
        tax_types={rate: tax_type for rate, tax_type in found.mapped if tax_type},
        tax_rates=found.effective_rates,
        no_tax_type=_no_tax_type(found),
        purchase_tax_type=chosen.purchase_tax_type,
        posting_rules=stored_rules.of(found),
        cash_steps=cash_steps.read(chosen.cash_steps),
        number_prefix=chosen.number_prefix,
        reference_template=chosen.reference_template,
        document_status=chosen.document_status,
        post_credit_notes=chosen.post_credit_notes,
        post_payments=chosen.post_payments,
        gateways={GatewayKey(each.source, each.name, each.currency): _clearing(each) for each in found.gateways},
        payment_terms_days=chosen.payment_terms_days,
        when_tax_differs=WhenTaxDiffers(chosen.when_tax_differs),
        cost_currency=chosen.cost_currency,
        not_stock=not_stock.read(chosen.not_stock),
        file=file_rules(chosen, found.file, found.mapped),
        when_cost_is_zero=WhenCostIsZero(chosen.when_cost_is_zero),
        lock_date=facts.lock_date,
        latest_date=_latest(now, zone(facts.time_zone)),
    )
