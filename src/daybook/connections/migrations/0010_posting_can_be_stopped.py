from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connections", "0009_when_a_minute_began")]
    operations = [
        migrations.AddField("connection", "posting_stops", models.JSONField(blank=True, db_default={}, default=dict))
    ]
