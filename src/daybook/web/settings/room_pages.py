"""What the pages of the settings are drawn from: the index of rooms, one room, and all of them on one page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext

from daybook.connections import endpoints, permissions, roster
from daybook.connections.models import Connection
from daybook.kit.translation import retold
from daybook.outbox import approving
from daybook.web import buttons, pages, titles, words
from daybook.web.access import CompanyRequest, may_change
from daybook.web.forms.styled import faults_of
from daybook.web.settings import editing, past, restored, rooms, stopping, summaries
from daybook.web.settings import reading as settings_page
from daybook.web.settings.binding import bind_settings
from daybook.web.settings.connection_forms import AppForm
from daybook.web.settings.form import Drawn, SettingsForm
from daybook.web.settings.rooms import Room


@dataclass(frozen=True, slots=True)
class DrawnRoom:
    """A room with its fields, as a page draws it."""

    room: Room
    drawn: Sequence[Drawn]
    is_faulty: bool

    @property
    def slug(self) -> str:
        """Return its anchor."""
        return self.room.slug

    @property
    def title(self) -> str:
        """Return its title."""
        return self.room.title

    @property
    def template(self) -> str:
        """Return what draws it."""
        return self.room.template


def index(request: CompanyRequest) -> HttpResponse:
    """Show what is set in each room and what is missing; what is searched for (`q`) above it."""
    row, asked = request.connection, request.GET.get("q", "").strip()[:100]
    context = {
        **shell(request),
        "title": _title(request, gettext("Connection settings")),
        "lines": summaries.lines(row),
        "asked": asked,
        "hits": [
            (hit, buttons.room_page(row, hit.room.slug, f"#{hit.anchor}"))
            for hit in rooms.search(asked, titles.of(row.ledger))
        ],
        **restored.shown(row),
    }
    return pages.render(request, "daybook/connection/index.html", context)


def page_room(
    request: CompanyRequest, room: Room, *, app_form: AppForm | None = None, status: int = 200
) -> HttpResponse:
    """Show a room that has no fields of the settings form."""
    row = request.connection
    if room.slug == "rules":
        raise Http404  # its page has its own address
    context = {
        **shell(request),
        "title": _title(request, room.title),
        "room": room,
        "app_form": app_form or AppForm(connection=row),
        "faults_title": gettext("Nothing was saved: see the words at the marked fields"),
        "faults": faults_of(app_form) if app_form is not None else [],
        "asked_anew": [retold(each) for each in permissions.asked_anew(row)],
        "redirect_uri": endpoints.redirect_uri(endpoints.ledger_of(row)) if row.is_ledger_known else "",
        "past": past.of_room(row, room),
        "is_new": approving.is_waited_for(row),
        **stopping.shown(row),
        **settings_page.facts_for(request.company, row),
    }
    return pages.render(request, "daybook/connection/page_room.html", context, status=status)


def show(
    request: CompanyRequest,
    room: Room | None,
    *,
    settings_form: SettingsForm | None = None,
    status: int = 200,
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    """Return a room's page, with the form as it was sent where it holds errors. `room`: None: all of them on one page."""
    row = request.connection
    context = {
        **shell(request),
        "title": _title(request, room.title if room else gettext("All settings")),
        **of_form(request, room, settings_form or bind_settings(row, room=room), is_sent=settings_form is not None),
        "save_to": reverse_save(row, room),
        "is_new": approving.is_waited_for(row),
        "past": past.of_room(row, room) if room else [],
        **(extra or {}),
    }
    return pages.render(request, "daybook/connection/room.html", context, status=status)


def of_form(request: CompanyRequest, room: Room | None, form: SettingsForm, *, is_sent: bool) -> dict[str, Any]:
    """Return what a room's form is drawn from, wherever it stands. `is_sent`: it came back with faults."""
    row = request.connection
    return {
        "room": room,
        "rooms_drawn": [_drawn(each, form) for each in (rooms.OF_THE_FORM if room is None else (room,))],
        "form": form,
        "base": editing.token(editing.shown(bind_settings(row, room=room))),
        "faults_title": gettext("Nothing was saved: see the words at the marked fields"),
        "faults": faults_of(form) if is_sent else [],
        "touched": settings_page.waiting(row),
        **settings_page.facts_for(request.company, row),
        **(settings_page.example(request.company, form) if "number_prefix" in form.fields else {}),
    }


def _drawn(room: Room, form: SettingsForm) -> DrawnRoom:
    is_faulty = any(room.holds(name) for name in form.errors) if form.is_bound else False
    return DrawnRoom(room, form.drawn(room.settings), is_faulty)


def shell(request: CompanyRequest) -> dict[str, Any]:
    """Return what every page of the settings is drawn from."""
    row = request.connection
    others = [each for each in roster.of_company(request.company) if each.pk != row.pk]
    return {
        "connection": row,
        "connection_badge": words.connection(row.status),
        "others": others,
        "closed": roster.closed(request.company),
        "may_close": row.organisation_id is None and row.position > 1,
        "may_change": may_change(request.membership) and row.is_ledger_known,
        "toc": [(each, buttons.room_page(row, each.slug)) for each in rooms.ROOMS],
    }


def _title(request: CompanyRequest, title: str) -> str:
    is_one_of_several = roster.of_company(request.company).count() > 1
    return f"{title}: {request.connection.name}" if is_one_of_several else title


def reverse_save(connection: Connection, room: Room | None) -> str:
    """Return where a room's form is sent."""
    return buttons.room_page(connection, room.slug if room else rooms.WHOLE)
