"""Orders of different feeds that look like the same sale: what a batch meets, and what a person says of it.

Of two that come at the same moment one waits in the database for the other (`daybook_met` locks their names), so that
one of them sees the other. Companies with one feed of sales ask nothing.
"""

from collections.abc import Mapping, Sequence

from django.db import transaction

from daybook.companies.models import Company, Person
from daybook.history.kinds import What
from daybook.history.telling import tell
from daybook.intake import prepare
from daybook.intake.intents import Met
from daybook.intake.meeting import met
from daybook.kit import clock
from daybook.kit.translation import told
from daybook.orders import standings, telling
from daybook.orders.models import Order

_SAID: Mapping[str, str] = {
    Order.Sameness.SAME: "A person said: the same sale as {named}.",
    Order.Sameness.ANOTHER: "A person said: another sale than {named}.",
}


def twins(order: Order) -> Sequence[Met]:
    """Return the orders of other feeds that this one looks like, by what it says now."""
    others = met(order.company, [order]).get(order.pk, ())
    at = order.ordered_at or order.first_received_at
    return [each for each in others if each.is_like(order.currency, order.gross, at)]


def decide(order: Order, verdict: str, person: Person) -> None:
    """Keep what a person says: the same sale (no document is made of this one), or another one; then look at it again."""
    company = Company.objects.get(pk=order.company_id)
    with transaction.atomic():
        mine = Order.objects.select_for_update(of=("self",)).select_related("feed", "company", "same_as")
        row = mine.get(company=company, pk=order.pk)
        others = twins(row)
        other = Order.objects.filter(company=company, public_id=others[0].public_id).first() if others else None
        row.sameness, row.same_as = verdict, other or row.same_as
        row.save(update_fields=["sameness", "same_as"])
        named = row.same_as.ref if row.same_as is not None else "the other one"
        tell(telling.about(row), What.NOTED, by=person, reason=told(_SAID[verdict], named=named))
        standings.await_preparing(company, [row.pk], clock.now())
    prepare.prepare_orders(company, [order.pk])
