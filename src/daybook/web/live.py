"""Parts of pages that keep themselves fresh: htmx asks every 2 seconds and is answered 204 while nothing changed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from daybook.web import pages

HEADER = "If-None-Match"


def answer(
    request: HttpRequest, template: str, context: dict[str, Any], *, around: str = "daybook/parts/live.html"
) -> HttpResponse:
    """Return the part, or 204 where the asker already shows this very text (`seen`, or If-None-Match)."""
    drawn = draw(request, template, context)
    if drawn["tag"] in {request.GET.get("seen"), request.headers.get(HEADER, "").strip('"')}:
        return HttpResponse(status=204, headers={"ETag": f'"{drawn["tag"]}"', "Cache-Control": "no-store"})
    part = {**drawn, "url": address(request)}
    response = pages.fragment(request, around, {"live": part})
    response["ETag"] = f'"{drawn["tag"]}"'
    return response


def draw(request: HttpRequest, template: str, context: dict[str, Any]) -> dict[str, str]:
    """Return the part's text and its tag. The text must not hold a CSRF field: those differ each time."""
    text = render_to_string(template, {"membership": getattr(request, "membership", None), **context}, request=request)
    return {"text": text, "tag": pages.tag_of(text)}


def address(request: HttpRequest) -> str:
    """Return the asked address with its filters, but without what was seen."""
    query = request.GET.copy()
    query.pop("seen", None)
    return f"{request.path}?{query.urlencode()}"
