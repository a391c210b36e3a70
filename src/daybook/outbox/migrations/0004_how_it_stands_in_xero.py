from django.db import migrations, models


def amount() -> models.DecimalField:
    return models.DecimalField(decimal_places=2, max_digits=18, null=True)


class Migration(migrations.Migration):
    dependencies = [("outbox", "0003_numbers_of_cancelled_entries_are_free")]

    operations = [
        migrations.AddField(model_name="entry", name="xero_paid", field=amount()),
        migrations.AddField(model_name="entry", name="xero_credited", field=amount()),
        migrations.AddField(model_name="entry", name="xero_due", field=amount()),
        migrations.AddField(model_name="entry", name="xero_updated_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="entry", name="xero_seen_at", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="entry", name="xero_differs", field=models.TextField(blank=True, default="")
        ),
        migrations.AddField(
            model_name="entry", name="cured_by", field=models.CharField(blank=True, default="", max_length=200)
        ),
    ]
