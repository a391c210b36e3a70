"""Acme has posted, waits, and knows people, keys and costs; Birch has too, and must not lose a row."""

from datetime import timedelta

import pytest

from daybook.companies import keys, people
from daybook.companies.models import Company, ItemCost
from daybook.ending import closing
from daybook.history import sealing
from daybook.intake.receive import receive, receive_many
from daybook.kit import clock
from localxero import LocalXero
from tests.integration.posting.test_drain import post
from tests.integration.posting.test_killed_worker import one_mug
from tests.world import Cast, connected


def with_everything(cast: Cast) -> Cast:
    """A company of which most tables have a row; a part of its history is interleaved with others'."""
    ann = people.add_person(f"ann@{cast.company.name.lower()}.example")
    people.join(cast.company, ann, "owner")
    keys.create_api_key(cast.company, "OMS", ann)
    ItemCost.objects.create(company=cast.company, sku="=MUG", currency="GBP", unit_cost="1.50")
    many = [one_mug("1") | {"id": str(number), "number": str(number)} for number in range(5)]
    assert all(receipt.stored for receipt in receive_many(cast.company, many))
    post(cast)
    receive(cast.company, one_mug("1") | {"id": "held", "number": "held", "currency": "XAU"})
    cast.company.refresh_from_db()
    return cast


@pytest.fixture
def acme(db) -> Cast:
    return with_everything(connected(LocalXero(limits="off"), "Acme", tracked=True, untouched=True))


@pytest.fixture
def birch(acme) -> Cast:
    made = with_everything(connected(LocalXero(limits="off"), "Birch", "AU", tracked=True, untouched=True))
    acme.ready_invoice()
    sealing.seal_all()
    return made


def close(cast: Cast, *, years: int = 7) -> Company:
    closing.begin(cast.company)
    closing.finish(cast.company, years=years, client=cast.client)
    return cast.company


def years_are_over(company: Company) -> Company:
    Company.objects.filter(pk=company.pk).update(kept_until=clock.now() - timedelta(days=1))
    company.refresh_from_db()
    return company
