"""Whether the numbers of the company's newest orders are free in the ledger, with the prefix as it is typed; one or two calls."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext

from daybook.connections import calls, endpoints
from daybook.connections.models import Connection
from daybook.documents.kinds import Kind
from daybook.kit import clock
from daybook.kit.translation import retold
from daybook.mapping import numbers
from daybook.orders.models import Order
from daybook.outbox.models import Entry
from daybook.rehearsing import asking
from daybook.web import titles
from daybook.web.access import CompanyRequest
from daybook.web.settings import editing
from daybook.web.settings.binding import bind_settings
from daybook.web.wizard import pages
from daybook.web.wizard.steps import Step
from daybook.wire.errors import WireError

MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What the ledger says of some numbers."""

    count: int
    taken: list[tuple[str, str]]
    """Each with what stands there under it."""
    why_not: str = ""
    """It could not be asked."""


def check(request: CompanyRequest, step: Step) -> HttpResponse:
    """Show the step as it was typed, with what the ledger says of the numbers; nothing is saved."""
    row = request.connection
    form = bind_settings(row, request.POST, pages.part_of(row, step))
    prefix = str(form["number_prefix"].value() or "").strip()
    base = {editing.BASE: request.POST.get(editing.BASE, "")}  # nothing is saved: it still is what was opened
    if not numbers.is_usable(prefix) and prefix:
        return pages.show(request, step, settings_form=form, status=422, extra=base)
    extra: dict[str, Any] = {**base, "checked": ask(row, prefix), "faults": []}
    form.errors.clear()  # their turn comes when it is saved
    return pages.show(request, step, settings_form=form, extra=extra)


def ask(connection: Connection, prefix: str) -> Checked:
    """Ask the ledger for invoices that have the numbers of the newest orders; what Daybook posted itself is left out."""
    orders = list(Order.objects.filter(company=connection.company).order_by("-first_received_at", "-pk")[:MOST])
    made = [numbers.document_number(prefix, order.ref) for order in orders]
    ours = set(
        Entry.objects.filter(company=connection.company, order__in=orders)
        .exclude(their_id="")
        .values_list("number", flat=True)
    )
    asked = sorted({number for number in made if isinstance(number, str)} - ours)
    if not asked or not connection.is_connected:
        return Checked(count=len(asked), taken=[], why_not="" if connection.is_connected else gettext("Connect first."))
    form = endpoints.ledger_of(connection).forms[Kind.INVOICE]
    calls.resume(connection.pk, clock.now())  # a person asks: a pause of ours ends, the ledger's wait does not
    try:
        found = asking.taken_there(connection, form, asked, endpoints.client(), clock.now())
    except WireError as error:
        ledger = titles.of(connection.ledger)
        return Checked(
            count=len(asked),
            taken=[],
            why_not=gettext("{ledger} could not be asked ({error}). Try again soon.").format(
                ledger=ledger, error=retold(str(error))
            ),
        )
    return Checked(count=len(asked), taken=[(number, words) for (_, number), words in found.items()])
