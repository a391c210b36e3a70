"""What one company decided, and what its organisation has, read once for a batch of orders."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings as installation

from daybook.catalog import facts as catalog
from daybook.companies.models import Company, CompanySettings, ItemCost, TaxMapping
from daybook.connections.models import Connection
from daybook.documents.causes import Hold, HoldCause
from daybook.intake.facts import Timing
from daybook.intake.intents import CompanyRules
from daybook.kit import clock
from daybook.mapping import cash_steps, not_stock
from daybook.mapping.rules import MappingRules, ProcessMethod, WhenCostIsZero, WhenTaxDiffers
from daybook.sources.canonical.moments import Zones

FARTHEST_AHEAD = timedelta(days=7)
"""How far ahead of today a document may be dated."""


def load_rules(company: Company) -> CompanyRules:
    """Read a company's rules as they stand now."""
    chosen = company_settings(company)
    connection = Connection.objects.filter(company=company).first()
    tenant_id = connection.tenant_id if connection is not None else ""
    mapped = list(TaxMapping.objects.filter(company=company))
    return CompanyRules(
        company_id=company.pk,
        connection_id=connection.pk if connection is not None else None,
        tenant_id=tenant_id,
        obstacle=_obstacle(company) if tenant_id else Hold(HoldCause.NOT_CONNECTED),
        timing=Timing(
            zones=Zones(sender=sender_zone(chosen, connection), documents=_zone_of(connection)),
            unsure_of=_unsure_of(chosen, connection),
            undated_days=chosen.undated_days,
            on_receipt=chosen.post_when == CompanySettings.PostWhen.RECEIVED,
            start_date=chosen.start_date,
            include_errors=chosen.include_orders_with_errors,
            part_shipped_until=_today(connection) - timedelta(days=chosen.part_shipment_days),
        ),
        default_currency=chosen.default_currency or (connection.base_currency if connection is not None else ""),
        mapping=_mapping_rules(company, chosen, connection, mapped),
        seen_rates=frozenset(row.rate.normalize() + 0 for row in mapped),
        order_pages=f"{installation.PUBLIC_URL}/c/{company.public_id}/orders",
    )


def _obstacle(company: Company) -> Hold | None:
    """Return what keeps every document back; a rate whose TaxType is gone holds its own only, when it is mapped."""
    blocking = next((problem for problem in catalog.settings_problems(company) if problem.blocks), None)
    return blocking and Hold(HoldCause.SETTINGS_INCOMPLETE, blocking.field, blocking.words)


def company_settings(company: Company) -> CompanySettings:
    """Return the company's settings; the defaults where nobody has saved any."""
    return CompanySettings.objects.filter(company=company).first() or CompanySettings(company=company)


def zone(name: str) -> ZoneInfo:
    """Return the IANA zone of that name; UTC where it is empty or unknown."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def sender_zone(chosen: CompanySettings, connection: Connection | None) -> ZoneInfo:
    """Return the zone of times that name none: as the company chose, else the organisation's."""
    return zone(chosen.order_time_zone) if chosen.order_time_zone else _zone_of(connection)


def _unsure_of(chosen: CompanySettings, connection: Connection | None) -> Zones | None:
    """Return what may be meant instead of a zone that was set before anybody was asked; None: it is certain."""
    if chosen.order_time_zone_confirmed or connection is None or not connection.time_zone:
        return None
    return Zones(sender=_zone_of(connection), documents=_zone_of(connection))


def _zone_of(connection: Connection | None) -> ZoneInfo:
    """Return the organisation's zone."""
    return zone(connection.time_zone if connection is not None else "")


def _today(connection: Connection | None) -> date:
    """Return the calendar day in the organisation's zone."""
    return clock.now().astimezone(_zone_of(connection)).date()


def with_goods(rules: CompanyRules, company: Company, skus: Collection[str]) -> CompanyRules:
    """Return the rules with what is known of these goods: only Tracked asks."""
    if not rules.is_tracked:
        return rules
    costs: dict[str, dict[str, Decimal]] = {}
    listed = ItemCost.objects.filter(company=company, sku__in=skus).values_list("sku", "currency", "unit_cost")
    for sku, currency, cost in listed:
        costs.setdefault(sku, {})[currency] = cost
    goods = replace(rules.mapping, items=catalog.items(company, skus), unit_costs=costs)
    return replace(rules, mapping=goods)


def _mapping_rules(
    company: Company, chosen: CompanySettings, connection: Connection | None, mapped: list[TaxMapping]
) -> MappingRules:
    base_currency = connection.base_currency if connection is not None else ""
    return MappingRules(
        process_method=ProcessMethod(chosen.process_method or ProcessMethod.UNTRACKED),
        base_currency=base_currency,
        currencies=catalog.currencies(company) | {base_currency},
        customer_contact_id=chosen.contact_id,
        supplier_contact_id=chosen.supplier_contact_id or chosen.contact_id,
        customer_contact_name=chosen.contact_name,
        supplier_contact_name=chosen.supplier_contact_name if chosen.supplier_contact_id else chosen.contact_name,
        sales_account=chosen.sales_account,
        shipping_account=chosen.shipping_account or chosen.sales_account,
        cogs_account=chosen.cogs_account,
        inventory_account=chosen.inventory_account,
        rounding_account=catalog.rounding_account(company),
        tax_types={row.rate.normalize() + 0: row.tax_type for row in mapped if row.tax_type},
        tax_rates=catalog.effective_rates(company),
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
        lock_date=connection.lock_date if connection is not None else None,
        latest_date=_today(connection) + FARTHEST_AHEAD,
    )
