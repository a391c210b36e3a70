"""Days in the turn of amounts, or as orders came, are put in it from their index alone."""

from django.db import migrations, models

from daybook.altering import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0029_money_noted_beside")]
    operations = [
        AddIndexBeside(
            "order",
            models.Index(
                fields=["company", "-first_received_at"], include=["id", "gross", "feed"], name="order_newest"
            ),
        ),
    ]
