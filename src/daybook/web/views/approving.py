"""The first document: approve it, and then switch posting on."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from daybook.kit.translation import retold
from daybook.outbox import approving, counting
from daybook.outbox.models import Entry
from daybook.web import pages, titles
from daybook.web.access import CompanyRequest, Role, member, with_consent
from daybook.web.wizard import pages as wizard_pages


@member(Role.ACCOUNTANT)
@require_POST
def approve(request: CompanyRequest, document: str) -> HttpResponse:
    """Post this one document, because a person has looked at it; twice is once."""
    rows = Entry.objects.select_related("company", "organisation__connection__company")
    entry = get_object_or_404(rows, company=request.company, public_id=document)
    ledger = titles.of(entry.organisation.ledger)
    try:
        approving.approve(entry, request.user, request.POST.get("seen", ""))
    except approving.NotApprovedError as error:
        messages.warning(
            request, gettext("{number} was not approved. {error}").format(number=entry.number, error=retold(str(error)))
        )
    else:
        messages.success(
            request,
            gettext(
                "Approved: {number} goes to {ledger} now. A moment later this page says what {ledger} made of it. Look at it "
                "there; then switch posting on."
            ).format(number=entry.number, ledger=ledger),
        )
    step = wizard_pages.url(entry.organisation.connection, "first")
    if request.POST.get("back") == step:
        return redirect(step)
    return redirect("web:document", request.company.public_id, entry.public_id)


@member(Role.ACCOUNTANT)
@with_consent
@require_http_methods(["GET", "POST"])
def switch_on(request: CompanyRequest) -> HttpResponse:
    """Say first what would go; then let everything post by itself."""
    row, ledger = request.connection, titles.of(request.connection.ledger)
    if request.method == "GET" and approving.is_waited_for(row):
        context = {
            "title": gettext("Switch posting on"),
            "connection": row,
            "approved": approving.approved(row),
            "first": approving.first(row),
            "count": counting.documents_under_way(request.company, row).count(),
        }
        return pages.render(request, "daybook/connection/switch_on.html", context)
    try:
        is_on_now = request.method == "POST" and approving.switch_on(row, request.user)
    except approving.NotApprovedError as error:
        messages.warning(request, gettext("Posting was not switched on. {error}").format(error=retold(str(error))))
    else:
        if is_on_now:
            words = gettext("Posting is on: what waits goes to {ledger} now, and what comes goes by itself.")
        else:
            words = gettext("Nothing was changed: posting to {ledger} is switched on, or stopped by something else.")
        messages.success(request, words.format(ledger=ledger))
    return redirect("web:overview", request.company.public_id)
