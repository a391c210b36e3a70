"""A feed for each source that a company's orders name, and where orders and deliveries say theirs."""

import django.db.models.deletion
from django.db import migrations, models

from daybook.altering import AtOnce


def make_feeds(apps, editor):
    """Make the feeds that orders name and that are not there yet; the name of a source with addresses of its own is its."""
    orders, feeds = apps.get_model("orders", "Order").objects, apps.get_model("feeds", "Feed").objects
    there = set(feeds.values_list("company_id", "name"))
    named = orders.order_by("company_id", "source").values_list("company_id", "source").distinct()
    for company_id, name in named:
        if (company_id, name) not in there:
            feeds.create(company_id=company_id, source="kornitx" if name == "kornitx" else "canonical", name=name)


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0005_standing_toward_each_connection"),
        ("feeds", "0001_a_feed_for_each_shop"),
    ]
    operations = [
        AtOnce(
            [
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
            ]
        ),
        migrations.RunPython(make_feeds, migrations.RunPython.noop),
    ]
