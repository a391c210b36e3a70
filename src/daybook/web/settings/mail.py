"""The settings page of a connection that mails invoices: by which server, from whom, when, and what stands on them."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from daybook.connections import mailing, reaching, roster, running
from daybook.connections.models import Connection, PostingSettings
from daybook.connections.outgoing import MailAccess
from daybook.connections.saving import saving
from daybook.documents.causes import Hold
from daybook.documents.mailed_invoice import MailedInvoice
from daybook.intake import sampling
from daybook.kit import clock, zones
from daybook.kit.translation import retold
from daybook.outbox import wake
from daybook.outbox.explanations import explain
from daybook.posting import printed
from daybook.web import buttons, pages, words
from daybook.web.access import CompanyRequest, Role, may_change, member, with_mail
from daybook.web.forms.styled import StyledForm, faults_of
from daybook.web.settings import restored, stopping

NO_ORDERS = gettext_lazy("There is no order yet of which an invoice could be printed.")


class MailForm(StyledForm, forms.ModelForm):  # type: ignore[type-arg]  # Django has no such type at run time
    """By which server, from whom, how often, and what stands on the invoices."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Leave it empty to keep the stored one. Stored encrypted and never shown."),
    )

    class Meta:
        model = MailAccess
        fields = (
            "is_enabled", "sender", "sender_name", "bcc", "every", "run_at", "next_run_at", "is_together", "host", "port",
            "security", "username", "title", "seller", "vat_number", "footer", "paper", "subject", "text",
        )  # fmt: skip
        widgets = {
            "run_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "next_run_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            "seller": forms.Textarea(attrs={"rows": 4}),
            "footer": forms.Textarea(attrs={"rows": 3}),
            "text": forms.Textarea(attrs={"rows": 6}),
        }
        labels = {
            "every": gettext_lazy("Invoice Schedule"),
            "next_run_at": gettext_lazy("Next Invoice"),
            "is_together": gettext_lazy("All invoices of a customer in one PDF"),
        }
        help_texts = {
            "is_enabled": gettext_lazy("Not ticked: invoices are made and wait."),
            "bcc": gettext_lazy("Who gets a copy of each, unseen; commas between several."),
            "run_at": gettext_lazy("Of daily, weekly and monthly runs, by the clock of the OMS."),
            "next_run_at": gettext_lazy("Empty: as the schedule says."),
            "is_together": gettext_lazy("Of those that are due in a run; otherwise each goes by itself."),
            "seller": gettext_lazy("The first line is printed large."),
            "footer": gettext_lazy("Bank details, registration, thanks."),
            "subject": gettext_lazy("{number}, {customer}, {order}, {total} and {seller} are filled in."),
            "text": gettext_lazy("The same words are filled in."),
        }

    def __init__(self, *arguments: Any, connection: Connection, **named: Any) -> None:
        self.connection = connection
        super().__init__(*arguments, instance=running.mail_of(connection), **named)
        if settings.MAIL_IS_SET_UP:
            self.fields["host"].help_text = gettext("Empty: the installation's own server.")

    def clean(self) -> dict[str, Any]:
        """Say at its field what cannot be so."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        known = {name: value for name, value in said.items() if name != "password"}
        for name, problem in mailing.problems_of(MailAccess(connection=self.connection, **known)).items():
            if name not in self.errors:
                self.add_error(name, retold(problem))
        if said.get("next_run_at") is not None and said["next_run_at"] <= clock.now():
            self.add_error(
                "next_run_at", gettext("That moment is over: choose one that is to come, or leave it empty.")
            )
        if self.connection.organisation_id is not None and "sender" in self.changed_data:
            self.add_error("sender", retold(mailing.IN_USE))
        return said

    def keep(self) -> None:
        """Keep all of it. Wants an open transaction."""
        plan: MailAccess = self.save(commit=False)
        if self.cleaned_data["password"]:
            plan.password = self.cleaned_data["password"]
        plan.save()
        if "next_run_at" not in self.changed_data or plan.next_run_at is None:
            running.plan_next(self.connection, plan, clock.now())


class WhenForm(StyledForm, forms.ModelForm):  # type: ignore[type-arg]  # Django has no such type at run time
    """Which orders are invoiced, and when."""

    order_time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone of the OMS"),
        required=False,
        choices=[("", "UTC"), *((name, name) for name in sorted(zones.NAMES))],
    )

    class Meta:
        model = PostingSettings
        fields = (
            "post_when", "start_date", "include_orders_with_errors", "number_prefix", "payment_terms_days", "order_time_zone",
        )  # fmt: skip
        widgets = {"start_date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        labels = {
            "start_date": gettext_lazy("Starting From"),
            "include_orders_with_errors": gettext_lazy("Include Orders with Errors"),
        }
        help_texts = {
            "post_when": gettext_lazy("Only whole orders: one that left in part waits for the rest."),
            "include_orders_with_errors": gettext_lazy("Orders on hold are always left out."),
            "number_prefix": gettext_lazy("Stands before the order's number on the invoice."),
        }


def show(
    request: CompanyRequest,
    form: MailForm | None = None,
    when: WhenForm | None = None,
    status: int = 200,
    why_not: str = "",
) -> HttpResponse:
    """Return the whole page, with those forms that hold errors as they were sent."""
    row, plan = request.connection, running.mail_of(request.connection)
    context = {
        "title": gettext("Connection settings: {name}").format(name=row.name),
        "connection": row,
        "connection_badge": words.connection(row.status),
        "others": [each for each in roster.of_company(request.company) if each.pk != row.pk],
        "closed": roster.closed(request.company),
        "may_close": row.organisation_id is None,
        "may_change": may_change(request.membership),
        "plan": plan,
        "server": mailing.server_of(plan),
        "mail_form": form or MailForm(connection=row),
        "when_form": when or WhenForm(instance=roster.posting_of(row)),
        "why_not": why_not,
        **stopping.shown(row),
        **restored.shown(row),
        "faults": [fault for each in (form, when) if each is not None for fault in faults_of(each)],
    }
    return pages.render(request, "daybook/connection/mail.html", context, status=status)


@member(Role.ACCOUNTANT)
@with_mail
@require_POST
def save(request: CompanyRequest) -> HttpResponse:
    """Keep by which server, from whom, when, and what stands on the invoices."""
    row = request.connection
    form, when = MailForm(request.POST, connection=row), WhenForm(request.POST, instance=roster.posting_of(row))
    if not (form.is_valid() and when.is_valid()):
        return show(request, form, when, status=422)
    with transaction.atomic(), saving(row, request.user):
        when.save()
        form.keep()
    wake.wake_prepare(row.company_id)
    wake.wake_drain(row.pk)
    messages.success(request, gettext("Saved.") if row.is_connected else gettext("Saved. Next: Check."))
    return redirect(buttons.connection_page(row))


@member(Role.ACCOUNTANT)
@with_mail
@require_POST
def preview(request: CompanyRequest) -> HttpResponse:
    """Show the newest order's invoice as a PDF, by what is typed; nothing is kept, and nothing sent."""
    form = MailForm(request.POST, connection=request.connection)
    when = WhenForm(request.POST, instance=roster.posting_of(request.connection))
    if not (form.is_valid() and when.is_valid()):
        return show(request, form, when, status=422)
    plan: MailAccess = form.instance
    why_not = str(NO_ORDERS)
    for number, paper in sampling.mailed_invoices(request.connection, when.cleaned_data["number_prefix"]):
        made = printed.pdf_of([paper], plan) if isinstance(paper, MailedInvoice) else paper
        if isinstance(made, bytes):
            answer = HttpResponse(made, content_type="application/pdf")
            answer["Content-Disposition"] = f'attachment; filename="preview-{number}.pdf"'
            return answer
        why_not = _in_words(made, request.connection)
    return show(request, form, when, why_not=why_not)


def _in_words(why: Hold, connection: Connection) -> str:
    return explain(why.cause, why.subject, why.detail, ledger=connection.ledger).sentence


@member(Role.ACCOUNTANT)
@with_mail
@require_POST
def check(request: CompanyRequest) -> HttpResponse:
    """Log in at the mail server, and connect it where that works; nothing is sent."""
    row = request.connection
    try:
        mailing.check(row, by=request.user)
    except reaching.ReachError as error:
        messages.error(request, retold(str(error)))
        return redirect(buttons.connection_page(row))
    messages.success(
        request, gettext("The mail server lets Daybook in: connected. What is due goes out by its schedule.")
    )
    wake.wake_prepare(row.company_id)
    wake.wake_drain(row.pk)
    return redirect(buttons.connection_page(row))


@member(Role.ACCOUNTANT)
@with_mail
@require_POST
def disconnect(request: CompanyRequest) -> HttpResponse:
    """Mail nothing any more."""
    row = request.connection
    reaching.disconnect(row, by=request.user)
    messages.success(request, gettext("Disconnected. What was sent and the settings stay; what waits, waits."))
    return redirect(buttons.connection_page(row))
