"""Orders, and what was delivered, each to the feed that they name; how orders stand, to its own rows."""

from django.db import migrations
from django.db.models import Exists, OuterRef

from daybook.moving import in_batches

MOVED = ("standing", "cause", "subject", "detail", "unprepared_since", "written_from")


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


def without_standing(rows):
    standings = rows.model._meta.apps.get_model("orders", "OrderStanding").objects
    return rows.filter(~Exists(standings.filter(order=OuterRef("pk"))))


def to_standings(apps, rows):
    """A company has one connection, so far."""
    standings = apps.get_model("orders", "OrderStanding").objects
    connections = apps.get_model("connections", "Connection").objects.filter(company__in={row.company_id for row in rows})
    ways = dict(connections.values_list("company_id", "id"))
    standings.bulk_create(
        standings.model(
            company_id=row.company_id,
            order_id=row.pk,
            connection_id=ways[row.company_id],
            **{name: getattr(row, name) for name in MOVED},
        )
        for row in rows
    )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0006_a_feed_for_each_source")]
    operations = [
        in_batches("orders", "Order", waiting=without_feed, move=to_their_feeds),
        in_batches("orders", "Order", waiting=without_standing, move=to_standings),
        in_batches("orders", "Delivery", waiting=known_without_feed, move=to_their_feeds),
    ]
