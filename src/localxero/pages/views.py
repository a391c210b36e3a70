"""The pages: organisations, their documents, contacts, items and accounts, the journal, and controls for a person.

Deep links are Xero's own (xero-rules.md 8), so that a client's links land here when only their base is changed.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from urllib.parse import urlencode

import msgspec
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request

from localxero import answers
from localxero.answers import Answer, StopError
from localxero.arithmetic import ZERO
from localxero.books import PAYABLE, RECEIVABLE, Books
from localxero.calls import State
from localxero.faults import KINDS, FaultRule
from localxero.journal import Entry
from localxero.limits import MODES
from localxero.pages.rendering import render_page
from localxero.records import Document, Invoice, PurchaseOrder

PER_PAGE = 100
SECTIONS = (
    ("", "Dashboard"),
    ("invoices", "Invoices"),
    ("bills", "Bills"),
    ("purchase-orders", "Purchase orders"),
    ("contacts", "Contacts"),
    ("items", "Items"),
    ("accounts", "Accounts"),
)
HEADINGS = {
    "invoices": ("Invoices", "invoice"),
    "bills": ("Bills", "bill"),
    "purchase-orders": ("Purchase orders", "order"),
}
ID = r"([0-9a-fA-F-]{36})"
# Where Xero's older links (redirecturl of organisationlogin) lead (xero-rules.md 8).
REDIRECTS = (
    (re.compile(rf"/Accounts/Payable/PurchaseOrders/View/{ID}/?", re.IGNORECASE), "/org/{}/purchase-orders/{}"),
    (re.compile(rf"/AccountsReceivable/View\.aspx\?InvoiceID={ID}", re.IGNORECASE), "/app/{}/invoicing/view/{}"),
    (re.compile(rf"/AccountsPayable/(?:Edit|View)\.aspx\?InvoiceID={ID}", re.IGNORECASE), "/app/{}/invoicing/view/{}"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list of documents."""

    record: Document
    contact: str
    link: str


@dataclass(frozen=True, slots=True)
class ShownPage:
    """One page of a list."""

    rows: Sequence[object]
    number: int
    pages: int
    count: int
    query: str = ""


def answer(state: State, request: Request) -> Answer:
    """Answer a page, a form or a file of ours."""
    try:
        act, values = MAP.bind("").match(request.path, method="GET" if request.method == "HEAD" else request.method)
        found: Answer = act(state, request, **values)
    except StopError as stop:
        return stop.answer
    except HTTPException:
        return _missing(state, "There is no such page.")
    return found


def stylesheet(_: State, __: Request) -> Answer:
    """Serve the style sheet."""
    return Answer(200, (files("localxero") / "static" / "localxero.css").read_bytes(), "text/css; charset=utf-8")


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
    return _page(
        state,
        "organisations.html",
        summaries=summaries,
        now=clock.now,
        frozen=clock.frozen,
        apps=list(state.identity.apps.values()),
        address=request.host_url.rstrip("/"),
    )


def dashboard(state: State, _: Request, short_code: str) -> Answer:
    """Show an organisation at a glance."""
    books = _books(state, short_code)
    with books.lock:
        invoices = [each for each in books.invoices.values() if each.type == RECEIVABLE]
        counts = {
            "invoices": len(invoices),
            "orders": len(books.purchase_orders),
            "receivable": _in_base(each for each in invoices if each.status == "AUTHORISED"),
            "stock": sum((item.total_cost_pool for item in books.items.values()), ZERO),
        }
        latest = _rows(books, reversed(invoices[-8:]))
        orders = _rows(books, reversed(list(books.purchase_orders.values())[-8:]))
    apps = state.identity.apps
    connected = {
        apps[each.client_id].name
        for each in state.identity.connections.values()
        if each.tenant_id == books.organisation.tenant_id
    }
    return _page(
        state,
        "dashboard.html",
        books=books,
        here="",
        counts=counts,
        invoices=latest,
        orders=orders,
        currencies=list(books.currencies),
        connected=sorted(connected),
    )


def _in_base(invoices: Iterable[Invoice]) -> Decimal:
    return sum((each.amount_due / (each.currency_rate or 1) for each in invoices), ZERO)


def section(state: State, request: Request, short_code: str, key: str) -> Answer:
    """Show one of an organisation's lists."""
    books = _books(state, short_code)
    if key in HEADINGS:
        return _documents(state, request, books, key)
    with books.lock:
        if key == "accounts":
            accounts = sorted(books.accounts.values(), key=lambda account: account.code)
            rates = list(books.tax_rates.values())
            return _page(state, "accounts.html", books=books, here=key, accounts=accounts, rates=rates)
        lists: dict[str, list[object]] = {
            "contacts": list(books.contacts.values()),
            "items": list(books.items.values()),
        }
    if key not in lists:
        raise StopError(_missing(state, "There is no such page."))
    return _page(state, f"{key}.html", books=books, here=key, page=_cut(lists[key], request.args))


def _documents(state: State, request: Request, books: Books, key: str) -> Answer:
    heading, kind = HEADINGS[key]
    chosen = request.args.get("status", "")
    with books.lock:
        records: list[Document] = (
            list(books.purchase_orders.values())
            if kind == "order"
            else [each for each in books.invoices.values() if (each.type == PAYABLE) == (kind == "bill")]
        )
        if chosen:
            records = [each for each in records if each.status == chosen]
        cut = _cut(records[::-1], request.args)
        rows = _rows(books, cut.rows)  # type: ignore[arg-type]
    last = "BILLED" if kind == "order" else "PAID"
    return _page(
        state,
        "documents.html",
        books=books,
        here=key,
        heading=heading,
        kind=kind,
        chosen=chosen,
        page=ShownPage(rows, cut.number, cut.pages, cut.count, cut.query),
        statuses=("DRAFT", "SUBMITTED", "AUTHORISED", last, *(() if kind == "order" else ("VOIDED",)), "DELETED"),
    )


def invoice(state: State, _: Request, short_code: str, key: str) -> Answer:
    """Show an invoice or bill, at the address Xero gives it."""
    books = _books(state, short_code)
    record = books.invoices.get(key.lower())
    if record is None:
        raise StopError(_missing(state, "There is no such invoice in this organisation."))
    kind = "bill" if record.type == PAYABLE else "invoice"
    return _document(state, books, record, kind=kind, url=_safe(record.url))


def purchase_order(state: State, _: Request, short_code: str, key: str) -> Answer:
    """Show a purchase order."""
    books = _books(state, short_code)
    record = books.purchase_orders.get(key.lower())
    if record is None:
        raise StopError(_missing(state, "There is no such purchase order in this organisation."))
    return _document(state, books, record, kind="order", url=None)


def _document(state: State, books: Books, record: Invoice | PurchaseOrder, *, kind: str, url: str | None) -> Answer:
    apps = state.identity.apps
    words = {"invoice": "Invoice", "bill": "Bill", "order": "Purchase order"}[kind]
    here = {"invoice": "invoices", "bill": "bills", "order": "purchase-orders"}[kind]
    return _page(
        state,
        "document.html",
        books=books,
        here=here,
        kind=kind,
        words=words,
        record=record,
        url=url,
        contact=books.contacts[record.contact_id],
        lines=[_line(books, line.account_code, line.tax_type, line) for line in record.lines],
        discounted=any(line.discount_rate or line.discount_amount for line in record.lines),
        made_by=apps[record.created_by].name if record.created_by in apps else record.created_by or "hand",
        history=state.journal.entries(lambda entry: any(each.id == record.document_id for each in entry.booked)),
    )


def _line(books: Books, account_code: str | None, tax_type: str | None, line: object) -> tuple[object, str, str]:
    account = books.account(account_code) if account_code else None
    rate = books.tax_rates.get(tax_type) if tax_type else None
    return (
        line,
        f"{account.code} {account.name}" if account else account_code or "",
        rate.name if rate else tax_type or "",
    )


def _safe(url: str | None) -> str | None:
    return url if url and url.startswith(("http://", "https://")) else None


def contact(state: State, _: Request, short_code: str, key: str) -> Answer:
    """Show a contact and its documents, at the address Xero gives it."""
    books = _books(state, short_code)
    record = books.contacts.get(key.lower())
    if record is None:
        raise StopError(_missing(state, "There is no such contact in this organisation."))
    with books.lock:
        invoices = [each for each in books.invoices.values() if each.contact_id == record.contact_id]
        orders = [each for each in books.purchase_orders.values() if each.contact_id == record.contact_id]
        return _page(
            state,
            "contact.html",
            books=books,
            here="contacts",
            contact=record,
            invoices=_rows(books, reversed(invoices[-50:])),
            orders=_rows(books, reversed(orders[-50:])),
        )


def organisation_login(state: State, request: Request) -> Answer:
    """Follow one of Xero's older deep links."""
    short_code, target = request.args.get("shortcode", ""), request.args.get("redirecturl", "")
    _books(state, short_code)
    for pattern, place in REDIRECTS:
        if found := pattern.fullmatch(target):
            return answers.redirect(place.format(short_code, found[1].lower()))
    return answers.redirect(f"/org/{short_code}/")


def journal(state: State, request: Request) -> Answer:
    """Show the last requests."""
    entries: list[Entry] = state.journal.entries()[::-1]
    return _page(state, "journal.html", here="journal", page=_cut(entries, request.args))


def controls(state: State, _: Request) -> Answer:
    """Show the controls."""
    return _page(
        state,
        "controls.html",
        here="controls",
        kinds=KINDS,
        modes=MODES,
        clock=state.clock.state(),
        limits=state.limits,
        faults=state.faults.rules(),
        switches=msgspec.to_builtins(state.switches).items(),
    )


def change_faults(state: State, request: Request) -> Answer:
    """Add or lift a fault."""
    form = request.form
    if lift := form.get("lift", ""):
        state.faults.clear(int(lift) if lift.isdigit() else -1)
        return answers.redirect("/controls")
    fields = {name: form[name] for name in ("kind", "method", "path", "times", "every", "seconds") if form.get(name)}
    try:
        state.faults.add(msgspec.convert(fields, FaultRule, strict=False))
    except msgspec.ValidationError as reason:
        return _message(state, "That is no fault", str(reason), 400)
    return answers.redirect("/controls")


def change_clock(state: State, request: Request) -> Answer:
    """Stop, start or advance the clock."""
    clock = state.clock
    match request.form.get("do"):
        case "freeze":
            clock.freeze()
        case "resume":
            clock.resume()
        case "31m":
            clock.advance(31 * 60)
        case "1d":
            clock.advance(86_400)
        case "reset":
            clock.reset()
    return answers.redirect("/controls")


def change_limits(state: State, request: Request) -> Answer:
    """Choose a mode of limits."""
    mode = request.form.get("mode")
    if mode in MODES:
        state.limits.set(mode)
    return answers.redirect("/controls")


def disconnect(state: State, request: Request) -> Answer:
    """Withdraw consent to an organisation."""
    state.identity.disconnect_tenant(request.form.get("tenant", ""))
    return answers.redirect("/controls")


def _page(state: State, template: str, *, books: Books | None = None, here: str = "", **values: object) -> Answer:
    page = render_page(
        template,
        organisations=[each.organisation for each in state.organisations.values()],
        organisation=books.organisation if books else None,
        sections=SECTIONS,
        here=here,
        **values,
    )
    return answers.html(page)


def _message(state: State, heading: str, words: str, status: int) -> Answer:
    page = _page(state, "message.html", heading=heading, words=words)
    return Answer(status, page.body, page.content_type, page.headers)


def _missing(state: State, words: str) -> Answer:
    return _message(state, "Not found", words, 404)


def _books(state: State, short_code: str) -> Books:
    books = state.books_by_short_code(short_code)
    if books is None:
        raise StopError(_missing(state, "There is no such organisation."))
    return books


def _rows(books: Books, records: Iterable[Document]) -> list[Row]:
    short_code = books.organisation.short_code
    return [Row(each, books.contacts[each.contact_id].name, _link(short_code, each)) for each in records]


def _link(short_code: str, record: Document) -> str:
    if isinstance(record, PurchaseOrder):
        return f"/org/{short_code}/purchase-orders/{record.document_id}"
    return f"/app/{short_code}/invoicing/view/{record.document_id}"


def _cut(rows: Sequence[object], args: Mapping[str, str]) -> ShownPage:
    text = args.get("page", "1")
    pages = max(1, math.ceil(len(rows) / PER_PAGE))
    number = min(pages, max(1, int(text))) if text.isdigit() and len(text) < 8 else 1
    kept = urlencode({name: value for name, value in args.items() if name != "page"})
    start = (number - 1) * PER_PAGE
    return ShownPage(rows[start : start + PER_PAGE], number, pages, len(rows), f"{kept}&" if kept else "")


MAP = Map(
    [
        Rule("/", methods=["GET"], endpoint=organisations),
        Rule("/static/localxero.css", methods=["GET"], endpoint=stylesheet),
        Rule("/org/<short_code>/", methods=["GET"], endpoint=dashboard),
        Rule("/org/<short_code>/<key>", methods=["GET"], endpoint=section),
        Rule("/org/<short_code>/purchase-orders/<key>", methods=["GET"], endpoint=purchase_order),
        Rule("/app/<short_code>/invoicing/view/<key>", methods=["GET"], endpoint=invoice),
        Rule("/app/<short_code>/contacts/contact/<key>", methods=["GET"], endpoint=contact),
        Rule("/organisationlogin/default.aspx", methods=["GET"], endpoint=organisation_login),
        Rule("/journal", methods=["GET"], endpoint=journal),
        Rule("/controls", methods=["GET"], endpoint=controls),
        Rule("/controls/faults", methods=["POST"], endpoint=change_faults),
        Rule("/controls/clock", methods=["POST"], endpoint=change_clock),
        Rule("/controls/limits", methods=["POST"], endpoint=change_limits),
        Rule("/controls/disconnect", methods=["POST"], endpoint=disconnect),
    ],
    strict_slashes=False,
)
