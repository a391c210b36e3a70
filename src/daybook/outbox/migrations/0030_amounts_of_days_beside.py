"""Days in the turn of amounts are put in it from their index alone."""

from django.db import migrations, models

from daybook.altering import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("outbox", "0029_posted_noted_beside")]
    operations = [
        AddIndexBeside(
            "entry",
            models.Index(fields=["company", "state_since", "id"], include=["date", "gross"], name="entry_by_since"),
        ),
        AddIndexBeside(
            "entry",
            models.Index(
                fields=["company", "posted_at", "id"],
                include=["date", "gross"],
                condition=models.Q(state="posted"),
                name="entry_by_posting",
            ),
        ),
        AddIndexBeside(
            "entry", models.Index(fields=["company", "date", "id"], include=["gross"], name="entry_dated")
        ),
    ]
