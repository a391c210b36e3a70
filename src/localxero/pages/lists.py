"""Organisations, an organisation at a glance, and its lists."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from operator import attrgetter

from werkzeug.wrappers import Request

from localkit.answers import Answer
from localxero.books import PAYABLE, RECEIVABLE, Books, ledger
from localxero.books.arithmetic import ZERO
from localxero.books.records import Document, Invoice
from localxero.gate.calls import State
from localxero.pages.shown import ShownPage, books_of, cut, missing, page, rows, searched, with_status

LATEST = 6
HEADINGS = {
    "invoices": ("Invoices", "invoice"),
    "bills": ("Bills", "bill"),
    "purchase-orders": ("Purchase orders", "order"),
    "credit-notes": ("Credit notes", "credit"),
}
LIVING = ("DRAFT", "SUBMITTED", "AUTHORISED")


def organisations(state: State, request: Request) -> Answer:
    """Show what there is."""
    summaries = [
        {
            "own": books.organisation,
            "invoices": len(books.invoices),
            "orders": len(books.purchase_orders),
            "contact_count": len(books.contacts),
            "item_count": len(books.items),
        }
        for books in state.organisations.values()
    ]
    clock = state.clock.state()
    return page(
        state,
        "organisations.html",
        summaries=summaries,
        now=clock.now,
        frozen=clock.frozen,
        apps=list(state.identity.apps.values()),
        address=request.host_url.rstrip("/"),
    )


def dashboard(state: State, _: Request, short_code: str, *, problems: Sequence[str] = ()) -> Answer:
    """Show an organisation at a glance."""
    books = books_of(state, short_code)
    with books.lock:
        invoices = _of_type(books, RECEIVABLE)
        bills = _of_type(books, PAYABLE)
        made = page(
            state,
            "dashboard.html",
            books=books,
            here="",
            receivable=_figure(invoices),
            payable=_figure(bills),
            stock=sum((item.total_cost_pool for item in books.items.values()), ZERO),
            tracked=sum(item.is_tracked for item in books.items.values()),
            order_count=len(books.purchase_orders),
            open_orders=sum(each.status in LIVING for each in books.purchase_orders.values()),
            invoices=rows(books, invoices[: -LATEST - 1 : -1]),
            orders=rows(books, list(books.purchase_orders.values())[: -LATEST - 1 : -1]),
            currencies=list(books.currencies),
            connected=_connected(state, books),
            problems=problems,
        )
    return with_status(made, 400) if problems else made


def _of_type(books: Books, kind: str) -> list[Invoice]:
    return [each for each in books.invoices.values() if each.type == kind]


def _figure(invoices: Iterable[Invoice]) -> dict[str, object]:
    """Count drafts and what is to be paid, with its amount in the base currency."""
    records = list(invoices)
    awaiting = [each for each in records if each.status == "AUTHORISED"]
    return {
        "drafts": sum(each.status in {"DRAFT", "SUBMITTED"} for each in records),
        "awaiting": len(awaiting),
        "due": sum((each.amount_due / (each.currency_rate or Decimal(1)) for each in awaiting), ZERO),
        "count": len(records),
    }


def _connected(state: State, books: Books) -> list[str]:
    tenant, apps = books.organisation.tenant_id, state.identity.apps
    return sorted(apps[key].name for key in state.identity.apps_of(tenant) if key in apps)


def section(state: State, request: Request, short_code: str, key: str) -> Answer:
    """Show one of an organisation's lists."""
    books = books_of(state, short_code)
    if key in HEADINGS:
        return _documents(state, request, books, key)
    show = {"contacts": _contacts, "items": _items, "accounts": _accounts, "balances": _balances}.get(key)
    if show is None:
        raise missing(state)
    with books.lock:
        return show(state, request, books)


def _contacts(state: State, request: Request, books: Books) -> Answer:
    text = request.args.get("q", "")
    wanted = searched(text, attrgetter("name"), attrgetter("email_address"), attrgetter("contact_number"))
    found = sorted(filter(wanted, books.contacts.values()), key=lambda contact: contact.name.casefold())
    return page(state, "contacts.html", books=books, here="contacts", page=cut(found, request.args), text=text)


def _items(state: State, request: Request, books: Books) -> Answer:
    text = request.args.get("q", "")
    found = list(filter(searched(text, attrgetter("code"), attrgetter("name")), books.items.values()))
    return page(state, "items.html", books=books, here="items", page=cut(found, request.args), text=text)


def accounts(state: State, books: Books, *, problems: Sequence[str] = ()) -> Answer:
    """Show the chart of accounts and the tax rates; with `problems` it is the answer to what could not be done."""
    chart = sorted(books.accounts.values(), key=lambda account: account.code)
    rates = list(books.tax_rates.values())
    made = page(state, "accounts.html", books=books, here="accounts", accounts=chart, rates=rates, problems=problems)
    return with_status(made, 400) if problems else made


def _accounts(state: State, _: Request, books: Books) -> Answer:
    return accounts(state, books)


def _balances(state: State, request: Request, books: Books) -> Answer:
    number = request.args.get("q", "").strip()
    found = ledger.balances(books, number)
    return page(state, "balances.html", books=books, here="balances", found=found, number=number)


def _documents(state: State, request: Request, books: Books, key: str) -> Answer:
    heading, kind = HEADINGS[key]
    chosen, text = request.args.get("status", ""), request.args.get("q", "")

    def name(record: object) -> str:
        return books.contacts[record.contact_id].name if isinstance(record, Document) else ""

    with books.lock:
        wanted = searched(text, attrgetter("number"), attrgetter("reference"), name)
        records = [each for each in _of_kind(books)[kind]() if chosen in {"", each.status} and wanted(each)]
        shown = cut(records[::-1], request.args)
        found = rows(books, shown.rows)  # type: ignore[arg-type]
    return page(
        state,
        "documents.html",
        books=books,
        here=key,
        heading=heading,
        kind=kind,
        chosen=chosen,
        text=text,
        page=ShownPage(found, shown.number, shown.pages, shown.count, shown.query),
        statuses=(*LIVING, "BILLED", "DELETED") if kind == "order" else (*LIVING, "PAID", "VOIDED", "DELETED"),
    )


def _of_kind(books: Books) -> dict[str, Callable[[], list[Document]]]:
    return {
        "invoice": lambda: list(_of_type(books, RECEIVABLE)),
        "bill": lambda: list(_of_type(books, PAYABLE)),
        "order": lambda: list(books.purchase_orders.values()),
        "credit": lambda: list(books.credit_notes.values()),
    }
