from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("outbox", "0024_untold_money_beside")]
    operations = [
        AddIndexConcurrently("entry", models.Index(fields=["company", "gross", "id"], name="entry_by_gross")),
    ]
