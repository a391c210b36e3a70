"""The database itself refuses an entry, attempt or transition that mixes two companies' rows."""

from django.db import migrations


def tie(child: str, column: str, parent: str) -> migrations.RunSQL:
    name = f"{child}_{column}_same_company"
    return migrations.RunSQL(
        f"ALTER TABLE {child} ADD CONSTRAINT {name} FOREIGN KEY (company_id, {column})"
        f" REFERENCES {parent} (company_id, id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {child} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial"), ("orders", "0002_rows_of_one_company")]
    operations = [
        tie("outbox_entry", "order_id", "orders_order"),
        tie("outbox_entry", "revision_id", "orders_revision"),
        tie("outbox_attemptentry", "attempt_id", "outbox_attempt"),
        tie("outbox_attemptentry", "entry_id", "outbox_entry"),
        tie("outbox_transition", "entry_id", "outbox_entry"),
    ]
