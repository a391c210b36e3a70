"""The inbox: everything that reached a company, what became of it, and taking in again what was refused."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_POST

from daybook.companies.models import CompanySettings
from daybook.companies.saving import saving
from daybook.intake import replaying
from daybook.intake.replaying import Replayed, ReplayError
from daybook.kit.translation import retold
from daybook.orders.models import Delivery
from daybook.web import live, pages
from daybook.web.access import CompanyRequest, Role, may_change, member
from daybook.web.forms.inbox import KeepingForm
from daybook.web.listing import page_of
from daybook.web.reading import feeds as ways
from daybook.web.reading import inbox as reading
from daybook.web.reading import orders as order_reading
from daybook.web.reading import refused_rows

ROWS = "daybook/inbox/rows.html"
MOST_AT_ONCE = 100
"""Deliveries that are replayed on one click: a page of them."""


@member()
@require_GET
def inbox(request: CompanyRequest) -> HttpResponse:
    """Show the list; htmx asks for its rows alone."""
    return _list(request)


def _list(request: CompanyRequest, *, form: KeepingForm | None = None, status: int = 200) -> HttpResponse:
    rows = _rows(request)
    if request.headers.get("HX-Request"):
        return live.answer(request, ROWS, rows)
    context = {
        "title": gettext("Inbox"),
        "live": {**live.draw(request, ROWS, rows), "url": live.address(request)},
        "asked": request.GET,
        "cut": reading.MOST_ORDERS if reading.is_cut(request.company, request.GET) else None,
        "filters": reading.filters().items(),
        "feeds": order_reading.feeds(request.company, request.GET),
        "kept": form or _keeping(request),
        "may_change": may_change(request.membership),
        "may_tick": _may_tick(request),
    }
    return pages.render(request, "daybook/inbox/list.html", context, status=status)


def _keeping(request: CompanyRequest, sent: QueryDict | None = None) -> KeepingForm:
    stands = CompanySettings.objects.get_or_create(company=request.company)[0]
    return KeepingForm(sent, instance=stands)


@member(Role.ACCOUNTANT)
@require_POST
def keep(request: CompanyRequest) -> HttpResponse:
    """Say for how many days the bytes of what came are kept."""
    form = _keeping(request, request.POST)
    if not form.is_valid():
        return _list(request, form=form, status=422)
    with transaction.atomic(), saving(request.company, by=request.user):
        form.save()
    messages.success(request, gettext("Saved. What is older is forgotten on the next Sunday; that it came stays."))
    return redirect("web:inbox", request.company.public_id)


def _rows(request: CompanyRequest) -> dict[str, Any]:
    page = page_of(reading.found(request.company, request.GET), request.GET)
    named = ways.doors()
    return {
        "page": page,
        "shown": [
            {"row": each, "badge": reading.badge(each), "way": named.get(each.door, each.door)} for each in page.rows
        ],
        "company": request.company,
        "is_filtered": any(request.GET.get(name) for name in ("result", "feed", "q", "file")),
        "may_tick": _may_tick(request),
    }


def _may_tick(request: CompanyRequest) -> bool:
    """Tell whether what is listed is open, and the person may decide what becomes of it."""
    return may_change(request.membership) and request.GET.get("result") in {reading.OPEN, Delivery.Result.WAITING}


@member()
@require_GET
def delivery(request: CompanyRequest, delivery: int) -> HttpResponse:
    """Show one delivery: what came, what became of it and why."""
    return _show(request, _found(request, delivery))


@member()
@require_GET
def download(request: CompanyRequest, delivery: int) -> HttpResponse:
    """Give the bytes as they came, to be kept as a file and never shown by the browser."""
    row = _found(request, delivery)
    response = HttpResponse(bytes(row.raw), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="delivery-{row.pk}.txt"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@member(Role.ACCOUNTANT)
@require_POST
def replay(request: CompanyRequest, delivery: int) -> HttpResponse:
    """Take it in again, as it was or as the person corrected it."""
    row = _found(request, delivery)
    typed = request.POST.get("corrected")
    corrected = _corrected(request, row, typed)
    if corrected is not None and len(corrected) > replaying.LARGEST:
        messages.error(
            request, gettext("This is too large to be corrected here: have it corrected and sent again by its sender.")
        )
        return _show(request, row, typed=typed, shown=request.POST, status=422)
    is_older_meant = bool(request.POST.get("even_if_older"))
    try:
        done = replaying.replay(row, by=request.user, corrected=corrected, even_if_older=is_older_meant)
    except ReplayError as error:
        messages.error(request, retold(str(error)))
        return _to(request, row)
    if done.newer is not None or (done.problems and not done.is_taken):
        return _show(request, _newest(row), typed=typed, shown=request.POST, done=done, status=422)
    return _done(request, row, done)


@member(Role.ACCOUNTANT)
@require_POST
def several(request: CompanyRequest) -> HttpResponse:
    """Take in again what is ticked as it came, or put it aside."""
    rows = _ticked(request)
    is_aside = bool(request.POST.get("aside"))
    done = sum(replaying.put_aside(row) if is_aside else _is_taken(row, request) for row in rows)
    if is_aside:
        said = ngettext("{count} put aside.", "{count} put aside.", done).format(count=done)
    else:
        said = ngettext("{count} taken in.", "{count} taken in.", done).format(count=done)
    if left := len(rows) - done:
        words = ngettext(
            "{count} is as before: open it to see why.", "{count} are as before: open one to see why.", left
        )
        said = f"{said} {words.format(count=left)}"
    (messages.success if done else messages.info)(request, said if rows else gettext("Nothing is ticked."))
    shown = Delivery.Result.WAITING if request.POST.get("result") == Delivery.Result.WAITING else reading.OPEN
    return redirect(f"{reverse('web:inbox', args=[request.company.public_id])}?result={shown}")


def _ticked(request: CompanyRequest) -> list[Delivery]:
    """Return what is ticked of one page, in the order in which it came."""
    ids = [int(each) for each in request.POST.getlist("delivery")[:MOST_AT_ONCE] if each.isascii() and each.isdigit()]
    mine = Delivery.objects.filter(company=request.company, pk__in=[each for each in ids if each < 2**63])
    return list(mine.select_related("feed__company", "company").order_by("pk"))


def _is_taken(row: Delivery, request: CompanyRequest) -> bool:
    try:
        return replaying.replay(row, by=request.user).is_taken
    except ReplayError:
        return False


def _corrected(request: CompanyRequest, row: Delivery, typed: str | None) -> bytes | None:
    """Return what the person made of it; None: it was left as it came."""
    if typed is None:
        return refused_rows.corrected(row, request.POST)
    return None if _is_same(row, typed) else typed.encode("utf-8", "replace")


def _newest(row: Delivery) -> Delivery:
    """Return the correction that stands in the place of the row, where it was refused again; else the row."""
    after = Delivery.objects.filter(company_id=row.company_id, corrects=row, pk__gt=row.pk)
    return after.select_related("feed__company", "order", "by", "company").order_by("-id").first() or row


def _done(request: CompanyRequest, row: Delivery, done: Replayed) -> HttpResponse:
    """Say what became of it, on the page of the order where there is one."""
    if not done.is_taken:
        messages.info(
            request, gettext("It still waits. {why}").format(why=" ".join(retold(each.why) for each in done.receipts))
        )
        return _to(request, row)
    orders = [each for each in done.receipts if each.order]
    messages.success(
        request,
        gettext("Taken in.")
        if len(orders) == 1
        else ngettext("Taken in: {count} order.", "Taken in: {count} orders.", len(orders)).format(count=len(orders)),
    )
    if len(orders) == 1:
        return redirect(reverse("web:order", args=[request.company.public_id, orders[0].order]))
    return _to(request, row)


@member(Role.ACCOUNTANT)
@require_POST
def put_aside(request: CompanyRequest, delivery: int) -> HttpResponse:
    """Let it ask for nobody any more; it stays in the list."""
    row = _found(request, delivery)
    if replaying.put_aside(row):
        messages.success(request, gettext("Put aside. It stays in the inbox, under Refused (all)."))
    return _to(request, row)


def _found(request: CompanyRequest, pk: int) -> Delivery:
    rows = Delivery.objects.filter(company=request.company).select_related("feed__company", "order", "by", "company")
    return get_object_or_404(rows, pk=min(pk, 2**63 - 1))


def _show(
    request: CompanyRequest,
    row: Delivery,
    *,
    typed: str | None = None,
    shown: QueryDict | None = None,
    done: Replayed | None = None,
    status: int = 200,
) -> HttpResponse:
    """`typed`: the text as a person left it; `shown`: of a row of matched columns, its cells."""
    text = reading.text_of(row)
    may_replay = may_change(request.membership) and replaying.may_be_replayed(row)
    parts = refused_rows.parts_of(row, shown) if may_replay else []
    file = refused_rows.file_of(row)
    context = {
        "title": gettext("Delivery {number}").format(number=row.pk),
        "delivery": row,
        "badge": reading.badge(row),
        "way": ways.doors().get(row.door, row.door),
        "text": text,
        "typed": typed if typed is not None else text.text,
        "done": done,
        "versions": [{"row": each, "badge": reading.badge(each)} for each in reading.versions(request.company, row)],
        "may_replay": may_replay,
        "parts": parts,
        "file": file,
        "stands_in_file": file is not None and text.is_forgotten and refused_rows.has_bytes(file),
        "may_edit": may_replay and text.may_be_edited and not parts,
        "may_put_aside": may_change(request.membership)
        and row.result in replaying.MAY_BE_REPLAYED
        and row.settled_at is None,
    }
    return pages.render(request, "daybook/inbox/page.html", context, status=status)


def _is_same(row: Delivery, typed: str) -> bool:
    """Tell whether a person left the text as the page showed it; browsers send line ends of their own."""
    return typed.replace("\r\n", "\n").strip() == reading.text_of(row).text.replace("\r\n", "\n").strip()


def _to(request: CompanyRequest, row: Delivery) -> HttpResponse:
    return redirect(reverse("web:delivery", args=[request.company.public_id, row.pk]))
