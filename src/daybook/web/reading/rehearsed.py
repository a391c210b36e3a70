"""A dry run as its page and its files show it: orders with their documents on paper, why some would not go, and sums."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count, islice
from typing import Any

from daybook.connections.models import Connection
from daybook.documents.causes import Cause as Why
from daybook.documents.document import Document
from daybook.kit.translation import gettext, gettext_noop, ngettext, retold
from daybook.outbox.explanations import Explanation, explain, in_words
from daybook.rehearsing import knowing, sums
from daybook.rehearsing.rehearsal import Fate, SeenDocument
from daybook.rehearsing.running import OrderSeen, Run
from daybook.rehearsing.sums import Change, StockChange
from daybook.sources.canonical import schema
from daybook.web import buttons, titles, words
from daybook.web.buttons import Button, Matter
from daybook.web.language import figures
from daybook.web.reading import orders, paper
from daybook.web.reading.paper import Sheet
from daybook.web.spreadsheets import headings
from daybook.web.words import Badge

ON_A_PAGE = 15
MOST_ITEMS = 50
"""Of stock, on the page; the rest is counted."""
MOST_CAUSES = 20
MOST_NAMED = 10
"""Of what a cause is about; the rest is counted."""
FATES: Mapping[Fate, Badge] = {
    Fate.REFUSED: Badge("Would be refused", "bad", "It would be sent, and refused there"),
    Fate.HELD: Badge("Would be held", "warn", "It needs a person before it is sent"),
    Fate.GOES: Badge("Would go", "good", "Nothing is known that stands in its way"),
    Fate.WAITS: Badge("Not due yet", "calm", "Nothing is wrong: documents are made when it is due"),
    Fate.STANDS: Badge("Posted already", "calm", "It was posted, or is on its way"),
    Fate.NOTHING: Badge("No document", "calm", "No document is made of it, by rule"),
}
_OF_ALL = {Why.SETTINGS_INCOMPLETE, *buttons.OF_CURRENCIES}
_LISTS = {
    "Organisation": gettext_noop("the organisation and its lock dates"),
    "Accounts": gettext_noop("accounts"),
    "TaxRates": gettext_noop("tax rates"),
    "Currencies": gettext_noop("currencies"),
    "Items": gettext_noop("items and their stock"),
    "TrackingCategories": gettext_noop("tracking categories"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why something would not go, in words, with the button that helps."""

    words: Explanation
    button: Button | None
    adding: Button | None
    """What adds the currency that lacks there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDocument:
    """One document of an order."""

    kind: str
    number: str
    badge: Badge
    currency: str
    gross: Decimal | None
    sheet: Sheet | None
    """As the ledger would show it; None: it has no lines, or none could be made."""
    reasons: Sequence[Reason]
    customer: str
    """Whom the ledger would have it for, where that was looked up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOrder:
    """One order."""

    ref: str
    place: str
    public_id: str
    """"": it is not stored."""
    customer: str
    badge: Badge
    reasons: Sequence[Reason]
    documents: Sequence[ShownDocument]
    order_lines: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One cause, and how many documents or orders it would keep back."""

    words: Explanation
    button: Button | None
    adding: Button | None
    documents: int
    fate: Badge
    about: Sequence[str]
    """What it is about in each of them, in words, where that differs."""
    more: int
    """Of these so many beyond those that are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A filter: a fate with the number of orders that have it."""

    value: str
    badge: Badge
    orders: int
    words: str
    """How many there are, and what becomes of them."""


def _counted(fate: Fate, many: int) -> str:
    """Return it as one sentence: one order "würde", two "würden"."""
    words = {
        Fate.REFUSED: ngettext("{count} would be refused", "{count} would be refused", many),
        Fate.HELD: ngettext("{count} would be held", "{count} would be held", many),
        Fate.GOES: ngettext("{count} would go", "{count} would go", many),
        Fate.WAITS: ngettext("{count} not due yet", "{count} not due yet", many),
        Fate.STANDS: ngettext("{count} posted already", "{count} posted already", many),
        Fate.NOTHING: ngettext("{count} no document", "{count} no document", many),
    }
    return words[fate].format(count=figures.figure(f"{many:,}"))


def groups(run: Run) -> list[Group]:
    """Return the fates that orders have."""
    return [
        Group(value=fate, badge=FATES[fate], orders=found, words=_counted(fate, found))
        for fate, found in run.fates.items()
    ]


def fate_of(text: str) -> Fate | None:
    """Return the fate that an address names; None: all of them."""
    return Fate(text) if text in set(Fate) else None


def those(run: Run, fate: Fate | None) -> list[OrderSeen]:
    """Return the orders of a fate; of None all."""
    return [each for each in run.orders if fate is None or each.fate is fate]


def shown(run: Run, some: Sequence[OrderSeen]) -> list[ShownOrder]:
    """Return orders as the page shows them; statements do not grow with them."""
    known, numbers = paper.names(run.connection.organisation_id or 0), count(1)
    return [_order(run, each, known, numbers) for each in some]


def _order(run: Run, seen: OrderSeen, known: paper.Names, numbers: Iterator[int]) -> ShownOrder:
    order, stands = seen.rehearsed.order, seen.rehearsed.stands
    content = _content(run, seen)
    why = []
    if stands.cause and not seen.documents:
        why = [_reason(run.connection, stands.cause, stands.subject, stands.detail)]
    return ShownOrder(
        ref=order.ref,
        place=retold(seen.place),
        public_id=order.public_id if order.pk > 0 else "",
        customer=order.customer_name,
        badge=FATES[seen.fate],
        reasons=why,
        documents=[
            _document(run, seen, each, place, content, known, next(numbers))
            for place, each in enumerate(seen.documents)
        ],
        order_lines=orders.lines(dict(content)),
    )


def _content(run: Run, seen: OrderSeen) -> Mapping[str, Any]:
    """Return what the order says, in plain values: as it came in a file, or as it is stored."""
    order = seen.rehearsed.order
    given = run.chosen.rows.contents.get(order.pk)
    if given is not None:
        return schema.content_of(given)
    stored = order.current_revision.content if order.current_revision is not None else None
    return stored if isinstance(stored, dict) else {}


def _reason(connection: Connection, cause: str, subject: str, detail: str = "") -> Reason:
    words_of = explain(cause, subject, detail, ledger=connection.ledger)
    said = retold(detail)
    if said and said not in words_of.why:
        words_of = Explanation(words_of.title, f"{words_of.why} {said}", words_of.cure, words_of.action)
    matter = Matter(cause=cause, subject=subject)
    return Reason(
        words=words_of,
        button=buttons.button(words_of.action, connection, matter),
        adding=buttons.currency_offer(connection, cause, subject),
    )


def _document(
    run: Run,
    seen: OrderSeen,
    document: SeenDocument,
    place: int,
    content: Mapping[str, Any],
    known: paper.Names,
    number: int,
) -> ShownDocument:
    entry, written = seen.rehearsed.entries[place], document.paper
    sheet = None
    if isinstance(written, Document):
        sheet = paper.sheet(entry, written, content=content, known=known, name=f"origin-{number}")
    party = written.party if isinstance(written, Document) else None
    looked = run.looked_up.customers.get(party.key, "") if run.looked_up is not None and party is not None else ""
    return ShownDocument(
        kind=document.kind,
        number=document.number,
        badge=FATES[document.fate],
        currency=entry.currency,
        gross=entry.gross,
        sheet=sheet,
        reasons=[_reason(run.connection, each.cause, each.subject, each.detail) for each in document.reasons],
        customer=retold(looked),
    )


def causes(run: Run) -> list[Cause]:
    """Return what would keep documents and orders back, by cause, that of the most first.

    What is cured at one place is said once, whatever each document is about: lock dates are moved once, while each tax
    rate has a field of its own.
    """
    found: dict[tuple[str, str, Fate], list[tuple[str, int]]] = defaultdict(list)
    for (cause, subject, fate), many in _kept_back(run).items():
        reason = _reason(run.connection, cause, subject)
        cured_at = "|".join(each.url + each.text for each in (reason.adding, reason.button) if each is not None)
        found[cause, cured_at, fate].append((subject, many))
    causes = [_cause(run.connection, cause, fate, about) for (cause, _, fate), about in found.items()]
    return sorted(causes, key=lambda each: -each.documents)[:MOST_CAUSES]


def _kept_back(run: Run) -> Mapping[tuple[str, str, Fate], int]:
    """Return how many documents or orders would be kept back, by cause, what it is about, and fate."""
    found: Counter[tuple[str, str, Fate]] = Counter()
    for order in run.orders:
        if not order.documents and order.fate is Fate.HELD:
            stands = order.rehearsed.stands
            is_of_all = stands.cause in _OF_ALL  # what other causes name is each order's own
            found[stands.cause, stands.subject if is_of_all else "", Fate.HELD] += 1
        for document in order.documents:
            for each in document.reasons if document.fate in {Fate.REFUSED, Fate.HELD} else ():
                found[str(each.cause), each.subject, document.fate] += 1
    return found


def _cause(connection: Connection, cause: str, fate: Fate, about: Sequence[tuple[str, int]]) -> Cause:
    """Return one with what it is about, the most frequent first. `about`: each with how many documents."""
    subjects = [subject for subject, _ in sorted(about, key=lambda each: -each[1])]
    first = _reason(connection, cause, subjects[0])
    ledger = titles.of(connection.ledger)
    return Cause(
        words=first.words if len(subjects) == 1 else _reason(connection, cause, "").words,
        button=first.button,
        adding=first.adding,
        about=[in_words(cause, each, ledger) for each in subjects[:MOST_NAMED] if each] if len(subjects) > 1 else (),
        more=max(0, len(subjects) - MOST_NAMED),
        documents=sum(many for _, many in about),
        fate=FATES[fate],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownChange:
    """A sum before, by the dry run, and after."""

    name: str
    currency: str
    change: Change


def changes(run: Run) -> list[ShownChange]:
    """Return the sums as people call them."""
    names = {tax_type: rate.name for tax_type, rate in paper.names(run.connection.organisation_id or 0).rates.items()}
    said = {sums.SALES: gettext("Sales, before tax"), sums.DEBTORS: gettext("Debtors")}
    return [
        ShownChange(
            name=said.get(each.place.of)
            or gettext("Tax: {name}").format(
                name=names.get(each.place.tax_type, each.place.tax_type) or gettext("no tax type")
            ),
            currency=each.place.currency,
            change=each,
        )
        for each in run.changes
    ]


def stock(run: Run) -> dict[str, Any]:
    """Return how stock would change."""
    found: list[StockChange] = list(run.stock)
    return {
        "items": found[:MOST_ITEMS],
        "more": max(0, len(found) - MOST_ITEMS),
        "cost": sums.cost_of(found),
        "is_partial": any(each.cost is None for each in found),
        "currency": run.connection.facts.base_currency,
    }


def lists(run: Run) -> dict[str, Any]:
    """Return how old what the dry run goes by is, and what reading it again takes."""
    stale = knowing.stale(run.readings)
    ages = [each.read_at for each in run.readings if each.read_at is not None]
    return {
        "oldest": min(ages, default=None),
        "never": [gettext(_LISTS[each.name]) for each in run.readings if each.read_at is None],
        "stale": [gettext(_LISTS[name]) for name in stale],
        "calls": len(stale),
    }


FILE_HEAD = (
    *headings(
        "Order", "In the file", "Customer", "What would become of it", "Document", "Number", "Of the document", "Why"
    ),
    *headings("What to do", "Contact", "Date", "Due", "Currency", "Net", "Tax", "Gross"),
)


def in_file(run: Run, most: int) -> Iterator[tuple[str | Decimal | date | None, ...]]:
    """Return a row for each document, and one for each order that has none, as `FILE_HEAD` calls them."""
    rows = (row for order in run.orders for row in _rows(run, order))
    return islice(rows, most)


def _rows(run: Run, seen: OrderSeen) -> Iterator[tuple[str | Decimal | date | None, ...]]:
    order, stands = seen.rehearsed.order, seen.rehearsed.stands
    head = (order.ref, retold(seen.place), order.customer_name, FATES[seen.fate].text)
    if not seen.documents:
        why = (
            explain(stands.cause, stands.subject, stands.detail, ledger=run.connection.ledger) if stands.cause else None
        )
        told = (why.title, why.cure) if why is not None else ("", "")
        yield (*head, "", "", "", *told, "", None, None, order.currency, order.net, order.tax, order.gross)
    for place, each in enumerate(seen.documents):
        entry = seen.rehearsed.entries[place]
        said = [explain(why.cause, why.subject, why.detail, ledger=run.connection.ledger) for why in each.reasons]
        due = getattr(each.paper, "due_date", None)
        yield (
            *head,
            words.kind(each.kind),
            each.number,
            FATES[each.fate].text,
            " ".join(f"{why.title}." for why in said),
            " ".join(why.cure for why in said),
            entry.contact_name,
            entry.date,
            due if isinstance(due, date) else None,
            entry.currency,
            entry.net,
            entry.tax,
            entry.gross,
        )


def ledger(run: Run) -> str:
    """Return what the ledger is called."""
    return titles.of(run.connection.ledger)
