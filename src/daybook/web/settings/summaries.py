"""One line for each room of the settings: what is set in it, and what is missing."""

from collections.abc import Iterator
from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext, ngettext

from daybook.catalog import problems
from daybook.connections import roster
from daybook.connections.models import ChannelContact, Connection, Gateway, LineAccount, PostingRule, TaxMapping
from daybook.kit.money import plain
from daybook.kit.translation import retold
from daybook.web import buttons, titles, words
from daybook.web.language import figures
from daybook.web.settings import reading, rooms
from daybook.web.settings.binding import bind_settings
from daybook.web.settings.form import SettingsForm
from daybook.web.settings.rooms import Room

MOST_SAID = 4
"""Settings that a line tells."""


@dataclass(frozen=True, slots=True)
class Line:
    """One room on the index."""

    room: Room
    url: str
    about: str
    says: str
    """What is set."""
    missing: str
    """What a person has to do there; "" where nothing is missing."""


def lines(connection: Connection) -> list[Line]:
    """Return a line for each room, in their order."""
    form, missing = bind_settings(connection), _missing(connection)
    return [
        Line(
            room=room,
            url=buttons.room_page(connection, room.slug) if connection.is_ledger_known else "",
            about=room.about.replace("{ledger}", titles.of(connection.ledger)),
            says=_says(room, connection, form),
            missing=missing.get(room.slug, ""),
        )
        for room in rooms.ROOMS
    ]


def _missing(connection: Connection) -> dict[str, str]:
    """Return by room the first thing that is missing in it."""
    found: dict[str, str] = {}
    for problem in problems.settings_problems(connection) if connection.is_ledger_known else []:
        room = rooms.of_anchor(buttons.field_anchor(problem.field))
        found.setdefault(room.slug if room else "connect", retold(problem.words))
    rates = TaxMapping.objects.filter(connection=connection, tax_type="")
    if open_rates := [f"{figures.figure(plain(each.rate * 100))} %" for each in rates]:
        found.setdefault("tax", gettext("Not decided: {names}").format(names=", ".join(open_rates)))
    gateways = Gateway.objects.filter(connection=connection, account_id="")
    if open_gateways := [each.said for each in gateways]:
        found.setdefault("payments", gettext("Not decided: {names}").format(names=", ".join(open_gateways[:MOST_SAID])))
    if reading.asks_for_zone(roster.posting_of(connection), connection):
        found.setdefault("days", gettext("In which time zone does your OMS write times?"))
    return found


def _says(room: Room, connection: Connection, form: SettingsForm) -> str:
    own = _OWN.get(room.slug)
    said = list(own(connection) if own is not None else [])
    said += [f"{form[one.name].label}: {shown}" for one in room.settings if (shown := _shown(form, one.name))]
    more = len(said) - MOST_SAID
    first = "; ".join(said[:MOST_SAID])
    return gettext("{first}; and {count} more").format(first=first, count=more) if more > 0 else first


def _shown(form: SettingsForm, name: str) -> str:
    """Return a setting's stored value in words, "" where it says nothing: nothing chosen, or off."""
    field, value = form.fields[name], getattr(form.instance, name)
    if isinstance(field, forms.BooleanField):
        return gettext("yes") if value else ""
    if value in {None, ""}:
        return ""
    return str(dict(getattr(field, "choices", ())).get(value, value)).split("\n")[0]


def _connect(connection: Connection) -> Iterator[str]:
    yield f"{connection.facts.name}" if connection.is_connected else words.connection(connection.status).text


def _rates(connection: Connection) -> Iterator[str]:
    decided = TaxMapping.objects.filter(connection=connection).exclude(tax_type="")
    yield from (
        gettext("{rate} % is {tax_rate}").format(rate=figures.figure(plain(each.rate * 100)), tax_rate=each.tax_type)
        for each in decided
    )


def _kinds(connection: Connection) -> Iterator[str]:
    chosen = LineAccount.objects.filter(connection=connection).exclude(account="")
    yield from (f"{each.get_kind_display()}: {each.account}" for each in chosen)


def _rules(connection: Connection) -> Iterator[str]:
    if count := PostingRule.objects.filter(connection=connection).count():
        yield ngettext("{count} rule", "{count} rules", count).format(count=count)


def _channels(connection: Connection) -> Iterator[str]:
    yield from (f"{each.channel}: {each.contact_name}" for each in ChannelContact.objects.filter(connection=connection))


def _gateways(connection: Connection) -> Iterator[str]:
    if count := Gateway.objects.filter(connection=connection).exclude(account_id="").count():
        yield ngettext("{count} gateway has its account", "{count} gateways have their account", count).format(
            count=count
        )


def _stop(connection: Connection) -> Iterator[str]:
    if connection.is_posting_stopped:
        yield gettext("Posting is stopped, or not switched on yet")


_OWN = {
    "connect": _connect,
    "tax": _rates,
    "lines": _kinds,
    "rules": _rules,
    "contact": _channels,
    "payments": _gateways,
    "stop": _stop,
}
"""What a line says first, of rooms that hold more than settings of the table."""
