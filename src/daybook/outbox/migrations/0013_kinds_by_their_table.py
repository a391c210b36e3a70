from django.db import migrations, models

from daybook.documents import kinds


class Migration(migrations.Migration):
    dependencies = [("outbox", "0010_words_of_any_ledger")]
    operations = [
        migrations.AlterField("entry", "kind", models.CharField(choices=kinds.choices, max_length=20)),
    ]
