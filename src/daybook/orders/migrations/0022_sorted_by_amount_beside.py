from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0021_found_by_day_and_amount")]
    operations = [
        AddIndexConcurrently("order", models.Index(fields=["company", "gross", "id"], name="order_by_gross")),
    ]
