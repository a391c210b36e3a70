"""What documents moved on accounts by day; each day of those posted already is to be counted.

Which kinds move money, and which book a sale, a test holds to the table of kinds.
"""

import django.db.models.deletion
from django.db import migrations, models

from daybook.altering import AddTriggerBeside

MOVE_MONEY = "('payment', 'refund', 'bill_payment')"
_NOTED = f"""
BEGIN
    IF NEW.kind NOT IN {MOVE_MONEY} THEN
        INSERT INTO orders_moneynews (company_id, order_id) VALUES (NEW.company_id, NEW.order_id);
    ELSIF TG_OP = 'INSERT' OR OLD.date IS NOT DISTINCT FROM NEW.date THEN
        INSERT INTO orders_moneynews (company_id, posted_day) VALUES (NEW.company_id, NEW.date);
    ELSE
        INSERT INTO orders_moneynews (company_id, posted_day)
        VALUES (NEW.company_id, NEW.date), (NEW.company_id, OLD.date);
    END IF;
    RETURN NULL;
END
"""  # noqa: S608 - kinds of ours
_KINDS = "NEW.kind IN ('invoice', 'payment', 'refund', 'bill_payment')"
_TOLD = "{0}.state, {0}.their_status, {0}.date, {0}.currency, {0}.gross, {0}.their_gross"


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0014_the_language_of_a_person_beside"),
        ("connections", "0025_set_up_beside"),
        ("orders", "0026_money_counted_by_day_beside"),
        ("outbox", "0027_needs_counted_beside"),
    ]

    operations = [
        migrations.CreateModel(
            name="PostedOnAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="companies.company",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="connections.organisation",
                    ),
                ),
                ("day", models.DateField()),
                ("kind", models.CharField(max_length=20)),
                ("account", models.TextField(blank=True)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("amount", models.DecimalField(decimal_places=4, max_digits=24)),
            ],
            options={
                "verbose_name_plural": "posted on accounts",
                "indexes": [models.Index(fields=["company", "day"], name="posted_on_account")],
            },
        ),
        AddTriggerBeside(
            "outbox_entry",
            "outbox_money_posted",
            after="UPDATE OF state, their_status, date, currency, gross, their_gross",
            each=(
                f"FOR EACH ROW WHEN ({_KINDS} AND (OLD.state = 'posted' OR NEW.state = 'posted')"
                f" AND ({_TOLD.format('OLD')}) IS DISTINCT FROM ({_TOLD.format('NEW')}))"
            ),
            does=_NOTED,
            there=(
                "INSERT INTO orders_moneynews (company_id, posted_day) SELECT DISTINCT company_id, date"
                f" FROM outbox_entry WHERE kind IN {MOVE_MONEY} AND state = 'posted'"
            ),
        ),
        AddTriggerBeside(
            "outbox_entry",
            "outbox_money_was_there",
            after="INSERT",
            each=f"FOR EACH ROW WHEN ({_KINDS} AND NEW.state = 'posted')",
            does=_NOTED,
        ),
    ]
