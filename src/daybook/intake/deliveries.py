"""Everything that reached us, a row each: what tells a repeat from a change taken back (decision 15)."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.db.models import Max, Q, QuerySet

from daybook.companies.models import Company, Person
from daybook.intake.repeats import RETRIED_FOR, Said
from daybook.kit import ids
from daybook.orders.models import Delivery
from daybook.sources.problems import Problem
from daybook.tables import cursors

_NOTE_ANSWER = """
    UPDATE orders_delivery SET answered = %s
    WHERE company_id = %s AND order_id = ANY(%s) AND body_hash = ANY(%s) AND result <> 'refused'
    AND coalesce(answered, 0) NOT BETWEEN 200 AND 299
"""
MOST_PROBLEMS, _LONGEST_WORDS = 50, 500
_IS_ANSWERED = Q(answered__gte=200, answered__lt=300)


class Door(StrEnum):
    """By which way it came, where it was not to a feed's own address."""

    API = "api"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """The request or file in which payloads came."""

    door: str = Door.API
    """A `Door`, or the source's name and its door's."""
    raw: bytes = b""
    """The request's bytes."""
    key: str = ""
    """Its `Idempotency-Key`."""
    request: str = field(default_factory=ids.public_id)
    """What its deliveries share."""
    pieces: Sequence[bytes] = ()
    """The bytes of each thing in it, where each is kept by itself: of what a pull brought."""
    is_put_off: bool = False
    """Documents are made of its orders later, by the sweep (`prepare.prepare_overdue`): storing them goes first."""
    is_awaited: bool = True
    """Somebody waits for an answer, and repeats what has none."""
    corrects: Delivery | None = None
    """What a person takes in again with it, as it was or corrected."""
    by: Person | None = None
    """Who."""

    @property
    def request_hash(self) -> str:
        """Return what tells the bodies of two requests of one key apart."""
        return digest(self.raw) if self.key else ""

    def delivery(self, company: Company, position: int, now: datetime) -> Delivery:
        """Return a row for the payload at this position, to be filled and saved by the caller."""
        return Delivery(
            company=company,
            door=self.door,
            request=self.request,
            request_key=self.key,
            request_hash=self.request_hash,
            position=position,
            received_at=now,
            answered=None if self.is_awaited and self.door != Door.FILE else 200,
            raw=self._raw(position),
            corrects=self.corrects,
            by=self.by,
        )

    def _raw(self, position: int) -> bytes:
        if self.pieces:
            return self.pieces[position]
        return self.raw if position == 0 else b""


def digest(body: bytes) -> str:
    """Return the SHA-256 of bytes, hex."""
    return hashlib.sha256(body).hexdigest()


def told(problems: Iterable[Problem]) -> list[dict[str, str]]:
    """Return problems as a delivery keeps them; texts are cut, and free of what PostgreSQL refuses."""
    return [
        {name: _kept(text) for name, text in (("field", each.field), ("problem", each.problem), ("cure", each.cure))}
        for each in list(problems)[:MOST_PROBLEMS]
    ]


def _kept(text: str) -> str:
    return text[:_LONGEST_WORDS].encode("utf-8", "replace").decode().replace("\x00", "")


def is_reused(company: Company, arrival: Arrival) -> bool:
    """Tell whether the request's key came before with another body of which something was kept."""
    if not arrival.key:
        return False
    kept = Delivery.objects.filter(company=company, request_key=arrival.key).exclude(result=Delivery.Result.REFUSED)
    return kept.exclude(request_hash=arrival.request_hash).exists()


def unanswered(
    company: Company, order_ids: Iterable[int], arrival: Arrival, now: datetime
) -> set[tuple[int | None, str]]:
    """Return order and body of what came lately, in other requests, and was not answered: the sender repeats it."""
    recent = _of(company, order_ids).filter(received_at__gte=now - RETRIED_FOR).exclude(request=arrival.request)
    return set(recent.filter(~_IS_ANSWERED).values_list("order_id", "body_hash"))


def with_ids(company: Company, order_ids: Iterable[int], arrival: Arrival, names: Iterable[str]) -> list[Delivery]:
    """Return the orders' deliveries that carry the request's key or one of the senders' ids of messages."""
    same = Q(delivery_id__in=[each for each in names if each])
    if arrival.key:
        same |= Q(request_key=arrival.key)
    return list(_of(company, order_ids).filter(same).defer("raw"))


def standing(company: Company, revisions: dict[int, int]) -> dict[int, Said]:
    """Return what the sender said of the content that stands. `revisions`: the current one of each order."""
    rows = _of(company, revisions).filter(revision_id__in=revisions.values()).order_by().values("order_id")
    found = rows.annotate(newest=Max("updated_at"), highest=Max("sequence"))
    return {row["order_id"]: Said(row["highest"], row["newest"], row["newest"]) for row in found}


def note_answer(company: Company, order_ids: Iterable[int], hashes: Iterable[str], *, status: int) -> None:
    """Note that these were answered, and with them what was repeated here: its sender repeats it no more."""
    with cursors.prepared() as cursor:
        cursor.execute(_NOTE_ANSWER, [status, company.pk, list(order_ids), list(hashes)])


def _of(company: Company, order_ids: Iterable[int]) -> QuerySet[Delivery]:
    rows = Delivery.objects.filter(company=company, order_id__in=list(order_ids))
    return rows.exclude(result=Delivery.Result.REFUSED)
