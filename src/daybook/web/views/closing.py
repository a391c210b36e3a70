"""All of a company in one file, and closing it: owners only, confirmed by typing its name."""

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from daybook.ending import closing, exporting
from daybook.kit import clock
from daybook.kit.translation import retold
from daybook.outbox import wake
from daybook.web import pages
from daybook.web.access import CompanyRequest, Role, member
from daybook.wire.errors import WireError


@member(Role.OWNER)
@require_GET
def company(request: CompanyRequest) -> HttpResponse:
    """Show what can be taken away as a file, how the company stands, and what closing it would do."""
    context = {
        "title": gettext("Export and close"),
        "left": closing.left(request.company),
        "years": settings.KEEP_CLOSED_YEARS,
        "kept_until": closing.years_after(clock.now(), settings.KEEP_CLOSED_YEARS),
    }
    return pages.render(request, "daybook/company.html", context)


@member(Role.OWNER)
@require_GET
def export(request: CompanyRequest) -> HttpResponse:
    """Send all of the company as one ZIP file, written while it is read."""
    name = f"daybook-{request.company.public_id}-{clock.now():%Y-%m-%d}.zip"
    pieces = exporting.told(request.company, request.user)
    answer = StreamingHttpResponse(pieces, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return cast(HttpResponse, answer)  # the guards take any answer; only its type says otherwise


@member(Role.OWNER)
@require_POST
def close(request: CompanyRequest) -> HttpResponse:
    """Stop posting, and close the company if nothing is under way; what is left is said, and the same may be done again."""
    if request.POST.get("name", "").strip() != request.company.name.strip():
        messages.error(request, gettext("Nothing was closed: type the company's name exactly as it stands above."))
        return _back(request)
    closing.begin(request.company, request.user)
    try:
        closing.finish(request.company, years=settings.KEEP_CLOSED_YEARS, by=request.user)
    except closing.NotYetError as error:
        messages.warning(
            request,
            gettext("Posting is stopped, and the company is not closed yet. {error}").format(error=retold(str(error))),
        )
    except WireError as error:
        words = gettext(
            "Posting is stopped, and the company is not closed yet: the ledger gave no clear answer ({error}). Close it "
            "again soon."
        )
        messages.warning(request, words.format(error=retold(str(error))))
    else:
        messages.success(request, gettext("The company is closed. Take the export below and keep it."))
    return _back(request)


@member(Role.OWNER)
@require_POST
def keep_open(request: CompanyRequest) -> HttpResponse:
    """Close it after all not."""
    closing.keep_open(request.company, request.user)
    ways = list(request.company.connections.all())
    for connection in ways:
        wake.wake_drain(connection.pk)
    if any(each.is_posting_stopped for each in ways):
        words = gettext("The company stays open; what waits goes once posting is let go on.")
    else:
        words = gettext("The company stays open; what waits goes out now.")
    messages.success(request, words)
    return _back(request)


def _back(request: CompanyRequest) -> HttpResponse:
    return redirect("web:company", request.company.public_id)
