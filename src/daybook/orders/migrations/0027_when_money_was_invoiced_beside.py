from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0026_money_counted_by_day_beside")]

    operations = [migrations.AddField("moneymoved", "invoiced_on", models.DateField(null=True))]
