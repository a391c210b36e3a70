"""Orders: the list and one order."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from pydantic import ValidationError

from daybook.connections import endpoints, roster
from daybook.documents.causes import Cause
from daybook.intake import dating, same_sales, typing_refunds
from daybook.kit.translation import retold
from daybook.orders.models import Order
from daybook.sources.canonical import schema
from daybook.tables import searching
from daybook.web import buttons, live, pages, spreadsheets, words
from daybook.web.access import CompanyRequest, Role, may_change, may_prepare, member
from daybook.web.forms.orders import DateForm
from daybook.web.forms.refunds import RefundForm
from daybook.web.language import figures
from daybook.web.listing import asked_for, page_of
from daybook.web.reading import after_the_sale, causes
from daybook.web.reading import orders as reading
from daybook.web.reading.documents import searched
from daybook.web.reading.said import said
from daybook.web.views.saved_views import kept_views

LONGEST_REFUND = 200
"""Characters of a shop's id."""


@member()
@require_GET
def orders(request: CompanyRequest) -> HttpResponse:
    """Show the list; htmx asks for its rows alone."""
    rows = _rows(request)
    if request.headers.get("HX-Request"):
        return live.answer(request, "daybook/orders/rows.html", rows)
    context = {
        "title": gettext("Orders"),
        "live": {**live.draw(request, "daybook/orders/rows.html", rows), "url": live.address(request)},
        "asked": request.GET,
        "files": spreadsheets.MOST,
        "sorts": reading.SORTS,
        "views": kept_views(request, "orders"),
        "standings": [
            *((name, badge.text) for name, badge in words.STANDINGS.items()),
            (words.GIVEN_UP, gettext("Will not be posted")),
        ],
        "feeds": (feeds := reading.feeds(request.company, request.GET)),
        "payouts": reading.payouts_feed(request.company) if feeds else None,
    }
    return pages.render(request, "daybook/orders/list.html", context)


@member()
@require_GET
def as_file(request: CompanyRequest, form: str) -> HttpResponse:
    """Return what the filters name as a file, the newest first."""
    rows = reading.in_file(request.company, reading.found(request.company, request.GET), spreadsheets.MOST[form])
    return spreadsheets.answer(form, f"orders-{request.company.public_id}", reading.FILE_HEAD, rows)


def _rows(request: CompanyRequest) -> dict[str, Any]:
    page = page_of(reading.found(request.company, request.GET), request.GET)
    has_several = roster.of_company(request.company).count() > 1
    return {
        "page": page,
        "stands": reading.each_by_connection(request.company, page.rows) if has_several else {},
        "company": request.company,
        "looked_through": searching.looked_through(searched(request.GET)),
        "is_filtered": any(request.GET.get(name) for name in ("standing", "cause", "feed", "from", "to", "q")),
    }


@member()
@require_GET
def order(request: CompanyRequest, order: str) -> HttpResponse:
    """Show one order: what it says, what was made of it, and why it waits."""
    row = get_object_or_404(reading.marked(request.company), public_id=order)
    return _show(request, row)


def _show(request: CompanyRequest, row: Order, *, form: DateForm | None = None, status: int = 200) -> HttpResponse:
    content = reading.content(row)
    made = reading.documents_of(row)
    may_date = may_change(request.membership) and dating.may_be_dated(row)
    context = {
        "date_form": (form or DateForm(initial={"typed_date": row.typed_date})) if may_date else None,
        "needs_date": reading.cause_of(row) == "dispatch_date_missing",
        "dates": reading.dates(row, content),
        "title": (gettext("Payout {order}") if reading.is_payout(row) else gettext("Order {order}")).format(
            order=row.ref
        ),
        "order": row,
        "content": content,
        "lines": reading.lines(content),
        "said": said(schema.load_order(content), row.currency) if content else None,
        "history": reading.history(row),
        "made": made,
        "refunds": after_the_sale.refunds(row, [each.entry for each in made]),
        "explanation": causes.of_order(row),
        "twins": same_sales.twins(row) if reading.cause_of(row) == Cause.LOOKS_LIKE_SAME_SALE else (),
        "stands": reading.by_connection(row),
        "may_change": may_change(request.membership),
        "may_prepare": may_prepare(request.membership),
        "rules": _rules(request, row),
    }
    return pages.render(request, "daybook/orders/page.html", context, status=status)


def _rules(request: CompanyRequest, row: Order) -> str:
    """Return where the order's lines are shown with the rule that decides each field; "" where there are no rules."""
    if not endpoints.can_be_asked(request.connection):
        return ""
    return buttons.connection_page(request.connection, f"?order={row.public_id}#try", "rules")


@member(Role.ACCOUNTANT)
@require_POST
def same_sale(request: CompanyRequest, order: str) -> HttpResponse:
    """Keep whether the order is the same sale as one of another feed."""
    row = get_object_or_404(reading.marked(request.company), public_id=order)
    verdict = request.POST.get("verdict", "")
    is_asked = reading.cause_of(row) == Cause.LOOKS_LIKE_SAME_SALE or row.sameness
    if verdict not in {Order.Sameness.SAME, Order.Sameness.ANOTHER} or not is_asked:
        messages.error(request, gettext("Nobody asks that of this order any more. Load the page again."))
    else:
        same_sales.decide(row, verdict, request.user)
        if verdict == Order.Sameness.SAME:
            kept = gettext("Kept: the same sale: no document is made of this order.")
        else:
            kept = gettext("Kept: another sale.")
        messages.success(request, kept)
    return redirect(reverse("web:order", args=[request.company.public_id, row.public_id]))


@member(Role.ACCOUNTANT)
@require_POST
def save_date(request: CompanyRequest, order: str) -> HttpResponse:
    """Keep the day of dispatch that a person types; empty: what the OMS says counts again."""
    row = get_object_or_404(reading.marked(request.company), public_id=order)
    form = DateForm(request.POST)
    if not form.is_valid():
        return _show(request, row, form=form, status=422)
    try:
        dating.date_order(row, form.cleaned_data["typed_date"], request.user)
    except dating.NotADateError as error:
        form.add_error("typed_date", retold(str(error)))
        return _show(request, row, form=form, status=422)
    row.refresh_from_db()
    day = form.cleaned_data["typed_date"]
    words_of_it = (
        gettext("Dispatched on {day}, as you typed.").format(day=figures.long_day(day))
        if day
        else gettext("The dates that the OMS sends count again.")
    )
    messages.success(request, words_of_it)
    return redirect(reverse("web:order", args=[request.company.public_id, row.public_id]))


@member(Role.CLERK)
@require_http_methods(["GET", "POST"])
def refund(request: CompanyRequest, order: str) -> HttpResponse:
    """Let a person type what was given back of the order by one refund; nothing typed: what the shop says counts again."""
    row = get_object_or_404(reading.marked(request.company), public_id=order)
    refund_id = asked_for(request.GET, "refund", LONGEST_REFUND)
    found = typing_refunds.typable(row, refund_id)
    if found is None:
        raise Http404
    form = RefundForm(found.order, found.refund, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            typing_refunds.type_refund(row, refund_id, form.said(), request.user)
        except (typing_refunds.NotARefundError, ValidationError) as error:
            form.add_error(None, _words_of(error))
        else:
            messages.success(request, gettext("Kept. What is made of it stands below."))
            return redirect(reverse("web:order", args=[request.company.public_id, row.public_id]) + "#after")
    context = {
        "title": gettext("Refund of order {order}").format(order=row.ref),
        "order": row,
        "form": form,
        "rows": list(form.rows()),
        "refund": found.refund,
        "money": found.money,
        "is_typed": refund_id in row.typed_refunds,
    }
    return pages.render(request, "daybook/orders/refund.html", context, status=422 if form.errors else 200)


def _words_of(error: Exception) -> str:
    return (
        retold(str(error))
        if isinstance(error, typing_refunds.NotARefundError)
        else gettext("One of the amounts cannot be read.")
    )
