"""A person says what was given back, line by line, where the shop does not, or not so that it adds up."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from daybook.companies.models import Company, Person
from daybook.documents import keys, stored
from daybook.documents.document import Invoice
from daybook.documents.kinds import SPECS, Kind
from daybook.history.kinds import What
from daybook.history.telling import tell
from daybook.intake import giving_back, prepare
from daybook.kit import clock
from daybook.kit.money import figure
from daybook.orders import standings, telling
from daybook.orders.models import Order
from daybook.outbox.models import Entry
from daybook.outbox.states import IN_FLIGHT, State
from daybook.sources import statuses
from daybook.sources.canonical import schema, sums
from daybook.sources.canonical.after import Refund
from daybook.sources.canonical.schema import CanonicalOrder

_FROZEN = [State.POSTED, *IN_FLIGHT]


class NotARefundError(Exception):
    """What was typed cannot be what was given back; the message says why to a person."""


@dataclass(frozen=True, slots=True)
class Typable:
    """A refund of which a person may type what was given back."""

    refund: Refund
    """With what was typed before."""
    money: Decimal | None
    """What the shop says moved; None: it says nothing."""
    currency: str
    order: CanonicalOrder


def content_of(order: Order) -> CanonicalOrder | None:
    """Return the content that stands, its status read as the feed says."""
    revision = order.current_revision
    if revision is None:
        return None
    return statuses.order_as_meant(schema.load_order(revision.content), order.feed.status_table)


def typable(order: Order, refund_id: str) -> Typable | None:
    """Return a refund of the order of which a person may type the amounts; None where there is none, or it has left."""
    content = content_of(order)
    if content is None or _has_left(order, refund_id):
        return None
    told = next((each for each in content.refunds if each.id == refund_id), None)
    if told is None and refund_id == giving_back.BY_STATUS and not content.refunds:
        told = Refund(id=refund_id)
    if told is None:
        return None
    currency = order.currency or content.currency or ""
    refund = giving_back.with_typed(told, order.typed_refunds)
    return Typable(refund, sums.paid(told.payments, currency), currency, content)


def _has_left(order: Order, refund_id: str) -> bool:
    """Tell whether the refund stands on a document that is posted or on its way: nobody changes that any more."""
    mine = Entry.objects.filter(company_id=order.company_id, order=order, state__in=_FROZEN)
    if mine.filter(kind=Kind.CREDIT_NOTE, key=keys.of(refund_id)).exists():
        return True
    sales = mine.filter(kind__in=[kind for kind, spec in SPECS.items() if spec.is_the_sale])
    papers = (stored.read(entry.document, entry.kind) for entry in sales)
    return any(
        refund_id in {each.refund for each in paper.lowered_by} for paper in papers if isinstance(paper, Invoice)
    )


def type_refund(order: Order, refund_id: str, said: Mapping[str, Any], person: Person) -> None:
    """Keep what was given back as a person typed it, and look at the order again. Raises NotARefundError.

    `said`: `lines`, `shipping`, `adjustments`, `at` and `reason` as the canonical refund has them; empty: what the shop
    says counts again.
    """
    company = Company.objects.get(pk=order.company_id)
    with transaction.atomic():
        mine = Order.objects.select_for_update().get(company=company, pk=order.pk)
        found = typable(mine, refund_id)
        if found is None:
            raise NotARefundError("There is no such refund, or its credit note is posted or on its way.")
        before = mine.typed_refunds.get(refund_id)
        if not said and before is None:
            raise NotARefundError("Type in at least one amount, or how many of a line.")
        typed = {key: each for key, each in mine.typed_refunds.items() if key != refund_id}
        if said:
            refund = Refund.model_validate({**said, "id": refund_id})
            _check(found, refund)
            content = refund.model_dump(mode="json", exclude_defaults=True)
            typed[refund_id] = {"content": content, "by": person.pk, "at": clock.now().isoformat()}
        mine.typed_refunds = typed
        mine.save(update_fields=["typed_refunds"])
        standings.await_preparing(company, [mine.pk], clock.now())
        told = [_in_words(each) for each in (before, typed.get(refund_id))]
        tell(telling.about(mine), What.REFUND_TYPED, by=person, before=told[0], after=told[1])
    prepare.prepare_orders(company, [order.pk])


def _check(found: Typable, refund: Refund) -> None:
    """Refuse what cannot be: it must come to the money that moved, where the shop says what did."""
    whole = sums.given_back(refund)
    if whole is not None and whole <= 0:
        raise NotARefundError(f"It comes to {figure(whole)}, and what is given back is above 0.")
    if not refund.lines and whole is None:
        raise NotARefundError("Type in at least one amount, or how many of a line.")
    if found.money is not None and whole is not None and whole != found.money:
        raise NotARefundError(
            f"What you typed comes to {figure(whole)}, and the shop says that {figure(found.money)} went back. They differ "
            f"by {figure(abs(whole - found.money))}."
        )


def _in_words(typed: Mapping[str, Any] | None) -> dict[str, str]:
    """Return what is told of it in the history: figures only, none of the shop's words."""
    if typed is None:
        return {"refund": ""}
    refund = Refund.model_validate({**typed["content"], "id": "-"})
    whole = sums.given_back(refund)
    parts = f"{len(refund.lines)} lines" if len(refund.lines) != 1 else "1 line"
    return {"refund": parts if whole is None else f"{figure(whole)} ({parts})"}
