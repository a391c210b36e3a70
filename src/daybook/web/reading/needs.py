"""What needs a person, grouped by its cause: what happened, why, what to do, how many and how much wait on it.

Three kinds of things do: documents that are held or were refused, documents with a flag, and orders of which no document
can be made. They are added up with a statement each, and of each group the newest are read by its index.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db import models
from django.db.models import Case, Count, Exists, F, Min, OuterRef, Q, QuerySet, When
from django.urls import reverse

from daybook.companies.models import Company, Membership, Person
from daybook.connections.models import Connection, Organisation
from daybook.documents.causes import Cause
from daybook.documents.explained import DATE, ORDER
from daybook.documents.kinds import SPECS
from daybook.kit.translation import gettext, ngettext
from daybook.orders import standings
from daybook.orders.models import Delivery, Order, OrderStanding
from daybook.outbox import assigning, counting
from daybook.outbox.explanations import Explanation, explain
from daybook.outbox.models import Assignment, Entry
from daybook.outbox.states import State
from daybook.web import buttons, words
from daybook.web.buttons import Button, Matter
from daybook.web.language import figures

Row = TypeVar("Row", bound=models.Model)
STOPPED = (State.HELD, State.REJECTED)
SAMPLE = 20
"""Of a group so many of the newest are read: for what they are about, and for the ledger's own words."""
LISTED = 5
"""So many of them are named on the page."""
MOST_BUTTONS = 6
COUNTED = 1000
"""The menu counts no further."""
ORDERS = "orders"
_SALES = [kind for kind, spec in SPECS.items() if spec.is_the_sale]
_SHOWN = (
    *("public_id", "state", "kind", "number", "cause", "subject", "detail", "attention", "contact_name", "their_id"),
    *("company", "order__public_id", "order__customer_name", "organisation__connection", "organisation__ledger"),
)
_OF_ORDER = Case(When(kind__in=_SALES, then=F("order__gross")))
"""What a document of the sale is worth that cannot be written yet."""


@dataclass(frozen=True, slots=True)
class Amount:
    """Money of one currency."""

    amount: Decimal
    currency: str


@dataclass(slots=True, kw_only=True)
class Tally:
    """So many of one kind, and what they come to in each currency."""

    kind: str
    """A kind of document, or `ORDERS`."""
    count: int = 0
    amounts: list[Amount] = field(default_factory=list)

    @property
    def words(self) -> str:
        """Return how many: "12 invoices"."""
        if self.kind == ORDERS:
            said = ngettext("{count} order", "{count} orders", self.count)
            return said.format(count=figures.figure(f"{self.count:,}"))
        return words.counted(self.kind, self.count)


@dataclass(slots=True, kw_only=True)
class Group:
    """All that waits for one thing at one connection."""

    cause: str
    connection: Connection
    words: Explanation
    is_one_of_several: bool = False
    """The company has several connections: the group says which it is about."""
    stopped: int = 0
    """Documents that are held or were refused."""
    flagged: int = 0
    """Posted documents that need a look."""
    orders: int = 0
    """Orders of which no document is made."""
    sums: list[Tally] = field(default_factory=list)
    since: datetime | None = None
    """Since when the oldest of the documents waits."""
    buttons: Sequence[Button] = ()
    """Where it is cured."""
    newest: Sequence[Entry] = ()
    newest_orders: Sequence[OrderStanding] = ()
    own_words: Sequence[str] = ()
    """What the ledger said, as it said it."""
    assigned: Assignment | None = None

    @property
    def anchor(self) -> str:
        """Return the group's place on the page."""
        return f"{self.cause}-{self.connection.public_id}"

    @property
    def moves_at_once(self) -> bool:
        """Tell whether several wait in locked books, of which one consent can move all to an open day."""
        return self.cause == Cause.PERIOD_LOCKED and self.stopped > 1

    @property
    def documents(self) -> int:
        """Return how many documents it is about."""
        return self.stopped + self.flagged


Found = Mapping[tuple[str, int], Group]


def groups(company: Company, cause: str = "") -> list[Group]:
    """Return the groups of a company, those first on which most waits, with all that the page shows of them.

    `cause`: those of this one alone.
    """
    found = _groups(company, cause)
    _add_newest(company, found)
    given = assigning.of_company(company)
    for group in found.values():
        group.assigned = given.get((group.connection.pk, group.cause))
        _explain(group)
    return sorted(found.values(), key=lambda each: (-each.documents - each.orders, each.cause, each.connection.pk))


def group(company: Company, cause: str, connection: Connection) -> Group | None:
    """Return one of the groups, None where nothing waits for that there (any more)."""
    return next((each for each in groups(company, cause) if each.connection.pk == connection.pk), None)


def in_menu(company: Company) -> str:
    """Return how many orders need a person, as the menu says it: "", "7", "1,000+"."""
    held = standings.open_ones(company).filter(standing=Order.Standing.HELD).values_list("order_id", flat=True)
    of_documents = counting.documents_needing_a_person(company).values_list("order_id", flat=True)
    some = [set(rows.order_by()[: COUNTED + 1]) for rows in (held, of_documents)]
    count = len(set.union(*some))
    return words.at_most(count, COUNTED) if count else ""


def refused_deliveries(company: Company) -> int:
    """Return how many deliveries were refused and not looked at yet."""
    return Delivery.objects.filter(company=company, result=Delivery.Result.REFUSED, settled_at=None).count()


def members(company: Company) -> list[Person]:
    """Return to whom something can be given: who belongs to the company and may do it."""
    rows = Membership.objects.filter(company=company).exclude(role=Membership.Role.VIEWER)
    return [row.person for row in rows.select_related("person").order_by("person__name", "person__email")]


def stopped(company: Company, cause: str, connection: Connection) -> QuerySet[Entry]:
    """Return the documents that wait for this at the connection."""
    return _stopped_there(company, cause, _organisations(company, connection))


def flagged(company: Company, cause: str, connection: Connection) -> QuerySet[Entry]:
    """Return the documents that are flagged with this at the connection."""
    return _flagged_there(company, cause, _organisations(company, connection))


def held_orders(company: Company, cause: str, connection: Connection) -> QuerySet[OrderStanding]:
    """Return how the orders stand of which no document is made at the connection because of this."""
    return _held_orders(company).filter(cause=cause, connection=connection)


def tallies(rows: QuerySet[Entry]) -> list[Tally]:
    """Return how many documents of each kind these are, and what they come to in each currency."""
    found: list[Tally] = []
    for row in _sums(rows):
        _add_to(found, row["kind"], row)
    return found


def _organisations(company: Company, connection: Connection) -> list[int]:
    """Return the ids of what it reaches, or has reached: of one that nearly all documents are for, the planner knows it."""
    return list(Organisation.objects.filter(company=company, connection=connection).values_list("pk", flat=True))


def _stopped_there(company: Company, cause: str, organisations: Sequence[int]) -> QuerySet[Entry]:
    return _stopped(company).filter(cause=cause, organisation__in=organisations)


def _flagged_there(company: Company, cause: str, organisations: Sequence[int]) -> QuerySet[Entry]:
    return _flagged(company).filter(attention=cause, organisation__in=organisations)


def _stopped(company: Company) -> QuerySet[Entry]:
    rows = Entry.objects.filter(company=company, state__in=[str(state) for state in STOPPED])
    return rows.exclude(counting.FOR_A_CLOSED_CONNECTION)


def _flagged(company: Company) -> QuerySet[Entry]:
    return Entry.objects.filter(company=company).exclude(attention="")


def _held_orders(company: Company) -> QuerySet[OrderStanding]:
    """Those whose documents wait for the same are told by their documents."""
    same = Entry.objects.filter(
        company=company,
        order=OuterRef("order"),
        organisation__connection=OuterRef("connection"),
        cause=OuterRef("cause"),
        state__in=[str(state) for state in STOPPED],
    )
    return standings.open_ones(company).filter(~Exists(same), standing=Order.Standing.HELD)


def _groups(company: Company, cause: str) -> dict[tuple[str, int], Group]:
    mine = Connection.objects.filter(company=company).select_related("company", "organisation", "last_organisation")
    known = {each.pk: each for each in mine}
    found: dict[tuple[str, int], Group] = {}

    def of(why: str, connection_id: int) -> Group:
        connection = known[connection_id]
        return found.setdefault(
            (why, connection_id),
            Group(
                cause=why,
                connection=connection,
                words=explain(why, ledger=connection.ledger),
                is_one_of_several=len(known) > 1,
            ),
        )

    of_organisation = dict(Organisation.objects.filter(company=company).values_list("pk", "connection"))
    for row in _sums(_needing(company, cause)):
        connection_id = of_organisation[row["organisation"]]
        if row["state"] in STOPPED and cause in {"", row["cause"]}:
            group = of(row["cause"], connection_id)
            group.stopped += row["count"]
            _add(group, row["kind"], row)
        if row["attention"] and cause in {"", row["attention"]}:
            group = of(row["attention"], connection_id)
            group.flagged += row["count"]
            _add(group, row["kind"], row)
    for row in _sums_of_orders(_held_orders(company).filter(**({"cause": cause} if cause else {}))):
        group = of(row["cause"], row["connection"])
        group.orders += row["count"]
        _add(group, ORDERS, row)
    return found


def _needing(company: Company, cause: str) -> QuerySet[Entry]:
    """All of them are asked for as the index of those knows them, which holds what is added up."""
    rows = counting.documents_needing_a_person(company)
    return rows.filter(Q(cause=cause, state__in=STOPPED) | Q(attention=cause)) if cause else rows


def _sums(rows: QuerySet[Entry]) -> Iterator[Mapping[str, Any]]:
    """Only what cannot be written yet asks its order what it is worth: the others say so themselves."""
    for mine, money, worth in (
        (rows.filter(gross__isnull=False), F("currency"), F("gross")),
        (rows.filter(gross__isnull=True), F("order__currency"), _OF_ORDER),
    ):
        by = mine.order_by().values("organisation", "kind", "state", "cause", "attention", money=money)
        yield from by.annotate(count=Count("*"), gross_of_all=models.Sum(worth), since=Min("state_since"))


def _sums_of_orders(rows: QuerySet[OrderStanding]) -> Iterable[Mapping[str, Any]]:
    by = rows.order_by().values("cause", "connection", money=F("order__currency"))
    return by.annotate(count=Count("pk"), gross_of_all=models.Sum("order__gross"))


def _add(group: Group, kind: str, row: Mapping[str, Any]) -> None:
    _add_to(group.sums, kind, row)
    group.since = min(filter(None, (group.since, row.get("since"))), default=None)


def _add_to(sums: list[Tally], kind: str, row: Mapping[str, Any]) -> None:
    mine = next((each for each in sums if each.kind == kind), None)
    if mine is None:
        mine = Tally(kind=kind)
        sums.append(mine)
    mine.count += row["count"]
    if row["gross_of_all"] is not None:
        mine.amounts = _plus(mine.amounts, Amount(row["gross_of_all"], row["money"]))


def _plus(amounts: Sequence[Amount], more: Amount) -> list[Amount]:
    there = sum((each.amount for each in amounts if each.currency == more.currency), more.amount)
    return [*(each for each in amounts if each.currency != more.currency), Amount(there, more.currency)]


def _add_newest(company: Company, found: Found) -> None:
    """Read the newest of each group: all groups' ids with a statement, and their rows with another, of each kind."""
    entries = Entry.objects.filter(company=company).select_related("order", "organisation").only(*_SHOWN)
    there: dict[int, list[int]] = defaultdict(list)
    for connection, organisation in Organisation.objects.filter(company=company).values_list("connection", "pk"):
        there[connection].append(organisation)
    keyed = [(cause, there[connection.pk], each) for (cause, connection), each in _keyed(found)]
    for entry in _newest(entries, [_stopped_there(company, why, at) for why, at, each in keyed if each.stopped]):
        _take(found, entry.cause, entry)
    for entry in _newest(entries, [_flagged_there(company, why, at) for why, at, each in keyed if each.flagged]):
        _take(found, entry.attention, entry)
    orders = OrderStanding.objects.filter(company=company).select_related("order")
    for row in _newest(orders, [held_orders(company, *key) for key, each in _keyed(found) if each.orders]):
        group = found[row.cause, row.connection_id]
        group.newest_orders = [*group.newest_orders, row]


def _keyed(found: Found) -> Iterator[tuple[tuple[str, Connection], Group]]:
    return (((group.cause, group.connection), group) for group in found.values())


def _newest(shown: QuerySet[Row], of_groups: Sequence[QuerySet[Row]]) -> list[Row]:
    ids = [rows.order_by("-pk").values_list("pk", flat=True)[:SAMPLE] for rows in of_groups]
    if not ids:
        return []
    every = ids[0] if len(ids) == 1 else ids[0].union(*ids[1:], all=True)
    return list(shown.filter(pk__in=list(every)).order_by("-pk"))


def _take(found: Found, why: str, entry: Entry) -> None:
    group = found[why, entry.organisation.connection_id]
    entry.organisation.connection = group.connection
    group.newest = [*group.newest, entry]


def _explain(group: Group) -> None:
    """Say what it is about, as far as all of it is about the same, and where that is cured."""
    stopped = [entry for entry in group.newest if entry.cause == group.cause]
    rows: list[Entry | OrderStanding] = [*stopped, *group.newest_orders]
    subjects = sorted({row.subject for row in rows})
    is_one = group.documents + group.orders == 1
    detail = rows[0].detail if is_one and rows else ""
    subject = subjects[0] if len(subjects) == 1 else ""
    group.words = explain(group.cause, subject, detail, ledger=group.connection.ledger)
    group.buttons = [*_currencies(group, subjects), *_buttons(group, subjects, is_one=is_one), *_rule(stopped)]
    said = dict.fromkeys(entry.detail for entry in stopped if entry.state == State.REJECTED and entry.detail)
    group.own_words = list(said)[:LISTED]


def _buttons(group: Group, subjects: Sequence[str], *, is_one: bool) -> list[Button]:
    """Return the ways to the very places that cure it; the way to where all of them are, where they are many."""
    action, connection = group.words.action, group.connection
    if is_one and group.newest_orders and action in {ORDER, DATE}:
        order = reverse("web:order", args=[connection.company.public_id, group.newest_orders[0].order.public_id])
        typed = Button(gettext("Type the day"), f"{order}#date")
        return [typed if action == DATE else Button(gettext("Open the order"), order)]
    entry = group.newest[0] if is_one and group.newest else None
    if len(subjects) > MOST_BUTTONS:
        subjects = ()
    matters = [Matter(cause=group.cause, subject=subject, entry=entry) for subject in subjects or [""]]
    found = [buttons.button(action, connection, matter) for matter in matters]
    other = buttons.ANOTHER_WAY.get(group.cause, "")
    found.append(buttons.button(other, connection, Matter(cause=group.cause)) if other else None)
    return list(dict.fromkeys(filter(None, found)))


def _currencies(group: Group, subjects: Sequence[str]) -> list[Button]:
    """Return what adds each of the currencies that the newest wait for."""
    offered = [buttons.currency_offer(group.connection, group.cause, each) for each in subjects[:MOST_BUTTONS]]
    return list(filter(None, offered))


def _rule(entries: Sequence[Entry]) -> list[Button]:
    offer = buttons.rule_offer(entries[0]) if entries else None
    return [offer] if offer else []
