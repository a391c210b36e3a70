"""Every list page with every filter, every turn, every search and pages far behind, as (name, address behind a company's).

What is looked for is read off a company that is there: a document and an order in the middle of its time.
"""

from collections.abc import Iterator
from datetime import timedelta

from daybook.companies.models import Company
from daybook.connections import roster
from daybook.documents.kinds import SPECS
from daybook.history.models import Event
from daybook.orders.models import Delivery, MoneyMoved, Order
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from daybook.reconciliation import money
from daybook.web.reading import documents, inbox, log, orders
from daybook.web.views.needs import reading as needs

Address = tuple[str, str]
STANDINGS = ("waiting", "held", "documented", "given_up", "skipped", "cancelled")


def of_company(company: Company) -> Iterator[Address]:
    """Yield all of them."""
    posted = Entry.objects.filter(company=company, kind="invoice", state=State.POSTED).select_related("order__feed")
    last = posted.order_by("-id")[0].pk
    middle = posted.filter(pk__lte=last // 2).order_by("-id")[0]
    yield from _others(company, middle)
    yield from _documents(company, middle)
    yield from _orders(middle.order)
    yield from _inbox(company)
    yield from _log(company)
    yield from reports(company)


def _others(company: Company, middle: Entry) -> Iterator[Address]:
    yield from (("overview", ""), ("banner", "banner/"), ("needs a person", "needs/"))
    yield from ((f"needs a person: {each.cause}", f"needs/{each.cause}/") for each in needs.groups(company))
    yield from (("a document", f"documents/{middle.public_id}/"), ("an order", f"orders/{middle.order.public_id}/"))
    yield from (("connection settings", "connection/"), ("feeds", "feeds/"), ("files in", "files/"))
    yield from (("a feed", f"feeds/{middle.order.feed.public_id}/"), ("dry run", "dry-run/"))
    yield from (("item costs", "costs/"), ("people", "people/"), ("API keys", "keys/"), ("company", "company/"))
    yield from (("reconciliation: the form", "reconciliation/"), ("proof: the form", "proof/"))


def _documents(company: Company, middle: Entry) -> Iterator[Address]:
    filters = {"": "", "open, in their state, since a day": f"state=open&by=state&from={_day(middle)}"}
    filters |= {state: f"state={state}" for state in (*State, "today", "under_way", "approval", "open")}
    filters |= {kind: f"kind={kind}" for kind in SPECS}
    filters |= {"need a person": "attention=1", "posted, need a person": "state=posted&attention=1"}
    filters |= {"one cause": "cause=contact_archived", "one flag": "cause=totals_differ"}
    filters |= {"one connection": f"connection={roster.first(company).public_id}"}
    assert middle.date is not None
    dated, later = f"{middle.date}", f"{middle.date + timedelta(days=30)}"
    filters |= {"dated on a day": f"from={dated}&to={dated}", "dated in 30 days": f"from={dated}&to={later}"}
    filters |= {"credit notes of 30 days": f"kind=credit_note&from={dated}&to={later}"}
    for words, by in (("posted", "&by=posted"), ("in their state", "&by=state")):
        filters |= {f"{words} on a day": f"from={_day(middle)}&to={_day(middle)}{by}"}
        filters |= {f"{words} in 30 days": f"from={_day(middle)}&to={_day(middle, 30)}{by}"}
    filters |= {"rejected invoices": "state=rejected&kind=invoice", "posted payments": "state=posted&kind=payment"}
    searches = {"number": middle.number, "middle of a number": middle.number[4:-1], "contact of all": "gateway"}
    yield from _list("documents", middle.pk, filters, list(documents.SORTS), searches, str(middle.gross))


def _orders(middle: Order) -> Iterator[Address]:
    came = f"{middle.first_received_at:%Y-%m-%d}"
    later = f"{middle.first_received_at + timedelta(days=30):%Y-%m-%d}"
    filters = {"": "", **{standing: f"standing={standing}" for standing in STANDINGS}}
    filters |= {"one feed": f"feed={middle.feed.public_id}", "one cause": "cause=not_dispatched"}
    filters |= {"a day": f"from={came}&to={came}", "30 days": f"from={came}&to={later}"}
    filters |= {"documented, one feed": f"standing=documented&feed={middle.feed.public_id}"}
    filters |= {"waiting, 30 days": f"standing=waiting&from={came}&to={later}"}
    searches = {"reference": middle.ref, "shop reference": middle.external_ref, "customer": middle.customer_name}
    searches |= {"surname of many": middle.customer_name.split()[1]}
    yield from _list("orders", middle.pk, filters, list(orders.SORTS), searches, f"{middle.gross:.2f}")


def _inbox(company: Company) -> Iterator[Address]:
    mine = Delivery.objects.filter(company=company, order__isnull=False).select_related("feed", "order")
    last = mine.order_by("-id")[0].pk
    middle = mine.filter(pk__lte=last // 2).order_by("-id")[0]
    assert middle.feed is not None
    assert middle.order is not None
    filters = {"": "", **{result: f"result={result}" for result in inbox.FILTERS}}
    filters |= {"one feed": f"feed={middle.feed.public_id}"}
    filters |= {"refused, one feed": f"feed={middle.feed.public_id}&result=refused"}
    filters |= {"one file": f"file={middle.request}", "search: reference": f"q={middle.order.ref}"}
    filters |= {"search: nothing": "q=nothing-like-it", "search: shop reference": f"q={middle.order.external_ref}"}
    yield from _paged("inbox", middle.pk, filters)
    yield "a delivery", f"inbox/{middle.pk}/"


def _log(company: Company) -> Iterator[Address]:
    last = Event.objects.filter(company=company).order_by("-id")[0]
    middle = Event.objects.filter(company=company, pk__lte=last.pk // 2).order_by("-id")[0]
    day = f"{middle.at:%Y-%m-%d}"
    filters = {"": "", **{group: f"group={group}" for group in log.GROUPS}}
    filters |= {"people": "who=people", "machines": "who=machines", "one person": f"who={log.people(company)[0].pk}"}
    filters |= {"until a day": f"until={day}", "since a day": f"since={day}", "a day": f"since={day}&until={day}"}
    filters |= {"settings on a day": f"group=settings&since={day}&until={day}"}
    filters |= {"people on a day": f"who=people&since={day}&until={day}"}
    yield from _paged("log", middle.pk, filters)


def reports(company: Company) -> Iterator[Address]:
    """Yield the pages of money."""
    connection = roster.first(company)
    moved = MoneyMoved.objects.filter(company=company)
    first, last = moved.order_by("day")[0].day, moved.order_by("-day")[0].day
    middle = first + (last - first) / 2
    yield from (("paid, not yet invoiced", "payments/"), ("the same, half-way", f"payments/?at={middle}"))
    for account in money.clearing_accounts(connection)[:1]:
        yield "month end: the last", f"payments/month/?account={account.account_id}&month={last:%Y-%m}"
        yield "month end: half-way", f"payments/month/?account={account.account_id}&month={middle:%Y-%m}"


def _list(
    name: str, middle: int, filters: dict[str, str], sorts: list[str], searches: dict[str, str], amount: str
) -> Iterator[Address]:
    searches = {**searches, "nothing": "nothing-like-it", "two letters": "zz", "amount": amount}
    filters = {**filters, **{f"search: {what}": f"q={text}" for what, text in searches.items()}}
    yield from _paged(name, middle, filters)
    for what, query in filters.items():
        for sort in sorts:
            yield f"{name}, {what or 'all'}, by {sort}", f"{name}/?{query}&sort={sort}"
    for sort in sorts:
        yield f"{name}, by {sort}, far behind", f"{name}/?sort={sort}&before={middle}"
        yield f"{name}, by {sort}, the last page", f"{name}/?sort={sort}&after={middle}"


def _paged(name: str, middle: int, filters: dict[str, str]) -> Iterator[Address]:
    """Yield each filter's first page, one far behind, and the last one: what comes before the oldest."""
    for what, query in filters.items():
        yield f"{name}, {what or 'all'}", f"{name}/?{query}"
        yield f"{name}, {what or 'all'}, far behind", f"{name}/?{query}&before={middle}"
        yield f"{name}, {what or 'all'}, the oldest", f"{name}/?{query}&after=0"


def _day(entry: Entry, later: int = 0) -> str:
    assert entry.posted_at is not None
    return f"{entry.posted_at + timedelta(days=later):%Y-%m-%d}"
