"""The dry run: orders as they would be posted, with nothing posted. A GET asks the ledger nothing."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from daybook.connections import endpoints, roster, stopping
from daybook.connections.stopping import Why
from daybook.feeds import roster as feeds
from daybook.feeds.incoming import IncomingFile
from daybook.kit import clock
from daybook.kit.translation import retold
from daybook.outbox import approving
from daybook.rehearsing import asking, running
from daybook.rehearsing.running import LookedUp, Run
from daybook.web import pages, spreadsheets
from daybook.web.access import CompanyRequest, Role, may_change, member
from daybook.web.forms.dry_run import DryRunForm
from daybook.web.reading import rehearsed as reading
from daybook.wire.errors import WireError

MOST_FILES = 20
MOST_FEEDS = 200
SPACE = "dry-run"
DEFAULT = QueryDict("of=last")


@member(to_change=Role.ACCOUNTANT)
@require_http_methods(["GET", "POST"])
def page(request: CompanyRequest) -> HttpResponse:
    """Show what would become of the orders asked about. A POST asks the ledger for what the page has said, and no more."""
    form = _form(request)
    if not form.is_bound:
        return pages.render(request, "daybook/dry_run/page.html", _context(request, form, None))
    if not form.is_valid():
        return pages.render(request, "daybook/dry_run/page.html", _context(request, form, None), status=422)
    if request.method == "POST" and "read" in request.POST:
        return _read(request)
    made = _run(request, form)
    if request.method == "POST":
        made = _looked_up(request, form, made)
    return pages.render(request, "daybook/dry_run/page.html", _context(request, form, made))


@member()
@require_GET
def as_file(request: CompanyRequest, form: str) -> HttpResponse:
    """Return the dry run as a file: a row for each document, and for each order that has none; of the last without a choice."""
    asked = _form(request, DEFAULT)
    if not asked.is_valid():
        raise Http404
    rows = reading.in_file(_run(request, asked), spreadsheets.MOST[form])
    return spreadsheets.answer(form, f"{SPACE}-{request.company.public_id}", reading.FILE_HEAD, rows)


def _form(request: CompanyRequest, default: QueryDict | None = None) -> DryRunForm:
    mine = feeds.of_company(request.company).filter(closed_at=None)
    files = IncomingFile.objects.filter(company=request.company).order_by("-pk").exclude(state="refused")
    asked = request.GET if "of" in request.GET else default
    chosen = files.filter(public_id=request.GET.get("file", "").replace("\0", ""))
    return DryRunForm(
        asked,
        feeds=[(each.public_id, each.title) for each in mine[:MOST_FEEDS]],
        files=[(each.public_id, each.name) for each in dict.fromkeys([*chosen, *files[:MOST_FILES]])],
    )


def _connection(request: CompanyRequest) -> str:
    """Return the public id of the connection that the address names, the company's first one without. 404: no such one."""
    named = request.GET.get("connection", "").replace("\0", "")
    found = roster.of_company(request.company).filter(public_id=named).first() if named else request.connection
    if found is None:
        raise Http404
    return str(found.public_id)


def _run(request: CompanyRequest, form: DryRunForm, looked_up: LookedUp | None = None) -> Run:
    made = running.run(request.company, _connection(request), form.asked(), looked_up)
    if made is None:
        raise Http404
    return made


def _read(request: CompanyRequest) -> HttpResponse:
    connection = roster.chosen(request.company, _connection(request))
    try:
        calls = asking.read_stale(connection, endpoints.client(), clock.now())
    except WireError as error:
        messages.error(
            request,
            gettext("The lists could not be read: {error} Below is what was read before.").format(
                error=retold(str(error))
            ),
        )
    else:
        words = (
            ngettext("Read again, in {count} call.", "Read again, in {count} calls.", calls).format(count=calls)
            if calls
            else gettext("All of it was read within the hour.")
        )
        messages.success(request, words)
    return redirect(f"{reverse('web:dryrun', args=[request.company.public_id])}?{request.GET.urlencode()}")


def _looked_up(request: CompanyRequest, form: DryRunForm, made: Run) -> Run:
    try:
        found = asking.look_up(made.connection, asking.question(made), endpoints.client())
    except WireError as error:
        messages.error(
            request,
            gettext("The numbers and customers could not be looked up: {error}").format(error=retold(str(error))),
        )
        return made
    return _run(request, form, found)


def _context(request: CompanyRequest, form: DryRunForm, made: Run | None) -> dict[str, Any]:
    connections = list(roster.of_company(request.company))
    context = {
        "title": gettext("Dry run"),
        "form": form,
        "connections": connections,
        "asked": request.GET,
        "may_change": may_change(request.membership),
        "files": spreadsheets.MOST,
    }
    if made is None:
        return context
    fate = reading.fate_of(request.GET.get("show", ""))
    found = reading.those(made, fate)
    number = _page(request.GET.get("page", ""), len(found))
    start = (number - 1) * reading.ON_A_PAGE
    return {
        **context,
        "run": made,
        "ledger": reading.ledger(made),
        "groups": reading.groups(made),
        "fate": fate,
        "causes": reading.causes(made),
        "changes": reading.changes(made),
        "stock": reading.stock(made),
        "lists": reading.lists(made),
        "question": asking.question(made),
        "orders": reading.shown(made, found[start : start + reading.ON_A_PAGE]),
        "found": len(found),
        "first": start + 1,
        "page": {
            "newer": _address(request.GET, page=number - 1) if number > 1 else "",
            "older": _address(request.GET, page=number + 1) if start + reading.ON_A_PAGE < len(found) else "",
        },
        "without_show": _address(request.GET, show=""),
        "doing": _doing(made),
    }


def _page(text: str, found: int) -> int:
    last = max(1, -(-found // reading.ON_A_PAGE))
    return min(max(int(text), 1), last) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def _address(asked: QueryDict, **changes: object) -> str:
    query = asked.copy()
    query.pop("page", None)
    for name, value in changes.items():
        query[name] = str(value)
        if not str(value):
            del query[name]
    return f"?{query.urlencode()}"


def _doing(made: Run) -> dict[str, Any]:
    """Return how these documents are let go: by the way that there is for it anyway."""
    file, feed, connection = made.chosen.file, made.chosen.feed, made.connection
    stops = {each.why for each in stopping.standing(connection)}
    return {
        "file": file if file is not None and file.state == IncomingFile.State.SHOWN else None,
        "feed": feed if feed is not None and feed.paused_at is not None and file is None else None,
        "waits_for_a_look": approving.is_waited_for(connection),
        "first": approving.approved(connection) or approving.first(connection),
        "is_stopped": stops == {Why.PERSON},
        "is_stopped_otherwise": bool(stops) and stops not in ({Why.PERSON}, {Why.FIRST_LOOK}),
        "is_connected": connection.is_connected,
    }
