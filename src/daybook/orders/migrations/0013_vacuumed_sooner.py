"""Tables that grow for ever are tidied up after a twentieth of them changed, not a fifth (docs/decisions/0041)."""

from django.db import migrations

from daybook.altering import vacuumed_sooner


class Migration(migrations.Migration):
    dependencies = [("orders", "0012_what_is_sought")]
    operations = [
        vacuumed_sooner("orders_order"),
        vacuumed_sooner("orders_orderstanding"),
        vacuumed_sooner("orders_revision"),
        vacuumed_sooner("orders_delivery"),
    ]
