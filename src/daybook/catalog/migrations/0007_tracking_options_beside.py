"""Tracking categories, once a rule names one of their options."""

import django.db.models.deletion
from django.db import migrations, models

import daybook.kit.clock


class Migration(migrations.Migration):
    dependencies = [("catalog", "0006_customers_beside"), ("connections", "0012_days_of_calls_beside")]
    operations = [
        migrations.CreateModel(
            name="TrackingOption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("read_at", models.DateTimeField(default=daybook.kit.clock.now)),
                ("option_id", models.CharField(max_length=36)),
                ("category_id", models.CharField(max_length=36)),
                ("category", models.CharField(blank=True, max_length=255)),
                ("name", models.CharField(blank=True, max_length=255)),
                ("status", models.CharField(max_length=20)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="connections.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["category", "name"],
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "option_id"), name="tracking_option_once")
                ],
            },
        ),
    ]
