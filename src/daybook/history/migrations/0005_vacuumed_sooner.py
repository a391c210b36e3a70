"""Tables that grow for ever are tidied up after a twentieth of them changed, not a fifth (docs/decisions/0041)."""

from django.db import migrations

from daybook.altering import vacuumed_sooner


class Migration(migrations.Migration):
    dependencies = [("history", "0004_each_row_asks_less")]
    operations = [vacuumed_sooner("history_event")]
