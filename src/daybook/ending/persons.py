"""Forgetting a customer: what is kept of persons, in one list, and how it is taken out of it.

found by id, address or order -> their orders -> each table of `PLACES`, a batch of orders in a transaction
                              -> the orders are looked at again: what waits goes to the contact that stands for the rest

Numbers, amounts, dates and what was sold stay: the books need them, and the law has them kept. What is sent again of
such an order loses its persons before it is stored (`intake/storing.py`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast

from daybook.catalog.models import CustomerContact
from daybook.companies import saved_views
from daybook.companies.models import Company
from daybook.connections.models import ChannelContact, PostingSettings
from daybook.documents.causes import Cause, Hold
from daybook.feeds.models import FilePiece, IncomingFile
from daybook.history import forgetting, telling
from daybook.history.kinds import Subject, What
from daybook.history.models import Event
from daybook.kit import clock
from daybook.orders.contents import content_hash
from daybook.orders.models import Delivery, Notice, Order, OrderStanding, Revision
from daybook.orders.telling import about
from daybook.outbox import queue
from daybook.outbox.models import Assignment, Attempt, AttemptEntry, Entry
from daybook.outbox.states import IN_FLIGHT, MAPPABLE, Mover
from daybook.sources.canonical import forgetting as words_of
from daybook.sources.canonical import schema

BATCH = 50
"""Orders in one transaction."""


class NobodyFoundError(Exception):
    """No order of the company is of such a customer, or it is not clear who is meant; the text says which."""


@dataclass(slots=True)
class Forgotten:
    """What came of it."""

    orders: int = 0
    documents: int = 0
    events: int = 0
    kept: list[str] = field(default_factory=list)
    """What still says who it was, each a sentence with what to do."""


@dataclass(frozen=True, slots=True)
class _Batch:
    """Some orders of the customer, locked, and what there is of them."""

    company_id: int
    orders: Sequence[Order]
    entries: Sequence[Entry]
    words: tuple[str, ...]

    @property
    def order_ids(self) -> list[int]:
        """Return the ids of the orders."""
        return [each.pk for each in self.orders]

    @property
    def entry_ids(self) -> list[int]:
        """Return the ids of their documents."""
        return [each.pk for each in self.entries]


def find(company: Company, *, customer_id: str = "", email: str = "", order: str = "") -> list[int]:
    """Return the ids of a customer's orders. Raises NobodyFoundError.

    `order`: its id, number or reference; all orders of its customer are meant.
    """
    mine = Revision.objects.filter(company=company)
    wanted = Q(pk__in=[])
    if customer_id:
        wanted |= Q(content__customer__id=customer_id)
    if email:
        wanted |= Q(content__customer__email__iexact=email.strip())
    rows = list(mine.filter(wanted).values_list("order_id", "order__feed__name"))
    found, feeds = {order_id for order_id, _ in rows}, sorted({feed for _, feed in rows})
    if customer_id and not email and len(feeds) > 1:
        raise NobodyFoundError(
            f"Several feeds of {company} have a customer {customer_id} ({', '.join(feeds)}), who may be different people: say "
            "--order with one of their orders, or --email."
        )
    if order:
        named = Q(public_id=order) | Q(source_id=order) | Q(ref=order)
        found |= _of_the_same(company, set(Order.objects.filter(named, company=company).values_list("pk", flat=True)))
    if not found:
        raise NobodyFoundError(f"No order of {company} is of the customer {customer_id or email or order}.")
    return sorted(found)


def _of_the_same(company: Company, order_ids: set[int]) -> set[int]:
    """Return these orders, and the others of their customers: of the same feed by the same id, or of the same address."""
    same, mine = Q(order__in=order_ids), Revision.objects.filter(company=company)
    for revision in mine.filter(order__in=order_ids).select_related("order"):
        customer = revision.content.get("customer") or {}
        if customer.get("id"):
            same |= Q(order__feed=revision.order.feed_id, content__customer__id=customer["id"])
        if customer.get("email"):
            same |= Q(content__customer__email__iexact=customer["email"])
    return order_ids | set(mine.filter(same).values_list("order_id", flat=True))


def forget(company: Company, order_ids: Sequence[int]) -> Forgotten:
    """Forget whose these orders are, in every table; done twice, it is as done once. Another company's are passed over."""
    done = Forgotten()
    for begin in range(0, len(order_ids), BATCH):
        _forget_some(company, order_ids[begin : begin + BATCH], done)
    return done


@transaction.atomic
def _forget_some(company: Company, order_ids: Sequence[int], done: Forgotten) -> None:
    mine = Delivery.objects.filter(company=company, result__in=_OPEN, settled_at=None)
    list(mine.select_for_update().order_by("id").values_list("pk"))  # before their orders, as replaying locks
    theirs = Order.objects.filter(company=company, pk__in=order_ids).select_for_update().order_by("id")
    orders = list(theirs)  # as preparing locks
    entries = Entry.objects.filter(company=company, order__in=[each.pk for each in orders])
    locked = list(entries.select_for_update(of=("self",)).order_by("id"))
    batch = _Batch(company.pk, orders, locked, _words(company, orders, locked))
    done.events += _forget_events(batch)
    for forget_there in PLACES.values():
        forget_there(batch)
    OrderStanding.objects.filter(company=company, order__in=batch.order_ids).update(unprepared_since=clock.now())
    for order in orders:
        telling.tell(about(order), What.FORGOTTEN)
    done.orders, done.documents = done.orders + len(orders), done.documents + len(locked)
    done.kept += [each for each in _kept(company, batch) if each not in done.kept]


def _words(company: Company, orders: Sequence[Order], entries: Sequence[Entry]) -> tuple[str, ...]:
    """Return all that names the customer, by any content of their orders and any contact of them."""
    said: list[str] = [order.customer_name for order in orders]
    for content in Revision.objects.filter(company=company, order__in=orders).values_list("content", flat=True):
        said += words_of.persons_in(schema.load_order(content))
    parties = _parties(entries)
    said += [str(party.get(name) or "") for party in parties for name in ("name", "email", "vat_number")]
    contacts = CustomerContact.objects.filter(organisation__company=company, key__in=[each["key"] for each in parties])
    said += [name for row in contacts.values_list("name", "shop_name") for name in row]
    return words_of.longest_first(said)


def _parties(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Return whom these documents are for, where that is a customer."""
    return [party for entry in entries if (party := (entry.document or {}).get("party"))]


def _forget_orders(batch: _Batch) -> None:
    Order.objects.filter(company=batch.company_id, pk__in=batch.order_ids).update(
        customer_name="", forgotten_at=clock.now()
    )
    for order in batch.orders:
        order.external_ref = words_of.without(order.external_ref, batch.words)
        order.typed_refunds = words_of.without(order.typed_refunds, batch.words)
        order.save(update_fields=["external_ref", "typed_refunds"])


def _forget_contents(batch: _Batch) -> None:
    for revision in Revision.objects.filter(company=batch.company_id, order__in=batch.order_ids):
        bare = words_of.without_persons(schema.load_order(revision.content))
        less = schema.load_order(words_of.without(schema.content_of(bare), batch.words))
        revision.content = schema.content_of(less)  # as it is when it comes again
        revision.content_hash, revision.raw = content_hash(revision.content), b""
        revision.save(update_fields=["content", "content_hash", "raw"])


def _forget_notices(batch: _Batch) -> None:
    for notice in Notice.objects.filter(company=batch.company_id, order__in=batch.order_ids):
        notice.content, notice.raw = words_of.without(notice.content, batch.words), b""
        notice.save(update_fields=["content", "raw"])


def _forget_deliveries(batch: _Batch) -> None:
    """The bytes of a request stand with its first delivery; where they held other orders too, theirs go with them.

    Those of what is not taken in yet stay, whoever is in them: they are all that there is of it (`_kept`).
    """
    mine = Delivery.objects.filter(company=batch.company_id)
    requests = mine.filter(order__in=batch.order_ids).values("request")
    first = Q(request__in=requests, position=0) & ~Q(result__in=_OPEN)
    mine.filter(Q(order__in=batch.order_ids) | first).exclude(raw=b"").update(raw=b"")
    others = mine.filter(Q(order=None) | Q(request__in=requests)).exclude(_NOT_TAKEN)
    for delivery in others.exclude(raw=b"").iterator(chunk_size=BATCH):
        if _is_named_in(delivery, batch):
            mine.filter(pk=delivery.pk).update(raw=b"")
    told = others.exclude(problems__isnull=True, external_ref="").defer("raw")
    _scrub(told.iterator(chunk_size=BATCH), ("problems", "external_ref"), batch.words)


_OPEN = (Delivery.Result.REFUSED, Delivery.Result.WAITING)
_NOT_TAKEN = Q(result=Delivery.Result.WAITING, settled_at=None)
"""Its feed is paused, or its order has not come: a person or the worker takes it in later."""


def _is_named_in(delivery: Delivery, batch: _Batch) -> bool:
    raw = bytes(delivery.raw)
    return words_of.without_in_bytes(raw, batch.words) != raw


def _forget_files(batch: _Batch) -> None:
    """The bytes of a file go with all that is in them, as those of a request do."""
    for file in _files(batch).exclude(state__in=_AWAITED):
        if file.state == IncomingFile.State.TAKEN or _may_name(file, batch.words):
            FilePiece.objects.filter(company=batch.company_id, file=file).delete()
        file.name, file.problems = (words_of.without(each, batch.words) for each in (file.name, file.problems))
        file.save(update_fields=["name", "problems"])


def _files(batch: _Batch) -> QuerySet[IncomingFile]:
    """Return the files that their orders came in, and those that nothing was taken in of, which may hold some."""
    mine = Delivery.objects.filter(company=batch.company_id, order__in=batch.order_ids)
    told = Q(public_id__in=mine.values("request"))
    untold = ~Q(state__in=(IncomingFile.State.TAKEN, IncomingFile.State.KEPT))
    return IncomingFile.objects.filter(told | untold, company=batch.company_id).order_by("id")


def _may_name(file: IncomingFile, words: Sequence[str]) -> bool:
    """Tell whether a file's bytes name somebody; of workbooks and of UTF-16 nobody can tell."""
    pieces = FilePiece.objects.filter(company=file.company_id, file=file).order_by("number")
    content = b"".join(bytes(each) for each in pieces.values_list("content", flat=True))
    return content.startswith(_PACKED) or words_of.without_in_bytes(content, words) != content


_PACKED = (b"PK", b"\xd0\xcf\x11\xe0", b"\xff\xfe", b"\xfe\xff")
"""How workbooks begin, and texts in UTF-16."""
_AWAITED = (IncomingFile.State.KEPT, IncomingFile.State.SHOWN)
"""Their orders are still to come."""


def _forget_standings(batch: _Batch) -> None:
    rows = OrderStanding.objects.filter(company=batch.company_id, order__in=batch.order_ids)
    _scrub(rows, ("subject", "detail", "written_from"), batch.words)


def _forget_documents(batch: _Batch) -> None:
    for entry in batch.entries:
        document = words_of.without(entry.document, batch.words)
        if document and document.get("party"):
            document["party"] = {"key": document["party"]["key"], "name": ""}
            entry.contact_name = document["contact_name"] = ""
        entry.document = document
        entry.contact_name = words_of.without(entry.contact_name, batch.words)
        for name in ("subject", "detail", "their_differs", "attention_detail", "attention_done", "cured_by"):
            setattr(entry, name, words_of.without(getattr(entry, name), batch.words))
        entry.save(update_fields=[*_OF_DOCUMENTS])
        if entry.state in MAPPABLE and document and document.get("party"):
            queue.hold(entry, Hold(Cause.CUSTOMER_FORGOTTEN), mover=Mover.MAPPING)  # until it is mapped anew, without


_OF_DOCUMENTS = (
    "document", "contact_name", "subject", "detail", "their_differs", "attention_detail", "attention_done", "cured_by",
)  # fmt: skip


def _forget_attempts(batch: _Batch) -> None:
    """Bodies and answers of calls that are over; those of a call in doubt are what a look is compared with."""
    for attempt in _attempts(batch).filter(_is_over()):
        attempt.body = words_of.without_in_bytes(bytes(attempt.body), batch.words)
        attempt.answer = words_of.without_in_bytes(bytes(attempt.answer), batch.words)
        attempt.note = words_of.without(attempt.note, batch.words)
        attempt.save(update_fields=["body", "answer", "note"])


def _attempts(batch: _Batch) -> QuerySet[Attempt]:
    """Return the calls that their documents were in, and those that made contacts and name them."""
    mine = Attempt.objects.filter(company=batch.company_id)
    said = [*batch.words, *(party["key"] for party in _parties(batch.entries))]
    naming = Q(pk__in=[])
    for place, word in enumerate(said):
        mine = mine.annotate(**{f"at_{place}": _Position(Value(word.encode()), F("body"))})
        naming |= Q(members=None) & Q(**{f"at_{place}__gt": 0})
    return mine.filter(Q(members__entry__in=batch.entry_ids) | naming).distinct().order_by("id")


class _Position(Func):
    """Where bytes stand in others, from 1; 0: nowhere."""

    function = "position"
    arg_joiner = " in "
    output_field = models.IntegerField()


def _is_over() -> Q:
    in_doubt = AttemptEntry.objects.filter(attempt=models.OuterRef("pk"), entry__state__in=IN_FLIGHT)
    return ~Q(result=Attempt.Result.PENDING) & ~Q(models.Exists(in_doubt))


def _forget_places_in_attempts(batch: _Batch) -> None:
    rows = AttemptEntry.objects.filter(company=batch.company_id, entry__in=batch.entry_ids)
    _scrub(rows, ("words",), batch.words)


def _forget_assignments(batch: _Batch) -> None:
    """What somebody wrote beside what waits for a cause is of no order: it may name whose it was."""
    _scrub(Assignment.objects.filter(company=batch.company_id), ("note",), batch.words)


def _forget_contacts(batch: _Batch) -> None:
    """Which contact it is stays, so that a credit note goes where its invoice went."""
    keys = [party["key"] for party in _parties(batch.entries)]
    mine = CustomerContact.objects.filter(organisation__company=batch.company_id)
    theirs = Q(key__in=keys) | Q(name__in=batch.words) | Q(shop_name__in=batch.words)
    mine.filter(theirs).update(name="", shop_name="")


def _forget_events(batch: _Batch) -> int:
    """Take from the history what was said of their orders and documents that names them; its chain holds."""
    told = Event.objects.filter(
        Q(subject_kind=Subject.ORDER, subject_id__in=batch.order_ids)
        | Q(subject_kind=Subject.ENTRY, subject_id__in=batch.entry_ids),
        company=batch.company_id,
    )
    names = Q(pk__in=[])
    for word in batch.words:
        names |= Q(reason__icontains=word) | Q(told_before__icontains=word) | Q(told_after__icontains=word)
    texts = {"told_before": Cast("before", TextField()), "told_after": Cast("after", TextField())}
    ids = list(told.annotate(**texts).filter(names).values_list("pk", flat=True))
    return forgetting.forget(Event.objects.filter(company=batch.company_id, pk__in=ids)) if ids else 0


def _scrub(rows: Iterable[models.Model], names: Sequence[str], words: Sequence[str]) -> None:
    for row in rows:
        before = {name: getattr(row, name) for name in names}
        after = {name: words_of.without(value, words) for name, value in before.items()}
        if after != before:
            for name, value in after.items():
                setattr(row, name, value)
            row.save(update_fields=list(names))


def _forget_views(batch: _Batch) -> None:
    saved_views.forget(batch.company_id, batch.words)


PLACES: Mapping[str, Callable[[_Batch], None]] = {
    "catalog.CustomerContact": _forget_contacts,
    "orders.Revision": _forget_contents,
    "orders.Notice": _forget_notices,
    "feeds.IncomingFile": _forget_files,
    "orders.Delivery": _forget_deliveries,
    "orders.OrderStanding": _forget_standings,
    "orders.Order": _forget_orders,
    "outbox.Assignment": _forget_assignments,
    "outbox.AttemptEntry": _forget_places_in_attempts,
    "outbox.Attempt": _forget_attempts,
    "outbox.Entry": _forget_documents,
    "companies.SavedView": _forget_views,
}
"""Every table that says who a customer is, but the history, whose own rule forgets it. The contact before the document
that names it."""
NO_CUSTOMER: Mapping[str, str] = {
    "alerts.MailChoice": "what a person wants",
    "alerts.Told": "counts, by cause",
    "alerts.ToldOfFeed": "counts, by feed and cause",
    "alerts.AlertMail": "numbers of things and words for causes; its text names no customer and no document",
    "history.Event": "by its own rule, `_forget_events`",
    "history.Removed": "numbers of events",
    "outbox.Orphan": "numbers and ids of documents",
    "outbox.Arrivals": "counts",
    "outbox.PostedOnDay": "counts",
    "orders.ReceivedOnDay": "counts",
    "outbox.EntryNeed": "which document waits for which",
    "ending.Certificate": "counts of what was deleted",
    "feeds.Feed": "the company's shops",
    "feeds.Backfill": "how far a shop was read",
    "feeds.WatchedPlace": "a folder or server of the company's",
    "feeds.FilePiece": "with their files, `_forget_files`",
    "orders.MoneyMoved": "amounts, gateways and the gateways' own ids",
    "orders.MoneyOfDay": "the same, added up",
    "orders.MoneyNews": "days, and which orders",
    "outbox.PostedOnAccount": "sums, by account",
    "catalog.TrackingOption": "the organisation's own",
    "catalog.Account": "the organisation's own",
    "catalog.TaxRate": "the organisation's own",
    "catalog.Currency": "the organisation's own",
    "catalog.Item": "goods",
    "catalog.CatalogRead": "moments",
    "catalog.Contact": "contacts that the settings name: chosen by the company, said by `_kept`",
}
"""Tables of companies with texts that hold no customer, each with why; the rest are people's and settings' (`is_settings`)."""


def _kept(company: Company, batch: _Batch) -> list[str]:
    """Return what still names them, in sentences."""
    said = []
    calls = _attempts(batch).exclude(_is_over()).count()
    if calls:
        said.append(
            f"{calls} call{'s' if calls > 1 else ''} whose outcome nobody knows yet: run this again once it is settled."
        )
    held = Delivery.objects.filter(_NOT_TAKEN, company=company).exclude(raw=b"").order_by("id")
    said += [
        f"Delivery {each.pk}, which is not taken in yet: resume its feed or put it aside, then run this again."
        for each in held.iterator(chunk_size=BATCH)
        if _is_named_in(each, batch)
    ]
    waiting = [each for each in _files(batch).filter(state__in=_AWAITED) if _may_name(each, batch.words)]
    said += [
        f"The file {each.public_id}, which is not taken in yet: take it in or put it aside, then run this again."
        for each in waiting
    ]
    named = PostingSettings.objects.filter(connection__company=company)
    names = {name for pair in named.values_list("contact_name", "supplier_contact_name") for name in pair if name}
    names |= set(ChannelContact.objects.filter(connection__company=company).values_list("contact_name", flat=True))
    if any(words_of.without(name, batch.words) != name for name in names):
        said.append("A contact that the settings name: choose another one there.")
    return said
