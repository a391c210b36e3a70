from django.db import migrations, models

from daybook.altering import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0021_found_by_day_and_amount")]
    operations = [
        AddIndexBeside("order", models.Index(fields=["company", "gross", "id"], name="order_by_gross")),
    ]
