"""Documents that take off more than their order tells are found without reading all: a report of money asks for them."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThan

UNTOLD = GreaterThan(
    Cast(KeyTextTransform("untold", "document"), models.DecimalField(max_digits=18, decimal_places=6)), 0
)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("outbox", "0023_found_by_day_and_amount")]
    operations = [
        AddIndexConcurrently(
            "entry",
            models.Index(
                fields=["company", "organisation"],
                condition=models.Q(kind__in=["payment", "refund"]) & models.Q(UNTOLD),
                name="entry_untold",
            ),
        )
    ]
