"""Builds the settings form with what the organisation offers, and looks contacts up in Xero."""

from collections.abc import Mapping

from django import forms

from daybook.catalog import contacts
from daybook.companies.models import Company, CompanySettings, TaxMapping
from daybook.connections.models import Connection
from daybook.web.forms.settings import LookUp, SettingsForm
from daybook.web.reading import offers
from daybook.xero.errors import XeroError


def bind_settings(company: Company, connection: Connection, sent: Mapping[str, object] | None = None) -> SettingsForm:
    """Return the form of the company's settings, bound where something was sent."""
    settings, _ = CompanySettings.objects.get_or_create(company=company)
    mappings = list(TaxMapping.objects.filter(company=company))
    return SettingsForm(
        sent,
        instance=settings,
        offer=offers.offer(company, connection),
        tax_mappings=mappings,
        look_up=_look_up(connection),
    )


def _look_up(connection: Connection) -> LookUp:
    """Return the search for one active contact by its exact name; before connecting, names wait unchecked."""

    def look_up(name: str) -> str:
        if not connection.is_connected:
            return ""
        try:
            found = contacts.find_contacts(connection, name)
        except XeroError as error:
            raise forms.ValidationError(
                f"Xero could not be asked for this contact ({error}). Save again soon."
            ) from error
        active = [contact for contact in found if contact.status == "ACTIVE"]
        if len(active) == 1:
            return active[0].contact_id
        raise forms.ValidationError(_why_not(name, len(active), archived=len(found) > len(active)))

    return look_up


def _why_not(name: str, active: int, *, archived: bool) -> str:
    if active > 1:
        return (
            f"Xero has {active} active contacts named “{name}”. Rename or archive all but one there, then save again."
        )
    if archived:
        return f"“{name}” is archived in Xero. Restore it there (Contacts, Archived), or name another contact."
    return f"Xero has no contact named “{name}”. Create it there, or correct the name: it must match exactly."
