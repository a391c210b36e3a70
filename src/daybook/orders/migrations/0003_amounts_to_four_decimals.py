from django.db import migrations, models


def _amount() -> models.DecimalField:
    return models.DecimalField(decimal_places=4, max_digits=20, null=True)


class Migration(migrations.Migration):
    """Orders in currencies of three decimals (dinars) are shown to their last digit."""

    dependencies = [("orders", "0002_rows_of_one_company")]

    operations = [
        migrations.AlterField(model_name="order", name="net", field=_amount()),
        migrations.AlterField(model_name="order", name="tax", field=_amount()),
        migrations.AlterField(model_name="order", name="gross", field=_amount()),
    ]
