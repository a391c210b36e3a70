"""`daybook reconcile`: the comparison of every connected company, and its table."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.conf import settings
from rich.table import Table

from daybook.companies.models import Company
from daybook.connections import roster
from daybook.kit.money import Totals, figure
from daybook.ledgers import registry
from daybook.ledgers.exchange import Period
from daybook.ops.processes.stops import Exit, Stop
from daybook.outbox.explanations import explain
from daybook.reconciliation import orders_say, report
from daybook.reconciliation.compare import Finding, Row
from daybook.reconciliation.sums import ALL
from daybook.wire import http


def compare(
    companies: list[Company] | None = None, *, period: Period = report.ALWAYS, everything: bool = True
) -> Iterator[report.Report]:
    """Yield the comparison of each connection, of those of `companies` only where they are given.

    `period`: of documents' days. `everything`: what agrees is kept, too.

    Raises WireError, Stop.
    """
    connected = roster.called().select_related("company").order_by("company__name", "id")
    client = http.shared_client(settings.CALL_TIMEOUT_SECONDS)
    for company in companies or []:
        if not connected.filter(company=company).exists():
            message = f"{company} is connected to nothing that can be asked, so there is nothing to compare with"
            raise Stop(message, Exit.NEEDS_A_PERSON)
    for connection in connected if companies is None else connected.filter(company__in=companies):
        yield report.compare_connection(connection, client, period=period, everything=everything)


def tables(compared: report.Report, *, everything: bool) -> list[Table]:
    """Return what differs, or everything: the documents side by side, and the orders that are in none."""
    rows = compared.rows if everything else [row for row in compared.rows if row.differs]
    overlooked = set(compared.overlooked)
    orders = [each for each in compared.orders_without_documents if everything or each[0] in overlooked]
    shown = [table(compared, rows)] if rows else []
    shown += [without_documents(compared, orders)] if orders else []
    return shown


def sums(compared: report.Report) -> Table:
    """Lay all documents side by side, added up per kind, currency and tax type; each kind's total below its tax types."""
    there = registry.title(compared.ledger)
    title = f"{compared.company}: net, tax and gross by tax type"
    shown = Table("documents", "", "tax type", "", title=title, min_width=70, box=None)
    for side in ("orders", "day book", there, "difference"):
        shown.add_column(side, justify="right", no_wrap=True)
    for key, sum_ in compared.sums:
        is_total = key.tax_type == ALL
        for place, part in enumerate(("net", "tax", "gross")):
            shown.add_row(
                key.kind.replace("_", " ") if not place else f"{sum_.documents:,}" if place == 1 and is_total else "",
                key.currency if not place else "",
                ("all" if is_total else key.tax_type or "no tax type") if not place else "",
                part,
                _part(sum_.orders, place),
                _part(sum_.day_book, place),
                _part(sum_.ledger, place),
                figure(sum_.gaps[place]),
                style="bold red" if sum_.gaps[place] else "bold" if is_total else "",
            )
    return shown


def table(compared: report.Report, rows: Sequence[Row] | None = None) -> Table:
    """Lay one company's documents side by side, or those of `rows`."""
    there = registry.title(compared.ledger)
    shown = Table(
        "document", "number", "order", "day book", there, "", "finding", title=compared.company, min_width=70, box=None
    )
    for row in compared.rows if rows is None else rows:
        shown.add_row(
            row.kind.replace("_", " "),
            row.number,
            _gross(row.order_totals) if orders_say.says(row.kind) else "",
            _gross(row.entry_totals),
            _gross(row.their_totals),
            row.currency,
            compared.said(row) + (f" ({row.state})" if row.finding == Finding.NOT_YET_POSTED else ""),
            style="" if row.finding == Finding.AGREES else "bold red",
        )
    return shown


def summary(compared: report.Report) -> str:
    """Say in one line whether all agree."""
    without = len(compared.orders_without_documents)
    rest = f"; {without} {'order' if without == 1 else 'orders'} without a document" if without else ""
    difference = figure(compared.difference or Decimal(0))
    agree = "document agrees" if compared.compared == 1 else "documents agree"
    return f"{compared.company}: {compared.agreeing} of {compared.compared} {agree}, difference {difference}{rest}."


def without_documents(compared: report.Report, orders: Sequence[tuple[str, str, str]] | None = None) -> Table:
    """List the orders that are in no document, or those of `orders`, and why."""
    shown = Table(
        "order", "is", "because", title=f"{compared.company}: orders without a document", min_width=70, box=None
    )
    for ref, standing, cause in compared.orders_without_documents if orders is None else orders:
        shown.add_row(ref, standing, explain(cause, ledger=compared.ledger).title if cause else "")
    return shown


def _part(totals: Totals | None, place: int) -> str:
    return "" if totals is None else f"{Decimal(figure(totals[place])):,}"


def _gross(totals: Totals | None) -> str:
    return "" if totals is None else f"{Decimal(figure(totals.gross)):,}"
