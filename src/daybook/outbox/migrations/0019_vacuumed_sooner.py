"""Tables that grow for ever are tidied up after a twentieth of them changed, not a fifth (docs/decisions/0041)."""

from django.db import migrations

from daybook.altering import vacuumed_sooner


class Migration(migrations.Migration):
    dependencies = [("outbox", "0018_what_is_sought")]
    operations = [
        vacuumed_sooner("outbox_entry"),
        vacuumed_sooner("outbox_attempt"),
        vacuumed_sooner("outbox_attemptentry"),
    ]
