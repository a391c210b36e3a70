"""The rooms of the settings: showing one, saving it, restoring what stood there, and the example of a number."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from daybook.catalog import problems
from daybook.catalog.problems import Problem
from daybook.companies.models import Person
from daybook.connections import permissions
from daybook.connections.models import Connection, PostingSettings, TaxMapping
from daybook.connections.saving import saving
from daybook.intake import curing
from daybook.kit.translation import retold
from daybook.outbox import wake
from daybook.web import buttons, pages, titles
from daybook.web.access import CompanyRequest, Role, member, with_consent
from daybook.web.settings import channels, editing, gateways, line_accounts, past, room_pages, rooms
from daybook.web.settings import reading as settings_page
from daybook.web.settings.binding import bind_settings
from daybook.web.settings.form import SettingsForm
from daybook.web.settings.rooms import Room

NOW = timedelta(seconds=5)
MAY_STOP = "may_stop"
"""The field with which a person says that posting may stop for what the form holds: the settings that it lacks then."""
_STOPS = gettext_noop(
    "Nothing was saved yet. Posting to {ledger} goes on now; with what you typed no document is made any more, until this is "
    "put right. Save again to have it so all the same."
)
Shown = Callable[..., HttpResponse]
"""Of a request and a room, with what `room_pages.show` takes: its page."""
Went = Callable[[CompanyRequest, Room | None, SettingsForm], HttpResponse]
"""Of a request, a room and what was saved: what is shown then."""


class _StopsPosting(Exception):  # noqa: N818 - a question, no error
    """What was sent ends a posting that goes on: a person is asked first."""

    def __init__(self, found: list[Problem]) -> None:
        super().__init__()
        self.problems = found
        self.fields = ",".join(sorted({each.field for each in found}))


@dataclass(frozen=True, slots=True)
class Frame:
    """Around a room's form: how it is shown again where something is wrong, and what comes once it is saved."""

    show: Shown
    went: Went
    check: Callable[[SettingsForm], None] = lambda _: None
    """Adds what else is wrong here to a form that is valid."""


@member(to_change=Role.ACCOUNTANT)
@with_consent
@require_http_methods(["GET", "POST"])
def room(request: CompanyRequest, room: str) -> HttpResponse:
    """Show one room of the settings, or save what was changed in it; some rooms are pages of their own."""
    found = rooms.named(room)
    if found is None and room != rooms.WHOLE:
        raise Http404
    if found is not None and found.is_page:
        return room_pages.page_room(request, found)
    return save_room(request, found) if request.method == "POST" else room_pages.show(request, found)


@member(Role.ACCOUNTANT)
@with_consent
@require_POST
def save(request: CompanyRequest) -> HttpResponse:
    """Store the settings of all rooms at once."""
    return save_room(request, None)


def save_room(request: CompanyRequest, room: Room | None, frame: Frame | None = None) -> HttpResponse:
    """Store the settings of a room and look again at every order that waits for one of them. `room`: None: of all.

    What somebody else saved while this form was open is kept; where both changed one field, a person decides.
    `frame`: None: the room's own page.
    """
    connection, frame = request.connection, frame or OWN
    stands = bind_settings(connection, room=room)
    version = stands.instance.updated_at
    merged = _merged(request, stands)
    form = bind_settings(connection, {**request.POST.dict(), **merged.values}, room)
    if merged.collisions:
        return frame.show(request, room, **_ask(stands, form, merged))
    if form.is_valid():
        frame.check(form)
    if form.errors:
        return frame.show(request, room, settings_form=form, status=422)
    try:
        stored = _store(connection, request.user, form, version, may_stop=request.POST.get(MAY_STOP, ""))
    except _StopsPosting as stops:
        return frame.show(request, room, **_ask_to_stop(connection, form, stops))
    if not stored:
        return save_room(request, room, frame)  # somebody saved between our reading and our writing: once more
    _is_stored(request, connection)
    if merged.taken:
        taken = ", ".join(str(stands[name].label) for name in merged.taken)
        messages.info(
            request,
            gettext("{person} changed {settings} while you had the page open; that is kept too.").format(
                person=_who(stands), settings=taken
            ),
        )
    return frame.went(request, room, form)


@member(Role.ACCOUNTANT)
@with_consent
@require_POST
def restore(request: CompanyRequest, room: str) -> HttpResponse:
    """Put a value of before back into its field, by the form's own checks; never a secret."""
    found, key = rooms.named(room), request.POST.get("key", "")
    event = past.event_of(request.connection, request.POST.get("event", ""), found, key) if found else None
    if found is None or event is None:
        raise Http404
    return _restore(request, found, key, str((event.before or {}).get(key, "")))


def _restore(request: CompanyRequest, room: Room, key: str, was: str) -> HttpResponse:
    connection = request.connection
    stands = bind_settings(connection, room=room)
    if past.field_of(stands, key) not in stands.fields:
        messages.warning(
            request, gettext("Nothing was restored: what it was about is not among these settings any more.")
        )
        return redirect(buttons.room_page(connection, room.slug))
    version = stands.instance.updated_at
    form = bind_settings(connection, past.put_back(stands, key, was), room)
    if not form.is_valid():
        words = gettext("Nothing was restored: what stood there before does not fit any more")
        return room_pages.show(request, room, settings_form=form, status=422, extra={"faults_title": words})
    if not _store(connection, request.user, form, version):
        return _restore(request, room, key, was)  # somebody saved between our reading and our writing: once more
    _is_stored(request, connection)
    messages.success(request, gettext("Restored as it was before; orders that waited for it are looked at again now."))
    return redirect(buttons.room_page(connection, room.slug))


def _is_stored(request: CompanyRequest, connection: Connection) -> None:
    """Have the lists read again: what was cured in the ledger meanwhile counts too."""
    if connection.is_connected:
        curing.forget(request.company)
        wake.wake_read_lists(connection.pk, older_than=NOW)


def _lead_back(request: CompanyRequest, room: Room | None, form: SettingsForm) -> HttpResponse:
    """Lead back to the room, or to where a consent is asked for that what was saved needs."""
    connection = request.connection
    messages.success(request, gettext("Saved. Orders that waited for one of these settings are looked at again now."))
    if form.cleaned_data.get("contact_name") and not connection.is_connected:
        messages.warning(request, gettext("The contact is looked up as soon as an organisation is connected."))
    if connection.is_connected and (words := permissions.asked_anew(connection)):
        messages.warning(
            request,
            gettext("{words} Press Get Access Token; until then only what needs it waits.").format(
                words=" ".join(retold(each) for each in words)
            ),
        )
        return redirect(buttons.settings_place(connection, "connect"))
    if room is None:
        return redirect(buttons.connection_page(connection))
    return redirect(buttons.room_page(connection, room.slug))


OWN = Frame(room_pages.show, _lead_back)
"""A room's own page."""


def _merged(request: CompanyRequest, stands: SettingsForm) -> editing.Merged:
    theirs = editing.shown(stands)
    base = editing.base_of(request.POST) or theirs
    mine = editing.sent_of(request.POST, base)
    merged = editing.merge(base, theirs, mine)
    unseen = {name: now for name, now in theirs.items() if name not in base}  # a rate that came meanwhile
    values = {name: value for name, value in merged.values.items() if value or name in request.POST}
    return replace(merged, values={**unseen, **values})


def _ask(stands: SettingsForm, form: SettingsForm, merged: editing.Merged) -> dict[str, Any]:
    """Have the form shown as this person sent it, and beside each field that both changed what stands there now."""
    form.errors.clear()  # their turn comes when it is saved
    who = _who(stands)
    for name in merged.collisions:
        told = dict(getattr(stands.fields[name], "choices", ())).get(stands[name].value()) or stands[name].value()
        form.add_error(
            name,
            gettext("{person} changed this to “{value}” while you had the page open. Save again to use yours.").format(
                person=who, value=told or gettext("nothing")
            ),
        )
    words = gettext("Nothing was saved yet: {person} changed the settings while you had the page open").format(
        person=who
    )
    return {"settings_form": form, "status": 409, "extra": {"faults_title": words}}


def _who(stands: SettingsForm) -> str:
    return str(stands.instance.updated_by or gettext("Somebody"))


def _ask_to_stop(connection: Connection, form: SettingsForm, stops: _StopsPosting) -> dict[str, Any]:
    """Have the form shown as it was sent, with what it stops and how many documents wait for that."""
    form.add_error(None, gettext(_STOPS).format(ledger=titles.of(connection.ledger)))
    for problem in stops.problems:
        form.add_error(None, retold(problem.words))
    if many := settings_page.waiting(connection):
        form.add_error(None, gettext("Documents that wait now, and go no further: {many}.").format(many=many))
    return {"settings_form": form, "status": 409, "extra": {"may_stop": stops.fields}}


def _stopping(connection: Connection) -> list[Problem]:
    """Return for which settings no document is made."""
    return [each for each in problems.settings_problems(connection) if each.blocks]


@transaction.atomic
def _store(
    connection: Connection, person: Person, form: SettingsForm, version: datetime, *, may_stop: str | None = None
) -> bool:
    """Write the settings, unless they are not those any more that the form was checked against.

    Raises _StopsPosting, and writes nothing, where they end a posting that goes on now. `may_stop`: the fields by which a
    person has said that it may; None: not asked.
    """
    stopped_by = [] if may_stop is None else _stopping(connection)
    if PostingSettings.objects.select_for_update().get(connection=connection).updated_at != version:
        return False
    form.instance.updated_by = person
    with saving(connection, by=person):
        form.save()
        for rate, tax_type in form.tax_choices().items():
            TaxMapping.objects.update_or_create(connection=connection, rate=rate, defaults={"tax_type": tax_type})
        line_accounts.save(connection, form)
        gateways.save(connection, form, form.gateways_seen)
        channels.save(connection, form, form.channel_rows)
    if may_stop is not None and not connection.is_posting_stopped and connection.is_connected:
        stops = _StopsPosting([each for each in _stopping(connection) if each not in stopped_by])
        if stops.problems and not stopped_by and stops.fields != may_stop:
            raise stops
    wake.wake_prepare(connection.company_id)
    return True


@member()
@with_consent
@require_GET
def example(request: CompanyRequest) -> HttpResponse:
    """Return what number and reference would look like with the typed prefix and template."""
    made = settings_page.example_of(
        request.company, request.GET.get("number_prefix", ""), request.GET.get("reference_template", "")
    )
    return pages.fragment(request, "daybook/connection/example.html", made)
