"""A company is closed, kept for the years set, and then deleted."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from daybook.altering import AtOnce


class Migration(migrations.Migration):
    dependencies = [("companies", "0009_a_shops_secrets_are_its_feeds")]
    operations = [
        AtOnce(
            [
                migrations.AddField("company", "closing_at", models.DateTimeField(null=True)),
                migrations.AddField("company", "closed_at", models.DateTimeField(null=True)),
                migrations.AddField(
                    "company",
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField("company", "kept_until", models.DateTimeField(null=True)),
                migrations.AddField("company", "deleting_at", models.DateTimeField(null=True)),
                migrations.AddIndex(
                    "company",
                    models.Index(
                        fields=["kept_until"],
                        condition=models.Q(kept_until__isnull=False),
                        name="company_kept_until",
                    ),
                ),
                migrations.AddConstraint(
                    "company",
                    models.CheckConstraint(
                        condition=models.Q(closed_at=None) | models.Q(kept_until__isnull=False),
                        name="company_closed_until",
                    ),
                ),
            ]
        )
    ]
