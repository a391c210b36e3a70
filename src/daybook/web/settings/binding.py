"""Builds the settings form with what the organisation offers, and looks contacts up in the ledger."""

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext

from daybook.catalog import contacts
from daybook.connections import calls
from daybook.connections.models import ChannelContact, Connection, Gateway, LineAccount, PostingSettings, TaxMapping
from daybook.kit import clock
from daybook.kit.translation import retold
from daybook.ledgers import registry
from daybook.web.settings import offers
from daybook.web.settings.form import LookUp, SettingsForm
from daybook.web.settings.rooms import Room
from daybook.wire.errors import WireError


def bind_settings(
    connection: Connection, sent: Mapping[str, object] | None = None, room: Room | None = None
) -> SettingsForm:
    """Return the form of a room of the connection's settings, bound where something was sent. `room`: None: of all."""
    settings, _ = PostingSettings.objects.get_or_create(connection=connection)
    mappings = list(TaxMapping.objects.filter(connection=connection))
    return SettingsForm(
        sent,
        instance=settings,
        offer=offers.offer(connection),
        tax_mappings=mappings,
        booked=list(LineAccount.objects.filter(connection=connection)),
        gateways_seen=list(Gateway.objects.filter(connection=connection)),
        look_up=look_up(connection),
        channels=list(ChannelContact.objects.filter(connection=connection)),
        room=room,
    )


def look_up(connection: Connection) -> LookUp:
    """Return the search for one active contact by its exact name; before connecting, names wait unchecked."""

    def asked(name: str) -> str:
        if not connection.is_connected:
            return ""
        try:
            calls.resume(connection.pk, clock.now())  # a person asks: a pause of ours ends, the ledger's wait does not
            return contacts.look_up(connection, name)
        except contacts.ContactNotFoundError as error:
            raise forms.ValidationError(retold(str(error))) from error
        except WireError as error:
            raise forms.ValidationError(
                gettext("{ledger} could not be asked for this contact ({error}). Save again soon.").format(
                    ledger=registry.title(connection.ledger), error=retold(str(error))
                )
            ) from error

    return asked
