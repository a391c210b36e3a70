"""Whatever the tax rate, books from which quantities were cancelled agree with their orders without a person, to the cent.

An order rounds what is left of it anew; its books hold the sale as it was posted, and credit notes of so many each.
"""

import os
from decimal import Decimal
from itertools import count
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from daybook.outbox.models import Entry
from daybook.reconciliation.report import compare_connection
from localxero import LocalXero
from tests.integration.awkward import companies
from tests.integration.credits.shop import of_line, opened, order, refund, send, settle
from tests.world import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long(30)]

RATES = ("0.08875", "0.077", "0.19", "0.2", "0.1025")
MADE = {"8.875": "New York", "7.7": "Switzerland", "19": "Germany", "10.25": "Chicago"}


class Story(NamedTuple):
    """An order, and how many of its first line go at each word: by a cancellation, by a refund, or told as both."""

    lines: list[dict]
    carriage: dict | None
    words: list[tuple[str, int]]


@some.composite
def stories(draw: some.DrawFn) -> Story:
    is_inclusive = draw(some.booleans())
    kind = "unit_price_inc_tax" if is_inclusive else "unit_price"
    lines = [
        {
            "id": name, "sku": name, "description": name, "quantity": draw(some.integers(1, 6)),
            kind: str(Decimal(draw(some.integers(1, 39999))) / 100), "tax_rate": draw(some.sampled_from(RATES)),
        }
        for name in "ab"[: draw(some.integers(1, 2))]
    ]  # fmt: skip
    carriage = {"price": "4.95", "tax_rate": lines[0]["tax_rate"]} if draw(some.booleans()) else None
    words = draw(
        some.lists(
            some.tuples(some.sampled_from(["cancel", "cancel", "refund", "both", "all"]), some.integers(1, 2)),
            min_size=1,
            max_size=3,
        )
    )
    return Story(lines, carriage, words)


class Told:
    """One order, told again after each word."""

    def __init__(self, ref: str, story: Story) -> None:
        self.ref, self.story, self.words = ref, story, list(story.words)
        self.gone, self.refunds, self.is_cancelled, self.left = 0, [], False, story.lines[0]["quantity"]

    def hear(self) -> None:
        word, wanted = self.words.pop(0) if self.words else ("", 0)
        number = min(wanted, self.left)
        if word == "all":
            self.is_cancelled = True
        if not number:
            return
        if word in {"cancel", "both"}:
            self.gone += number
        if word in {"refund", "both"}:
            self.refunds.append(refund(f"r{len(self.refunds)}", lines=[of_line("a", number)]))
        self.left -= number if word in {"cancel", "refund", "both"} else 0

    def content(self) -> dict:
        gone = [{"lines": [of_line("a", self.gone)]}] if self.gone else []
        return order(
            self.ref, *self.refunds, lines=self.story.lines, shipping=self.story.carriage, cancellations=gone,
            cancelled=self.is_cancelled,
        )  # fmt: skip


@pytest.fixture
def acme() -> Cast:
    xero = LocalXero(limits="off")
    acme = opened(xero)
    return companies.settled(acme, companies.made_rates(xero, "GB", MADE), ())


def differing(cast: Cast) -> list[tuple]:
    report = compare_connection(cast.connection, cast.client, everything=False)
    return [(row.number, row.kind, row.order_totals, row.entry_totals, row.their_totals) for row in report.rows]


def test_agree_whatever_is_cancelled_in_whatever_bits(acme):
    numbers, ever = count(1), dict[str, Story]()

    @settings(
        max_examples=int(os.environ.get("LAWS", "3")),
        derandomize="LAWS" not in os.environ,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(some.lists(stories(), min_size=12, max_size=12))
    def law(told: list[Story]) -> None:
        orders = [Told(f"L-{next(numbers)}", each) for each in told]
        ever.update({each.ref: each.story for each in orders})
        send(acme, *(each.content() for each in orders))
        settle(acme, 1)
        for _ in range(3):
            for each in orders:
                each.hear()
                send(acme, each.content())
            settle(acme)
        waiting = Entry.objects.exclude(state__in=["posted", "cancelled"]).values_list("number", "cause", "detail")
        found = differing(acme)
        assert (list(waiting), found) == ([], []), [ever[number.partition("-CR")[0]] for number, *_ in found]

    law()
