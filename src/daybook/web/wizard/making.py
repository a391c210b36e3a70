"""An account or the contact made in the ledger by one button of a step: what is offered, and what is said of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_noop

from daybook.companies.settings_table import LABELS
from daybook.connections import calls, consent, endpoints, roster
from daybook.connections.features import Feature
from daybook.connections.models import Connection
from daybook.kit import clock
from daybook.kit.translation import retold
from daybook.mapping.rules import ProcessMethod
from daybook.posting import by_hand, clearing
from daybook.posting.clearing import End, Ending
from daybook.web import titles
from daybook.web.access import CompanyRequest
from daybook.web.ways_back import CAME_FROM
from daybook.web.wizard import standing
from daybook.wire.errors import WireError

LONGEST_NAME = 255
SAID: Mapping[End, str] = {
    End.MADE: gettext_noop("{it} was made in {ledger} and is chosen here."),
    End.WAS_THERE: gettext_noop("{it} stands in {ledger} already and is chosen here."),
    End.DECIDED: gettext_noop(
        "Your choice was not taken: somebody has chosen another one meanwhile, and that one stands."
    ),
    End.CODE_TAKEN: gettext_noop(
        "Nothing was made: {it} has this code in {ledger}. Choose that account, or make one there."
    ),
    End.NAME_TAKEN: gettext_noop("Nothing was made. {it}"),
    End.REFUSED: gettext_noop("{ledger} did not make it: {it}"),
    End.NOT_SENT: gettext_noop("Nothing was sent to {ledger}: {it} Press again later."),
    End.UNKNOWN: gettext_noop(
        "{ledger} was asked and gave no clear answer. Press again in a minute: Daybook looks first, and makes no "
        "second one."
    ),
}
_NOT_ALLOWED = gettext_noop("{ledger} has to allow it first.")


@dataclass(frozen=True, slots=True)
class Offer:
    """An account that a person may have made."""

    field: str
    label: str
    code: str
    name: str


def offers(connection: Connection) -> Sequence[Offer]:
    """Return the accounts that can be made for settings that have none; nothing where the ledger makes none."""
    if not connection.is_connected or endpoints.ledger_of(connection).account_maker is None:
        return ()
    posting = roster.posting_of(connection)
    tracked = ("cogs_account", "inventory_account") if posting.process_method == ProcessMethod.TRACKED else ()
    wanted = [field for field in ("sales_account", "shipping_account", *tracked) if not getattr(posting, field)]
    proposed = [(field, by_hand.proposal(connection, field)) for field in wanted]
    return [Offer(field, gettext(LABELS[field]), account.code, account.name) for field, account in proposed]


def account(request: CompanyRequest, field: str, back: str) -> HttpResponse:
    """Make the account of a setting; or lead to the consent that it takes, and come back."""
    row = request.connection
    if field not in {each.field for each in offers(row)}:
        messages.info(request, gettext("Nothing was made: an account is chosen already."))
        return redirect(back)
    if not clearing.is_granted(row):
        return _to_consent(request, Feature.ACCOUNTS, "accounts", back)
    return _said(request, lambda: by_hand.make_account(row, field, request.user), back)


def contact(request: CompanyRequest, name: str, back: str) -> HttpResponse:
    """Make the contact that was typed; or lead to the consent that it takes, and come back."""
    row, named = request.connection, " ".join(name.replace("\0", "").split())
    if not named or len(named) > LONGEST_NAME:
        messages.error(request, gettext("Nothing was made: type its name first, of at most 255 characters."))
        return redirect(back)
    if not row.is_connected:
        messages.error(request, gettext("Nothing was made: connect first."))
        return redirect(back)
    if not by_hand.may_make_contacts(row):
        return _to_consent(request, Feature.CUSTOMERS, "contact", back)
    return _said(request, lambda: by_hand.make_contact(row, named, request.user), back)


def _said(request: CompanyRequest, make: Callable[[], Ending], back: str) -> HttpResponse:
    row = request.connection
    calls.resume(row.pk, clock.now())  # a person asks: a pause of ours ends, the ledger's wait does not
    try:
        ended = make()
    except WireError as error:
        ended = Ending(End.NOT_SENT, f"{error}")
    ledger = titles.of(row.ledger)
    it = retold(ended.words) if ended.end in {End.NOT_SENT, End.NAME_TAKEN} else ended.words  # else a name, or theirs
    words = gettext(SAID.get(ended.end, _NOT_ALLOWED)).format(it=it, ledger=ledger)
    say = messages.success if ended.end in {End.MADE, End.WAS_THERE} else messages.error
    say(request, words)
    return redirect(back)


def _to_consent(request: CompanyRequest, feature: Feature, step: str, back: str) -> HttpResponse:
    """Ask the ledger for this one permission beside those that are there, and what the answers will take."""
    request.session[CAME_FROM] = step
    row = request.connection
    try:
        return redirect(consent.begin(row, request.user, also=(feature, *standing.features_ahead(row))))
    except consent.ConsentError as error:
        messages.error(request, retold(str(error)))
        return redirect(back)
