"""Each of these is the beginning of another index (docs/decisions/0070)."""

import django.db.models.deletion
from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0023_inbox_found_beside")]
    operations = [
        RemoveIndexConcurrently("order", "order_gross"),
        migrations.AlterField(
            "delivery",
            "feed",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                db_constraint=False,
                db_index=False,
                to="feeds.feed",
            ),
        ),
    ]
