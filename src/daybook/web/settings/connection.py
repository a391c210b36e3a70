"""Connection settings: the page, the app, and the trip to the ledger's consent page and back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from daybook.catalog import refresh
from daybook.companies.models import Person
from daybook.connections import calls, consent, credentials, endpoints, permissions, roster, standing
from daybook.connections.models import Connection
from daybook.connections.saving import saving
from daybook.intake import curing
from daybook.kit import clock
from daybook.kit.translation import retold
from daybook.ledgers.registry import LEDGERS, USUAL
from daybook.outbox import wake
from daybook.web import buttons, pages, titles, ways_back
from daybook.web.access import CompanyRequest, Role, member, with_consent
from daybook.web.settings import files, mail, room_pages, rooms
from daybook.web.settings import reading as settings_page
from daybook.web.settings.connection_forms import AppForm
from daybook.web.templatetags.daybook import moment
from daybook.web.ways_back import CAME_FROM
from daybook.web.wizard import pages as wizard_pages
from daybook.web.wizard import standing as wizard_standing
from daybook.web.wizard.pages import Wizard
from daybook.web.wizard.steps import CONNECT, SLUGS
from daybook.wire.errors import WireError

BACK = "back"
"""The field of a form in the set-up wizard: the step to come back to."""


@member()
@require_GET
def connection(request: CompanyRequest) -> HttpResponse:
    """Show the rooms of the settings; what goes out as files or mails has a page of its own instead."""
    row = request.connection
    if endpoints.is_of_files(row):
        return files.show(request)
    if endpoints.is_of_mail(row):
        return mail.show(request)
    return room_pages.index(request)


@member(Role.ACCOUNTANT)
@with_consent
@require_POST
def save_app(request: CompanyRequest) -> HttpResponse:
    """Store Client ID and Client Secret, and try them; `then=consent` (Get Access Token) goes on there at once."""
    return store_app(request)


def store_app(request: CompanyRequest) -> HttpResponse:
    """Do so, for the room or for the wizard (`back`)."""
    row = request.connection
    form = AppForm(request.POST, connection=row)
    if not form.is_valid() and _is_in_wizard(request):
        return wizard_pages.show_connect(request, CONNECT, form, 422)
    if not form.is_valid():
        return room_pages.page_room(request, rooms.CONNECT, app_form=form, status=422)
    row.client_id = form.cleaned_data["client_id"]
    if form.cleaned_data["client_secret"]:
        row.client_secret = form.cleaned_data["client_secret"]
    with transaction.atomic(), saving(row, by=request.user):
        row.save(update_fields=["client_id", "client_secret_sealed"])
    works = _is_app_taken(request, row)
    if works and request.POST.get("then") == "consent":
        return to_consent(request, row)
    if works:
        messages.success(request, gettext("Saved.") if row.is_connected else gettext("Saved. Next: Get Access Token."))
    return _back(request)


def _is_app_taken(request: CompanyRequest, row: Connection) -> bool:
    """Try the app at the ledger's login, and say what is wrong; True also where the ledger could not be asked."""
    try:
        refusal = credentials.try_app(row)
    except WireError as error:
        messages.warning(
            request,
            gettext("{ledger} could not be asked whether it takes these ({error}).").format(
                ledger=titles.of(row.ledger), error=retold(str(error))
            ),
        )
        return True
    if refusal and _is_in_wizard(request) and not row.is_connected:
        return False  # its step says so
    if refusal:
        messages.error(
            request,
            gettext("Saved, but {ledger} does not take them: {refusal} {cure}").format(
                ledger=titles.of(row.ledger), refusal=retold(refusal), cure=retold(standing.APP_CURE)
            ),
        )
        return False
    wake.wake_drain(row.pk)
    return True


def _try_app_again(request: CompanyRequest, row: Connection) -> None:
    """Ask the ledger whether it takes the stored app by now: its owner may have cured it there."""
    try:
        refusal = credentials.try_app(row)
    except WireError as error:
        messages.warning(
            request,
            gettext("{ledger} could not be asked whether it takes the Client ID and Client Secret ({error}).").format(
                ledger=titles.of(row.ledger), error=retold(str(error))
            ),
        )
        return
    if refusal:
        messages.error(
            request,
            gettext("{ledger} still does not take the Client ID and Client Secret: {refusal}").format(
                ledger=titles.of(row.ledger), refusal=retold(refusal)
            ),
        )
    else:
        messages.success(
            request,
            gettext("{ledger} takes the Client ID and Client Secret now; what waits goes out.").format(
                ledger=titles.of(row.ledger)
            ),
        )


def to_consent(request: CompanyRequest, row: Connection) -> HttpResponse:
    """Lead to the ledger's consent page, and from there back to the step that `back` names, or to the room."""
    request.session[CAME_FROM] = request.POST.get(BACK, "")
    ahead = wizard_standing.features_ahead(row) if _is_in_wizard(request) else ()
    try:
        return redirect(consent.begin(row, request.user, also=ahead))
    except consent.ConsentError as error:
        messages.error(request, _as_there(retold(str(error)), row.ledger, request.POST.get(BACK, "")))
        return _back(request)


@require_GET
@login_required
def callback(request: HttpRequest, *, ledger: str) -> HttpResponse:
    """Take the browser back from a ledger. `state` says whose trip it was; it is bound to the person who began it."""
    person = request.user
    assert isinstance(person, Person)  # noqa: S101  # login_required
    try:
        in_flight = settings_page.documents_in_flight
        row = consent.finish(request.GET.dict(), person, documents_in_flight=in_flight, ledger=ledger)
    except consent.ConsentError as error:
        messages.error(request, _as_there(retold(str(error)), ledger, request.session.get(CAME_FROM, "")))
        return redirect(_where_it_began(request, error, person))
    if row.status == Connection.Status.CHOOSING:
        came_from = request.session.get(CAME_FROM, "")
        return redirect(_home(row, rooms.CONNECT.slug if came_from in SLUGS else ""))  # where it is chosen
    return _connected(request, row, request.session.pop(CAME_FROM, ""))


def _where_it_began(request: HttpRequest, error: consent.ConsentError, person: Person) -> str:
    """A trip of somebody else's company leads home, where nothing of it is shown."""
    row = error.connection
    if row is not None and person.memberships.filter(company=row.company_id).exists():
        return _home(row, request.session.get(CAME_FROM, ""))
    return reverse("web:home")


def _home(row: Connection, came_from: str, *, is_connected: bool = False) -> str:
    """Return where a trip to the ledger leads back to: the step of the wizard that it began at, or the room."""
    if came_from not in SLUGS:
        return buttons.settings_place(row, "connect")
    is_step_over = is_connected and came_from == rooms.CONNECT.slug
    return Wizard(row).after(came_from) if is_step_over else wizard_pages.url(row, came_from)


def _as_there(words: str, ledger: str, came_from: str) -> str:
    """Return words that name the button as it is called where the person is."""
    return wizard_pages.as_called_here(words, ledger) if came_from in SLUGS else words


def _is_in_wizard(request: CompanyRequest) -> bool:
    return request.POST.get(BACK, "") in SLUGS


@member(Role.ACCOUNTANT)
@with_consent
@require_POST
def choose(request: CompanyRequest) -> HttpResponse:
    """Take one of the organisations that the consent gave."""
    row = request.connection
    if request.POST.get("keep"):
        kept = consent.keep(row, request.user)
        if kept:
            words = gettext("{organisation} stays connected.").format(organisation=row.facts.name)
        else:
            words = gettext("Press Get Access Token and allow it again.")
        messages.info(request, words)
        return _back(request)
    try:
        row = consent.choose(
            row,
            request.POST.get("tenant", ""),
            request.user,
            documents_in_flight=settings_page.documents_in_flight,
        )
    except consent.ConsentError as error:
        messages.error(request, retold(str(error)))
        return _back(request)
    return _connected(request, row, request.POST.get(BACK, ""))


def _connected(request: HttpRequest, row: Connection, came_from: str) -> HttpResponse:
    messages.success(
        request, gettext("Connected to {organisation}.").format(organisation=row.facts.name or titles.of(row.ledger))
    )
    if missing := permissions.not_granted(row):
        messages.warning(
            request,
            gettext(
                "{ledger} did not grant all that was asked: {missing}. What needs it waits; everything else goes on. Press Get "
                "Access Token to ask again."
            ).format(ledger=titles.of(row.ledger), missing=retold(missing)),
        )
    wake.wake_prepare(row.company_id)  # before the lists are read: the process may die over them
    try:
        refresh.refresh(row)
    except WireError as error:
        messages.warning(
            request,
            gettext("Its accounts and tax rates could not be read yet ({error}): press Refresh from {ledger}.").format(
                error=retold(str(error)), ledger=titles.of(row.ledger)
            ),
        )
    wake.wake_prepare(row.company_id)
    wake.wake_drain(row.pk)
    return redirect(_home(row, came_from, is_connected=True))


@member(Role.ACCOUNTANT)
@require_POST
def add(request: CompanyRequest) -> HttpResponse:
    """Make one more connection, and show its settings: orders that come once it is connected go there too."""
    ledger = request.POST.get("ledger") or USUAL
    if ledger not in LEDGERS:
        messages.error(
            request, gettext("Nothing was added: Daybook does not know where that would lead. Choose one of the list.")
        )
        return _back(request)
    made = roster.add(request.company, by=request.user, ledger=ledger)
    messages.success(
        request, gettext("Added. Connect it, then decide below what is posted there; orders that come then go there.")
    )
    return redirect(buttons.connection_page(made))


@member(Role.ACCOUNTANT)
@require_POST
def close(request: CompanyRequest) -> HttpResponse:
    """End a connection that reaches nothing any more; all that was posted through it stays."""
    row = request.connection
    if not roster.close(row, by=request.user):
        messages.error(
            request, gettext("Nothing was closed: disconnect it first. A company keeps at least one connection.")
        )
        return _back(request)
    messages.success(
        request,
        gettext("{name} is closed. What was posted through it stays, and it can be opened again.").format(
            name=row.name
        ),
    )
    return redirect("web:connection", request.company.public_id)


@member(Role.ACCOUNTANT)
@require_POST
def reopen(request: CompanyRequest, closed: str) -> HttpResponse:
    """Take a closed connection up again; it is connected by a person, as before."""
    row = get_object_or_404(roster.closed(request.company), public_id=closed)
    roster.reopen(row, by=request.user)
    if endpoints.has_own_page(row):
        words = gettext("{name} is open again. Press Check to connect it.")
    else:
        words = gettext("{name} is open again. Press Get Access Token to connect it.")
    messages.success(request, words.format(name=row.name))
    return redirect(buttons.connection_page(row))


@member(Role.ACCOUNTANT)
@with_consent
@require_http_methods(["GET", "POST"])
def disconnect(request: CompanyRequest) -> HttpResponse:
    """Ask first, saying what stays; then end the connection at the ledger and forget the tokens."""
    row = request.connection
    if request.method == "GET":
        context = {
            "title": gettext("Disconnect from {ledger}").format(ledger=titles.of(row.ledger)),
            "connection": row,
            "left": settings_page.under_way(row),
        }
        return pages.render(request, "daybook/connection/disconnect.html", context)
    try:
        told = calls.disconnect(row, by=request.user)
    except WireError as error:
        messages.error(
            request,
            gettext(
                "Nothing was disconnected, because {ledger} gave no clear answer ({error}). Try again soon."
            ).format(ledger=titles.of(row.ledger), error=retold(str(error))),
        )
        return _back(request)
    words = [gettext("Disconnected. The day book and all settings are kept.")]
    if not told:
        words.append(titles.filled(gettext(NOT_TOLD), row.ledger))
    messages.success(request, " ".join(words))
    return _back(request)


NOT_TOLD = gettext_noop(
    "{ledger} could not be told, because the consent had ended already: if Daybook still stands under Connected apps in "
    "{ledger}, remove it there."
)


@member(Role.ACCOUNTANT)
@with_consent
@require_POST
def read_again(request: CompanyRequest) -> HttpResponse:
    """Read the organisation's lists, contacts and lock dates anew, because a person changed something in the ledger."""
    row = request.connection
    calls.resume(row.pk, clock.now())
    try:
        refresh.refresh(row)
    except WireError as error:
        messages.error(
            request,
            gettext("{ledger} could not be read: {error}").format(
                ledger=titles.of(row.ledger), error=retold(str(error))
            ),
        )
        return _back(request)
    curing.forget(request.company)
    wake.wake_prepare(request.company.pk)
    messages.success(
        request,
        gettext("Read again from {ledger}. What waited for something that is cured now goes by itself.").format(
            ledger=titles.of(row.ledger)
        ),
    )
    return _back(request)


@member(Role.ACCOUNTANT)
@require_POST
def resume(request: CompanyRequest) -> HttpResponse:
    """End a pause, because a person asks for it; the ledger's own wait is kept, and its end told."""
    row = request.connection
    bound = calls.resume(row.pk, clock.now(), by=request.user)
    wake.wake_drain(row.pk)
    if bound is not None:
        messages.warning(
            request,
            gettext("{ledger} itself asked Daybook to wait until {moment}; it goes on then.").format(
                ledger=titles.of(row.ledger), moment=moment(bound)
            ),
        )
    elif row.pause_cause == standing.PauseCause.APP:
        _try_app_again(request, row)
    else:
        if row.is_posting_stopped:
            words = gettext("The pause is over; what waits goes once posting is let go on.")
        else:
            words = gettext("The pause is over; what waits goes out now.")
        messages.success(request, words)
    home = reverse("web:overview", args=[request.company.public_id])
    back = ways_back.page_of(request.POST.get("back", ""))
    return redirect(back if back.startswith(home) else home)


def _back(request: CompanyRequest) -> HttpResponse:
    return redirect(_home(request.connection, request.POST.get(BACK, "")))
