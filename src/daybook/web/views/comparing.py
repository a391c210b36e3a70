"""Reconciliation: orders, day book and ledger side by side, when a person asks; every press takes calls."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from daybook.connections import calls, endpoints, roster
from daybook.connections.models import Connection
from daybook.kit import clock
from daybook.kit.money import Totals
from daybook.kit.translation import retold
from daybook.ledgers.exchange import Period
from daybook.outbox.explanations import explain
from daybook.outbox.models import Entry
from daybook.reconciliation import orders_say
from daybook.reconciliation.compare import Row
from daybook.reconciliation.report import Report, compare_connection
from daybook.reconciliation.sums import ALL, Key, Sum
from daybook.web import pages, titles, words
from daybook.web.access import CompanyRequest, Role, may_change, member
from daybook.web.forms.comparing import PeriodForm
from daybook.web.language import figures
from daybook.wire.errors import WireError

MOST_DOCUMENTS = 20_000
"""More take longer than a browser waits: the command line compares them."""
MOST_SHOWN = 100
TOO_MANY = gettext_lazy(
    "There are more than {most} documents in this period. Choose a shorter one, or have whoever runs Daybook call "
    "“daybook reconcile”, which compares any number of them."
)


@dataclass(frozen=True, slots=True)
class SumShown:
    """One row of the sums, for the page."""

    kind: str
    currency: str
    tax_type: str
    is_total: bool
    sum: Sum
    rows: list["RowShown"]
    """What differs of it; of totals only."""
    more: int

    @property
    def sides(self) -> tuple[Totals | None, ...]:
        """Return orders, day book and ledger."""
        return self.sum.orders, self.sum.day_book, self.sum.ledger


@dataclass(frozen=True, slots=True)
class RowShown:
    """One document that differs."""

    row: Row
    finding: str

    @property
    def sides(self) -> tuple[Totals | None, ...]:
        """Return orders, day book and ledger."""
        order = self.row.order_totals if orders_say.says(self.row.kind) else None
        return order, self.row.entry_totals, self.row.their_totals


@dataclass(frozen=True, slots=True)
class Shown:
    """The comparison of one connection, for the page."""

    name: str
    title: str
    """Of its ledger."""
    problem: str = ""
    report: Report | None = None
    sums: tuple[SumShown, ...] = ()
    overlooked: tuple[tuple[str, str], ...] = ()


@member(to_change=Role.ACCOUNTANT)
@require_http_methods(["GET", "POST"])
def compare(request: CompanyRequest) -> HttpResponse:
    """Show the form; a POST compares."""
    form = PeriodForm(request.POST if request.method == "POST" else None)
    connected = list(roster.called().filter(company=request.company).select_related("company", "organisation"))
    shown = []
    if request.method == "POST" and form.is_valid():
        period = Period(form.cleaned_data["since"], form.cleaned_data["until"])
        shown = [_compared(each, period) for each in connected]
    context = {
        "title": gettext("Reconciliation"),
        "form": form,
        "connected": connected,
        "shown": shown,
        "may_change": may_change(request.membership),
    }
    status = 422 if request.method == "POST" and not form.is_valid() else 200
    return pages.render(request, "daybook/reconciliation.html", context, status=status)


def _compared(connection: Connection, period: Period) -> Shown:
    """Compare one connection, or say why that cannot be; a pause of our own ends for it, the ledger's own wait does not."""
    title = titles.of(connection.ledger)
    mine = Entry.objects.filter(company_id=connection.company_id, organisation=connection.organisation_id)
    mine = mine.filter(date__gte=period.since) if period.since else mine
    mine = mine.filter(date__lte=period.until) if period.until else mine
    if mine.order_by()[: MOST_DOCUMENTS + 1].count() > MOST_DOCUMENTS:
        return Shown(connection.name, title, TOO_MANY.format(most=figures.figure(f"{MOST_DOCUMENTS:,}")))
    calls.resume(connection.pk, clock.now())
    try:
        found = compare_connection(connection, endpoints.client(), period=period, everything=False)
    except WireError as error:
        calls.react(connection.pk, error, clock.now())
        return Shown(
            connection.name,
            title,
            gettext("{ledger} could not be read: {error}").format(ledger=title, error=retold(str(error))),
        )
    overlooked = set(found.overlooked)
    orders = [each for each in found.orders_without_documents if each[0] in overlooked][:MOST_SHOWN]
    return Shown(
        connection.name,
        title,
        report=found,
        sums=tuple(_sum(found, key, sum_) for key, sum_ in found.sums),
        overlooked=tuple((ref, explain(cause, ledger=found.ledger).title if cause else "") for ref, _, cause in orders),
    )


def _sum(found: Report, key: Key, sum_: Sum) -> SumShown:
    is_total = key.tax_type == ALL
    mine = [row for row in found.rows if is_total and (row.kind, row.currency) == (key.kind, key.currency)]
    return SumShown(
        kind=words.kind(key.kind),
        currency=key.currency,
        tax_type=gettext("All") if is_total else key.tax_type or gettext("No tax type"),
        is_total=is_total,
        sum=sum_,
        rows=[RowShown(row, retold(found.said(row))) for row in mine[:MOST_SHOWN]],
        more=max(0, len(mine) - MOST_SHOWN),
    )
