"""Each reference is held by one constraint, over (company, it), and led by one index: a row asks PostgreSQL half as much."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from daybook.altering import AtOnce


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0009_a_shops_secrets_are_its_feeds"),
        ("history", "0003_tally"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AtOnce(
            [
                migrations.AlterField(
                    model_name="event",
                    name="company",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="companies.company",
                    ),
                ),
                migrations.AlterField(
                    model_name="event",
                    name="person",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddIndex(
                    model_name="event",
                    index=models.Index(
                        condition=models.Q(("person__isnull", False)), fields=["person"], name="event_of_person"
                    ),
                ),
            ]
        )
    ]
