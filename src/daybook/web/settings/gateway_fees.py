"""How a gateway's fees are booked: left to the bank's lines, or a bill for each payout."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from daybook.catalog import contacts, facts
from daybook.connections import calls, roster
from daybook.connections.models import Connection, Gateway
from daybook.connections.saving import saving
from daybook.kit import clock
from daybook.kit.translation import retold
from daybook.outbox import wake
from daybook.web import buttons, pages, titles
from daybook.web.access import CompanyRequest, Role, member, with_consent
from daybook.web.forms.styled import StyledForm
from daybook.web.language import figures
from daybook.web.reading import overview
from daybook.web.settings.binding import look_up
from daybook.web.settings.offers import with_stored
from daybook.wire.errors import WireError

FIND, TAKE = "find", "take"
"""Names of the buttons that search for the contact, and take one of those found."""
LEFT, BILL = "", "bill"
_FIELDS = {
    "contact": "fees_contact_name",
    "account": "fees_account",
    "tax_type": "fees_tax_type",
    "since": "fees_since",
}


class FeesForm(StyledForm, forms.Form):
    """What becomes of the fees; the rest is asked for only where there are bills."""

    how = forms.ChoiceField(
        label=gettext_lazy("Fees"),
        required=False,
        choices=[(LEFT, gettext_lazy("Left to the bank's lines")), (BILL, gettext_lazy("A bill for each payout"))],
    )
    contact = forms.CharField(label=gettext_lazy("Who bills them"), required=False, max_length=255)
    account = forms.ChoiceField(label=gettext_lazy("Account of the fees"), required=False)
    tax_type = forms.ChoiceField(label=gettext_lazy("Tax on the fees"), required=False)
    since = forms.DateField(
        label=gettext_lazy("From payouts of this day on"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("What was paid out before stays as you have booked it."),
    )

    def __init__(self, *arguments: Any, row: Gateway, connection: Connection, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.row, self.connection = row, connection
        ledger = titles.of(connection.ledger)
        self.fields["contact"].help_text = gettext("As its name stands in {ledger}.").format(ledger=ledger)
        accounts = [(each.code, f"{each.code} {each.name}") for each in facts.cogs_accounts(connection)]
        rates = [(each.tax_type, str(each)) for each in facts.purchase_tax_rates(connection)]
        nobody = ("", gettext("(not decided)"))
        offered = {
            "account": with_stored(accounts, row.fees_account),
            "tax_type": with_stored(rates, row.fees_tax_type),
        }
        for name, choices in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - as declared above
            field.choices = [nobody, *choices]

    def clean(self) -> dict[str, Any]:
        """All of it is needed for a bill; a contact whose name is new is looked up."""
        cleaned = super().clean() or {}
        if cleaned.get("how") != BILL:
            return cleaned
        for name in _FIELDS:
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, gettext("A bill needs this."))
        name = " ".join((cleaned.get("contact") or "").split())
        cleaned["contact"], cleaned["contact_id"] = name, self.row.fees_contact_id
        if name and (name != self.row.fees_contact_name or not self.row.fees_contact_id):
            try:
                cleaned["contact_id"] = look_up(self.connection)(name)
            except ValidationError as error:
                self.add_error("contact", error)
        return cleaned


@member(Role.ACCOUNTANT)
@with_consent
@require_http_methods(["GET", "POST"])
def fees(request: CompanyRequest, gateway: int) -> HttpResponse:
    """Show what becomes of a gateway's fees; search for the contact, or keep what was chosen."""
    row = get_object_or_404(Gateway, connection=request.connection, pk=gateway)
    if not row.account_id or not request.connection.is_connected:
        messages.info(request, gettext("Connect, and choose the gateway's account first: fees are paid out of it."))
        return _back(request)
    sent = request.POST.dict() if request.method == "POST" else None
    if sent is not None and (FIND in sent or TAKE in sent):
        return _searched(request, row, sent)
    form = _form(request, row, sent)
    if sent is None or not form.is_valid():
        return _show(request, row, form)
    _keep(request, row, form.cleaned_data)
    messages.success(request, gettext("Saved. {words}").format(words=_said(row)))
    return _back(request)


def _form(request: CompanyRequest, row: Gateway, sent: dict[str, str] | None) -> FeesForm:
    initial = {name: getattr(row, field) for name, field in _FIELDS.items()}
    initial |= {"how": BILL if row.fees_since else LEFT, "since": row.fees_since or _today(request)}
    return FeesForm(sent, row=row, connection=request.connection, initial=initial)


def _searched(request: CompanyRequest, row: Gateway, sent: dict[str, str]) -> HttpResponse:
    form = _form(request, row, {**sent, "contact": sent.get(TAKE) or sent.get("contact", "")})
    form.errors.clear()  # their turn comes when it is saved
    extra: dict[str, Any] = {}
    if TAKE not in sent:
        try:
            calls.resume(request.connection.pk, clock.now())  # a person asks: a pause of ours ends
            extra = {"found": contacts.search(request.connection, sent.get("contact", "")), "is_searched": True}
        except WireError as error:
            extra = {
                "why_not": gettext("{ledger} could not be searched ({error}). Try again soon.").format(
                    ledger=titles.of(request.connection.ledger), error=retold(str(error))
                )
            }
    return _show(request, row, form, extra)


def _keep(request: CompanyRequest, row: Gateway, chosen: dict[str, Any]) -> None:
    is_billed = chosen["how"] == BILL
    row.fees_since = chosen["since"] if is_billed else None
    if is_billed:
        row.fees_contact_id, row.fees_contact_name = chosen["contact_id"], chosen["contact"]
        row.fees_account, row.fees_tax_type = chosen["account"], chosen["tax_type"]
    with transaction.atomic(), saving(request.connection, by=request.user):
        row.save(update_fields=["fees_since", "fees_contact_id", "fees_contact_name", "fees_account", "fees_tax_type"])
    wake.wake_prepare(request.company.pk)


def _said(row: Gateway) -> str:
    if row.fees_since is None:
        return gettext("The fees of {gateway} are left to the bank's lines.").format(gateway=row.said)
    return gettext("Each payout of {gateway} from {day} on becomes a bill of its fees.").format(
        gateway=row.said, day=figures.day(row.fees_since)
    )


def _show(request: CompanyRequest, row: Gateway, form: FeesForm, extra: dict[str, Any] | None = None) -> HttpResponse:
    posting = roster.posting_of(request.connection)
    context = {
        "title": gettext("Fees of {gateway}").format(gateway=row.said),
        "connection": request.connection,
        "gateway": row,
        "form": form,
        "settings": buttons.settings_place(request.connection, "payments"),
        "is_on": posting.post_payments,
        "is_draft": posting.document_status != "AUTHORISED",
        **(extra or {}),
    }
    return pages.render(request, "daybook/connection/fees.html", context, status=422 if form.errors else 200)


def _today(request: CompanyRequest) -> date:
    return overview.midnight(request.connection, clock.now()).date()


def _back(request: CompanyRequest) -> HttpResponse:
    return redirect(buttons.settings_place(request.connection, "payments"))
