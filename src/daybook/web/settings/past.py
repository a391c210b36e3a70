"""The history of one room of the settings, and putting a value of before back into its form."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext

from daybook.companies.settings_table import Holds, holding
from daybook.connections.models import Connection
from daybook.connections.saving import about
from daybook.documents.line_kinds import LineKind
from daybook.history import telling
from daybook.history.kinds import What
from daybook.history.models import Event
from daybook.web.reading import log, naming
from daybook.web.settings import channels, gateways, line_accounts
from daybook.web.settings.binding import bind_settings
from daybook.web.settings.editing import as_sent
from daybook.web.settings.form import SettingsForm, tax_field_name
from daybook.web.settings.rooms import Room

MOST = 20
"""Changes that a room shows; all of them stand in the log."""
LOOKED_THROUGH = 300
"""Events of the connection that are read for it."""
_IDS = frozenset(one.id_field for one in holding(Holds.CONTACT))
_SILENT = _IDS | {"order_time_zone_confirmed"}
"""What follows from another setting, and is told beside it."""
_SECRETS = frozenset({"client_secret"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One setting that somebody changed."""

    event: int
    key: str
    """As the history names it."""
    at: datetime
    who: str
    label: str
    before: str
    after: str
    may_restore: bool
    """The value of before is known, is not what stands now, and has a field in this room."""


def of_room(connection: Connection, room: Room) -> list[Change]:
    """Return the last changes of a room, the newest first."""
    found: list[Change] = []
    form = bind_settings(connection, room=room)
    for event in _saved(connection)[:LOOKED_THROUGH]:
        before, after = event.before or {}, event.after or {}
        keys = (key for key in {**before, **after} if room.tells(key) and key not in _SILENT)
        found.extend(_change(event, key, form) for key in keys)
        if len(found) >= MOST:
            break
    return found[:MOST]


def _saved(connection: Connection) -> QuerySet[Event]:
    return telling.about(about(connection)).filter(what=What.SAVED).select_related("person").order_by("-id")


def event_of(connection: Connection, event: str, room: Room, key: str) -> Event | None:
    """Return the event of a change in this room; None where there is none: of another company's, say."""
    if not event.isdecimal() or len(event) > 18 or not room.tells(key) or key in _SECRETS:
        return None
    found = _saved(connection).filter(pk=int(event)).first()
    return found if found is not None and key in {**(found.before or {}), **(found.after or {})} else None


def _change(event: Event, key: str, form: SettingsForm) -> Change:
    was, became = str((event.before or {}).get(key, "")), str((event.after or {}).get(key, ""))
    name, label = field_of(form, key), naming.called(key)
    field = form.fields.get(name)
    is_there = field is not None and key not in _SECRETS
    return Change(
        event=event.pk,
        key=key,
        at=event.at,
        who=log.who(event),
        label=label,
        before=_in_words(field, was),
        after=_in_words(field, became),
        may_restore=is_there and _as_sent(field, was) != _sent_now(form, name),
    )


def field_of(form: SettingsForm, key: str) -> str:
    """Return the field of the form in which what the history names so is set now; "" where there is none."""
    kind, _, rest = key.partition(".")
    match kind:
        case "tax" if naming.percent(rest):
            return tax_field_name(Decimal(rest))
        case "account" | "account_tax" if rest in set(LineKind):
            named = line_accounts.account_name if kind == "account" else line_accounts.tax_name
            return named(LineKind(rest))
        case "gateway":
            return next((gateways.field_name(row) for row in form.gateways_seen if row.said == rest), "")
        case "channel":
            there = (channels.name_of(row) for row in form.channel_rows if row.channel == rest)
            return next(there, channels.NEW_CONTACT if channels.NEW_CONTACT in form.fields else "")
    return key


def put_back(form: SettingsForm, key: str, was: str) -> dict[str, str]:
    """Return what the room's form would send with a value of before in its field; PURE. `form`: unbound.

    A channel that has no row any more is added again, with the contact it had. What is only proposed is not sent.
    """
    name = field_of(form, key)
    stands = {each: getattr(form.instance, each) for each in form.fields if hasattr(form.instance, each)}
    sent = {bound.name: as_sent(stands.get(bound.name, bound.value())) for bound in form}
    sent[name] = _as_sent(form.fields.get(name), was)
    if name == channels.NEW_CONTACT:
        sent[channels.NEW_CHANNEL] = key.partition(".")[2]
    return {
        each: value for each, value in sent.items() if value or not isinstance(form.fields[each], forms.BooleanField)
    }


def _sent_now(form: SettingsForm, name: str) -> str:
    return as_sent(form[name].value())


def _as_sent(field: forms.Field | None, told: str) -> str:
    """Return a value as the history tells it, as a browser sends it."""
    if isinstance(field, forms.BooleanField):
        return "on" if told == "yes" else ""
    return told


def _in_words(field: forms.Field | None, value: str) -> str:
    if isinstance(field, forms.BooleanField):
        return {"yes": gettext("yes"), "no": gettext("no")}.get(value, value)
    choices: Mapping[str, str] = dict(getattr(field, "choices", ()))
    return str(choices.get(value) or value) if value else ""
