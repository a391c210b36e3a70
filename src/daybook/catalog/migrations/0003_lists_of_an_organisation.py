"""The copies of an organisation's lists hang on its row."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

from daybook.altering import AtOnce

KEYS = {
    "Account": ("account_id", "account_once"),
    "TaxRate": ("tax_type", "tax_rate_once"),
    "Currency": ("code", "currency_once"),
    "Contact": ("contact_id", "contact_once"),
    "Item": ("code", "item_once"),
    "CatalogRead": ("resource", "catalog_read_once"),
}
"""By model: what tells its rows apart within an organisation, and the constraint that says so."""


def to_organisation() -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="connections.organisation"
    )


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
    dependencies = [("catalog", "0003_lists_to_their_organisations")]
    operations = [AtOnce([operation for model in KEYS for operation in keyed(model)])]
