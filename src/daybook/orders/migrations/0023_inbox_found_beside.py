from django.db import migrations, models

from daybook.altering import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0022_sorted_by_amount_beside")]
    operations = [
        AddIndexBeside("delivery", models.Index(fields=["feed", "-id"], name="delivery_of_feed")),
        AddIndexBeside(
            "delivery",
            models.Index(fields=["corrects"], condition=models.Q(corrects__isnull=False), name="delivery_corrects"),
        ),
        AddIndexBeside(
            "delivery",
            models.Index(
                fields=["company", "result", "-id"],
                condition=models.Q(result__in=["unchanged", "late_retry", "refused", "ignored", "waiting"]),
                name="delivery_by_result",
            ),
        ),
        AddIndexBeside(
            "delivery", models.Index(fields=["company", "ref"], condition=models.Q(ref__gt=""), name="delivery_ref")
        ),
        AddIndexBeside(
            "delivery",
            models.Index(
                fields=["company", "external_ref"],
                condition=models.Q(external_ref__gt=""),
                name="delivery_external_ref",
            ),
        ),
    ]
