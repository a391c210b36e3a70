from django.db import migrations, models

from daybook.altering import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("toy", "0002_weights_in_grams")]
    operations = [
        AddIndexBeside("parcel", models.Index(fields=["weight"], name="parcel_by_weight")),
        AddIndexBeside("parcel", models.Index(fields=["grams"], name="parcel_by_grams")),
    ]
