"""What changes sums of money by day is noted; all there is already is to be counted."""

from django.db import migrations

from daybook.altering import AddTriggerBeside


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0028_found_before_its_invoice_beside")]

    operations = [
        AddTriggerBeside(
            "orders_moneymoved",
            "orders_money_came",
            after="INSERT",
            each="REFERENCING NEW TABLE AS added FOR EACH STATEMENT",
            does=(
                "BEGIN INSERT INTO orders_moneynews (company_id, day) SELECT DISTINCT company_id, day FROM added;"
                " RETURN NULL; END"
            ),
            there="INSERT INTO orders_moneynews (company_id, day) SELECT DISTINCT company_id, day FROM orders_moneymoved",
        ),
        AddTriggerBeside(
            "orders_order",
            "orders_other_money_stands",
            after="UPDATE OF current_revision_id, feed_id, currency",
            each=(
                "FOR EACH ROW WHEN (OLD.current_revision_id IS NOT NULL AND (OLD.current_revision_id, OLD.feed_id,"
                " OLD.currency) IS DISTINCT FROM (NEW.current_revision_id, NEW.feed_id, NEW.currency))"
            ),
            does=(
                "BEGIN INSERT INTO orders_moneynews (company_id, day) SELECT DISTINCT company_id, day"
                " FROM orders_moneymoved WHERE company_id = OLD.company_id"
                " AND revision_id IN (OLD.current_revision_id, NEW.current_revision_id); RETURN NULL; END"
            ),
        ),
    ]
