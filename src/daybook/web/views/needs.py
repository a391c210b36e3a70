"""Needs a person: one list grouped by cause, and what can be done about a group."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from daybook.connections import roster
from daybook.connections.models import Connection
from daybook.intake import dating
from daybook.kit import clock
from daybook.kit.translation import retold
from daybook.outbox import assigning
from daybook.outbox.models import Entry
from daybook.web import live, pages, retrying
from daybook.web.access import CompanyRequest, Role, may_change, may_prepare, member, too_small
from daybook.web.forms.orders import MoveForm
from daybook.web.language import figures
from daybook.web.listing import asked_for
from daybook.web.reading import locked
from daybook.web.reading import needs as reading
from daybook.web.reading.documents import LONGEST_CAUSE
from daybook.web.reading.needs import Group
from daybook.web.views.documents import LONGEST_NOTE, tell

LONGEST_ID = 32
NOBODY = "nobody"


@member()
@require_GET
def needs(request: CompanyRequest) -> HttpResponse:
    """Show all groups; htmx asks for what changes alone."""
    company = request.company
    context = {
        "company": company,
        "groups": reading.groups(company),
        "listed": reading.LISTED,
        "refused": reading.refused_deliveries(company),
        "may_change": may_change(request.membership),
        "may_prepare": may_prepare(request.membership),
    }
    if request.headers.get("HX-Request"):
        return live.answer(request, "daybook/needs/body.html", context, around="daybook/needs/live.html")
    part = {**live.draw(request, "daybook/needs/body.html", context), "url": live.address(request)}
    return pages.render(request, "daybook/needs/page.html", {"title": gettext("Needs a person"), "live": part})


@member(to_change=Role.CLERK)
@require_http_methods(["GET", "POST"])
def group(request: CompanyRequest, cause: str) -> HttpResponse:
    """Show one group and, of everything that can be done about it, what it would mean; then do it."""
    connection = _connection(request)
    found = reading.group(request.company, cause[:LONGEST_CAUSE], connection)
    if found is None:
        messages.info(request, gettext("Nothing waits for that any more."))
        return redirect("web:needs", request.company.public_id)
    act = ACTS.get(request.POST.get("act", "")) if request.method == "POST" else None
    if request.method == "POST" and act is None:
        raise Http404
    if act not in {None, _assign} and not may_change(request.membership):
        return too_small(request, Role.ACCOUNTANT)
    moving = locked.movable(found) if may_change(request.membership) else None
    move_form = moving and _move_form(request, moving)
    refused = act(request, found) if act is not None else ""
    if act is not None and not refused:
        return redirect(f"{reverse('web:needs', args=[request.company.public_id])}#{found.anchor}")
    context: dict[str, Any] = {
        "title": found.words.title,
        "group": found,
        "at_once": retrying.MOST_AT_ONCE,
        "members": reading.members(request.company),
        "may_change": may_change(request.membership),
        "may_prepare": may_prepare(request.membership),
        "refused": refused,
        "shown": clock.now().isoformat(),
        "moving": moving,
        "listed": reading.LISTED,
        "move_form": move_form,
    }
    return pages.render(request, "daybook/needs/group.html", context, status=422 if refused else 200)


def _connection(request: CompanyRequest) -> Connection:
    """Return the connection that the address or the form names, also one that is closed; somebody else's and none: 404."""
    public_id = asked_for(request.POST, "connection", LONGEST_ID) or asked_for(request.GET, "connection", LONGEST_ID)
    if not public_id:
        return roster.first(request.company)
    mine = Connection.objects.filter(company=request.company)
    return get_object_or_404(mine.select_related("company", "organisation", "last_organisation"), public_id=public_id)


def _retry(request: CompanyRequest, group: Group) -> str:
    orders = retrying.retry_orders(request.company, group.cause, group.connection)
    result = retrying.retry_cause(request.company, group.cause, request.user, group.connection)
    if orders:
        messages.success(
            request,
            ngettext("{count} order is looked at again.", "{count} orders are looked at again.", orders).format(
                count=orders
            ),
        )
    if result != retrying.Result() or not orders:
        tell(request, result)
    return ""


def _assign(request: CompanyRequest, group: Group) -> str:
    asked = request.POST.get("to", "")
    if asked == NOBODY:
        assigning.relieve(group.connection, group.cause, by=request.user)
        messages.success(request, gettext("Nobody is named for “{title}” any more.").format(title=group.words.title))
        return ""
    person = next((each for each in reading.members(request.company) if str(each.pk) == asked), None)
    if person is None:
        return gettext("Choose who is to take care of it.")
    assigning.assign(group.connection, group.cause, person, by=request.user, note=_note(request))
    messages.success(request, gettext("“{title}” is given to {person}.").format(title=group.words.title, person=person))
    return ""


def _keep_back(request: CompanyRequest, group: Group) -> str:
    waiting = _as_shown(request, group)
    wanted = waiting.count()
    count = retrying.keep_back_all(waiting, request.user, _note(request))
    words = ngettext(
        "{count} document is kept back until somebody lets it go.",
        "{count} documents are kept back until somebody lets them go.",
        count,
    )
    _said(request, count, wanted, words)
    _tell_of_later_ones(request, group.stopped - wanted)
    return ""


def _skip(request: CompanyRequest, group: Group) -> str:
    note = _note(request)
    if not note:
        return gettext("Say why: whoever looks at the documents later reads it.")
    waiting = _as_shown(request, group)
    wanted = waiting.count()
    count = retrying.skip(waiting, request.user, note)
    words = ngettext("{count} document is not posted.", "{count} documents are not posted.", count)
    _said(request, count, wanted, words)
    _tell_of_later_ones(request, group.stopped - wanted)
    return ""


def _as_shown(request: CompanyRequest, group: Group) -> QuerySet[Entry]:
    """Return what waited when the page was shown: what came meanwhile nobody has said yes to."""
    waiting = reading.stopped(request.company, group.cause, group.connection)
    try:
        shown = datetime.fromisoformat(request.POST.get("shown", "")[:LONGEST_ID])
    except ValueError:
        return waiting
    return waiting.filter(state_since__lte=shown) if shown.tzinfo is not None else waiting


def _tell_of_later_ones(request: CompanyRequest, later: int) -> None:
    if later > 0:
        words = ngettext(
            "{count} more came while you looked: it waits as before.",
            "{count} more came while you looked: they wait as before.",
            later,
        )
        messages.info(request, words.format(count=later))


def _move(request: CompanyRequest, group: Group) -> str:
    """Date all that the page showed by one day; where it would be something else by now, nothing is moved."""
    moving = locked.movable(group)
    if moving is None or moving.seen != request.POST.get("seen", ""):
        return gettext("Nothing was moved: what waits here has changed meanwhile. Look once more, and press again.")
    form = _move_form(request, moving)
    if not form.is_valid():
        return " ".join(str(error) for error in form.errors["day"])
    day = form.cleaned_data["day"]
    refused = dating.date_orders(request.company, moving.order_ids, day, request.user)
    moved = sum(each.order_id not in refused for each in moving.entries)
    if moved:
        said = ngettext("{count} document is dated {day} now.", "{count} documents are dated {day} now.", moved)
        messages.success(request, said.format(count=moved, day=figures.long_day(day)))
    for entry in moving.entries:
        if entry.order_id in refused:
            not_moved = gettext("{number} stays as it is. {why}")
            messages.warning(request, not_moved.format(number=entry.number, why=retold(refused[entry.order_id])))
    return ""


def _move_form(request: CompanyRequest, moving: locked.Movable) -> MoveForm:
    sent = request.POST if request.POST.get("act") == "move" else None
    return MoveForm(sent, initial={"day": moving.first_open}, locked_to=moving.locked_to)


def _done(request: CompanyRequest, group: Group) -> str:
    count = retrying.attend_cause(request.company, group.cause, group.connection, request.user, _note(request))
    words = ngettext("{count} document is done with.", "{count} documents are done with.", count)
    _said(request, count, group.flagged, words)
    return ""


def _said(request: CompanyRequest, count: int, wanted: int, words: str) -> None:
    """Say how many of those wanted it was done to."""
    left = min(wanted, retrying.MOST_AT_ONCE) - count
    if count:
        messages.success(request, words.format(count=count))
    if left > 0:
        stays = ngettext(
            "{count} stays as before: an earlier call may still make them, or they were settled meanwhile.",
            "{count} stay as before: an earlier call may still make them, or they were settled meanwhile.",
            left,
        )
        messages.warning(request, stays.format(count=left))
    if wanted > retrying.MOST_AT_ONCE:
        messages.info(
            request,
            gettext("{count} are left: the oldest went first. Do it once more.").format(
                count=figures.figure(f"{wanted - retrying.MOST_AT_ONCE:,}")
            ),
        )


def _note(request: CompanyRequest) -> str:
    return asked_for(request.POST, "note", LONGEST_NOTE)


ACTS: dict[str, Callable[[CompanyRequest, Group], str]] = {
    "retry": _retry,
    "assign": _assign,
    "keep": _keep_back,
    "skip": _skip,
    "move": _move,
    "done": _done,
}
"""By what a form asks: what does it; it returns why it was not done, "" where it was."""
