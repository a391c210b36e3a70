"""The overview: one look says whether all is well."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from daybook.connections import roster
from daybook.kit import clock
from daybook.web import live, pages
from daybook.web.access import CompanyRequest, may_change, member
from daybook.web.reading import flow, foreseen, health, money, needs
from daybook.web.reading import overview as reading
from daybook.web.settings import reading as settings_page
from daybook.web.wizard import standing
from daybook.web.wizard.pages import Wizard


@member()
@require_GET
def overview(request: CompanyRequest) -> HttpResponse:
    """Show the overview; htmx asks for what changes alone."""
    context = _context(request)
    if request.headers.get("HX-Request"):
        return live.answer(request, "daybook/overview/body.html", context)
    part = {**live.draw(request, "daybook/overview/body.html", context), "url": live.address(request)}
    zone = reading.zone_of_the_days(context["connection"])
    head = {name: context[name] for name in ("connection", "may_change", "may_look")}
    shown = {**head, **_figures(request), "title": gettext("Overview"), "live": part, "zone": zone}
    return pages.render(request, "daybook/overview/page.html", shown)


@member()
@require_GET
def banner(request: CompanyRequest) -> HttpResponse:
    """Return what is wrong with the company as a whole; every page of it asks from time to time."""
    context = pages.banner_context(request.membership, request.GET.get(pages.SET_UP_HERE, ""))
    return live.answer(request, "daybook/parts/banner.html", context, around="daybook/parts/banner_live.html")


def _figures(request: CompanyRequest) -> dict[str, Any]:
    """Return what is drawn once and does not stay fresh by itself: the flow and the money of the last days."""
    zone, now = reading.zone_of(request.connection), clock.now()
    drawn = flow.of_company(request.company, zone, now)
    looks = [each.looked_at for each in roster.of_company(request.company) if each.looked_at]
    return {"flow": drawn, "money": money.of_company(request.company, zone, drawn.posted, min(looks, default=None))}


def _context(request: CompanyRequest) -> dict[str, Any]:
    company, now = request.company, clock.now()
    connection = request.connection
    return {
        "asks_for_zone": settings_page.asks_for_zone(roster.posting_of(connection), connection),
        "company": company,
        "connection": connection,
        "first_looks": reading.first_looks(company),
        "wizard": Wizard(connection) if standing.is_offered(connection) else None,
        "tiles": reading.tiles(company, connection, now),
        "groups": needs.groups(company),
        "health": health.connections(company, now),
        "feeds": health.feeds(company),
        "connections": reading.by_connection(company, now),
        "may_change": may_change(request.membership),
        "may_look": may_change(request.membership) and roster.called().filter(company=company).exists(),
        "foreseen": foreseen.of_company(company, now),
    }
