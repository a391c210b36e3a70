import os
import signal

from django.db import migrations

from daybook.moving import in_batches


def without_grams(parcels):
    return parcels.filter(grams=None)


def weigh(apps, parcels):
    if parcels[0].id > int(os.environ.get("TOY_DIES_BEHIND", "1000")):
        os.kill(os.getpid(), signal.SIGKILL)
    for parcel in parcels:
        parcel.grams, parcel.moves = parcel.weight * 1000, parcel.moves + 1
    apps.get_model("toy", "Parcel").objects.bulk_update(parcels, ["grams", "moves"])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("toy", "0001_parcels")]
    operations = [in_batches("toy", "Parcel", waiting=without_grams, move=weigh, size=10)]
