import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import daybook.kit.clock


class Migration(migrations.Migration):
    dependencies = [("companies", "0012_clerks_and_scopes_of_keys")]
    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("page", models.CharField(choices=[("orders", "Orders"), ("documents", "Documents")], max_length=20)),
                ("name", models.CharField(max_length=40)),
                ("query", models.CharField(max_length=1000)),
                ("created_at", models.DateTimeField(default=daybook.kit.clock.now)),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="companies.company",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(fields=("company", "person", "page", "name"), name="saved_view_once")
                ],
            },
        ),
    ]
