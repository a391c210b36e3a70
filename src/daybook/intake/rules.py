"""What was decided for one connection, and what its organisation has, read once for a batch of orders."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings as installation

from daybook.catalog import facts as catalog
from daybook.companies.models import Company, ItemCost
from daybook.connections import roster
from daybook.connections.models import Connection, Organisation, PostingSettings, TaxMapping
from daybook.documents.causes import Hold, HoldCause
from daybook.intake.facts import Timing
from daybook.intake.intents import CompanyRules
from daybook.kit import clock
from daybook.mapping import cash_steps, not_stock
from daybook.mapping.rules import MappingRules, ProcessMethod, WhenCostIsZero, WhenTaxDiffers
from daybook.sources.canonical.moments import Zones

FARTHEST_AHEAD = timedelta(days=7)
"""How far ahead of today a document may be dated."""


def load_rules(connection: Connection) -> CompanyRules:
    """Read as they stand now the rules by which documents are made for a connection."""
    chosen, facts = roster.posting_of(connection), connection.facts
    organisation = connection.organisation if connection.is_ledger_known else None
    mapped = list(TaxMapping.objects.filter(connection=connection))
    return CompanyRules(
        company_id=connection.company_id,
        connection_id=connection.pk,
        organisation_id=organisation.pk if organisation is not None else None,
        number_space=organisation.identity if organisation is not None else "",
        obstacle=_obstacle(connection) if organisation is not None else Hold(HoldCause.NOT_CONNECTED),
        timing=Timing(
            zones=Zones(sender=sender_zone(chosen, facts), documents=zone(facts.time_zone)),
            unsure_of=_unsure_of(chosen, facts),
            undated_days=chosen.undated_days,
            on_receipt=chosen.post_when == PostingSettings.PostWhen.RECEIVED,
            start_date=chosen.start_date,
            include_errors=chosen.include_orders_with_errors,
            part_shipped_until=_today(facts) - timedelta(days=chosen.part_shipment_days),
        ),
        default_currency=chosen.default_currency or facts.base_currency,
        mapping=_mapping_rules(connection, chosen, mapped),
        seen_rates=frozenset(row.rate.normalize() + 0 for row in mapped),
        order_pages=f"{installation.PUBLIC_URL}/c/{connection.company.public_id}/orders",
    )


def of_company(company: Company) -> list[CompanyRules]:
    """Read the rules of each connection that the company's documents are made for, the first one first."""
    return [load_rules(connection) for connection in roster.taking_orders(company)]


def _obstacle(connection: Connection) -> Hold | None:
    """Return what keeps every document back; a rate whose TaxType is gone holds its own only, when it is mapped."""
    blocking = next((problem for problem in catalog.settings_problems(connection) if problem.blocks), None)
    return blocking and Hold(HoldCause.SETTINGS_INCOMPLETE, blocking.field, blocking.words)


def zone(name: str) -> ZoneInfo:
    """Return the IANA zone of that name; UTC where it is empty or unknown."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def sender_zone(chosen: PostingSettings, facts: Organisation) -> ZoneInfo:
    """Return the zone of times that name none: as the company chose, else the organisation's."""
    return zone(chosen.order_time_zone or facts.time_zone)


def _unsure_of(chosen: PostingSettings, facts: Organisation) -> Zones | None:
    """Return what may be meant instead of a zone that was set before anybody was asked; None: it is certain."""
    if chosen.order_time_zone_confirmed or not facts.time_zone:
        return None
    return Zones(sender=zone(facts.time_zone), documents=zone(facts.time_zone))


def _today(facts: Organisation) -> date:
    """Return the calendar day in the organisation's zone."""
    return clock.now().astimezone(zone(facts.time_zone)).date()


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


def _mapping_rules(connection: Connection, chosen: PostingSettings, mapped: list[TaxMapping]) -> MappingRules:
    facts = connection.facts
    base_currency = facts.base_currency
    return MappingRules(
        process_method=ProcessMethod(chosen.process_method or ProcessMethod.UNTRACKED),
        base_currency=base_currency,
        currencies=catalog.currencies(connection) | {base_currency},
        customer_contact_id=chosen.contact_id,
        supplier_contact_id=chosen.supplier_contact_id or chosen.contact_id,
        customer_contact_name=chosen.contact_name,
        supplier_contact_name=chosen.supplier_contact_name if chosen.supplier_contact_id else chosen.contact_name,
        sales_account=chosen.sales_account,
        shipping_account=chosen.shipping_account or chosen.sales_account,
        cogs_account=chosen.cogs_account,
        inventory_account=chosen.inventory_account,
        rounding_account=catalog.rounding_account(connection),
        tax_types={row.rate.normalize() + 0: row.tax_type for row in mapped if row.tax_type},
        tax_rates=catalog.effective_rates(connection),
        purchase_tax_type=chosen.purchase_tax_type,
        cash_steps=cash_steps.read(chosen.cash_steps),
        number_prefix=chosen.number_prefix,
        reference_template=chosen.reference_template,
        document_status=chosen.document_status,
        payment_terms_days=chosen.payment_terms_days,
        when_tax_differs=WhenTaxDiffers(chosen.when_tax_differs),
        cost_currency=chosen.cost_currency,
        not_stock=not_stock.read(chosen.not_stock),
        when_cost_is_zero=WhenCostIsZero(chosen.when_cost_is_zero),
        lock_date=facts.lock_date,
        latest_date=_today(facts) + FARTHEST_AHEAD,
    )
