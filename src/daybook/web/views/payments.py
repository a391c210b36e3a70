"""Payments: what was paid and is not invoiced, and what stands on each clearing account at a month's end."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from daybook.catalog.models import Account
from daybook.connections import roster
from daybook.connections.models import Gateway
from daybook.kit import clock
from daybook.kit.translation import gettext_noop, retold
from daybook.ledgers.exchange import Taken
from daybook.outbox import counting
from daybook.reconciliation import money, not_invoiced, stretches
from daybook.web import pages, spreadsheets, titles
from daybook.web.access import CompanyRequest, may_change, member
from daybook.web.reading import overview, stretching
from daybook.wire.errors import WireError

_YEARS = range(1990, 2101)


@member()
@require_GET
def payments(request: CompanyRequest) -> HttpResponse:
    """Show what was paid and not invoiced at the end of a day; as a file where that is asked for."""
    at = _day(request, "at") or _today(request)
    if request.GET.get("format") == "csv":
        rows = not_invoiced.every_order(request.company, at)
        said = ((each.ref, each.title, each.currency, each.amount, each.since) for each in rows)
        head = spreadsheets.headings("Order", "Gateway", "Currency", "Amount", "Paid on")
        return spreadsheets.answer("csv", f"paid-not-invoiced-{at}", head, said)
    connection = request.connection
    number = stretching.number_asked(request.GET, "page")
    found = not_invoiced.paid_not_invoiced(request.company, at, stretches.page(number))
    context = {
        "title": gettext("Payments"),
        "at": at,
        "totals": found.totals,
        "whole": _sums((each.currency, each.amount) for each in found.totals),
        "orders": found.orders,
        "page": stretching.page_of(request.GET, "page", len(found.orders), found.count, anchor="orders"),
        "awaiting": counting.documents_awaiting_approval(request.company).count(),
        "undecided": Gateway.objects.filter(connection=connection, account_id="").count(),
        "is_on": roster.posting_of(connection).post_payments,
        "connection": connection,
        "may_change": may_change(request.membership),
    }
    return pages.render(request, "daybook/payments/page.html", context)


@member()
@require_GET
def month_end(request: CompanyRequest) -> HttpResponse:
    """Show what moved on a clearing account in a month, and of which orders' money its closing balance is."""
    accounts = money.clearing_accounts(request.connection)
    first, last = money.month_of(_day(request, "month") or _today(request).replace(day=1) - timedelta(days=1))
    account = _chosen(request, accounts)
    if account is not None and request.GET.get("format") == "csv":
        return _month_file(request, account, first, last)
    context = {
        "title": gettext("Month end"),
        "accounts": accounts,
        "account": account,
        "first": first,
        "last": last,
        "ends": _ends(request, account, first, last) if account is not None else [],
        "taken": _taken(request, account, last) if account is not None and request.GET.get("there") else None,
        "connection": request.connection,
        "may_ask": may_change(request.membership) and request.connection.is_connected,
    }
    return pages.render(request, "daybook/payments/month_end.html", context)


def _ends(request: CompanyRequest, account: Account, first: date, last: date) -> list[dict[str, Any]]:
    """Return the month by currency, with the addresses of what comes before and behind the rows shown."""
    asked = request.GET
    ends = money.month_end(
        request.connection,
        account,
        first,
        last,
        items=lambda currency: stretches.page(stretching.number_asked(asked, f"items-{currency}")),
        paid_out=lambda currency: stretches.page(stretching.number_asked(asked, f"payouts-{currency}")),
    )
    return [
        {
            "end": end,
            "items": stretching.page_of(asked, f"items-{end.currency}", len(end.items), end.count),
            "payouts": stretching.page_of(asked, f"payouts-{end.currency}", len(end.paid_out), end.payouts_count),
        }
        for end in ends
    ]


def _chosen(request: CompanyRequest, accounts: Sequence[Account]) -> Account | None:
    asked = request.GET.get("account", "")
    if not asked:
        return accounts[0] if accounts else None
    found = next((each for each in accounts if each.account_id == asked), None)
    if found is None:
        raise Http404
    return found


def _taken(request: CompanyRequest, account: Account, last: date) -> list[dict[str, Any]] | None:
    """Return what the ledger itself holds as paid on the account, by currency; None where it could not be asked."""
    if not may_change(request.membership) or not request.connection.is_connected:
        return None
    try:
        taken = money.taken_there(request.connection, account, last)
    except WireError as error:
        messages.error(
            request,
            gettext("{ledger} could not be asked: {error}").format(
                ledger=titles.of(request.connection.ledger), error=retold(str(error))
            ),
        )
        return None
    return None if taken is None else _by_currency(taken)


def _by_currency(taken: Taken) -> list[dict[str, Any]]:
    named = sorted({*taken.received, *taken.paid_back, *taken.bills})
    rows = [
        (each, taken.received.get(each, 0), taken.paid_back.get(each, 0), taken.bills.get(each, 0)) for each in named
    ]
    return [
        {"currency": each, "received": received, "paid_back": paid_back, "net": received - paid_back, "bills": bills}
        for each, received, paid_back, bills in rows
    ]


def _month_file(request: CompanyRequest, account: Account, first: date, last: date) -> HttpResponse:
    month = money.whole_month(request.connection, account, first, last)
    head = spreadsheets.headings("What", "Order or bill", "Gateway", "Currency", "Amount", "On", "Payment or payout")
    name = f"month-end-{account.code or account.account_id}-{last:%Y-%m}"
    return spreadsheets.answer("csv", name, head, _lines(month))


def _lines(month: Iterable[tuple[money.MonthEnd, Iterable[money.Item | money.Payout]]]) -> Iterator[spreadsheets.Row]:
    for end, rows in month:
        for name, called in _OF_A_MONTH.items():
            yield gettext(called), "", "", end.currency, getattr(end, name), None, ""
        for row in rows:
            yield _line(end.currency, row)


def _line(currency: str, row: money.Item | money.Payout) -> spreadsheets.Row:
    if isinstance(row, money.Payout):
        return gettext("Paid out"), row.bill or "", row.title, currency, -row.gross, row.day, row.payout
    return gettext("Stands there"), row.ref, row.title, currency, row.amount, row.day, row.payment


_OF_A_MONTH = {
    "opening": gettext_noop("Opening"),
    "payments": gettext_noop("Payments"),
    "refunds": gettext_noop("Refunds"),
    "fees": gettext_noop("Fees"),
    "payouts": gettext_noop("Payouts"),
    "closing": gettext_noop("Closing"),
    "posted": gettext_noop("Posted"),
    "unposted": gettext_noop("Not posted there"),
    "billed": gettext_noop("Bills of fees"),
}
"""The sums of a month, as its file calls them, in their order."""


def _sums(amounts: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for currency, amount in amounts:
        found[currency] = found.get(currency, 0) + amount
    return dict(sorted(found.items()))


def _day(request: CompanyRequest, name: str) -> date | None:
    """Return the day, or the month's first, that is asked for; None where it is none that could be meant."""
    said = request.GET.get(name, "")
    try:
        day = date.fromisoformat(f"{said}-01" if len(said) == len("2026-11") else said)
    except ValueError:
        return None
    return day if day.year in _YEARS else None


def _today(request: CompanyRequest) -> date:
    return overview.midnight(request.connection, clock.now()).date()
