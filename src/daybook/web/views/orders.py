"""Orders: the list and one order."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from daybook.web import live, pages, words
from daybook.web.access import CompanyRequest, Role, at_least, member
from daybook.web.listing import page_of
from daybook.web.reading import causes
from daybook.web.reading import orders as reading


@member()
@require_GET
def orders(request: CompanyRequest) -> HttpResponse:
    """Show the list; htmx asks for its rows alone."""
    rows = _rows(request)
    if request.headers.get("HX-Request"):
        return live.answer(request, "daybook/orders/rows.html", rows)
    context = {
        "title": "Orders",
        "live": {**live.draw(request, "daybook/orders/rows.html", rows), "url": live.address(request)},
        "asked": request.GET,
        "standings": [
            *((name, badge.text) for name, badge in words.STANDINGS.items()),
            (words.GIVEN_UP, "Will not be posted"),
        ],
    }
    return pages.render(request, "daybook/orders/list.html", context)


def _rows(request: CompanyRequest) -> dict[str, Any]:
    return {
        "page": page_of(reading.found(request.company, request.GET), request.GET),
        "company": request.company,
        "is_filtered": any(request.GET.get(name) for name in ("standing", "cause", "q")),
    }


@member()
@require_GET
def order(request: CompanyRequest, order: str) -> HttpResponse:
    """Show one order: what it says, what was made of it, and why it waits."""
    row = get_object_or_404(reading.marked(request.company), public_id=order)
    content = reading.content(row)
    context = {
        "title": f"Order {row.ref}",
        "order": row,
        "content": content,
        "lines": reading.lines(content),
        "history": reading.history(row),
        "made": reading.documents_of(row),
        "explanation": causes.of_order(row),
        "may_change": at_least(request.membership, Role.ACCOUNTANT),
    }
    return pages.render(request, "daybook/orders/page.html", context)
