"""What the settings page shows beside its forms."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext

from daybook.catalog import customers, facts
from daybook.catalog.models import CustomerContact
from daybook.companies.models import Company
from daybook.connections import endpoints, permissions, roster
from daybook.connections.features import Feature
from daybook.connections.models import Connection, Gateway, PostingSettings, TaxMapping, TokenSet
from daybook.documents.causes import Cause, Hold
from daybook.kit import clock
from daybook.kit.translation import retold
from daybook.ledgers.registry import LEDGERS
from daybook.mapping import numbers, references
from daybook.mapping.orders import Order as MappedOrder
from daybook.orders import currencies
from daybook.orders.models import Order
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from daybook.web import buttons, words
from daybook.web.settings.form import SettingsForm

MOST_MERGED = 10
MOST_COUNTED = 1000
MASK = "•" * 12


def facts_for(company: Company, connection: Connection) -> dict[str, Any]:
    """Return what is known of the organisation, the tokens and the currencies."""
    posting = roster.posting_of(connection)
    return {
        "settings": posting,
        "merged": _linked(connection, customers.merged(connection.organisation_id, most=MOST_MERGED)),
        "renamed": _linked(connection, customers.renamed(connection.organisation_id, most=MOST_MERGED)),
        "not_renamed": _linked(connection, customers.not_renamed(connection.organisation_id, most=MOST_MERGED)),
        "warns_of_reminders": why_reminders_go(connection, posting),
        "token": _token(connection),
        "asks_for_zone": asks_for_zone(posting, connection),
        "currencies": _currencies(company, connection),
        "has_unmapped_gateways": Gateway.objects.filter(connection=connection, account_id="").exists(),
        "has_unmapped_rates": TaxMapping.objects.filter(connection=connection, tax_type="").exists(),
    }


def why_reminders_go(connection: Connection, posting: PostingSettings) -> str:
    """Return why the ledger may remind customers who have paid in the shop, in words; "" where it will not."""
    if not connection.facts.sends_reminders:
        return ""
    if not posting.post_payments:
        return gettext("payments are not posted")
    if Feature.PAYMENTS in permissions.lacking(connection):
        return gettext("the permission to post payments is missing")
    if Gateway.objects.filter(connection=connection, account_id="").exists():
        return gettext("a gateway has no clearing account, so that its payments wait")
    return ""


def _linked(connection: Connection, rows: Sequence[CustomerContact]) -> list[dict[str, Any]]:
    """Return customers' contacts as the page shows them: what they are called now, and where each stands there."""
    ledger = LEDGERS.get(connection.ledger)
    link = ledger.contact_link if ledger is not None else None
    if ledger is None or link is None:
        return []
    base, code = endpoints.link_base(ledger), connection.facts.short_code
    return [
        {
            "name": row.name or gettext("A customer"),
            "now": row.shop_name,
            "url": link(base, code, row.contact_id),
            "renamed_at": row.renamed_at,
        }
        for row in rows
    ]


def asks_for_zone(settings: PostingSettings, connection: Connection) -> bool:
    """Tell whether a person has still to say in which zone times without one are."""
    return not settings.order_time_zone_confirmed and connection.facts.time_zone not in {"", "UTC"}


def waiting(connection: Connection) -> str:
    """Return how many waiting documents are made anew when a setting changes, in words; "" where none waits."""
    mine = Entry.objects.filter(company=connection.company_id, organisation=connection.organisation_id)
    count = mine.filter(state__in=[State.HELD, State.READY]).values("pk")[: MOST_COUNTED + 1].count()
    return str(words.at_most(count, MOST_COUNTED)) if count else ""


def under_way(connection: Connection) -> int:
    """Return how many of the connection's documents are with the ledger right now or unclear."""
    mine = Entry.objects.filter(company=connection.company_id, organisation__connection=connection)
    return mine.filter(state__in=[State.SENDING, State.UNKNOWN]).count()


def documents_in_flight(connection: Connection) -> bool:
    """Return whether another organisation must wait, because documents are under way to this one."""
    return under_way(connection) > 0


def example(company: Company, form: SettingsForm) -> dict[str, str]:
    """Return the example for what the form holds."""
    return example_of(company, str(form["number_prefix"].value() or ""), str(form["reference_template"].value() or ""))


def example_of(company: Company, prefix: str, template: str) -> dict[str, str]:
    """Return the number and reference that the company's newest order would get, or an invented one."""
    newest = Order.objects.filter(company=company).order_by("-first_received_at").first()
    order = MappedOrder(
        ref=newest.ref if newest else "10452",
        external_ref=newest.external_ref if newest else "SHOP-7731",
        customer_name=newest.customer_name if newest else "Jo Bloggs",
        currency=(newest.currency if newest else "") or "GBP",
        document_date=clock.now().date() if newest else date(2026, 1, 31),
        mark="7k2m9xqa4rwt",
        lines=(),
    )
    number = numbers.document_number(prefix, order.ref)
    problem = retold(references.template_problem(template) or "")
    if isinstance(number, Hold):
        return {"example_ref": order.ref, "example_number": "", "example_reference": "", "example_problem": problem}
    reference = "" if problem else references.reference(order, template, number=number)
    return {
        "example_ref": order.ref,
        "example_number": number,
        "example_reference": reference,
        "example_problem": problem,
    }


def _token(connection: Connection) -> dict[str, Any] | None:
    """Return when the access token ends; the tokens themselves never reach a page."""
    row = TokenSet.objects.filter(connection=connection).only("expires_at", "refreshed_at").first()
    return {"mask": MASK, "expires_at": row.expires_at, "refreshed_at": row.refreshed_at} if row else None


def _currencies(company: Company, connection: Connection) -> list[dict[str, Any]]:
    """Return each currency of the organisation and of the orders, and whether the organisation has it."""
    seen = currencies.of_orders(company)
    enabled = set(facts.currencies(connection)) if connection.is_connected else set()
    return [
        {
            "code": code,
            "orders": words.at_most(seen.get(code, 0), currencies.COUNTED),
            "is_enabled": code in enabled,
            "is_base": code == connection.facts.base_currency,
            "adding": buttons.currency_offer(connection, Cause.CURRENCY_NOT_ENABLED, code),
        }
        for code in sorted(enabled | set(seen))
    ]
