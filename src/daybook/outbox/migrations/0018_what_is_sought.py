"""Every three letters in a row of what a settled document says, by company; days that are over, counted once."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

from daybook.altering import AtOnce, without_indexes
from daybook.kit.ids import public_id


class Migration(migrations.Migration):
    dependencies = [("outbox", "0017_arrivals_by_the_hour_beside"), ("orders", "0012_what_is_sought")]

    operations = [
        AtOnce(
            [
                migrations.AddIndex(
                    "entry",
                    django.contrib.postgres.indexes.GinIndex(
                        models.Func(
                            "company_id",
                            "number",
                            "contact_name",
                            function="daybook_grams",
                            output_field=django.contrib.postgres.fields.ArrayField(models.TextField()),
                        ),
                        condition=models.Q(("state__in", ("cancelled", "posted"))),
                        name="entry_grams",
                    ),
                ),
                migrations.AddIndex(
                    "attempt",
                    models.Index(
                        condition=models.Q(("answer", b""), ("body", b""), _negated=True),
                        fields=["created_at"],
                        name="attempt_bodies",
                    ),
                ),
                migrations.CreateModel(
                    name="PostedOnDay",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("zone", models.CharField(max_length=64)),
                        ("day", models.DateField()),
                        ("count", models.PositiveIntegerField()),
                        (
                            "company",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="companies.company",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "posted on days",
                        "constraints": [
                            models.UniqueConstraint(fields=("company", "zone", "day"), name="posted_on_day_once")
                        ],
                    },
                ),
            ]
        ),
        without_indexes(  # as in the orders' migration
            "outbox_entry",
            ["public_id"],
            [
                migrations.AlterField("entry", "public_id", models.CharField(default=public_id, max_length=32)),
                migrations.AddConstraint(
                    "entry", models.UniqueConstraint(fields=("public_id",), name="outbox_entry_public_id_key")
                ),
            ],
        ),
    ]
