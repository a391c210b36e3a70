from django.db import migrations, models

from daybook.altering import AddIndexBeside

BEFORE_ITS_INVOICE = models.Q(invoiced_on=None) | models.Q(invoiced_on__gt=models.F("day"))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0027_when_money_was_invoiced_beside")]

    operations = [
        AddIndexBeside(
            "moneymoved",
            models.Index(
                fields=["company", "invoiced_on", "day"],
                condition=BEFORE_ITS_INVOICE,
                name="money_paid_first",
            ),
        )
    ]
