"""After a restore: take up what a ledger holds, and say of what was found there that it is no order's that may come."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from daybook.connections import calls, endpoints, whereabouts
from daybook.connections.models import Connection
from daybook.connections.stopping import Why
from daybook.documents.causes import Cause
from daybook.kit import clock
from daybook.kit.translation import retold
from daybook.outbox import orphans, wake
from daybook.outbox.models import Orphan
from daybook.reconciliation import witness
from daybook.web import buttons, titles, words
from daybook.web.access import CompanyRequest, Role, member
from daybook.wire.errors import WireError

WAITS_FOR_THAT = (Cause.MAY_STAND_THERE, "may_be_collected")
PAGES = 10
"""Read while a person waits; the next press goes on."""
SHOWN = 200
NOT_SURE = gettext_lazy(
    "Nothing was taken up: whoever runs Daybook must say first that this database is the one that posts, with "
    "daybook reconcile --adopt."
)


@member(Role.ACCOUNTANT)
@require_POST
def adopt(request: CompanyRequest) -> HttpResponse:
    """Take up what the ledger holds and the day book does not know, and let posting go on."""
    row = request.connection
    if not whereabouts.is_sure():
        messages.error(request, NOT_SURE)
    elif not row.is_connected:
        messages.error(
            request,
            gettext("Nothing was taken up: connect to {ledger} again first.").format(ledger=titles.of(row.ledger)),
        )
    else:
        _adopt(request, row)
    return redirect(buttons.settings_place(row, "restored"))


def _adopt(request: CompanyRequest, row: Connection) -> None:
    try:
        found = witness.adopt(row, endpoints.client(), by=request.user, most_pages=PAGES)
    except WireError as error:
        calls.react(row.pk, error, clock.now())
        messages.error(
            request,
            gettext("{ledger} could not be read ({error}). Posting stays stopped.").format(
                ledger=titles.of(row.ledger), error=retold(str(error))
            ),
        )
        return
    taken = ngettext(
        "{count} document taken up as posted.", "{count} documents taken up as posted.", found.taken_up
    ).format(count=found.taken_up)
    if found.is_whole:
        more = gettext("Posting goes on; what is listed below is recognised when its order comes.")
        messages.success(request, f"{taken} {more}")
    else:
        more = gettext("There is more: press it once more. Posting stays stopped until all was read.")
        messages.warning(request, f"{taken} {more}")


@member(Role.ACCOUNTANT)
@require_POST
def dismiss(request: CompanyRequest) -> HttpResponse:
    """Let one that was found, or all, be nothing to wait for any more; documents that wait for that may go."""
    row, which = request.connection, request.POST.get("which", "")
    mine = orphans.waiting(row)
    chosen = mine if which == "all" else mine.filter(pk=which) if which.isdecimal() else mine.none()
    count = orphans.dismiss(row, chosen, request.user)
    for cause in WAITS_FOR_THAT:
        wake.wake_prepare(row.company_id, cause=cause)
    messages.success(
        request,
        gettext("{count} taken off the list. What waited for that goes out as its order says.").format(count=count),
    )
    return redirect(buttons.settings_place(row, "restored"))


def shown(connection: Connection) -> dict[str, Any]:
    """Return what the part of the page about a restore is drawn from; it has none where nothing stands or waits."""
    is_stopped = Why.RESTORED.value in connection.posting_stops
    waiting = orphans.waiting(connection)
    count = waiting.count() if connection.has_orphans else 0
    return {
        "is_restored": is_stopped,
        "is_home_sure": not is_stopped or whereabouts.is_sure(),
        "orphans": [_row(each, connection) for each in waiting[:SHOWN]] if count else [],
        "orphans_count": count,
    }


def _row(orphan: Orphan, connection: Connection) -> dict[str, Any]:
    ledger = endpoints.ledger_of(connection)
    link = ledger.forms[orphan.kind].link
    is_called = not endpoints.has_own_page(connection)
    url = link(endpoints.link_base(ledger), connection.facts.short_code, orphan.their_id) if is_called else ""
    return {"orphan": orphan, "title": words.kind(orphan.kind), "url": url}
