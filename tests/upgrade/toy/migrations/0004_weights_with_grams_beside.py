from django.db import migrations, models

from daybook.altering import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("toy", "0003_found_beside")]
    operations = [
        AddIndexBeside("parcel", models.Index(fields=["weight"], include=["moves"], name="parcel_by_weight")),
    ]
