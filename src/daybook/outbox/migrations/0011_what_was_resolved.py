"""What was resolved when a document was claimed stands with its place in the attempt."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0010_words_of_any_ledger")]

    operations = [
        migrations.AddField(
            model_name="attemptentry",
            name="resolved",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
    ]
