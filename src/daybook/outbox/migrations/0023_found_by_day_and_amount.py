"""Documents are found by their day and by their amount; of amounts only what stays in its state has an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0022_needs_a_person")]

    operations = [
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                fields=["company", "gross"],
                condition=models.Q(state__in=("cancelled", "posted")),
                name="entry_gross",
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["company", "date", "id"], name="entry_dated"),
        ),
    ]
