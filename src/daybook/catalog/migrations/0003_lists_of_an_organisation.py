"""The copies of an organisation's lists hang on its row."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

KEYS = {
    "Account": ("account_id", "account_once"),
    "TaxRate": ("tax_type", "tax_rate_once"),
    "Currency": ("code", "currency_once"),
    "Contact": ("contact_id", "contact_once"),
    "Item": ("code", "item_once"),
    "CatalogRead": ("resource", "catalog_read_once"),
}
"""By model: what tells its rows apart within an organisation, and the constraint that says so."""
MEET = """
INSERT INTO connections_organisation (company_id, connection_id, ledger, their_id, name, country_code, base_currency,
    time_zone, short_code, edition)
SELECT DISTINCT copied.company_id, connection.id, 'xero', copied.tenant_id, '', '', '', '', '', ''
FROM {table} AS copied JOIN connections_connection AS connection ON connection.company_id = copied.company_id
ON CONFLICT DO NOTHING
"""
POINT = """
UPDATE {table} SET organisation_id = known.id FROM connections_organisation AS known
WHERE known.company_id = {table}.company_id AND known.their_id = {table}.tenant_id
"""


def to_organisation(**options: bool) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="connections.organisation", **options
    )


def filled(statement: str) -> list[migrations.RunSQL]:
    tables = (f"catalog_{model.lower()}" for model in KEYS)
    return [migrations.RunSQL(statement.format(table=table), migrations.RunSQL.noop) for table in tables]


def keyed(model: str) -> list[Operation]:
    key, name = KEYS[model]
    return [
        migrations.RemoveConstraint(model, name),
        migrations.AlterField(model, "organisation", to_organisation()),
        migrations.RemoveField(model, "company"),
        migrations.RemoveField(model, "tenant_id"),
        migrations.AddConstraint(model, models.UniqueConstraint(fields=("organisation", key), name=name)),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0002_contacts_of_the_settings"),
        ("connections", "0003_organisations_and_posting_settings"),
    ]
    operations = [
        *(migrations.AddField(model, "organisation", to_organisation(null=True)) for model in KEYS),
        *filled(MEET),
        *filled(POINT),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),  # PostgreSQL alters no table before
        *(operation for model in KEYS for operation in keyed(model)),
    ]
