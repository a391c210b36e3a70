"""What waits is grouped by its cause, and given to somebody to do."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import daybook.kit.clock


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0010_closing_a_company"),
        ("connections", "0019_accounts_made_beside"),
        ("outbox", "0021_invoiced_orders"),
    ]

    operations = [
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cause", models.CharField(max_length=40)),
                ("note", models.CharField(blank=True, default="", max_length=300)),
                ("at", models.DateTimeField(default=daybook.kit.clock.now)),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="companies.company"
                    ),
                ),
                (
                    "connection",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="connections.connection",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("connection", "cause"), name="assignment_once")],
            },
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                fields=["company", "cause", "-id"],
                condition=models.Q(state__in=["held", "rejected"]),
                name="entry_by_cause",
            ),
        ),
    ]
