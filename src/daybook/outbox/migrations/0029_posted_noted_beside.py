"""What changes sums by account and day is noted; each day of what was posted already is to be counted.

Which kinds move money, and which book a sale, a test holds to the table of kinds.
"""

from django.db import migrations

from daybook.altering import AddTriggerBeside

MOVE_MONEY = "('payment', 'refund', 'bill_payment')"
_NOTED = f"""
BEGIN
    IF NEW.kind NOT IN {MOVE_MONEY} THEN
        INSERT INTO orders_moneynews (company_id, order_id) VALUES (NEW.company_id, NEW.order_id);
    ELSE
        INSERT INTO orders_moneynews (company_id, posted_day)
        SELECT DISTINCT NEW.company_id, day FROM (VALUES (NEW.date), (OLD.date)) dated (day) WHERE day IS NOT NULL;
    END IF;
    RETURN NULL;
END
"""  # noqa: S608 - kinds of ours
_KINDS = "NEW.kind IN ('invoice', 'payment', 'refund', 'bill_payment')"
_POSTED = "(OLD.state = 'posted' OR NEW.state = 'posted') AND ({}) IS DISTINCT FROM ({})".format(
    *(f"{row}.state, {row}.their_status, {row}.date, {row}.currency, {row}.gross, {row}.their_gross" for row in ("OLD", "NEW"))
)
_UNTOLD = "NEW.kind = 'refund' AND ({}) IS DISTINCT FROM ({})".format(
    *(
        f"{row}.state = 'cancelled', {row}.date, {row}.currency, {row}.gross, {row}.document ->> 'account_code'"
        for row in ("OLD", "NEW")
    )
)
"""A refund of which its order tells no money counts before it is posted."""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0026_money_counted_by_day_beside"), ("outbox", "0028_posted_on_accounts_beside")]

    operations = [
        AddTriggerBeside(
            "outbox_entry",
            "outbox_money_posted",
            after="UPDATE OF state, their_status, date, currency, gross, their_gross, document",
            each=f"FOR EACH ROW WHEN ({_KINDS} AND ({_POSTED} OR {_UNTOLD}))",
            does=_NOTED,
            there=(
                "INSERT INTO orders_moneynews (company_id, posted_day) SELECT DISTINCT company_id, date"
                f" FROM outbox_entry WHERE kind IN {MOVE_MONEY} AND (state = 'posted' OR kind = 'refund')"
                " AND date IS NOT NULL"
            ),
        ),
        AddTriggerBeside(
            "outbox_entry",
            "outbox_money_was_there",
            after="INSERT",
            each=f"FOR EACH ROW WHEN ({_KINDS} AND (NEW.state = 'posted' OR NEW.kind = 'refund'))",
            does=_NOTED,
        ),
        AddTriggerBeside(
            "orders_order",
            "outbox_other_money_told",
            after="UPDATE OF current_revision_id",
            each=(
                "FOR EACH ROW WHEN (OLD.current_revision_id IS NOT NULL"
                " AND OLD.current_revision_id IS DISTINCT FROM NEW.current_revision_id)"
            ),
            does=(
                "BEGIN INSERT INTO orders_moneynews (company_id, posted_day) SELECT DISTINCT company_id, date"
                " FROM outbox_entry WHERE company_id = NEW.company_id AND order_id = NEW.id AND kind = 'refund'"
                " AND date IS NOT NULL;"
                " RETURN NULL; END"
            ),
        ),
    ]
