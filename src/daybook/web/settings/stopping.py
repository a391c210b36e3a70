"""Stop posting through a connection, and let it go on: both by a person who may change settings."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from daybook.companies.models import Person
from daybook.connections import stopping
from daybook.connections.models import Connection
from daybook.connections.stopping import Why
from daybook.outbox import wake
from daybook.web import buttons, titles
from daybook.web.access import CompanyRequest, Role, member


@member(Role.ACCOUNTANT)
@require_POST
def stop(request: CompanyRequest) -> HttpResponse:
    """Begin no further call that writes, until a person lets it go on; without a reason nothing is stopped."""
    row, reason = request.connection, " ".join(request.POST.get("reason", "").split())
    if not reason:
        messages.error(
            request, gettext("Nothing was stopped: say why in a few words. The others read it on every page.")
        )
    elif len(reason) > stopping.LONGEST_REASON:
        messages.error(
            request,
            gettext("Nothing was stopped: the reason is longer than {most} characters.").format(
                most=stopping.LONGEST_REASON
            ),
        )
    elif stopping.stop(row.pk, Why.PERSON, reason, request.user):
        messages.success(
            request,
            gettext("Posting to {ledger} is stopped. What is under way settles; nothing new goes.").format(
                ledger=titles.of(row.ledger)
            ),
        )
    return redirect(buttons.settings_place(row, "stop"))


@member(Role.ACCOUNTANT)
@require_POST
def lift(request: CompanyRequest) -> HttpResponse:
    """Let posting go on where a person stopped it; what else stops it stays."""
    row = request.connection
    if stopping.lift(row.pk, Why.PERSON, request.user):
        row.refresh_from_db()
        if row.is_posting_stopped:
            words = gettext("Your stop is lifted. Something else still stops it: see above.")
        else:
            words = gettext("Your stop is lifted. What waits goes out now.")
        messages.success(request, words)
        wake.wake_drain(row.pk)
    return redirect(buttons.settings_place(row, "stop"))


def shown(connection: Connection) -> dict[str, object]:
    """Return what the part of the page about stopping is drawn from."""
    by_person = next((each for each in stopping.standing(connection) if each.why is Why.PERSON), None)
    person = Person.objects.filter(pk=by_person.person_id).first() if by_person and by_person.person_id else None
    return {"stopped": by_person, "stopped_by": person, "longest_reason": stopping.LONGEST_REASON}
