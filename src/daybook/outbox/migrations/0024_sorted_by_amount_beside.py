from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("outbox", "0023_found_by_day_and_amount")]
    operations = [
        AddIndexConcurrently("entry", models.Index(fields=["company", "gross", "id"], name="entry_by_gross")),
    ]
