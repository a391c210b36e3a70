from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connections", "0022_when_orders_are_due")]
    operations = [
        migrations.AddField("organisation", "approvals_a_month", models.PositiveIntegerField(null=True)),
    ]
