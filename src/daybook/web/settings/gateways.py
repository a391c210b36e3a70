"""The table of the settings page that says on which account the money of each gateway stands."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext

from daybook.connections.models import Connection, Gateway
from daybook.web.settings.offers import Offer, with_stored


@dataclass(frozen=True, slots=True)
class Drawn:
    """One gateway's row of the table."""

    gateway: Gateway
    field: forms.BoundField
    may_be_made: bool
    """Nobody has chosen an account, and the ledger makes some on our wish."""


def fields(offer: Offer, seen: Iterable[Gateway]) -> dict[str, forms.ChoiceField]:
    """Return the fields by their names, one for each gateway that was seen."""
    return {field_name(row): _choice(offer, row) for row in seen}


def drawn(form: forms.BaseForm, seen: Iterable[Gateway], *, makes_accounts: bool) -> list[Drawn]:
    """Return the table's rows. `makes_accounts`: the ledger can be asked for an account."""
    return [Drawn(row, form[field_name(row)], makes_accounts and not row.account_id) for row in seen]


def save(connection: Connection, form: forms.BaseForm, seen: Iterable[Gateway]) -> None:
    """Write what was chosen."""
    for row in seen:
        chosen = form.cleaned_data.get(field_name(row), "")
        Gateway.objects.filter(connection=connection, pk=row.pk).exclude(account_id=chosen).update(account_id=chosen)


def field_name(gateway: Gateway) -> str:
    """Return the name of the field that holds a gateway's account."""
    return f"gateway-{gateway.pk}"


def _choice(offer: Offer, row: Gateway) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=row.said,
        required=False,
        initial=row.account_id,
        choices=[("", gettext("(not decided: its payments are held)")), *with_stored(offer.clearing, row.account_id)],
    )
