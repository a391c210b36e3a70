"""The button beside an explanation: where its action leads."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from daybook.catalog import customers
from daybook.companies.models import Company
from daybook.connections import endpoints, roster
from daybook.connections.models import Connection, Gateway
from daybook.connections.stopping import Why
from daybook.documents.causes import Cause
from daybook.documents.explained import (
    ACCOUNTS,
    CONNECT,
    CONTACT,
    CONTACT_THERE,
    COSTS,
    DATE,
    GATEWAYS,
    LINES,
    NUMBERS,
    ORDER,
    RULES,
    TAX,
    THERE,
    TIMING,
)
from daybook.documents.kinds import SPECS
from daybook.intake.trying import DECIDED_BY_RULES
from daybook.kit.money import plain
from daybook.ledgers import registry
from daybook.ledgers.ledger import Wire
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from daybook.sources.canonical.currencies import CODES
from daybook.web.settings import rooms

ANCHORS = {
    CONNECT: ("connect", gettext_noop("Open connection settings")),
    ACCOUNTS: ("accounts", gettext_noop("Choose the account")),
    TAX: ("tax", gettext_noop("Choose the tax rate")),
    LINES: ("lines", gettext_noop("Choose account and tax")),
    GATEWAYS: ("payments", gettext_noop("Choose the clearing account")),
    CONTACT: ("id_contact_name", gettext_noop("Look the contact up again")),
    NUMBERS: ("id_number_prefix", gettext_noop("Open numbers and references")),
    TIMING: ("when", gettext_noop("Open when and how")),
}
"""By where an explanation leads: the place on the settings page, and what the button says."""
FIELDS: dict[str, tuple[str, str]] = {
    Cause.CONSENT_LACKS: ("connect", gettext_noop("Get Access Token")),
    Cause.BEFORE_START_DATE: ("id_start_date", gettext_noop("Change the start date")),
    Cause.HAS_ERROR: ("id_include_orders_with_errors", gettext_noop("Include orders with errors")),
    Cause.TOTALS_CANNOT_BE_MET: ("id_when_tax_differs", gettext_noop("Choose what to do with the tax")),
    Cause.STATUS_NOT_CREATABLE: ("id_document_status", gettext_noop("Choose the document status")),
    Cause.STOCK_SHORT: ("id_allow_backorders", gettext_noop("Allow backorders")),
    Cause.DUE_DATE_MISSING: ("id_payment_terms_days", gettext_noop("Check the payment terms")),
    Cause.NUMBER_TAKEN_IN_DAYBOOK: ("id_number_prefix", gettext_noop("Choose another number prefix")),
    Cause.CONTACT_ARCHIVED: ("id_contact_name", gettext_noop("Choose another contact")),
    Cause.PERIOD_LOCKED: ("id_start_date", gettext_noop("Change the start date")),
}
"""By cause: the very field, where the cause alone tells it."""
ANOTHER_WAY: dict[str, str] = {Cause.CONTACT_ARCHIVED: CONTACT, Cause.PERIOD_LOCKED: TIMING}
"""By cause: where a second way out of it leads, beside that of its explanation."""
OF_CURRENCIES = frozenset({Cause.CURRENCY_NOT_ENABLED, Cause.CURRENCY_NOT_SUBSCRIBED})
CONNECTING = {"connection": "connect", "tax_mapping": "tax", "customer_contact_id": "id_contact_name"}
"""Fields that problems of the settings name, which are no fields of the form."""


@dataclass(frozen=True, slots=True)
class Button:
    """A link that helps."""

    text: str
    url: str
    leaves: bool = False
    """It opens the ledger's own pages, in another tab."""
    currency: str = ""
    """It is pressed, not followed: the currency that is sent to its address. For those who may change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What a button helps with: the cause, and what it is about (a rate, a SKU, an account, a field)."""

    cause: str = ""
    subject: str = ""
    entry: Entry | None = None


def button(action: str, connection: Connection, matter: Matter | None = None) -> Button | None:
    """Return the button of an explanation's action; None where the page has it already or there is nothing to press."""
    matter, company = matter or Matter(), connection.company
    if action in ANCHORS:
        anchor, text = _place(action, connection, matter)
        return Button(text, settings_place(connection, anchor))
    if action == RULES:
        return Button(gettext("Open posting rules"), connection_page(connection, name="rules"))
    if action == COSTS:
        return _cost_button(connection, matter)
    if action == DATE and matter.entry is not None and not SPECS[matter.entry.kind].has_its_orders_day:
        return None
    if action in {ORDER, DATE} and matter.entry is not None:
        anchor = "#date" if action == DATE else ""
        page = reverse("web:order", args=[company.public_id, matter.entry.order.public_id])
        return Button(gettext("Type the day" if anchor else "Open the order"), page + anchor)
    if action in {THERE, CONTACT_THERE} and connection.facts.their_id:
        return Button(
            gettext("Open {ledger}").format(ledger=registry.title(connection.ledger)),
            _there(action, connection, matter.entry),
            leaves=True,
        )
    return None


def currency_offer(connection: Connection, cause: str, subject: str) -> Button | None:
    """Return what adds a currency that the organisation lacks; None where that is not the cause, or cannot be done here.

    `subject`: what the cause is about, the currency's code.
    """
    code = subject.strip().upper()
    if cause not in OF_CURRENCIES or code not in CODES or not connection.is_connected:
        return None
    if endpoints.ledger_of(connection).currency_maker is None:
        return None
    text = gettext("Add {currency} in {ledger}").format(currency=code, ledger=registry.title(connection.ledger))
    return Button(text, connection_page(connection, name="currency-add"), currency=code)


def rule_offer(entry: Entry) -> Button | None:
    """Return the way to a rule with the facts of the line that holds the document; None where no rule would cure it."""
    connection = entry.organisation.connection
    if entry.state != State.HELD or not endpoints.can_be_asked(connection):
        return None
    if entry.cause not in DECIDED_BY_RULES:
        return None
    asked = urlencode({"order": entry.order.public_id})
    return Button(gettext("Make a rule for it"), f"{connection_page(connection, name='rule-new')}?{asked}")


def settings_place(connection: Connection, anchor: str) -> str:
    """Return the address of a place in the connection's settings: in its room, where they have rooms."""
    room = rooms.of_anchor(anchor) if endpoints.can_be_asked(connection) else None
    if room is None:
        return connection_page(connection, f"#{anchor}")
    return room_page(connection, room.slug, "" if anchor == room.slug else f"#{anchor}")


def connect_place(connection: Connection) -> str:
    """Return where a person connects: the first step of the set-up while the connection is new, else the room."""
    if Why.FIRST_LOOK.value in connection.posting_stops and endpoints.can_be_asked(connection):
        return connection_page(connection, "", "wizard-step", "connect")
    return settings_place(connection, "connect")


def room_page(connection: Connection, slug: str, anchor: str = "") -> str:
    """Return the address of a room of the connection's settings."""
    if slug == "rules":
        return connection_page(connection, anchor, "rules")
    return connection_page(connection, anchor, "settings-room", slug)


def connection_page(connection: Connection, anchor: str = "", name: str = "connection", *further: object) -> str:
    """Return the address of one of a connection's pages; a company's first has the plain one. `further`: a rule."""
    which = [] if connection.position == 1 else [connection.public_id]
    return reverse(f"web:{name}", args=[connection.company.public_id, *which, *further]) + anchor


def field_anchor(field: str) -> str:
    """Return where a field that a problem of the settings names stands on the settings page."""
    return CONNECTING.get(field, f"id_{field}")


def _place(action: str, connection: Connection, matter: Matter) -> tuple[str, str]:
    """Return the place on the settings page, as near to the cure as what is known allows."""
    anchor, text = ANCHORS[action]
    if matter.cause in FIELDS:
        anchor, text = FIELDS[matter.cause]
        return anchor, gettext(text)
    if matter.cause == Cause.SETTINGS_INCOMPLETE and matter.subject:
        return field_anchor(matter.subject), gettext("Complete the settings")
    if matter.cause == Cause.TAX_RATE_NOT_MAPPED and (rate := _percent(matter.subject)):
        return f"id_tax-{rate}", gettext("Choose the tax rate for {rate} %").format(rate=rate)
    if action == GATEWAYS and (gateway := _gateway(connection, matter.subject)):
        return field_anchor(f"gateway-{gateway.pk}"), gettext("Choose the account of {gateway}").format(
            gateway=gateway.said
        )
    if action == ACCOUNTS and (field := _account_field(connection, matter.subject)):
        return field_anchor(field), gettext("Choose another account than {account}").format(account=matter.subject)
    return anchor, gettext(text)


def _percent(subject: str) -> str:
    try:
        return plain(Decimal(subject) * 100)
    except InvalidOperation:
        return ""


def _gateway(connection: Connection, subject: str) -> Gateway | None:
    """Return the gateway that a cause is about, None where it is not listed (any more)."""
    return next((each for each in Gateway.objects.filter(connection=connection) if each.said == subject), None)


def _account_field(connection: Connection, code: str) -> str:
    """Return the setting that holds the account of this code, "" where none does."""
    fields = ("sales_account", "shipping_account", "cogs_account", "inventory_account")
    chosen = roster.posting_of(connection)
    return next((field for field in fields if code and getattr(chosen, field) == code), "")


def _cost_button(connection: Connection, matter: Matter) -> Button:
    """Return the way to the cost list, in the currency of costs: the sale's own is not what the supplier is paid in."""
    company = connection.company
    currency = roster.posting_of(connection).cost_currency or connection.facts.base_currency
    if not matter.subject or matter.cause == Cause.COSTS_IN_CURRENCIES:  # which is about currencies, not about one SKU
        return Button(gettext("Open item costs"), _page("costs", company))
    asked = urlencode({"sku": matter.subject, "currency": currency})
    return Button(
        gettext("Enter the cost of {item}").format(item=matter.subject),
        f"{_page('costs', company)}?{asked}#id_unit_cost",
    )


def document_there(entry: Entry) -> str:
    """Return the document's address in the ledger, "" while it is not there or its organisation is not connected."""
    organisation, reached = entry.organisation, entry.organisation.connection.organisation_id
    ledger = registry.LEDGERS.get(organisation.ledger)
    if ledger is None or not entry.their_id or reached != organisation.pk:
        return ""
    form = ledger.forms[entry.kind]
    return form.link(endpoints.link_base(ledger), organisation.short_code, entry.their_id)


def _there(action: str, connection: Connection, entry: Entry | None) -> str:
    ledger = registry.LEDGERS.get(connection.ledger)
    base = endpoints.link_base(ledger) if ledger is not None and ledger.wire is Wire.CALLS else ""
    party = ((entry.document or {}).get("party") or {}) if entry is not None else {}
    contact_id = customers.stored(connection.facts.pk, [party["key"]]).get(party["key"], "") if party else ""
    contact_id = contact_id or roster.posting_of(connection).contact_id
    if action == CONTACT_THERE and contact_id and ledger is not None and ledger.contact_link is not None:
        return ledger.contact_link(base, connection.facts.short_code, contact_id) or base
    return (document_there(entry) if entry is not None else "") or base


def _page(name: str, company: Company, anchor: str = "") -> str:
    return reverse(f"web:{name}", args=[company.public_id]) + anchor
