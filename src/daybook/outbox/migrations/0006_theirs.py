"""What the far side says of a document is named `their_...`, whichever ledger it is."""

from django.db import migrations

FIELDS = ("id", "status", "net", "tax", "gross", "paid", "credited", "due", "updated_at", "seen_at", "differs")


class Migration(migrations.Migration):
    dependencies = [("outbox", "0005_given_up_by_a_person")]
    operations = [migrations.RenameField("entry", f"xero_{name}", f"their_{name}") for name in FIELDS]
