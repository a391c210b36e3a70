"""The part of the settings page that says which contact stands for which channel."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext

from daybook.connections.models import ChannelContact, Connection

NEW_CHANNEL, NEW_CONTACT = "new_channel", "new_channel_contact"


@dataclass(frozen=True, slots=True)
class Drawn:
    """One channel's row."""

    contact: forms.BoundField
    is_found: bool
    """It was found in the ledger."""


def name_of(row: ChannelContact) -> str:
    """Return the name of the field that holds a channel's contact."""
    return f"channel-{row.pk}"


def fields(rows: Iterable[ChannelContact]) -> dict[str, forms.CharField]:
    """Return the fields by their names: one for each channel, and two for another one."""
    made = {
        name_of(row): forms.CharField(
            label=gettext("Contact of {channel}").format(channel=row.channel),
            required=False,
            max_length=255,
            initial=row.contact_name,
        )
        for row in rows
    }
    return made | {
        NEW_CHANNEL: forms.CharField(
            label=gettext("Add a channel"),
            required=False,
            max_length=100,
            help_text=gettext("As orders name it, or the name of their feed."),
        ),
        NEW_CONTACT: forms.CharField(label=gettext("Contact of that channel"), required=False, max_length=255),
    }


def drawn(form: forms.BaseForm, rows: Iterable[ChannelContact]) -> list[Drawn]:
    """Return the rows of the channels that have a contact."""
    return [Drawn(form[name_of(row)], is_found=bool(row.contact_id)) for row in rows]


def check(form: forms.BaseForm, rows: Iterable[ChannelContact]) -> None:
    """Look the contacts up whose names are new; another channel needs both of its fields, and is none that there is."""
    found: dict[str, str] = {}
    for name in [*(name_of(row) for row in rows), NEW_CONTACT]:
        contact = " ".join((form.cleaned_data.get(name) or "").split())
        if contact and (contact != form.fields[name].initial or not _stored(rows, name)):
            try:
                found[name] = form.look_up(contact)  # type: ignore[attr-defined]  # the settings form has it
            except forms.ValidationError as error:
                form.add_error(name, error)
    form.found_contacts = found  # type: ignore[attr-defined]
    channel, named = form.cleaned_data.get(NEW_CHANNEL), form.cleaned_data.get(NEW_CONTACT)
    if bool(channel) != bool(named) and NEW_CONTACT not in form.errors:
        form.add_error(NEW_CONTACT if channel else NEW_CHANNEL, gettext("Fill in both, or neither."))
    if channel and _key(channel) in {_key(row.channel) for row in rows}:
        form.add_error(NEW_CHANNEL, gettext("This channel has a contact already: change it above."))


def _stored(rows: Iterable[ChannelContact], name: str) -> str:
    return next((row.contact_id for row in rows if name_of(row) == name), "")


def _key(channel: str) -> str:
    return " ".join(channel.split()).casefold()


def save(connection: Connection, form: forms.BaseForm, rows: Iterable[ChannelContact]) -> None:
    """Write what was chosen; a channel whose contact was emptied goes to the contact that stands for the rest."""
    found: dict[str, str] = form.found_contacts  # type: ignore[attr-defined]
    mine = ChannelContact.objects.filter(connection=connection)
    for row in rows:
        name = " ".join((form.cleaned_data.get(name_of(row)) or "").split())
        if not name:
            mine.filter(pk=row.pk).delete()
        elif name_of(row) in found:
            mine.filter(pk=row.pk).update(contact_name=name, contact_id=found[name_of(row)])
    if channel := " ".join((form.cleaned_data.get(NEW_CHANNEL) or "").split()):
        name = " ".join(form.cleaned_data[NEW_CONTACT].split())
        ChannelContact.objects.create(
            connection=connection, channel=channel, contact_name=name, contact_id=found.get(NEW_CONTACT, "")
        )
