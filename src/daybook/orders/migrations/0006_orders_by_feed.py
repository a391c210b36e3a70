"""An order is known by its feed: one for each source that a company's orders name."""

import django.db.models.deletion
from django.db import migrations, models

OF_ITS_FEED = """
UPDATE {table} AS row SET feed_id = feed.id FROM feeds_feed AS feed
WHERE feed.company_id = row.company_id AND feed.name = row.source
"""


def make_feeds(apps, editor):
    """Make the feeds that orders name and that are not there yet; the name of a source with addresses of its own is its."""
    orders, feeds = apps.get_model("orders", "Order").objects, apps.get_model("feeds", "Feed").objects
    there = set(feeds.values_list("company_id", "name"))
    named = orders.order_by("company_id", "source").values_list("company_id", "source").distinct()
    for company_id, name in named:
        if (company_id, name) not in there:
            feeds.create(company_id=company_id, source="kornitx" if name == "kornitx" else "canonical", name=name)


def tie(table: str) -> migrations.RunSQL:
    """Have the database refuse a row that points at another company's feed."""
    name = f"{table}_feed_id_same_company"
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (company_id, feed_id)"
        " REFERENCES feeds_feed (company_id, id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0005_standing_toward_each_connection"),
        ("feeds", "0001_a_feed_for_each_shop"),
    ]
    operations = [
        migrations.AddField(
            "order",
            "feed",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="feeds.feed"
            ),
        ),
        migrations.AddField(
            "delivery",
            "feed",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="feeds.feed"
            ),
        ),
        migrations.AlterField("delivery", "door", models.CharField(max_length=80)),
        migrations.AlterField(
            "delivery",
            "result",
            models.CharField(
                choices=[
                    ("accepted", "Accepted"),
                    ("unchanged", "What stands already"),
                    ("late_retry", "A repeat, or older than what stands"),
                    ("refused", "Refused"),
                    ("ignored", "Nothing about an order"),
                ],
                max_length=16,
            ),
        ),
        migrations.RunPython(make_feeds, migrations.RunPython.noop),
        migrations.RunSQL(OF_ITS_FEED.format(table="orders_order"), migrations.RunSQL.noop),
        migrations.RunSQL(OF_ITS_FEED.format(table="orders_delivery"), migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),  # PostgreSQL alters no table before
        migrations.RemoveConstraint("order", "order_once"),
        migrations.AlterField(
            "order",
            "feed",
            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="feeds.feed"),
        ),
        migrations.RemoveField("order", "source"),
        migrations.AddConstraint(
            "order", models.UniqueConstraint(fields=("company", "feed", "source_id"), name="order_once")
        ),
        migrations.AddIndex("order", models.Index(fields=["feed", "-first_received_at"], name="order_newest_of_feed")),
        tie("orders_order"),
        tie("orders_delivery"),
    ]
