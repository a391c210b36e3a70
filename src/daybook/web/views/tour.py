"""A tour of the demo: numbered steps along pages that there are anyway, each with what to look for."""

from typing import NamedTuple

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from daybook.web import pages
from daybook.web.access import CompanyRequest, member

MINUTES = 10


class Step(NamedTuple):
    """One page of the tour."""

    name: str
    """Of its address."""
    title: str
    words: str


STEPS = (
    Step(
        "overview", "Overview", "One look: posted today, on its way, waiting for a person, and the money on both sides."
    ),
    Step(
        "orders", "Orders", "Open one. Below its lines stand the documents that it became, or why it became none yet."
    ),
    Step(
        "documents",
        "Documents",
        "Open one and press Preview: each amount says where it comes from when you point at it. Its history names "
        "who did what, when.",
    ),
    Step(
        "needs",
        "Needs a person",
        "Grouped by cause: what happened, what to do, how much waits on it. More… gives it to somebody or keeps it back.",
    ),
    Step(
        "filesin",
        "Files in",
        "Upload a spreadsheet of orders, match its columns once, and see what it would become before anything is taken in.",
    ),
    Step(
        "connection",
        "Connection settings",
        "What is posted, to which accounts, with which tax. Change the number prefix and see the example follow.",
    ),
    Step(
        "reconciliation",
        "Reconciliation",
        "Press Compare now: orders, day book and ledger side by side; the difference is 0.00.",
    ),
    Step(
        "proof",
        "Proof of a period",
        "Make one for this month: a page, a PDF and a signed file that can be checked anywhere.",
    ),
    Step("log", "Log", "Everything that you just did stands there, sealed line by line."),
)


@member()
@require_GET
def tour(request: CompanyRequest) -> HttpResponse:
    """Show the steps."""
    steps = [
        {
            "title": gettext(each.title),
            "words": gettext(each.words),
            "url": reverse(f"web:{each.name}", args=[request.company.public_id]),
        }
        for each in STEPS
    ]
    return pages.render(
        request, "daybook/tour.html", {"title": gettext("Tour of the demo"), "steps": steps, "minutes": MINUTES}
    )
