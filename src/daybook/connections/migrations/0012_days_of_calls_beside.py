from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connections", "0011_after_a_restore")]
    operations = [
        migrations.AddField("connection", "day_began_at", models.DateTimeField(null=True)),
        migrations.AddField("connection", "calls_a_day", models.PositiveIntegerField(null=True)),
        migrations.AddField("connection", "post_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "postingsettings",
            "app_calls_a_day",
            models.PositiveIntegerField("Calls a day of your app's plan", blank=True, null=True),
        ),
    ]
