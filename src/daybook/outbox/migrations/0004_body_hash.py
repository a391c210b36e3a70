from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0003_last_attempt")]
    operations = [
        migrations.AddField(
            model_name="attempt", name="body_hash", field=models.CharField(blank=True, default="", max_length=64)
        ),
    ]
