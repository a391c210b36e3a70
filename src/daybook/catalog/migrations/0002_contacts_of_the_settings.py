import django.db.models.deletion
from django.db import migrations, models

import daybook.kit.clock


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial"), ("companies", "0001_initial")]

    operations = [
        migrations.AddField(model_name="catalogread", name="asked_at", field=models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tenant_id", models.CharField(max_length=36)),
                ("read_at", models.DateTimeField(default=daybook.kit.clock.now)),
                ("contact_id", models.CharField(max_length=36)),
                ("name", models.CharField(blank=True, max_length=255)),
                ("status", models.CharField(max_length=20)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="companies.company"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("company", "tenant_id", "contact_id"), name="contact_once")
                ],
            },
        ),
    ]
