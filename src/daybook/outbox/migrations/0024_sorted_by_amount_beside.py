from django.db import migrations, models

from daybook.altering import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("outbox", "0023_found_by_day_and_amount")]
    operations = [
        AddIndexBeside("entry", models.Index(fields=["company", "gross", "id"], name="entry_by_gross")),
    ]
