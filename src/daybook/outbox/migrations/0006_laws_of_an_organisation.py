"""Documents and calls hang on the organisation, and so do the laws; a document may wait for another one."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Upper

THEIRS = ("id", "status", "net", "tax", "gross", "paid", "credited", "due", "updated_at", "seen_at", "differs")
MEET = """
INSERT INTO connections_organisation (company_id, connection_id, ledger, their_id, name, country_code, base_currency,
    time_zone, short_code, edition)
SELECT DISTINCT ours.company_id, connection.id, 'xero', ours.tenant_id, '', '', '', '', '', ''
FROM {table} AS ours JOIN connections_connection AS connection ON connection.company_id = ours.company_id
ON CONFLICT DO NOTHING
"""
POINT_ENTRIES = """
UPDATE outbox_entry SET organisation_id = known.id, number_space = 'xero:' || tenant_id || ':' || kind
FROM connections_organisation AS known
WHERE known.company_id = outbox_entry.company_id AND known.their_id = outbox_entry.tenant_id
"""
POINT_ATTEMPTS = """
UPDATE outbox_attempt SET organisation_id = known.id FROM connections_organisation AS known
WHERE known.company_id = outbox_attempt.company_id AND known.their_id = outbox_attempt.tenant_id
"""
LIVE = ["held", "ready", "sending", "unknown", "rejected"]


def moved(statement: str) -> migrations.RunSQL:
    return migrations.RunSQL(statement, migrations.RunSQL.noop)


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
    dependencies = [
        ("outbox", "0005_given_up_by_a_person"),
        ("connections", "0003_organisations_and_posting_settings"),
    ]
    operations = [
        migrations.RemoveConstraint("entry", "entry_posted_has_xero_id"),
        *(migrations.RenameField("entry", f"xero_{name}", f"their_{name}") for name in THEIRS),
        migrations.AddField("entry", "their_rate", models.DecimalField(decimal_places=6, max_digits=18, null=True)),
        migrations.AddField("entry", "their_digest", models.CharField(blank=True, default="", max_length=64)),
        migrations.AddField("entry", "is_needed", models.BooleanField(default=False)),
        migrations.AddField("entry", "open_needs", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("entry", "key", models.CharField(blank=True, default="", max_length=100)),
        migrations.AddField("entry", "number_space", models.CharField(default="", max_length=260)),
        migrations.AddField("entry", "about", protected("outbox.entry", null=True)),
        migrations.AddField("entry", "organisation", protected("connections.organisation", null=True)),
        migrations.AddField("attempt", "organisation", protected("connections.organisation", null=True)),
        moved(MEET.format(table="outbox_entry")),
        moved(MEET.format(table="outbox_attempt")),
        moved(POINT_ENTRIES),
        moved(POINT_ATTEMPTS),
        moved("SET CONSTRAINTS ALL IMMEDIATE"),  # PostgreSQL alters no table before
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
