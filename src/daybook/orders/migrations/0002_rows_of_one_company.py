"""The database itself refuses a revision, notice or note that belongs to another company than its order."""

from django.db import migrations


def tie(child: str, column: str, parent: str) -> migrations.RunSQL:
    name = f"{child}_{column}_same_company"
    return migrations.RunSQL(
        f"ALTER TABLE {child} ADD CONSTRAINT {name} FOREIGN KEY (company_id, {column})"
        f" REFERENCES {parent} (company_id, id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {child} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]
    operations = [
        tie("orders_revision", "order_id", "orders_order"),
        tie("orders_notice", "order_id", "orders_order"),
        tie("orders_ordernote", "order_id", "orders_order"),
        tie("orders_order", "current_revision_id", "orders_revision"),
    ]
