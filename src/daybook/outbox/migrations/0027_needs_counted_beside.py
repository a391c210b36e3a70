from django.db import migrations, models
from django.db.models.fields.json import KeyTextTransform
from django.db.models.lookups import Exact

from daybook.altering import AddIndexBeside

UNTOLD = models.Q(kind__in=["payment", "refund"]) & ~models.Q(Exact(KeyTextTransform("untold", "document"), "0"))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("outbox", "0026_indexes_that_others_hold")]
    operations = [
        AddIndexBeside(
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
        AddIndexBeside(
            "entry", models.Index(fields=["company", "organisation"], condition=UNTOLD, name="entry_untold")
        ),
    ]
