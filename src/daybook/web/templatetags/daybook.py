"""What templates may ask for; none of it touches the database."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.template import Context
from django.utils import dateformat, timezone
from django.utils.translation import get_language, gettext

from daybook.companies.models import Company
from daybook.connections import endpoints, roster
from daybook.connections.models import Connection
from daybook.documents.kinds import SPECS, Kind
from daybook.kit import clock
from daybook.kit.translation import retold
from daybook.orders.models import Order
from daybook.outbox.explanations import in_words
from daybook.outbox.models import Entry
from daybook.web import access, buttons, pages, titles, ways_back, words
from daybook.web.language import figures
from daybook.web.settings.rule_form import RuleForm

register = template.Library()
NOTHING = "\N{EN DASH}"


@register.simple_tag(takes_context=True)
def talks_to(context: Context) -> dict[str, object]:
    """Return what the foot names: where the page's connection puts its files, else the installation's far side."""
    connection: Connection | None = getattr(context.get("request"), "connection", None)
    if connection is not None and endpoints.has_own_page(connection):
        return {"name": titles.of(connection.ledger), "is_real": True}
    return {"name": pages.talked_to(), "is_real": pages.is_real()}


@register.filter
def money(amount: Decimal | None) -> str:
    """Return an amount with two decimals (or the three of dinars) and thousands apart; a dash where there is none."""
    return price(amount)


@register.filter
def worth_of_its_order(entry: Entry) -> str:
    """Return the order's total with its currency for a sale whose own total is not known yet; "" for all others."""
    order = entry.order
    if entry.gross is not None or order is None or order.gross is None or not SPECS[Kind(entry.kind)].is_the_sale:
        return ""
    return f"{price(order.gross)} {order.currency}"


@register.filter
def price(amount: Decimal | None) -> str:
    """Return a unit price with two decimals, or as many more as it needs."""
    if amount is None:
        return NOTHING
    whole, _, decimals = f"{amount:,f}".partition(".")
    return figures.figure(f"{whole}.{decimals.rstrip('0'):0<2}")


@register.filter
def number(quantity: Decimal | None) -> str:
    """Return a quantity or percentage without zeros at the end."""
    if quantity is None:
        return NOTHING
    text = f"{quantity:,f}"
    return figures.figure(text.rstrip("0").rstrip(".") if "." in text else text)


@register.filter
def ago(moment: datetime | None) -> str:
    """Return how long ago, roughly: "just now", "5 min ago", "3 h ago", "4 days ago"."""
    if moment is None:
        return gettext("never")
    seconds = int((clock.now() - moment).total_seconds())
    if seconds < 90:
        return gettext("just now")
    if seconds < 5400:
        return gettext("{count} min ago").format(count=seconds // 60)
    if seconds < 172800:
        return gettext("{count} h ago").format(count=seconds // 3600)
    return gettext("{count} days ago").format(count=seconds // 86400)


@register.filter
def moment(at: datetime | None) -> str:
    """Return a moment as people write it, in the zone of the page (`access.py`) and naming it."""
    if at is None:
        return NOTHING
    local = timezone.localtime(at)
    return f"{figures.day(local)}, {local:%H:%M:%S} {zone_name(local)}"


@register.filter
def minute(at: datetime | None) -> str:
    """Return a moment that is not known to the second, in the zone of the page: "Mon 2 Mar, 14:05 GMT"."""
    if at is None:
        return NOTHING
    local = timezone.localtime(at + timedelta(seconds=30))
    return f"{dateformat.format(local, gettext('D j M'))}, {local:%H:%M} {zone_name(local)}"


@register.filter
def midway(words: str) -> str:
    """Return what begins a sentence, or stands alone, as it stands in the middle of one: small, but for German nouns."""
    return words[:1].lower() + words[1:] if get_language() == "de" else words.lower()


def zone_name(local: datetime) -> str:
    """Return a zone's short name, such as GMT or AEDT; UTC+4 where it has but a number."""
    name = local.tzname() or "UTC"
    return f"UTC{name}" if name.startswith(("+", "-")) else name


@register.simple_tag(takes_context=True)
def page_path(context: Context) -> str:
    """Return the address of the page, also where it answers a form that was refused."""
    return ways_back.page_of(context["request"].path)


@register.simple_tag
def connection_url(name: str, connection: Connection, *further: object) -> str:
    """Return the address of one of a connection's pages."""
    return buttons.connection_page(connection, "", name, *further)


@register.simple_tag
def settings_url(company: Company, anchor: str) -> str:
    """Return the address of a place in the settings of the company's first connection."""
    return buttons.settings_place(roster.first(company), anchor)


@register.simple_tag
def page_zone() -> str:
    """Return the name of the zone that the page's times are in."""
    return timezone.get_current_timezone_name().replace("_", " ")


@register.filter
def order_badge(order: Order) -> words.Badge:
    """Return the badge of an order that `reading.orders` marked: its own standing, unless a document says otherwise."""
    row: Any = order
    if row.needs_a_person:
        return words.DOCUMENT_WAITS
    if row.given_up_at and row.standing == Order.Standing.DOCUMENTED:
        day = timezone.localtime(row.given_up_at).date()
        return words.given_up(row.given_up_by or "", day, are_others=row.is_posted_in_part)
    return words.standing(row.standing)


@register.filter
def subject_words(entry: Entry) -> str:
    """Return what a waiting document's cause is about, as people say it: 17 %, 30 Nov 2026."""
    said = in_words(entry.cause, entry.subject, titles.of(entry.organisation.ledger))
    return said if said != entry.subject else retold(said)


register.filter("ledger_title", titles.of)
register.filter("retold", retold)
thing = register.filter("thing", figures.within)
register.filter("role_words", access.role_word)
register.filter("scope_words", access.scope_word)
register.filter("state_badge", words.state)
register.filter("connection_badge", words.connection)
register.filter("form_words", words.written_as)
register.filter("attention_words", words.attention)
register.filter("kind_words", words.kind)
register.filter("theirs", words.theirs)


@register.filter(name="of")
def of_key(found: Mapping[Any, Any], key: object) -> Any:
    """Return what a mapping holds under a key that is only known at run time; None where it holds nothing."""
    return found.get(key)


@register.filter
def but(form: RuleForm, name: str) -> BoundField | None:
    """Return the field of a rule's form that turns a condition round; None where it cannot be."""
    return form.but(name)


@register.filter
def field(form: BaseForm, name: str) -> BoundField:
    """Return a form's field whose name is only known at run time."""
    return form[name]
