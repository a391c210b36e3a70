from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("outbox", "0026_indexes_that_others_hold")]
    operations = [
        AddIndexConcurrently(
            "entry",
            models.Index(
                fields=["company", "order"],
                include=[
                    *("organisation", "kind", "state", "state_since", "cause", "attention", "currency", "gross"),
                ],
                condition=models.Q(state__in=["held", "rejected"]) | ~models.Q(attention=""),
                name="entry_needs_a_person",
            ),
        ),
    ]
