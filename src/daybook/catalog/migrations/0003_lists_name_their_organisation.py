"""The copies of an organisation's lists get a column for its row; also those that the company left long before have one."""

import django.db.models.deletion
from django.db import migrations, models

from daybook.altering import AtOnce

MODELS = ("Account", "TaxRate", "Currency", "Contact", "Item", "CatalogRead")
MEET = """
INSERT INTO connections_organisation (company_id, connection_id, ledger, their_id, name, country_code, base_currency,
    time_zone, short_code, edition)
SELECT DISTINCT copied.company_id, connection.id, 'xero', copied.tenant_id, '', '', '', '', '', ''
FROM {table} AS copied JOIN connections_connection AS connection ON connection.company_id = copied.company_id
ON CONFLICT DO NOTHING
"""


def to_organisation() -> models.ForeignKey:
    return models.ForeignKey(
        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="connections.organisation"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0002_contacts_of_the_settings"),
        ("connections", "0003_organisations_and_posting_settings"),
    ]
    operations = [
        AtOnce(
            [
                *(migrations.AddField(model, "organisation", to_organisation()) for model in MODELS),
                *(
                    migrations.RunSQL(MEET.format(table=f"catalog_{model.lower()}"), migrations.RunSQL.noop)
                    for model in MODELS
                ),
            ]
        )
    ]
