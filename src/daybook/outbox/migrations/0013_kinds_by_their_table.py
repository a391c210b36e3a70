from django.db import migrations, models

from daybook.documents import kinds


class Migration(migrations.Migration):
    dependencies = [("outbox", "0012_waiting_in_turn")]
    operations = [
        migrations.AlterField("entry", "kind", models.CharField(choices=kinds.choices, max_length=20)),
    ]
