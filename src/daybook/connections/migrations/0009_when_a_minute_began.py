from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connections", "0008_failures_of_folders")]
    operations = [migrations.AddField("connection", "minute_began_at", models.DateTimeField(null=True))]
