"""Tables that grow for ever are tidied up after a twentieth of them changed, not a fifth (docs/decisions/0041)."""

from django.db import migrations

from daybook.altering import vacuumed_sooner


class Migration(migrations.Migration):
    dependencies = [("history", "0005_events_of_deleted_companies")]
    operations = [vacuumed_sooner("history_event")]
