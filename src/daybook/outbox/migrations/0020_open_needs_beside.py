from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("outbox", "0019_vacuumed_sooner")]

    operations = [
        AddIndexConcurrently(
            model_name="entryneed",
            index=models.Index(fields=["company"], condition=models.Q(met_at=None), name="entry_need_open"),
        ),
    ]
