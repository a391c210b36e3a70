"""What a thousand feeds cost that have nothing to say: under two hundredths of a core."""

import time
from datetime import timedelta

import pytest
from django.db import connection

from daybook.feeds import dues
from daybook.feeds.models import Feed
from daybook.intake import pulling
from daybook.kit import clock
from tests.integration.feeds.test_export_pull import acme as acme  # noqa: PLC0414 - a fixture
from tests.integration.feeds.test_export_pull import due
from tests.integration.feeds.test_export_pull import feed as feed  # noqa: PLC0414 - a fixture
from tests.integration.feeds.test_export_pull import oms as oms  # noqa: PLC0414 - a fixture

pytestmark = pytest.mark.django_db
FEEDS, PULLS, SWEEP_SECONDS = 1000, 20, 5


def spent(act, times: int) -> float:
    """CPU seconds of this thread for each time; the OMS answers in another one."""
    begun = time.thread_time()
    for _ in range(times):
        act()
    return (time.thread_time() - begun) / times


def test_a_thousand_idle_feeds_take_less_than_a_fiftieth_of_a_core(acme, feed, oms):
    later = clock.now() + timedelta(days=1)
    Feed.objects.bulk_create(
        Feed(company=acme, source="kornitx", name=f"idle-{number}", due_at=later) for number in range(FEEDS)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE feeds_feed")
    pulling.pull(due(feed))

    sweep = spent(lambda: dues.are_due(clock.now()), 50)
    pull = spent(lambda: pulling.pull(due(feed)), PULLS)
    each_second = sweep / SWEEP_SECONDS + pull * FEEDS / feed.every.total_seconds()
    print(f"sweep {sweep * 1000:.2f} ms, pull {pull * 1000:.2f} ms: {each_second:.2%} of a core")
    assert each_second < 0.02
