"""The history tells the moves now: the table that did is empty, and goes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("outbox", "0007_moves_become_events")]
    operations = [migrations.DeleteModel("Transition")]
