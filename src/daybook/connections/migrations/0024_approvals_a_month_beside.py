from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connections", "0023_first_look")]
    operations = [
        migrations.AddField("organisation", "approvals_a_month", models.PositiveIntegerField(null=True)),
    ]
