"""The copies of an organisation's lists come to its row; batch by batch."""

from django.db import migrations

from daybook.moving import in_batches

TABLES = tuple(f"catalog_{name}" for name in ("account", "taxrate", "currency", "contact", "item", "catalogread"))
TO_THEIR_ORGANISATIONS = """
UPDATE {table} moved SET organisation_id = theirs.id FROM connections_organisation theirs
WHERE {{batch}} AND theirs.company_id = moved.company_id AND theirs.their_id = moved.tenant_id
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0003_lists_name_their_organisation")]
    operations = [
        in_batches(
            table, waiting="moved.organisation_id IS NULL", move=TO_THEIR_ORGANISATIONS.format(table=table)
        )
        for table in TABLES
    ]
