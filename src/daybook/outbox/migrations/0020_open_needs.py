"""What waits for others is counted by company."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0019_vacuumed_sooner")]

    operations = [
        migrations.AddIndex(
            model_name="entryneed",
            index=models.Index(fields=["company"], condition=models.Q(met_at=None), name="entry_need_open"),
        ),
    ]
