from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0023_found_by_day_and_amount")]
    operations = [
        migrations.AddIndex("entry", models.Index(fields=["company", "gross", "id"], name="entry_by_gross")),
    ]
