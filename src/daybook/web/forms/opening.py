"""The opening questions of the set-up wizard; what their answers propose is `web/wizard/answers.py`."""

from typing import Any

from django import forms

from daybook.connections.models import Connection
from daybook.mapping.rules import ContactPer, ProcessMethod
from daybook.web.forms.styled import StyledForm
from daybook.web.wizard.answers import Answers, Ways

COUNTRIES = {"GB": "United Kingdom", "AU": "Australia", "NZ": "New Zealand", "US": "United States"}
CHOOSE = {"required": "Choose one; you can change it in its step."}


def _radio(label: str, choices: list[tuple[str, str]], help_text: str = "") -> forms.ChoiceField:
    widget = forms.RadioSelect
    return forms.ChoiceField(
        label=label, choices=choices, widget=widget, help_text=help_text, error_messages=CHOOSE
    )  # fmt: skip


class OpeningForm(StyledForm, forms.Form):
    """Five questions; nothing is saved of them but the answers themselves."""

    country = forms.ChoiceField(label="Country of the books", required=False)
    is_registered = _radio(
        "Are you registered for VAT, GST or sales tax?",
        [("yes", "Yes"), ("no", "No")],
        "Decides which tax rates are proposed.",
    )
    contact_per = _radio(
        "For whom are the invoices?",
        [
            (ContactPer.ONE, "One contact that stands for the shop"),
            (ContactPer.CUSTOMER, "Each customer"),
        ],
        "A web shop usually takes one contact: thousands of customers make the ledger slow.",
    )
    goods = _radio(
        "Does the ledger keep your stock?",
        [
            (ProcessMethod.UNTRACKED, "No: each order becomes an invoice"),
            (ProcessMethod.TRACKED, "Yes: each order becomes a purchase order and an invoice of tracked items"),
        ],
    )
    source = _radio(
        "Where do your orders come from?",
        [
            (Ways.API, "Our OMS or shop sends them (REST API)"),
            (Ways.FEED, "Daybook fetches or receives them from our OMS (a feed)"),
            (Ways.FILE, "We upload or drop files"),
        ],
    )

    def __init__(self, *arguments: Any, connection: Connection, stored: Answers | None, **named: Any) -> None:
        theirs = connection.facts.country_code
        initial: dict[str, object] = {"country": theirs}
        if stored is not None:
            initial = stored.as_stored() | {"is_registered": "yes" if stored.is_registered else "no"}
        super().__init__(*arguments, initial=initial, **named)
        named_countries = COUNTRIES | ({theirs: theirs} if theirs and theirs not in COUNTRIES else {})
        self.fields["country"].choices = [*named_countries.items(), ("", "Another country")]  # type: ignore[attr-defined]
        self.fields["country"].help_text = "As your organisation says it." if theirs else ""

    def answers(self) -> Answers:
        """Return what was answered, of a form that is valid."""
        said = self.cleaned_data
        return Answers(
            country=said["country"],
            is_registered=said["is_registered"] == "yes",
            contact_per=said["contact_per"],
            goods=said["goods"],
            source=said["source"],
        )
