"""The laws hang on the organisation; what was posted is never deleted with its company."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Upper

from daybook.altering import AtOnce

LIVE = ["held", "ready", "sending", "unknown", "rejected"]


def tie(child: str, column: str, parent: str) -> migrations.RunSQL:
    name = f"{child}_{column}_same_company"
    return migrations.RunSQL(
        f"ALTER TABLE {child} ADD CONSTRAINT {name} FOREIGN KEY (company_id, {column})"
        f" REFERENCES {parent} (company_id, id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {child} DROP CONSTRAINT {name}",
    )


def protected(to: str, related_name: str = "+", **options: bool) -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=to, **options)


class Migration(migrations.Migration):
    dependencies = [("outbox", "0006_documents_to_their_organisations")]
    operations = [
        AtOnce(
            [
                migrations.RemoveConstraint("entry", "entry_once"),
                migrations.RemoveConstraint("entry", "entry_number_once"),
                migrations.RemoveConstraint("entry", "entry_one_live"),
                migrations.RemoveIndex("entry", "entry_ready"),
                migrations.RemoveField("entry", "tenant_id"),
                migrations.RemoveField("attempt", "tenant_id"),
                migrations.AlterField("entry", "number_space", models.CharField(max_length=260)),
                migrations.AlterField("entry", "organisation", protected("connections.organisation")),
                migrations.AlterField("attempt", "organisation", protected("connections.organisation")),
                migrations.AlterField("entry", "company", protected("companies.company", "entries")),
                migrations.AlterField("attempt", "company", protected("companies.company", "attempts")),
                migrations.AlterField("attemptentry", "company", protected("companies.company")),
                migrations.AlterField("attemptentry", "attempt", protected("outbox.attempt", "members")),
                migrations.AlterField("attemptentry", "entry", protected("outbox.entry", "memberships")),
                migrations.AlterField("transition", "company", protected("companies.company")),
                migrations.AlterField("transition", "entry", protected("outbox.entry", "transitions")),
                migrations.AddConstraint(
                    "entry",
                    models.UniqueConstraint(fields=("organisation", "order", "kind", "key", "generation"), name="entry_once"),
                ),
                migrations.AddConstraint(
                    "entry",
                    models.UniqueConstraint(
                        "number_space", Upper("number"), condition=models.Q(is_number_free=False), name="entry_number_once"
                    ),
                ),
                migrations.AddConstraint(
                    "entry",
                    models.UniqueConstraint(
                        fields=("organisation", "order", "kind", "key"),
                        condition=models.Q(state__in=LIVE),
                        name="entry_one_live",
                    ),
                ),
                migrations.AddConstraint(
                    "entry",
                    models.CheckConstraint(
                        condition=~models.Q(state="posted") | ~models.Q(their_id=""), name="entry_posted_has_their_id"
                    ),
                ),
                migrations.AddIndex(
                    "entry",
                    models.Index(
                        fields=["organisation", "kind", "id"],
                        condition=models.Q(state="ready", open_needs=0),
                        name="entry_ready",
                    ),
                ),
                migrations.CreateModel(
                    name='EntryNeed',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.company')),
                        ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='needs', to='outbox.entry')),
                        ('needed', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='needed_by', to='outbox.entry')),
                        ('until', models.CharField(choices=[('posted', 'posted'), ('authorised', 'authorised'), ('gone', 'gone')], max_length=12)),
                        ('met_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('entry', 'needed', 'until'), name='entry_need_once'), models.CheckConstraint(condition=models.Q(('entry', models.F('needed')), _negated=True), name='entry_needs_another')],
                        'indexes': [],
                    },
                ),
                tie("outbox_entry", "organisation_id", "connections_organisation"),
                tie("outbox_entry", "about_id", "outbox_entry"),
                tie("outbox_attempt", "organisation_id", "connections_organisation"),
                tie("outbox_entryneed", "entry_id", "outbox_entry"),
                tie("outbox_entryneed", "needed_id", "outbox_entry"),
            ]
        ),
    ]
