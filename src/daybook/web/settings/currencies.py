"""Adding a currency in the ledger on one click, from wherever it is said to lack, and what came of it."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_POST

from daybook.connections import calls, consent
from daybook.connections.features import Feature
from daybook.intake import curing
from daybook.kit import clock
from daybook.kit.translation import retold
from daybook.outbox import wake
from daybook.posting import by_hand
from daybook.posting.clearing import End, Ending
from daybook.sources.canonical.currencies import CODES
from daybook.web import buttons, titles
from daybook.web.access import CompanyRequest, Role, member, with_consent
from daybook.web.ways_back import CAME_FROM
from daybook.web.wizard import standing
from daybook.wire.errors import WireError

SAID: Mapping[End, str] = {
    End.MADE: gettext_noop("{currency} was added in {ledger}. What waited for it goes by itself."),
    End.WAS_THERE: gettext_noop("{ledger} uses {currency} already. What waited for it goes by itself."),
    End.REFUSED: gettext_noop(
        "{ledger} did not add {currency}: {words} More currencies take a plan with multi-currency: change the plan in "
        "{ledger} and press again; or enter these orders there by hand and press Do not post it."
    ),
    End.NOT_SENT: gettext_noop("Nothing was sent to {ledger}: {words} Press again later."),
    End.UNKNOWN: gettext_noop(
        "{ledger} was asked for {currency} and gave no clear answer, and its list does not show it yet. Press again in a "
        "minute: Daybook looks first, and a currency cannot be added twice."
    ),
}
NO_CONNECTION = gettext_noop("Nothing was added: connect first.")


@member(Role.ACCOUNTANT)
@with_consent
@require_POST
def add(request: CompanyRequest) -> HttpResponse:
    """Add the currency that `currency` names, or lead to the consent that it takes; then back to where it was pressed."""
    code = request.POST.get("currency", "")
    if code not in CODES:
        raise Http404
    if not request.connection.is_connected:
        messages.error(request, gettext(NO_CONNECTION))
        return redirect(_back(request))
    if not by_hand.may_add_currencies(request.connection):
        return _to_consent(request)
    ended = _added(request, code)
    if ended.end is End.CONSENT_LACKS:  # it was withdrawn a moment ago
        return _to_consent(request)
    told = retold(ended.words) if ended.end is End.NOT_SENT else ended.words  # else its code, or the ledger's own
    words = gettext(SAID[ended.end]).format(currency=code, ledger=titles.of(request.connection.ledger), words=told)
    say = messages.success if ended.end in {End.MADE, End.WAS_THERE} else messages.error
    say(request, words)
    return redirect(_back(request))


def _added(request: CompanyRequest, code: str) -> Ending:
    calls.resume(request.connection.pk, clock.now())  # a person asks: a pause of ours ends, the ledger's wait does not
    try:
        ended = by_hand.add_currency(request.connection, code, request.user)
    except WireError as error:
        return Ending(End.NOT_SENT, f"{error}")
    if ended.end in {End.MADE, End.WAS_THERE}:
        curing.forget(request.company)
        wake.wake_prepare(request.company.pk)
    return ended


def _to_consent(request: CompanyRequest) -> HttpResponse:
    """Ask the ledger for this one permission beside those that are there."""
    ahead = standing.features_ahead(request.connection) if (step := _step(request)) else ()
    request.session[CAME_FROM] = step
    try:
        return redirect(consent.begin(request.connection, request.user, also=(Feature.CURRENCIES, *ahead)))
    except consent.ConsentError as error:
        messages.error(request, retold(str(error)))
        return redirect(_back(request))


def _back(request: CompanyRequest) -> str:
    """Return the page of this company on which it was pressed; the room of currencies where that is not said."""
    asked = request.POST.get("back", "")
    is_ours = asked.startswith(f"/c/{request.company.public_id}/")
    if is_ours and url_has_allowed_host_and_scheme(asked, allowed_hosts=None):
        return asked
    return buttons.settings_place(request.connection, "currencies")


def _step(request: CompanyRequest) -> str:
    """Return the step of the set-up wizard on which it was pressed, "" where it was none."""
    try:
        match = resolve(_back(request).partition("?")[0])
    except Resolver404:
        return ""
    return str(match.kwargs["step"]) if match.url_name == "wizard-step" else ""
