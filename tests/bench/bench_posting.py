"""What 1,000 orders cost: seconds to take in, seconds and calls to post, in both methods. Prints; judges nothing."""

import random
import time

import pytest

from daybook.intake.receive import receive_many
from daybook.outbox.models import Attempt, Entry
from localxero import LocalXero
from tests.integration.test_orders_become_documents import post_all, shop_order
from tests.world import connected

pytestmark = pytest.mark.django_db(transaction=True)

ORDERS = 1_000


@pytest.mark.parametrize("tracked", [False, True], ids=["untracked", "tracked"])
def test_a_thousand_orders(tracked: bool) -> None:  # noqa: FBT001
    cast = connected(LocalXero(limits="off"), tracked=tracked)
    dice = random.Random(1)
    orders = [shop_order(dice, serial) for serial in range(ORDERS)]
    begun = time.perf_counter()
    list(receive_many(cast.company, orders))
    taken_in = time.perf_counter()
    post_all(cast)
    posted = time.perf_counter()
    documents = Entry.objects.filter(company=cast.company, state="posted").count()
    calls = Attempt.objects.filter(company=cast.company).count()
    print(
        f"\n{'Tracked' if tracked else 'Untracked'}: {ORDERS:,} orders taken in in {taken_in - begun:.1f} s, "
        f"{documents:,} documents posted in {posted - taken_in:.1f} s with {calls} writing calls"
    )
