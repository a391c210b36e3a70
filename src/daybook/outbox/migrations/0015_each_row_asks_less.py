"""Each reference is held by one constraint, over (company, it), and led by one index: a row asks PostgreSQL half as much."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from daybook.altering import AtOnce


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0009_a_shops_secrets_are_its_feeds"),
        ("connections", "0009_when_a_minute_began"),
        ("orders", "0011_each_row_asks_less"),
        ("outbox", "0014_versions_there"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AtOnce(
            [
                migrations.RemoveIndex(
                    model_name="entry",
                    name="entry_newest",
                ),
                migrations.AlterField(
                    model_name="attempt",
                    name="company",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attempts",
                        to="companies.company",
                    ),
                ),
                migrations.AlterField(
                    model_name="attempt",
                    name="organisation",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="connections.organisation",
                    ),
                ),
                migrations.AlterField(
                    model_name="attemptentry",
                    name="attempt",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="outbox.attempt",
                    ),
                ),
                migrations.AlterField(
                    model_name="attemptentry",
                    name="company",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="companies.company",
                    ),
                ),
                migrations.AlterField(
                    model_name="attemptentry",
                    name="entry",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="outbox.entry",
                    ),
                ),
                migrations.AlterField(
                    model_name="entry",
                    name="about",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="outbox.entry",
                    ),
                ),
                migrations.AlterField(
                    model_name="entry",
                    name="company",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="companies.company",
                    ),
                ),
                migrations.AlterField(
                    model_name="entry",
                    name="given_up_by",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="entry",
                    name="order",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="orders.order",
                    ),
                ),
                migrations.AlterField(
                    model_name="entry",
                    name="organisation",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="connections.organisation",
                    ),
                ),
                migrations.AlterField(
                    model_name="entry",
                    name="revision",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orders.revision",
                    ),
                ),
                migrations.AlterField(
                    model_name="entryneed",
                    name="company",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="companies.company",
                    ),
                ),
                migrations.AlterField(
                    model_name="entryneed",
                    name="entry",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="needs",
                        to="outbox.entry",
                    ),
                ),
                migrations.AlterField(
                    model_name="entryneed",
                    name="needed",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="needed_by",
                        to="outbox.entry",
                    ),
                ),
                migrations.AddIndex(
                    model_name="entry",
                    index=models.Index(
                        condition=models.Q(("about__isnull", False)), fields=["about"], name="entry_about"
                    ),
                ),
                migrations.AddIndex(
                    model_name="entry",
                    index=models.Index(
                        condition=models.Q(("given_up_by__isnull", False)),
                        fields=["given_up_by"],
                        name="entry_given_up_by",
                    ),
                ),
                # nobody searches these by their beginning
                migrations.RunSQL("DROP INDEX IF EXISTS outbox_entry_public_id_f75a6ea4_like", migrations.RunSQL.noop),
                migrations.RunSQL(
                    "DROP INDEX IF EXISTS outbox_attempt_public_id_bc45bc77_like", migrations.RunSQL.noop
                ),
                migrations.RunSQL(
                    "DROP INDEX IF EXISTS outbox_attempt_idempotency_key_9f9d1a9d_like", migrations.RunSQL.noop
                ),
            ]
        )
    ]
