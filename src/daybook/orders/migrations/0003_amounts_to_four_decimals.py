from django.db import migrations, models

AMOUNTS = ("net", "tax", "gross")
WIDER = "ALTER TABLE orders_order " + ", ".join(f"ALTER COLUMN {name} TYPE numeric(20, 4)" for name in AMOUNTS)
"""At once, as PostgreSQL writes the table anew for it."""
BACK = WIDER.replace("(20, 4)", "(18, 2)")


def _amount() -> models.DecimalField:
    return models.DecimalField(decimal_places=4, max_digits=20, null=True)


class Migration(migrations.Migration):
    """Orders in currencies of three decimals (dinars) are shown to their last digit."""

    dependencies = [("orders", "0002_rows_of_one_company")]

    operations = [
        migrations.RunSQL(
            WIDER, BACK, state_operations=[migrations.AlterField("order", name, _amount()) for name in AMOUNTS]
        )
    ]
