from django.db import migrations

from daybook.moving import in_batches

WEIGH = "UPDATE toy_parcel moved SET grams = weight * 1000, moves = moves + 1 WHERE {batch}"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("toy", "0001_parcels")]
    operations = [in_batches("toy_parcel", waiting="moved.grams IS NULL", move=WEIGH, size=30)]
