"""The opening questions of the set-up wizard; what their answers propose is `web/wizard/answers.py`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy, gettext_noop

from daybook.mapping.rules import ContactPer, ProcessMethod
from daybook.web.forms.styled import StyledForm
from daybook.web.wizard.answers import Answers, Ways

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

COUNTRIES = {
    "GB": gettext_noop("United Kingdom"),
    "AU": gettext_noop("Australia"),
    "NZ": gettext_noop("New Zealand"),
    "US": gettext_noop("United States"),
}
CHOOSE = {"required": gettext_lazy("Choose one; you can change it in its step.")}


def _radio(
    label: "StrOrPromise", choices: "Sequence[tuple[str, StrOrPromise]]", help_text: "StrOrPromise" = ""
) -> forms.ChoiceField:
    widget = forms.RadioSelect
    return forms.ChoiceField(
        label=label, choices=choices, widget=widget, help_text=help_text, error_messages=CHOOSE
    )  # fmt: skip


class OpeningForm(StyledForm, forms.Form):
    """Four questions; the country is the organisation's. Nothing is saved of them but the answers themselves."""

    is_registered = _radio(
        gettext_lazy("Are you registered for VAT, GST or sales tax?"),
        [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        gettext_lazy("Decides which tax rates are proposed."),
    )
    contact_per = _radio(
        gettext_lazy("For whom are the invoices?"),
        [
            (ContactPer.ONE, gettext_lazy("One contact that stands for the shop")),
            (ContactPer.CUSTOMER, gettext_lazy("Each customer")),
        ],
        gettext_lazy("A web shop usually takes one contact: thousands of customers make the ledger slow."),
    )
    goods = _radio(
        gettext_lazy("Does the ledger keep your stock?"),
        [
            (ProcessMethod.UNTRACKED, gettext_lazy("No: each order becomes an invoice")),
            (
                ProcessMethod.TRACKED,
                gettext_lazy("Yes: each order becomes a purchase order and an invoice of tracked items"),
            ),
        ],
    )
    source = _radio(
        gettext_lazy("Where do your orders come from?"),
        [
            (Ways.API, gettext_lazy("Our OMS or shop sends them (REST API)")),
            (Ways.FEED, gettext_lazy("Daybook fetches or receives them from our OMS (a feed)")),
            (Ways.FILE, gettext_lazy("We upload or drop files")),
        ],
    )

    def __init__(self, *arguments: Any, stored: Answers | None, **named: Any) -> None:
        initial: dict[str, object] = {}
        if stored is not None:
            initial = stored.as_stored() | {"is_registered": "yes" if stored.is_registered else "no"}
        super().__init__(*arguments, initial=initial, **named)

    def answers(self) -> Answers:
        """Return what was answered, of a form that is valid."""
        said = self.cleaned_data
        return Answers(
            is_registered=said["is_registered"] == "yes",
            contact_per=said["contact_per"],
            goods=said["goods"],
            source=said["source"],
        )
