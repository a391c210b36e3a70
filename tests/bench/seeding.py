"""A company as it is after some hundred orders went through the real code: posted, rejected, held, flagged, not due."""

import json
import random
from dataclasses import dataclass
from typing import Any

from django.test import Client

from daybook.companies.models import Company
from daybook.history import sealing
from daybook.kit import clock
from daybook.outbox.models import Entry
from localxero import LocalXero
from tests import outside
from tests.world import Cast

SEED = 500
"""Orders."""
FIRST = ("Ada", "Ben", "Cleo", "Dov", "Eve", "Finn", "Gus", "Hana", "Ida", "Jo", "Kit", "Lea", "Max", "Nia", "Oli")
LAST = ("Abbot", "Birch", "Carver", "Dale", "Ellis", "Frost", "Gray", "Hobbs", "Irwin", "Jones", "Kerr", "Lund", "Moss")


@dataclass(frozen=True, slots=True)
class Seeded:
    """The company, and the browser of somebody of it who is logged in."""

    cast: Cast
    browser: Client

    @property
    def company(self) -> Company:
        return self.cast.company


def seeded(orders: int = SEED, *, is_posted: bool = True) -> Seeded:
    """Make the company and let its orders go all the way to a local Xero; unless told otherwise they do not wait."""
    cast = outside.acme(LocalXero(limits="off"))
    sender, browser = outside.Sender(cast.company), outside.signed_in_person(cast.company)
    dice = random.Random(7)
    for first in range(0, orders, 100):
        bodies = [an_order(serial, dice, is_simple=not is_posted) for serial in range(first, min(first + 100, orders))]
        answer = sender.send(json.dumps(bodies))
        assert answer["accepted"] == len(bodies), answer
    if is_posted:
        outside.post(cast)
        _let_some_need_a_person(cast.company)
    sealing.seal_all()
    return Seeded(cast, browser)


def _let_some_need_a_person(company: Company) -> None:
    posted = Entry.objects.filter(company=company, state="posted").order_by("id")
    Entry.objects.filter(pk=posted[1].pk).update(attention="totals_differ", attention_detail="by 0.01")
    rejected = {"state": "rejected", "cause": "contact_archived", "their_id": "", "posted_at": None}
    for entry in posted[2:4]:
        Entry.objects.filter(pk=entry.pk).update(**rejected, state_since=clock.now())


def an_order(serial: int, dice: random.Random, *, is_simple: bool = False) -> dict[str, Any]:
    """Of a hundred one is not dispatched; of two hundred one has a rate that nobody mapped. None where they are simple."""
    rate, price = ("0.19", "7.4375") if serial % 200 == 150 and not is_simple else ("0.2", "7.50")
    lines = [
        {
            "id": f"{serial}-{place}", "sku": f"SKU-{dice.randrange(500)}", "description": f"Mug {place}",
            "quantity": dice.randrange(1, 5), "unit_price": "6.25", "unit_price_inc_tax": price, "tax_rate": rate,
        }
        for place in range(dice.randrange(1, 4))
    ]  # fmt: skip
    is_dispatched = bool(serial % 100) or is_simple
    return {
        "source": "bench", "id": f"S{serial:03}-", "number": f"ORD-{serial:03}-", "external_ref": f"WEB-{serial:03}-",
        "customer": {"name": f"{dice.choice(FIRST)} {dice.choice(LAST)}", "email": "ada@example.com"},
        "status": "dispatched", "currency": "GBP", "lines": lines, "dispatched": is_dispatched,
        **({"dispatched_at": "2026-03-02T10:00:00Z"} if is_dispatched else {}),
    }  # fmt: skip
