"""Documents and calls get a column for the organisation that they hang on; a document may wait for another one."""

import django.db.models.deletion
from django.db import migrations, models

from daybook.altering import AtOnce

THEIRS = ("id", "status", "net", "tax", "gross", "paid", "credited", "due", "updated_at", "seen_at", "differs")
MEET = """
INSERT INTO connections_organisation (company_id, connection_id, ledger, their_id, name, country_code, base_currency,
    time_zone, short_code, edition)
SELECT DISTINCT ours.company_id, connection.id, 'xero', ours.tenant_id, '', '', '', '', '', ''
FROM {table} AS ours JOIN connections_connection AS connection ON connection.company_id = ours.company_id
ON CONFLICT DO NOTHING
"""
"""Also those that the company was connected to long before."""


def protected(to: str, related_name: str = "+", **options: bool) -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=to, **options)


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0005_given_up_by_a_person"),
        ("connections", "0003_organisations_and_posting_settings"),
    ]
    operations = [
        AtOnce(
            [
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
                *(
                    migrations.RunSQL(MEET.format(table=table), migrations.RunSQL.noop)
                    for table in ("outbox_entry", "outbox_attempt")
                ),
            ]
        ),
    ]
