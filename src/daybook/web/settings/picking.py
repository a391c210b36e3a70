"""Choosing a contact: what was typed is searched for in the ledger, as it is typed or by a button, and a result is taken.

Nothing is saved here: a result fills its field, and the form is saved as ever.
"""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from daybook.catalog import contacts
from daybook.companies.settings_table import Holds, holding
from daybook.connections import calls
from daybook.connections.models import Connection
from daybook.kit import clock
from daybook.kit.translation import retold
from daybook.ledgers.lists import Contact
from daybook.web import pages, titles
from daybook.web.access import CompanyRequest, Role, member, with_consent
from daybook.web.settings import channels, editing, room_pages, rooms
from daybook.web.settings.binding import bind_settings
from daybook.web.settings.form import SettingsForm
from daybook.web.wizard import pages as wizard_pages
from daybook.web.wizard.steps import STEPS
from daybook.wire.errors import WireError

ROOM = "room"
"""The field of the form that names the room it is of."""
FIND, TAKE = "find", "take"
"""Names of the buttons: `find=FIELD` searches for what the field holds, `take=FIELD:NAME` fills it with a result."""


@dataclass(frozen=True, slots=True)
class Search:
    """What a search has found, or why it could not."""

    field: str
    text: str
    found: tuple[Contact, ...] = ()
    why_not: str = ""

    @property
    def is_short(self) -> bool:
        """Return whether too little was typed to be searched for."""
        return len(" ".join(self.text.split())) < contacts.SHORTEST_SOUGHT


@member(Role.ACCOUNTANT)
@with_consent
@require_http_methods(["GET", "POST"])
def pick(request: CompanyRequest) -> HttpResponse:
    """Search as it is typed (GET: the results alone), or by the buttons (POST: the page as it was, with what was found)."""
    row = request.connection
    if request.method == "GET":
        field = request.GET.get(FIND, "")
        form = bind_settings(row, room=rooms.named("contact"))
        if field not in fields_of(form):
            raise Http404
        search = _search(row, field, request.GET.get(field, ""))
        shown = {"search": search, "connection": row, "ledger": titles.of(row.ledger)}
        return pages.fragment(request, "daybook/connection/found.html", shown)
    sent = request.POST.dict()
    taken, _, name = str(sent.get(TAKE, "")).partition(":")
    step = next((each for each in STEPS if each.slug == sent.get("step") and each.is_room), None)
    room = wizard_pages.part_of(row, step) if step is not None else rooms.named(str(sent.get(ROOM, "")))
    form = bind_settings(row, {**sent, taken: name} if taken else sent, room)
    field = taken or str(sent.get(FIND, ""))
    if field not in fields_of(form):
        raise Http404
    form.errors.clear()  # their turn comes when it is saved
    extra: dict[str, Any] = {"faults_title": "", "picked": field}
    extra[editing.BASE] = sent.get(editing.BASE, "")  # nothing is saved: it still is what was opened
    if not taken:
        extra["search"] = _search(row, field, str(form[field].value() or ""))
    if step is not None:
        return wizard_pages.show(request, step, settings_form=form, extra=extra)
    return room_pages.show(request, room, settings_form=form, extra=extra)


def fields_of(form: SettingsForm) -> list[str]:
    """Return the fields of the form in which a contact is chosen."""
    of_channels = [channels.name_of(row) for row in form.channel_rows]
    named = [*(one.name for one in holding(Holds.CONTACT)), *of_channels, channels.NEW_CONTACT]
    return [name for name in named if name in form.fields]


def _search(connection: Connection, field: str, text: str) -> Search:
    if not connection.is_connected:
        return Search(field, text, why_not=gettext("Connect first: then the contacts can be searched."))
    try:
        calls.resume(connection.pk, clock.now())  # a person asks: a pause of ours ends, the ledger's wait does not
        return Search(field, text, tuple(contacts.search(connection, text)))
    except WireError as error:
        return Search(
            field,
            text,
            why_not=gettext("{ledger} could not be searched ({error}). Try again soon.").format(
                ledger=titles.of(connection.ledger), error=retold(str(error))
            ),
        )
