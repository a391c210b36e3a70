"""The overview: one look says whether all is well."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from daybook.connections import roster
from daybook.kit import clock
from daybook.web import live, pages
from daybook.web.access import CompanyRequest, may_change, member
from daybook.web.reading import foreseen, needs
from daybook.web.reading import overview as reading
from daybook.web.settings import reading as settings_page


@member()
@require_GET
def overview(request: CompanyRequest) -> HttpResponse:
    """Show the overview; htmx asks for what changes alone."""
    context = _context(request)
    if request.headers.get("HX-Request"):
        return live.answer(request, "daybook/overview/body.html", context)
    chart = reading.posted_per_day(request.company, context["connection"], clock.now())
    part = {**live.draw(request, "daybook/overview/body.html", context), "url": live.address(request)}
    zone = reading.zone_of_the_days(context["connection"])
    head = {name: context[name] for name in ("connection", "may_change", "may_look")}
    shown = {**head, "title": "Overview", "live": part, "chart": chart, "zone": zone}
    return pages.render(request, "daybook/overview/page.html", shown)


@member()
@require_GET
def banner(request: CompanyRequest) -> HttpResponse:
    """Return what is wrong with the company as a whole; every page of it asks from time to time."""
    context = pages.banner_context(request.membership)
    return live.answer(request, "daybook/parts/banner.html", context, around="daybook/parts/banner_live.html")


def _context(request: CompanyRequest) -> dict[str, Any]:
    company, now = request.company, clock.now()
    connection = request.connection
    return {
        "asks_for_zone": settings_page.asks_for_zone(roster.posting_of(connection), connection),
        "company": company,
        "connection": connection,
        "steps": reading.first_steps(company, connection),
        "tiles": reading.tiles(company, connection, now),
        "groups": needs.groups(company),
        "health": reading.health(connection, now),
        "connections": reading.by_connection(company, now),
        "may_change": may_change(request.membership),
        "may_look": may_change(request.membership) and roster.called().filter(company=company).exists(),
        "foreseen": foreseen.of_company(company, now),
    }
