"""An order is known by (company, feed, source id), and stands in rows of its own."""

import django.db.models.deletion
from django.db import migrations, models

from daybook.altering import AtOnce


def tie(table: str) -> migrations.RunSQL:
    """Have the database refuse a row that points at another company's feed."""
    name = f"{table}_feed_id_same_company"
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (company_id, feed_id)"
        " REFERENCES feeds_feed (company_id, id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("orders", "0007_orders_to_their_feeds")]
    operations = [
        AtOnce(
            [
                migrations.RemoveConstraint("order", "order_once"),
                migrations.AlterField(
                    "order",
                    "feed",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="feeds.feed"),
                ),
                *(
                    migrations.RemoveField("order", name)
                    for name in (
                        "source",
                        "standing",
                        "cause",
                        "subject",
                        "detail",
                        "unprepared_since",
                        "written_from",
                    )
                ),
                migrations.AddConstraint(
                    "order", models.UniqueConstraint(fields=("company", "feed", "source_id"), name="order_once")
                ),
                migrations.AddIndex("order", models.Index(fields=["feed", "-first_received_at"], name="order_newest_of_feed")),
                tie("orders_order"),
                tie("orders_delivery"),
            ]
        ),
    ]
