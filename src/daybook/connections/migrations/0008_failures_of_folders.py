"""How often in a row a folder failed, so that each rest is longer than the one before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connections", "0007_words_of_any_ledger")]

    operations = [
        migrations.AddField(
            model_name="fileaccess",
            name="failures",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
    ]
