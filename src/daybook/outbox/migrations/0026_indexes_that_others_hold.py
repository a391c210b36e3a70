"""What these found, others of 0025 and 0024 find (docs/decisions/0070)."""

from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("outbox", "0025_found_by_since_beside")]
    operations = [RemoveIndexConcurrently("entry", "entry_gross"), RemoveIndexConcurrently("entry", "entry_posted")]
