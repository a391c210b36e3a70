"""Making a gateway's clearing account in the ledger: what is proposed, the permission it needs, and what came of it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext, gettext_lazy, gettext_noop
from django.views.decorators.http import require_http_methods

from daybook.connections import calls, consent, endpoints, roster
from daybook.connections.models import Gateway
from daybook.connections.saving import saving
from daybook.kit import clock
from daybook.kit.translation import retold
from daybook.ledgers.ledger import AccountMaker, NewAccount
from daybook.mapping import gateways
from daybook.posting import clearing
from daybook.posting.clearing import End, Ending
from daybook.web import buttons, pages, titles
from daybook.web.access import CompanyRequest, Role, member, with_consent
from daybook.web.forms.styled import StyledForm
from daybook.web.ways_back import CAME_FROM
from daybook.wire.errors import WireError

DONE: Mapping[End, str] = {
    End.MADE: gettext_noop(
        "{account} was made in {ledger}, and {gateway} stands on it. Payments that waited for it go by themselves."
    ),
    End.WAS_THERE: gettext_noop(
        "{account} stands in {ledger} already: {gateway} stands on it now. Payments that waited for it go by "
        "themselves."
    ),
    End.DECIDED: gettext_noop("Nothing was made: {gateway} has an account by now."),
}
"""What is said on the settings page, by how it ended."""
REFUSED = gettext_noop(
    "{ledger} did not make the account: {words} Change what its words name, or make it in {ledger} yourself and choose it "
    "in the settings."
)
UNKNOWN = gettext_noop(
    "{ledger} was asked for the account and gave no clear answer, and its list does not show it yet. Press again in ten "
    "minutes: Daybook looks first, and asks for it once more only if it was not made."
)
FAULTS: Mapping[End, tuple[str | None, str]] = {
    End.CODE_TAKEN: ("code", gettext_noop("{words} has this code in {ledger}. Type another one, or choose that account in the settings.")),
    End.NAME_TAKEN: ("name", gettext_noop("{words} has this name in {ledger}. Type another one, or choose that account in the settings.")),
    End.REFUSED: (None, REFUSED),
    End.NOT_SENT: (None, gettext_noop("Nothing was sent to {ledger}: {words} Press again later.")),
    End.UNKNOWN: (None, UNKNOWN),
}  # fmt: skip
"""The field and the words where it stays on its own page."""


class AccountForm(StyledForm, forms.Form):
    """Code and name of the account."""

    code = forms.CharField(help_text=gettext_lazy("One that no other account has."))
    name = forms.CharField(help_text=gettext_lazy("As it stands in the chart of accounts."))

    def __init__(self, *arguments: Any, maker: AccountMaker, **named: Any) -> None:
        super().__init__(*arguments, **named)
        for name, longest in (("code", maker.longest_code), ("name", maker.longest_name)):
            self.fields[name].validators.append(MaxLengthValidator(longest))
            self.fields[name].widget.attrs["maxlength"] = longest


@member(Role.ACCOUNTANT)
@with_consent
@require_http_methods(["GET", "POST"])
def account(request: CompanyRequest, gateway: int) -> HttpResponse:
    """Show the account that is proposed; make it, or lead to the consent that it needs."""
    row = get_object_or_404(Gateway, connection=request.connection, pk=gateway)
    row.connection = request.connection
    maker = endpoints.ledger_of(request.connection).account_maker
    if row.account_id or maker is None or not request.connection.is_connected:
        messages.info(request, gettext("Nothing was made: choose the account here."))
        return _back(request)
    proposed = clearing.proposal(row)
    sent = request.POST if request.method == "POST" else None
    form = AccountForm(sent, maker=maker, initial=proposed._asdict())
    if sent is None or not form.is_valid():
        return _show(request, row, form)
    if not clearing.is_granted(request.connection):
        return _to_consent(request)
    wanted = NewAccount(form.cleaned_data["code"], " ".join(form.cleaned_data["name"].split()), proposed.is_owed)
    return _said(request, row, form, _made(request, row, wanted))


def _made(request: CompanyRequest, row: Gateway, wanted: NewAccount) -> Ending:
    calls.resume(request.connection.pk, clock.now())  # a person asks: a pause of ours ends, the ledger's wait does not
    try:
        return clearing.make(row, wanted, request.user)
    except WireError as error:
        return Ending(End.NOT_SENT, f"{error}")


def _said(request: CompanyRequest, row: Gateway, form: AccountForm, ended: Ending) -> HttpResponse:
    if ended.end is End.CONSENT_LACKS:
        return _to_consent(request)
    if ended.end in DONE:
        words = gettext(DONE[ended.end]).format(
            account=ended.words, ledger=titles.of(row.connection.ledger), gateway=row.said
        )
        messages.success(request, words)
        return _back(request)
    field, words = FAULTS[ended.end]
    told = retold(ended.words) if ended.end is End.NOT_SENT else ended.words  # else a name, or the ledger's own
    form.add_error(field, gettext(words).format(words=told, ledger=titles.of(row.connection.ledger)))
    return _show(request, row, form)


def _to_consent(request: CompanyRequest) -> HttpResponse:
    """Switch the making of accounts on, which the consent is then asked for."""
    settings = roster.posting_of(request.connection)
    settings.make_accounts, settings.updated_by = True, request.user
    with transaction.atomic(), saving(request.connection, by=request.user):
        settings.save(update_fields=["make_accounts", "updated_by", "updated_at"])
    request.session[CAME_FROM] = ""
    try:
        return redirect(consent.begin(request.connection, request.user))
    except consent.ConsentError as error:
        messages.error(request, retold(str(error)))
        return _back(request)


def _show(request: CompanyRequest, row: Gateway, form: AccountForm) -> HttpResponse:
    context = {
        "title": gettext("An account for {gateway}").format(gateway=row.said),
        "connection": request.connection,
        "gateway": row,
        "is_owed": row.name in gateways.OWED,
        "form": form,
        "is_granted": clearing.is_granted(request.connection),
        "settings": buttons.settings_place(request.connection, "payments"),
    }
    status = 422 if form.errors else 200
    return pages.render(request, "daybook/connection/clearing.html", context, status=status)


def _back(request: CompanyRequest) -> HttpResponse:
    return redirect(buttons.settings_place(request.connection, "payments"))
