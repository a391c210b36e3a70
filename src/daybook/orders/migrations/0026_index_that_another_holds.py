"""What it found, `order_by_content` finds."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0025_open_orders_counted_beside")]
    operations = [
        migrations.AlterField(
            "order",
            "current_revision",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                db_constraint=False,
                db_index=False,
                to="orders.revision",
            ),
        ),
    ]
