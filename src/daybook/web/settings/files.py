"""The settings page of a connection that puts order files into a folder: where, whose server, when; checked and trusted."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from daybook.connections import folders, reaching, roster, running
from daybook.connections.models import Connection, PostingSettings
from daybook.connections.places import FileAccess
from daybook.connections.saving import saving
from daybook.kit import zones
from daybook.kit.translation import retold
from daybook.outbox import wake
from daybook.web import buttons, pages, words
from daybook.web.access import CompanyRequest, Role, may_change, member, with_folder
from daybook.web.forms.styled import StyledForm, faults_of
from daybook.web.settings import looks, restored, stopping
from daybook.web.settings.looks import NO_ORDERS, LooksForm, Shown


class PlaceForm(StyledForm, forms.ModelForm):  # type: ignore[type-arg]  # Django has no such type at run time
    """Where the files go."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy(
            "Only for FTP servers. Leave it empty to keep the stored one. Stored encrypted and never shown."
        ),
    )

    class Meta:
        model = FileAccess
        fields = ("place", "host", "port", "username", "path")

    def clean(self) -> dict[str, Any]:
        """Take what was typed in its one form, and say at its fields what cannot be so."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        password = said.pop("password", "")
        place = FileAccess(connection=self.instance.connection, **said)
        place.tidy()
        for name, problem in reaching.problems_of(place).items():
            if name not in self.errors:
                self.add_error(name, retold(problem))
        if password and place.is_ftp and not password.isprintable():
            self.add_error("password", gettext("It has a sign that cannot be sent."))
        if password:
            self.instance.password = password
        return {name: getattr(place, name) for name in said}


class WhenForm(StyledForm, forms.ModelForm):  # type: ignore[type-arg]  # Django has no such type at run time
    """When an order's file is due, and what it is called."""

    order_time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone of the OMS"),
        required=False,
        choices=[("", "UTC"), *((name, name) for name in sorted(zones.NAMES))],
        help_text=gettext_lazy("Times in the files are by the clock there."),
    )

    class Meta:
        model = PostingSettings
        fields = ("post_when", "start_date", "number_prefix", "order_time_zone")
        widgets = {"start_date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        help_texts = {
            "post_when": gettext_lazy("Only whole orders: one that left in part waits for the rest."),
            "number_prefix": gettext_lazy("Stands before the order's number in the file's name."),
        }


def show(
    request: CompanyRequest,
    place: PlaceForm | None = None,
    when: WhenForm | None = None,
    looks_form: LooksForm | None = None,
    status: int = 200,
    *,
    previewed: list[Shown] | None = None,
) -> HttpResponse:
    """Return the whole page, with those forms that hold errors as they were sent."""
    row, access = request.connection, folders.access_of(request.connection)
    others = [each for each in roster.of_company(request.company) if each.pk != row.pk]
    context = {
        "title": gettext("Connection settings: {name}").format(name=row.name),
        "connection": row,
        "connection_badge": words.connection(row.status),
        "others": others,
        "closed": roster.closed(request.company),
        "may_close": row.organisation_id is None,
        "may_change": may_change(request.membership),
        "access": access,
        "place_form": place or PlaceForm(instance=access),
        "when_form": when or WhenForm(instance=roster.posting_of(row)),
        "looks": looks_form or LooksForm(connection=row),
        "plan": running.format_of(row),
        "zone": running.zone_of(row).key,
        "previewed": previewed,
        "no_orders": NO_ORDERS,
        "shown_key": access.shown_fingerprint,
        "trusted_key": access.trusted_fingerprint,
        **stopping.shown(row),
        **restored.shown(row),
        "faults": [fault for each in (place, when, looks_form) if each is not None for fault in faults_of(each)],
    }
    return pages.render(request, "daybook/connection/files.html", context, status=status)


@member(Role.ACCOUNTANT)
@with_folder
@require_POST
def save(request: CompanyRequest) -> HttpResponse:
    """Keep where the files go, and when."""
    row = request.connection
    place = PlaceForm(request.POST, instance=FileAccess(connection=row))
    when = WhenForm(request.POST, instance=roster.posting_of(row))
    if not (place.is_valid() and when.is_valid()):
        return show(request, place, when, status=422)
    try:
        _keep(row, place.save(commit=False), when, request)
    except reaching.ReachError as error:
        messages.error(request, retold(str(error)))
        return _back(row)
    messages.success(request, gettext("Saved.") if row.is_connected else gettext("Saved. Next: Check."))
    return _back(row)


@member(Role.ACCOUNTANT)
@with_folder
@require_POST
def save_looks(request: CompanyRequest) -> HttpResponse:
    """Keep what the files look like; what waits is written anew in that form."""
    row = request.connection
    form = LooksForm(request.POST, connection=row)
    if not form.is_valid():
        return show(request, looks_form=form, status=422)
    with transaction.atomic(), saving(row, request.user):
        form.keep()
    wake.wake_prepare(row.company_id)
    wake.wake_drain(row.pk)
    previewed = looks.preview(form)
    if any(each.why_not for each in previewed):
        messages.warning(request, gettext("Saved, but look at the preview: not every order becomes a file so."))
        return show(request, looks_form=LooksForm(request.POST, connection=row), previewed=previewed)
    messages.success(request, gettext("Saved. What waits is written in this form."))
    return redirect(buttons.connection_page(row, "#looks"))


@member(Role.ACCOUNTANT)
@with_folder
@require_POST
def preview(request: CompanyRequest) -> HttpResponse:
    """Show what the newest orders would become by what is typed; nothing is kept."""
    form = LooksForm(request.POST, connection=request.connection)
    if not form.is_valid():
        return show(request, looks_form=form, status=422)
    return show(request, looks_form=form, previewed=looks.preview(form))


@transaction.atomic
def _keep(row: Connection, said: FileAccess, when: WhenForm, request: CompanyRequest) -> None:
    with saving(row, request.user):
        reaching.save(row, said)
        when.save()
    wake.wake_prepare(row.company_id)


@member(Role.ACCOUNTANT)
@with_folder
@require_POST
def check(request: CompanyRequest) -> HttpResponse:
    """List the folder, and connect it where that works; a key that nobody has confirmed is shown."""
    return _check(request)


def _check(request: CompanyRequest) -> HttpResponse:
    row = request.connection
    try:
        shown = reaching.check(row, by=request.user)
    except reaching.ReachError as error:
        messages.error(request, retold(str(error)))
        return _back(row)
    if shown is None:
        messages.success(
            request, gettext("{name} can be listed: connected. What waits goes out now.").format(name=row.name)
        )
        wake.wake_prepare(row.company_id)
        wake.wake_drain(row.pk)
    elif shown.expected:
        messages.error(
            request, gettext("Another server answers than the one that was confirmed. Nothing was shown to it.")
        )
    else:
        messages.info(request, gettext("The server shows its key. Compare it below, then press This is our server."))
    return _back(row)


@member(Role.ACCOUNTANT)
@with_folder
@require_POST
def trust(request: CompanyRequest) -> HttpResponse:
    """Take the key that the server showed for its own, because a person has compared it; then check the folder."""
    row = request.connection
    try:
        reaching.trust(row, request.POST.get("fingerprint", ""), by=request.user)
    except reaching.ReachError as error:
        messages.error(request, retold(str(error)))
        return _back(row)
    return _check(request)


@member(Role.ACCOUNTANT)
@with_folder
@require_POST
def disconnect(request: CompanyRequest) -> HttpResponse:
    """Put nothing into the folder any more."""
    row = request.connection
    reaching.disconnect(row, by=request.user)
    messages.success(request, gettext("Disconnected. What was sent, the place and the key stay; what waits, waits."))
    return _back(row)


def _back(row: Connection) -> HttpResponse:
    return redirect(buttons.connection_page(row))
