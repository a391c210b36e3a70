"""Orders, and what was delivered, each to the feed that they name."""

from django.db import migrations
from django.db.models import Exists, OuterRef

from daybook.moving import in_batches


def without_feed(rows):
    return rows.filter(feed=None)


def known_without_feed(rows):
    """What was refused may name no source that there is: it stays without."""
    feeds = rows.model._meta.get_field("feed").related_model.objects
    return rows.filter(Exists(feeds.filter(company=OuterRef("company"), name=OuterRef("source"))), feed=None)


def to_their_feeds(apps, rows):
    model, feeds = type(rows[0]).objects, apps.get_model("feeds", "Feed").objects
    for company_id, name in sorted({(row.company_id, row.source) for row in rows}):
        mine = [row.pk for row in rows if (row.company_id, row.source) == (company_id, name)]
        model.filter(pk__in=mine).update(feed=feeds.get(company_id=company_id, name=name))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0006_a_feed_for_each_source")]
    operations = [
        in_batches("orders", "Order", waiting=without_feed, move=to_their_feeds),
        in_batches("orders", "Delivery", waiting=known_without_feed, move=to_their_feeds),
    ]
