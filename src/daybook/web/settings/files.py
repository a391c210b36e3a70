"""The settings page of a connection that puts order files into a folder: where, whose server, when; checked and trusted."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from daybook.connections import folders, reaching, roster
from daybook.connections.models import Connection, PostingSettings
from daybook.connections.places import SSH_PORT, FileAccess
from daybook.connections.saving import saving
from daybook.kit import zones
from daybook.outbox import wake
from daybook.web import buttons, pages, words
from daybook.web.access import CompanyRequest, Role, at_least, member, with_folder
from daybook.web.forms.styled import StyledForm, faults_of
from daybook.wire import ssh_keys

NOT_HERE = "Say where the folder is on the server, from its root: it begins with / and has no .. in it."


class PlaceForm(StyledForm, forms.ModelForm):  # type: ignore[type-arg]  # Django has no such type at run time
    """Where the files go."""

    class Meta:
        model = FileAccess
        fields = ("place", "host", "port", "username", "path")

    def clean_path(self) -> str:
        """Take an absolute path; the end it has with or without a slash is one."""
        path: str = self.cleaned_data["path"].strip()
        if not path.startswith("/") or ".." in path.split("/") or "\0" in path:
            raise forms.ValidationError(NOT_HERE)
        return path.rstrip("/") or "/"

    def clean_host(self) -> str:
        """Take a name or an address as it is typed, in small letters, so that one server is one."""
        return str(self.cleaned_data["host"]).strip().lower()

    def clean_port(self) -> int:
        """Refuse what is no port."""
        port = int(self.cleaned_data["port"] or SSH_PORT)
        if not 0 < port < 65536:
            raise forms.ValidationError("A port is a number from 1 to 65535; SFTP servers listen on 22.")
        return port

    def clean(self) -> dict[str, Any]:
        """Ask for server and user only where the folder is on a server; a folder of this machine must be allowed."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("place") == FileAccess.Place.SERVER:
            for name, what in (("host", "the server's name or address"), ("username", "the user to log in as")):
                if name not in self.errors and not str(said.get(name) or "").strip():
                    self.add_error(name, f"Say {what}.")
        elif "path" in said and (problem := reaching.problem_of(FileAccess(place="folder", path=said["path"]))):
            self.add_error("path", problem)
        return said


class WhenForm(StyledForm, forms.ModelForm):  # type: ignore[type-arg]  # Django has no such type at run time
    """When an order's file is due, and what it is called."""

    order_time_zone = forms.ChoiceField(
        label="Time zone of the OMS",
        required=False,
        choices=[("", "UTC"), *((name, name) for name in sorted(zones.NAMES))],
        help_text="Times in the files are by the clock there.",
    )

    class Meta:
        model = PostingSettings
        fields = ("post_when", "start_date", "number_prefix", "order_time_zone")
        widgets = {"start_date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        help_texts = {"number_prefix": "Stands before the order's number in the file's name."}


def show(
    request: CompanyRequest, place: PlaceForm | None = None, when: WhenForm | None = None, status: int = 200
) -> HttpResponse:
    """Return the whole page, with those forms that hold errors as they were sent."""
    row, access = request.connection, folders.access_of(request.connection)
    others = [each for each in roster.of_company(request.company) if each.pk != row.pk]
    context = {
        "title": f"Connection settings: {row.name}",
        "connection": row,
        "connection_badge": words.connection(row.status),
        "others": others,
        "closed": roster.closed(request.company),
        "may_close": row.organisation_id is None,
        "may_change": at_least(request.membership, Role.ACCOUNTANT),
        "access": access,
        "place_form": place or PlaceForm(instance=access),
        "when_form": when or WhenForm(instance=roster.posting_of(row)),
        "shown_key": ssh_keys.fingerprint(access.shown_key) if access.shown_key else "",
        "trusted_key": ssh_keys.fingerprint(access.host_key) if access.host_key else "",
        "faults": [fault for each in (place, when) if each is not None for fault in faults_of(each)],
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
        messages.error(request, str(error))
        return _back(row)
    messages.success(request, "Saved." if row.is_connected else "Saved. Next: Check.")
    return _back(row)


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
        messages.error(request, str(error))
        return _back(row)
    if shown is None:
        messages.success(request, f"{row.name} can be listed: connected. What waits goes out now.")
        wake.wake_prepare(row.company_id)
        wake.wake_drain(row.pk)
    elif shown.expected:
        messages.error(request, "Another server answers than the one that was confirmed. Nothing was shown to it.")
    else:
        messages.info(request, "The server shows its key. Compare it below, then press This is our server.")
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
        messages.error(request, str(error))
        return _back(row)
    return _check(request)


@member(Role.ACCOUNTANT)
@with_folder
@require_POST
def disconnect(request: CompanyRequest) -> HttpResponse:
    """Put nothing into the folder any more."""
    row = request.connection
    reaching.disconnect(row, by=request.user)
    messages.success(request, "Disconnected. What was sent, the place and the key stay; what waits, waits.")
    return _back(row)


def _back(row: Connection) -> HttpResponse:
    return redirect(buttons.connection_page(row))
