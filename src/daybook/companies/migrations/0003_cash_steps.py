from django.db import migrations, models


class Migration(migrations.Migration):
    """To what a company's OMS rounds its amounts, by currency."""

    dependencies = [("companies", "0002_stock_and_costs")]

    operations = [
        migrations.AddField(
            model_name="companysettings",
            name="cash_steps",
            field=models.CharField(blank=True, default="", max_length=200, verbose_name="Amounts are rounded to"),
        ),
    ]
