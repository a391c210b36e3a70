import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connections", "0024_approvals_a_month_beside")]
    operations = [
        migrations.CreateModel(
            name="SetUp",
            fields=[
                (
                    "connection",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="set_up",
                        serialize=False,
                        to="connections.connection",
                    ),
                ),
                ("answers", models.JSONField(blank=True, db_default={}, default=dict)),
                ("marks", models.JSONField(blank=True, db_default={}, default=dict)),
            ],
        ),
    ]
