"""The copies of an organisation's lists come to its row; batch by batch."""

from collections.abc import Sequence
from typing import Any

from django.db import migrations
from django.db.models import OuterRef, Subquery

from daybook.moving import Rows, in_batches

MODELS = ("Account", "TaxRate", "Currency", "Contact", "Item", "CatalogRead")


def without_organisation(rows: Rows) -> Rows:
    return rows.filter(organisation=None)


def to_their_organisations(apps: Any, rows: Sequence[Any]) -> None:
    known = apps.get_model("connections", "Organisation").objects
    theirs = known.filter(company=OuterRef("company"), their_id=OuterRef("tenant_id")).values("pk")
    type(rows[0]).objects.filter(pk__in=[row.pk for row in rows]).update(organisation=Subquery(theirs))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0003_lists_name_their_organisation")]
    operations = [
        in_batches("catalog", model, waiting=without_organisation, move=to_their_organisations) for model in MODELS
    ]
