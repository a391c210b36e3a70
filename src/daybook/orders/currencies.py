"""Which currencies a company's orders are in: read off the ends of an index, however many orders there are."""

from daybook.companies.models import Company
from daybook.tables import reading

COUNTED = 1_000
"""No more orders of a currency are counted."""
# `currency > ''` each time: only those are in the index, and PostgreSQL does not conclude it
_OF_ORDERS = """
    WITH RECURSIVE seen AS (
        (SELECT currency FROM orders_order WHERE company_id = %(company)s AND currency > '' ORDER BY currency LIMIT 1)
        UNION ALL
        SELECT (SELECT currency FROM orders_order WHERE company_id = %(company)s AND currency > '' AND currency > seen.currency
            ORDER BY currency LIMIT 1)
        FROM seen WHERE seen.currency IS NOT NULL
    )
    SELECT seen.currency, number.count FROM seen CROSS JOIN LATERAL (
        SELECT count(*) FROM (
            SELECT 1 FROM orders_order WHERE company_id = %(company)s AND currency > '' AND currency = seen.currency LIMIT %(most)s
        ) those
    ) number
    WHERE seen.currency IS NOT NULL
"""


def of_orders(company: Company) -> dict[str, int]:
    """Return the currencies of the company's orders with their number; COUNTED + 1: there are more."""
    return dict(reading.ask(_OF_ORDERS, {"company": company.pk, "most": COUNTED + 1}))
