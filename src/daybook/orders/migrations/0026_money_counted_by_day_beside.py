"""Sums of money by day, and what is to be counted anew of them."""

import django.db.models.deletion
from django.db import migrations, models


def _of_company(**named: bool) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="companies.company", **named
    )


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0014_the_language_of_a_person_beside"),
        ("feeds", "0005_when_orders_are_due"),
        ("orders", "0025_open_orders_counted_beside"),
    ]

    operations = [
        migrations.CreateModel(
            name="MoneyNews",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("company", _of_company()),
                ("day", models.DateField(null=True)),
                ("posted_day", models.DateField(null=True)),
                (
                    "order",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="orders.order",
                    ),
                ),
            ],
            options={"verbose_name_plural": "money news"},
        ),
        migrations.CreateModel(
            name="MoneyOfDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("company", _of_company(db_index=False)),
                ("day", models.DateField()),
                (
                    "feed",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="feeds.feed",
                    ),
                ),
                ("gateway", models.CharField(blank=True, max_length=100)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("is_refund", models.BooleanField()),
                ("payout", models.CharField(blank=True, max_length=200)),
                ("payout_day", models.DateField(null=True)),
                ("count", models.PositiveIntegerField()),
                ("amount", models.DecimalField(decimal_places=4, max_digits=24)),
                ("fee", models.DecimalField(decimal_places=4, max_digits=24)),
            ],
            options={
                "verbose_name_plural": "money of days",
                "indexes": [models.Index(fields=["company", "day"], name="money_of_day")],
            },
        ),
    ]
