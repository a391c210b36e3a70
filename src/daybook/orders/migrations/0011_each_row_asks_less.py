"""Each reference is held by one constraint, over (company, it), and led by one index: a row asks PostgreSQL half as much."""

import django.db.models.deletion
from django.db import migrations, models

from daybook.altering import AtOnce


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0009_a_shops_secrets_are_its_feeds"),
        ("connections", "0009_when_a_minute_began"),
        ("feeds", "0001_a_feed_for_each_shop"),
        ("orders", "0010_notes_are_gone"),
    ]

    operations = [
        AtOnce(
            [
                migrations.AlterField(
                    model_name="delivery",
                    name="company",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="companies.company",
                    ),
                ),
                migrations.AlterField(
                    model_name="delivery",
                    name="feed",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="feeds.feed",
                    ),
                ),
                migrations.AlterField(
                    model_name="delivery",
                    name="notice",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="orders.notice",
                    ),
                ),
                migrations.AlterField(
                    model_name="delivery",
                    name="order",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="orders.order",
                    ),
                ),
                migrations.AlterField(
                    model_name="delivery",
                    name="revision",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="orders.revision",
                    ),
                ),
                migrations.AlterField(
                    model_name="notice",
                    name="company",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="companies.company",
                    ),
                ),
                migrations.AlterField(
                    model_name="notice",
                    name="order",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="orders.order",
                    ),
                ),
                migrations.AlterField(
                    model_name="order",
                    name="company",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="orders",
                        to="companies.company",
                    ),
                ),
                migrations.AlterField(
                    model_name="order",
                    name="current_revision",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orders.revision",
                    ),
                ),
                migrations.AlterField(
                    model_name="order",
                    name="feed",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="feeds.feed",
                    ),
                ),
                migrations.AlterField(
                    model_name="orderstanding",
                    name="company",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="companies.company",
                    ),
                ),
                migrations.AlterField(
                    model_name="orderstanding",
                    name="connection",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="connections.connection",
                    ),
                ),
                migrations.AlterField(
                    model_name="orderstanding",
                    name="order",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="standings",
                        to="orders.order",
                    ),
                ),
                migrations.AlterField(
                    model_name="revision",
                    name="company",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="companies.company",
                    ),
                ),
                migrations.AlterField(
                    model_name="revision",
                    name="order",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="revisions",
                        to="orders.order",
                    ),
                ),
                migrations.AddIndex(
                    model_name="delivery",
                    index=models.Index(
                        condition=models.Q(("notice__isnull", False)), fields=["notice"], name="delivery_notice"
                    ),
                ),
                # nobody searches these by their beginning
                migrations.RunSQL("DROP INDEX IF EXISTS orders_order_public_id_477d735f_like", migrations.RunSQL.noop),
            ]
        )
    ]
