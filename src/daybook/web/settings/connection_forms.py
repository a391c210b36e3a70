"""The company's app: secrets go in and never come out."""

import re
from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext, gettext_lazy

from daybook.connections.models import Connection
from daybook.web.forms.styled import StyledForm

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONGEST_SECRET = 500


def secret_field(label: "StrOrPromise", help_text: "StrOrPromise") -> forms.CharField:
    """Return a field whose value goes in and never comes out."""
    widget = forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password", "spellcheck": "false"})
    return forms.CharField(label=label, required=False, max_length=LONGEST_SECRET, widget=widget, help_text=help_text)


class AppForm(StyledForm, forms.Form):
    """Client ID and Client Secret of the company's own web app at the ledger."""

    client_id = forms.CharField(
        label=gettext_lazy("Client ID"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": gettext_lazy("Copy the Client ID from the app's Configuration page in the developer portal.")
        },
    )
    client_secret = secret_field(
        gettext_lazy("Client Secret"), gettext_lazy("Write-only: it is stored encrypted and never shown again.")
    )

    def __init__(self, *arguments: object, connection: Connection, **named: object) -> None:
        super().__init__(*arguments, initial={"client_id": connection.client_id}, **named)
        self._connection = connection
        if connection.client_secret_sealed:
            self.fields["client_secret"].widget.attrs["placeholder"] = gettext(
                "•••••••••••• stored; leave empty to keep it"
            )

    def clean_client_id(self) -> str:
        """Refuse what was pasted with blanks inside: a Client ID has none."""
        return _one_word(self.cleaned_data["client_id"], gettext("Client ID"))

    def clean_client_secret(self) -> str:
        """An empty field keeps the stored secret; without one it is asked for."""
        secret: str = self.cleaned_data["client_secret"].strip()
        if not secret and not self._connection.client_secret_sealed:
            raise forms.ValidationError(
                gettext("Generate a secret on the app's Configuration page, and paste it here.")
            )
        return _one_word(secret, gettext("Client Secret")) if secret else ""


def _one_word(text: str, name: str) -> str:
    text = text.strip()
    if re.search(r"\s", text):
        raise forms.ValidationError(gettext("This {name} has blanks inside; copy it again.").format(name=name))
    return text
