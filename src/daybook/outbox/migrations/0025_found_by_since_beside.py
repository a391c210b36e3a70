from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("outbox", "0024_sorted_by_amount_beside")]
    operations = [
        AddIndexConcurrently("entry", models.Index(fields=["company", "state_since", "id"], name="entry_by_since")),
    ]
