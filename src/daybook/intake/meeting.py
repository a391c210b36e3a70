"""Which orders of a company's other feeds a batch of orders meets, by number or external reference."""

from collections.abc import Sequence
from datetime import UTC

from daybook.companies.models import Company
from daybook.feeds.models import Feed
from daybook.intake.intents import Met
from daybook.orders.models import Order
from daybook.tables import reading

_ASK = """
    SELECT mine, public_id, ref, feed, currency, gross, at
    FROM daybook_met(%s, %s::bigint[], %s::bigint[], %s::text[], %s::text[])
"""


def met(company: Company, orders: Sequence[Order]) -> dict[int, tuple[Met, ...]]:
    """Return by order what it meets; nothing is asked where the company has one feed of sales only."""
    asked = [
        order
        for order in orders
        if order.feed.meets_others and order.feed.brings == Feed.Brings.SALES and order.sameness == ""
    ]
    if not asked:
        return {}
    columns = [[getattr(each, name) for each in asked] for name in ("pk", "feed_id", "ref", "external_ref")]
    found: dict[int, tuple[Met, ...]] = {}
    for mine, public_id, ref, feed, currency, gross, at in reading.ask(_ASK, [company.pk, *columns]):
        each = Met(public_id=public_id, ref=ref, feed=feed, currency=currency, gross=gross, at=at.astimezone(UTC))
        found[mine] = (*found.get(mine, ()), each)
    return found
