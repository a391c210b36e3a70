from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0021_found_by_day_and_amount")]
    operations = [
        migrations.AddIndex("order", models.Index(fields=["company", "gross", "id"], name="order_by_gross")),
    ]
