"""Orders, and what was delivered, each to the feed that they name; how orders stand, to its own rows."""

from django.db import migrations

from daybook.moving import in_batches

TO_THEIR_FEEDS = """
UPDATE {table} moved SET feed_id = feed.id FROM feeds_feed feed
WHERE {{batch}} AND feed.company_id = moved.company_id AND feed.name = moved.source
"""
TO_STANDINGS = """
INSERT INTO orders_orderstanding
    (company_id, order_id, connection_id, standing, cause, subject, detail, unprepared_since, written_from)
SELECT moved.company_id, moved.id, way.id, moved.standing, moved.cause, moved.subject, moved.detail,
    moved.unprepared_since, moved.written_from
FROM orders_order moved JOIN connections_connection way ON way.company_id = moved.company_id WHERE {batch}
ORDER BY moved.id
"""
"""A company has one connection, so far."""
WITHOUT_STANDING = "NOT EXISTS (SELECT FROM orders_orderstanding there WHERE there.order_id = moved.id)"
KNOWN_WITHOUT_FEED = """
moved.feed_id IS NULL
AND EXISTS (SELECT FROM feeds_feed feed WHERE feed.company_id = moved.company_id AND feed.name = moved.source)
"""
"""What was refused may name no source that there is: it stays without."""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0006_a_feed_for_each_source")]
    operations = [
        in_batches("orders_order", waiting="moved.feed_id IS NULL", move=TO_THEIR_FEEDS.format(table="orders_order")),
        in_batches("orders_order", waiting=WITHOUT_STANDING, move=TO_STANDINGS),
        in_batches(
            "orders_delivery", waiting=KNOWN_WITHOUT_FEED, move=TO_THEIR_FEEDS.format(table="orders_delivery")
        ),
    ]
