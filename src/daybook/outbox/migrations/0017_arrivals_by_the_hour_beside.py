from django.db import migrations, models
from django.db.models import CASCADE


class Migration(migrations.Migration):
    dependencies = [("outbox", "0016_after_a_restore"), ("connections", "0012_days_of_calls_beside")]
    operations = [
        migrations.AddField("entry", "goes_with", models.PositiveSmallIntegerField(null=True)),
        migrations.CreateModel(
            name="Arrivals",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("hour", models.DateTimeField(db_index=True)),
                ("documents", models.PositiveIntegerField()),
                (
                    "company",
                    models.ForeignKey(db_index=False, on_delete=CASCADE, related_name="+", to="companies.company"),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False, on_delete=CASCADE, related_name="+", to="connections.organisation"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "arrivals",
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "kind", "hour"), name="arrivals_of_an_hour")
                ],
            },
        ),
    ]
