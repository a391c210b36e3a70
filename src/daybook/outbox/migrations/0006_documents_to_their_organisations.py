"""Documents and calls come to their organisations; batch by batch."""

from django.db import migrations

from daybook.moving import in_batches

WITHOUT_ORGANISATION = "moved.organisation_id IS NULL"
THEIRS = """
FROM connections_organisation theirs
WHERE {batch} AND theirs.company_id = moved.company_id AND theirs.their_id = moved.tenant_id
"""
OF_ENTRIES = f"""
UPDATE outbox_entry moved
SET organisation_id = theirs.id, number_space = 'xero:' || moved.tenant_id || ':' || moved.kind {THEIRS}
"""
OF_ATTEMPTS = f"UPDATE outbox_attempt moved SET organisation_id = theirs.id {THEIRS}"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("outbox", "0006_documents_name_their_organisation")]
    operations = [
        in_batches("outbox_entry", waiting=WITHOUT_ORGANISATION, move=OF_ENTRIES),
        in_batches("outbox_attempt", waiting=WITHOUT_ORGANISATION, move=OF_ATTEMPTS),
    ]
