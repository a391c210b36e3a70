from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("companies", "0013_saved_views_beside")]
    operations = [
        migrations.AddField(
            model_name="person",
            name="language",
            field=models.CharField(blank=True, db_default="", default="", max_length=10),
        )
    ]
