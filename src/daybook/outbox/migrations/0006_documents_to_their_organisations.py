"""Documents and calls come to their organisations; batch by batch."""

from collections.abc import Sequence
from typing import Any

from django.db import migrations
from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Concat

from daybook.moving import Rows, in_batches


def without_organisation(rows: Rows) -> Rows:
    return rows.filter(organisation=None)


def of_entries(apps: Any, entries: Sequence[Any]) -> None:
    space = Concat(Value("xero:"), F("tenant_id"), Value(":"), F("kind"))
    _same(entries).update(organisation=_theirs(apps), number_space=space)


def of_attempts(apps: Any, attempts: Sequence[Any]) -> None:
    _same(attempts).update(organisation=_theirs(apps))


def _same(rows: Sequence[Any]) -> Rows:
    return type(rows[0]).objects.filter(pk__in=[row.pk for row in rows])


def _theirs(apps: Any) -> Subquery:
    known = apps.get_model("connections", "Organisation").objects
    return Subquery(known.filter(company=OuterRef("company"), their_id=OuterRef("tenant_id")).values("pk"))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("outbox", "0006_documents_name_their_organisation")]
    operations = [
        in_batches("outbox", "Entry", waiting=without_organisation, move=of_entries),
        in_batches("outbox", "Attempt", waiting=without_organisation, move=of_attempts),
    ]
