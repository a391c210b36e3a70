"""The company's app at a ledger: secrets go in and never come out."""

import re

from django import forms

from daybook.connections.models import Connection
from daybook.web.forms.styled import StyledForm

LONGEST_SECRET = 500


def secret_field(label: str, help_text: str) -> forms.CharField:
    """Return a field whose value goes in and never comes out."""
    widget = forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password", "spellcheck": "false"})
    return forms.CharField(label=label, required=False, max_length=LONGEST_SECRET, widget=widget, help_text=help_text)


class AppForm(StyledForm, forms.Form):
    """Client ID and Client Secret of the company's own web app at the ledger."""

    client_id = forms.CharField(
        label="Client ID",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Copy the Client ID from the app's Configuration page in the developer portal."},
    )
    client_secret = secret_field("Client Secret", "Write-only: it is stored encrypted and never shown again.")

    def __init__(self, *arguments: object, connection: Connection, **named: object) -> None:
        super().__init__(*arguments, initial={"client_id": connection.client_id}, **named)
        self._connection = connection
        if connection.client_secret_sealed:
            self.fields["client_secret"].widget.attrs["placeholder"] = "•••••••••••• stored; leave empty to keep it"

    def clean_client_id(self) -> str:
        """Refuse what was pasted with blanks inside: a Client ID has none."""
        return _one_word(self.cleaned_data["client_id"], "Client ID")

    def clean_client_secret(self) -> str:
        """An empty field keeps the stored secret; without one it is asked for."""
        secret: str = self.cleaned_data["client_secret"].strip()
        if not secret and not self._connection.client_secret_sealed:
            raise forms.ValidationError("Generate a secret on the app's Configuration page, and paste it here.")
        return _one_word(secret, "Client Secret") if secret else ""


def _one_word(text: str, name: str) -> str:
    text = text.strip()
    if re.search(r"\s", text):
        raise forms.ValidationError(f"This {name} has blanks inside; copy it again.")
    return text
