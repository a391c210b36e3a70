"""What was kept of Kornit X stands with its feed now."""

from django.db import migrations

from daybook.altering import AtOnce

MOVED = ("hmac_key_sealed", "callback_secret_hash", "last_received_at", "refused", "refused_at", "refused_why")


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0008_settings_of_posting_are_the_connections"),
        ("feeds", "0001_a_feed_for_each_shop"),
    ]
    operations = [AtOnce([migrations.RemoveField("companysettings", f"kornitx_{name}") for name in MOVED])]
