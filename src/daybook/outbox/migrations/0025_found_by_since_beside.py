from django.db import migrations, models

from daybook.altering import AddIndexBeside

SELDOM = ~models.Q(kind__in=["invoice", "payment", "purchase_order"])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("outbox", "0024_sorted_by_amount_beside")]
    operations = [
        AddIndexBeside(
            "entry", models.Index(fields=["company", "state_since", "id"], include=["date"], name="entry_by_since")
        ),
        AddIndexBeside(
            "entry",
            models.Index(fields=["company", "kind", "gross", "id"], condition=SELDOM, name="entry_seldom_by_gross"),
        ),
        AddIndexBeside(
            "entry",
            models.Index(fields=["company", "kind", "date", "id"], condition=SELDOM, name="entry_seldom_by_date"),
        ),
        AddIndexBeside(
            "entry",
            models.Index(
                fields=["company", "posted_at", "id"],
                include=["date"],
                condition=models.Q(state="posted"),
                name="entry_by_posting",
            ),
        ),
    ]
