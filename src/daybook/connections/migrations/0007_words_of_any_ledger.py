"""Fields that were named after the first ledger are named after what they hold."""

from django.db import migrations, models

OFFERED = """
UPDATE connections_connection SET offered = (
    SELECT jsonb_agg(jsonb_build_object('their_id', each->>'tenantId', 'name', each->>'tenantName', 'link_id', each->>'id'))
    FROM jsonb_array_elements(offered) each)
WHERE jsonb_typeof(offered) = 'array' AND offered <> '[]'::jsonb;
"""
CAN_INVOICE = "UPDATE connections_organisation SET can_invoice = false WHERE edition LIKE 'PARTNER%';"
STATUSES = [
    ("not_connected", "Not connected"),
    ("choosing", "Choose an organisation"),
    ("connected", "Connected"),
    ("needs_consent", "Consent is asked for again"),
]


class Migration(migrations.Migration):
    dependencies = [("connections", "0006_posting_rules")]

    operations = [
        migrations.RenameField("connection", "xero_connection_id", "link_id"),
        migrations.RenameField("connection", "offered_tenants", "offered"),
        migrations.AddField("organisation", "can_invoice", models.BooleanField(default=True, db_default=True)),
        migrations.RunSQL(OFFERED, migrations.RunSQL.noop),
        migrations.RunSQL(CAN_INVOICE, migrations.RunSQL.noop),
        migrations.AlterField(
            "connection", "status", models.CharField(choices=STATUSES, default="not_connected", max_length=16)
        ),
        migrations.AlterField(
            model_name='postingsettings',
            name='when_tax_differs',
            field=models.CharField(choices=[('hold', 'Hold the document and say why'), ('keep_gross', "Keep the gross, let {ledger}'s tax stand")], default='hold', max_length=16, verbose_name='When tax cannot be met'),
        ),
    ]
