from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("history", "0006_vacuumed_sooner")]
    operations = [
        AddIndexConcurrently("event", models.Index(fields=["company", "at", "id"], name="event_by_day")),
        AddIndexConcurrently(
            "event",
            models.Index(fields=["company", "-id"], condition=models.Q(mover="person"), name="event_by_people"),
        ),
        AddIndexConcurrently(
            "event",
            models.Index(
                fields=["company", "-id"],
                condition=~models.Q(subject_kind__in=("entry", "order")),
                name="event_of_settings",
            ),
        ),
    ]
