"""The history tells what happened to orders now: the table that did is empty, and goes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0009_notes_become_events")]
    operations = [migrations.DeleteModel("OrderNote")]
