from django.db import migrations, models

from daybook.altering import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("history", "0006_vacuumed_sooner")]
    operations = [
        AddIndexBeside("event", models.Index(fields=["company", "at", "id"], name="event_by_day")),
        AddIndexBeside(
            "event",
            models.Index(fields=["company", "-id"], condition=models.Q(mover="person"), name="event_by_people"),
        ),
        AddIndexBeside(
            "event",
            models.Index(
                fields=["company", "-id"],
                condition=~models.Q(subject_kind__in=("entry", "order")),
                name="event_of_settings",
            ),
        ),
    ]
