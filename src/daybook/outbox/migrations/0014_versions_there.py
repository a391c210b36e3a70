from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0013_kinds_by_their_table")]
    operations = [
        migrations.AddField("entry", "their_version", models.CharField(blank=True, default="", max_length=50)),
    ]
