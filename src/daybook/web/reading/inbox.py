"""The list of everything that reached a company, and what is shown of one delivery."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from daybook.companies.models import Company
from daybook.feeds import roster
from daybook.intake import replaying
from daybook.kit.translation import gettext, gettext_noop
from daybook.orders.models import Delivery, Order
from daybook.sources import json_text
from daybook.sources.problems import NotAnOrderError
from daybook.web.listing import Found, asked_for
from daybook.web.words import Badge

LONGEST = 200
MOST_ORDERS = 1_000
"""That a name may be of: of more, the deliveries of the newest so many are shown."""
OPEN = "open"
FILTERS: Mapping[str, str] = {
    OPEN: gettext_noop("Refused, to look at"),
    "waiting": gettext_noop("Kept, not taken in yet"),
    "refused": gettext_noop("Refused (all)"),
    "accepted": gettext_noop("Accepted"),
    "unchanged": gettext_noop("What stood already"),
    "late_retry": gettext_noop("Repeats and older states"),
    "ignored": gettext_noop("Nothing about an order"),
}
BADGES: Mapping[str, Badge] = {
    Delivery.Result.ACCEPTED: Badge("Accepted", "good", "New, or with new content: it stands"),
    Delivery.Result.UNCHANGED: Badge("Unchanged", "calm", "This content stood already"),
    Delivery.Result.LATE_RETRY: Badge("Older|a delivery", "calm", "A repeat, or older than what stands: ignored"),
    Delivery.Result.REFUSED: Badge("Refused", "bad", "Nothing of it was taken in"),
    Delivery.Result.IGNORED: Badge("No order", "calm", "Well-formed, and nothing about an order"),
    Delivery.Result.WAITING: Badge("Kept", "busy", "It is taken in later"),
}
SETTLED: Mapping[str, Badge] = {
    Delivery.Result.REFUSED: Badge("Refused, settled", "calm", "It was replayed or put aside since"),
    Delivery.Result.WAITING: Badge("Kept, settled", "calm", "It was taken in or put aside since"),
}
LARGEST_SHOWN = 200_000
"""Characters of a delivery that a page shows."""


def filters() -> dict[str, str]:
    """Return what the list can be narrowed to, in words."""
    return {name: gettext(called) for name, called in FILTERS.items()}


def found(company: Company, asked: QueryDict) -> Found[Delivery]:
    """Return the rows that are asked for."""
    mine = Delivery.objects.filter(company=company)
    shown = mine.select_related("feed", "order", "by").defer("raw")
    return Found(_filtered(mine, company, asked), shown)


def _filtered(rows: QuerySet[Delivery], company: Company, asked: QueryDict) -> QuerySet[Delivery]:
    result = asked_for(asked, "result", 20)
    if result == OPEN:
        rows = rows.filter(result=Delivery.Result.REFUSED, settled_at=None)
    elif result == Delivery.Result.WAITING:
        rows = rows.filter(result=result, settled_at=None)
    elif result:
        rows = rows.filter(result=result)
    if feed := asked_for(asked, "feed", 32):
        rows = rows.filter(feed=roster.id_of(company, feed))
    if file := asked_for(asked, "file", 32):
        rows = rows.filter(request=file)
    if text := asked_for(asked, "q", LONGEST):
        rows = rows.filter(pk__in=_named(company, text))
    return rows


def is_cut(company: Company, asked: QueryDict) -> bool:
    """Tell whether more orders have the name that is sought than those whose deliveries are shown."""
    text = asked_for(asked, "q", LONGEST)
    return bool(text) and len(_orders_named(company, text)) > MOST_ORDERS


def _named(company: Company, text: str) -> QuerySet[Any, Any]:
    """Return the ids of what belongs to an order of this name, or called itself so: each name by its own index."""
    mine = Delivery.objects.filter(company=company)
    return mine.filter(order__in=_orders_named(company, text)[:MOST_ORDERS]).values("pk").union(
        mine.filter(ref=text, ref__gt="").values("pk"),
        mine.filter(external_ref=text, external_ref__gt="").values("pk"),
    )  # fmt: skip


def _orders_named(company: Company, text: str) -> list[int]:
    """Return the ids of the newest orders of this name, at most one more than are looked at."""
    orders = Order.objects.filter(company=company)
    feeds = list(roster.of_company(company).values_list("pk", flat=True))
    named = orders.filter(ref=text).values("pk").union(
        orders.filter(external_ref=text, external_ref__gt="").values("pk"),
        orders.filter(feed__in=feeds, source_id=text).values("pk"),
    )  # fmt: skip
    return list(named.order_by("-pk").values_list("pk", flat=True)[: MOST_ORDERS + 1])


def badge(delivery: Delivery) -> Badge:
    """Return what became of a delivery, in a word."""
    table = BADGES if delivery.settled_at is None else {**BADGES, **SETTLED}
    return table.get(delivery.result, Badge(delivery.result, "calm"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A delivery's bytes as a page shows them."""

    text: str
    is_forgotten: bool = False
    is_cut: bool = False
    is_text: bool = True

    @property
    def may_be_edited(self) -> bool:
        """Tell whether all of it stands on the page, as it came."""
        return self.is_text and not self.is_cut and not self.is_forgotten


def text_of(delivery: Delivery) -> Text:
    """Return what came, laid out to be read where it is JSON."""
    raw = replaying.piece_of(delivery)
    if not raw:
        return Text(text="", is_forgotten=True)
    try:
        plain = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Text(text=raw[:LARGEST_SHOWN].decode("utf-8", "backslashreplace"), is_text=False)
    with suppress(NotAnOrderError):  # then it is shown as it is: why it cannot be read stands above
        plain = json_text.write(json_text.parse(plain)) if len(plain) < LARGEST_SHOWN else plain
    return Text(text=plain[:LARGEST_SHOWN], is_cut=len(plain) > LARGEST_SHOWN)


def versions(company: Company, delivery: Delivery) -> list[Delivery]:
    """Return what this one was corrected from and into, the first first."""
    chain = [delivery]
    while chain[0].corrects_id is not None and len(chain) < LONGEST:
        before = Delivery.objects.filter(company=company, pk=chain[0].corrects_id).first()
        if before is None:
            break
        chain.insert(0, before)
    near = Delivery.objects.filter(company=company, pk__gt=chain[-1].pk)
    after = near.filter(corrects__in=[each.pk for each in chain]).select_related("by", "order").order_by("id")[:LONGEST]
    return [*chain, *after] if len(chain) > 1 or after else []
