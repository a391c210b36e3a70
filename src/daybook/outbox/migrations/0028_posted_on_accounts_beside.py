"""What documents moved on accounts by day."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0014_the_language_of_a_person_beside"),
        ("connections", "0025_set_up_beside"),
        ("orders", "0026_money_counted_by_day_beside"),
        ("outbox", "0027_needs_counted_beside"),
    ]

    operations = [
        migrations.CreateModel(
            name="PostedOnAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="companies.company",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="connections.organisation",
                    ),
                ),
                ("day", models.DateField()),
                ("kind", models.CharField(max_length=20)),
                ("account", models.TextField(blank=True)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("count", models.PositiveIntegerField()),
                ("amount", models.DecimalField(decimal_places=4, max_digits=24)),
            ],
            options={
                "verbose_name_plural": "posted on accounts",
                "indexes": [models.Index(fields=["company", "day"], name="posted_on_account")],
            },
        ),
    ]
