"""Sums of money by day as if nothing had ever been counted: what tests lay beside them, and fillings begin with."""

from django.db import connection

_ALL = """
    INSERT INTO orders_moneynews (company_id, day)
        SELECT DISTINCT company_id, day FROM orders_moneymoved WHERE company_id = %(company)s;
    INSERT INTO orders_moneynews (company_id, posted_day)
        SELECT DISTINCT company_id, date FROM outbox_entry WHERE company_id = %(company)s AND date IS NOT NULL
            AND kind IN ('payment', 'refund', 'bill_payment');
    UPDATE orders_moneymoved SET invoiced_on = NULL WHERE company_id = %(company)s AND invoiced_on IS NOT NULL;
"""


def note_all(company_id: int) -> None:
    """Have all of a company's money counted anew: until then its reports read rows alone."""
    with connection.cursor() as cursor:
        cursor.execute(_ALL, {"company": company_id})
