from django.db import migrations, models

from daybook.altering import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0024_indexes_that_others_hold")]
    operations = [
        AddIndexBeside(
            "orderstanding",
            models.Index(
                fields=["company", "standing", "connection"],
                include=["id", "order"],
                condition=models.Q(standing__in=["waiting", "held"]),
                name="order_standing_open",
            ),
        ),
        AddIndexBeside(
            "order",
            models.Index(
                fields=["current_revision"], include=["company", "id", "currency", "feed"], name="order_by_content"
            ),
        ),
    ]
