"""The proof of a period: made and signed when a person asks, shown, and handed out as files; nothing of it is stored."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from daybook.connections import calls, endpoints, roster
from daybook.connections.models import Connection
from daybook.kit import clock
from daybook.kit.translation import retold
from daybook.outbox.models import Entry
from daybook.printing.fonts import NoFontError
from daybook.proving import keys, making, printed, shown, signing
from daybook.proving import proof as proofs
from daybook.reconciliation import money
from daybook.secrets.keyring import CannotOpenError
from daybook.web import pages
from daybook.web.access import CompanyRequest, Role, may_change, member
from daybook.web.forms.comparing import WholePeriodForm
from daybook.web.language import figures
from daybook.web.reading import overview
from daybook.wire.errors import WireError

MOST_DOCUMENTS = 20_000
"""More take longer than a browser waits: the command line proves them."""
TOO_MANY = gettext_lazy(
    "There are more than {most} documents in this period. Choose a shorter one, or have whoever runs Daybook call “daybook "
    "proof make”, which proves any number of them."
)
NOT_OPENED = gettext_lazy(
    "The key that signs cannot be opened with the keys at hand: whoever runs Daybook finds the way in “daybook secrets”."
)
NOT_OURS = gettext_lazy("This Daybook signed no such proof of this company. Make it anew on the page of proofs.")
NO_FONT = gettext_lazy(
    "No font of this machine has these characters: {characters}. The signed file can be had all the same."
)


@member(to_change=Role.ACCOUNTANT)
@require_http_methods(["GET", "POST"])
def proof(request: CompanyRequest) -> HttpResponse:
    """Show the form; a POST makes a proof and shows it."""
    is_asked = request.method == "POST"
    form = WholePeriodForm(request.POST) if is_asked else WholePeriodForm(initial=_last_month(request))
    connected = list(roster.called().filter(company=request.company).select_related("company", "organisation"))
    is_good = not is_asked or form.is_valid()
    context = {
        "title": gettext("Proof of a period"),
        "form": form,
        "connected": connected,
        "may_change": may_change(request.membership),
        **(_made(request, form, connected) if is_asked and is_good and connected else {}),
        "public_key": keys.public(),
    }
    return pages.render(request, "daybook/proof.html", context, status=200 if is_good else 422)


@member(Role.ACCOUNTANT)
@require_POST
def proof_file(request: CompanyRequest) -> HttpResponse:
    """Hand a proof that the page has just shown out as a file, if it is one that was signed here for this company."""
    file = request.POST.get("file", "").replace("\r\n", "\n").encode()
    checked = signing.check(file)
    found = proofs.read(checked.says) if checked.says is not None else None
    if found is None or found.company_id != request.company.public_id or not keys.is_ours(checked.public_key):
        return _refused(request, str(NOT_OURS))
    if request.POST.get("format") != "pdf":
        return _attachment(file, f"{printed.name_of(found)}.json", "application/json")
    try:
        return _attachment(printed.proof_pdf(file), f"{printed.name_of(found)}.pdf", "application/pdf")
    except NoFontError as error:
        return _refused(request, NO_FONT.format(characters=error.characters))


def _last_month(request: CompanyRequest) -> dict[str, Any]:
    today = overview.midnight(request.connection, clock.now()).date()
    first, last = money.month_of(today.replace(day=1) - timedelta(days=1))
    return {"since": first, "until": last}


def _made(request: CompanyRequest, form: WholePeriodForm, connected: list[Connection]) -> dict[str, Any]:
    """Return the proof for the page, or why it cannot be made; a pause of our own ends for it."""
    since, until = form.cleaned_data["since"], form.cleaned_data["until"]
    mine = Entry.objects.filter(company=request.company, date__range=(since, until))
    if mine.order_by()[: MOST_DOCUMENTS + 1].count() > MOST_DOCUMENTS:
        return {"problem": TOO_MANY.format(most=figures.figure(f"{MOST_DOCUMENTS:,}"))}
    now = clock.now()
    for each in connected:
        calls.resume(each.pk, now)
    try:
        file = making.make(request.company, connected, since, until, endpoints.client(), by=request.user)
    except WireError as error:
        return {"problem": gettext("The ledger could not be read: {error}").format(error=retold(str(error)))}
    except CannotOpenError:
        return {"problem": NOT_OPENED}
    says = signing.check(file).says
    found = proofs.read(says) if says is not None else None
    if says is None or found is None:  # we have just written it
        raise AssertionError(file[:100])
    return {
        "found": found,
        "file": file.decode(),
        "digest": signing.digest(says),
        "period": shown.period(found),
        "made_at": shown.made_at(found),
        "groups": shown.sections(found),
    }


def _refused(request: CompanyRequest, words: str) -> HttpResponse:
    context = {
        "title": gettext("Proof of a period"),
        "form": WholePeriodForm(initial=_last_month(request)),
        "connected": list(roster.called().filter(company=request.company)),
        "may_change": may_change(request.membership),
        "problem": words,
        "public_key": keys.public(),
    }
    return pages.render(request, "daybook/proof.html", context, status=422)


def _attachment(content: bytes, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
