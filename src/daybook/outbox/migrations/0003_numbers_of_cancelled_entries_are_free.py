"""A cancelled document that never left frees its number; only what may stand in Xero burns one."""

from typing import Any

from django.db import migrations, models
from django.db.models.functions import Upper


def free_what_never_left(apps: Any, _schema_editor: Any) -> None:
    """Free the numbers of documents that were cancelled before any call was made for them."""
    entries, sendings = apps.get_model("outbox", "Entry"), apps.get_model("outbox", "AttemptEntry")
    left = sendings.objects.filter(entry=models.OuterRef("pk"), company=models.OuterRef("company"))
    entries.objects.filter(~models.Exists(left), state="cancelled").update(is_number_free=True)


class Migration(migrations.Migration):
    dependencies = [("outbox", "0002_rows_of_one_company")]
    operations = [
        migrations.AddField("entry", "is_number_free", models.BooleanField(default=False)),
        migrations.RemoveConstraint("entry", "entry_number_once"),
        migrations.AddConstraint(
            "entry",
            models.UniqueConstraint(
                "tenant_id", "kind", Upper("number"), condition=models.Q(is_number_free=False), name="entry_number_once"
            ),
        ),
        migrations.AddConstraint(
            "entry",
            models.CheckConstraint(
                condition=models.Q(is_number_free=False) | models.Q(state="cancelled"),
                name="entry_number_free_once_cancelled",
            ),
        ),
        migrations.RunPython(free_what_never_left, migrations.RunPython.noop),
    ]
