"""Looking in the ledger now, because a person asks: at one document, or at all that changed since the last look."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from daybook.connections import calls, endpoints, roster
from daybook.connections.models import Connection
from daybook.kit import clock
from daybook.kit.translation import retold
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from daybook.reconciliation import watching
from daybook.web import titles
from daybook.web.access import CompanyRequest, Role, member
from daybook.wire.errors import WireError

NOTHING_TOLD = gettext_lazy("A folder tells nothing of what was collected: the document's history says what was sent.")


@member(Role.ACCOUNTANT)
@require_POST
def at_one(request: CompanyRequest, document: str) -> HttpResponse:
    """Look at one posted document; one call."""
    rows = Entry.objects.select_related("organisation__connection__organisation")
    entry = get_object_or_404(rows, company=request.company, public_id=document)
    connection, title = entry.organisation.connection, titles.of(entry.organisation.ledger)
    if entry.state != State.POSTED:
        messages.info(
            request, gettext("It does not stand in {ledger} yet, so there is nothing to look at.").format(ledger=title)
        )
    elif not endpoints.can_be_asked(connection):
        messages.info(request, NOTHING_TOLD)
    elif not connection.is_connected or connection.organisation_id != entry.organisation_id:
        messages.warning(request, gettext("Its organisation is not connected: connect it first, then look again."))
    else:
        _tell(request, connection, lambda: int(watching.look_at_one(entry, connection, endpoints.client())))
    return redirect("web:document", request.company.public_id, entry.public_id)


@member(Role.ACCOUNTANT)
@require_POST
def at_all(request: CompanyRequest) -> HttpResponse:
    """Look for all that changed there since the last look; a call or two for each connection."""
    connected = list(roster.called().filter(company=request.company).select_related("company"))
    for each in connected:
        look = partial(watching.look_for_changes, each, endpoints.client(), now=clock.now())
        _tell(request, each, look)
    if not connected and any(not endpoints.can_be_asked(each) for each in roster.of_company(request.company)):
        messages.info(request, NOTHING_TOLD)
    elif not connected:
        messages.warning(request, gettext("The company is not connected: connect it first, then look again."))
    return redirect("web:overview", request.company.public_id)


def _tell(request: CompanyRequest, connection: Connection, look: Callable[[], int]) -> None:
    """Look, and say what came of it; a pause of our own ends for it, the ledger's own wait does not."""
    calls.resume(connection.pk, clock.now())
    title = titles.of(connection.ledger)
    try:
        changed = look()
    except WireError as error:
        calls.react(connection.pk, error, clock.now())
        messages.error(
            request, gettext("{ledger} could not be looked at: {error}").format(ledger=title, error=retold(str(error)))
        )
        return
    if not changed:
        messages.success(request, gettext("Looked in {ledger}: nothing has changed there.").format(ledger=title))
    else:
        words = ngettext(
            "Looked in {ledger}: {count} document changed there; what it was stands with the document.",
            "Looked in {ledger}: {count} documents changed there; what it was stands with the document.",
            changed,
        )
        messages.success(request, words.format(ledger=title, count=changed))
