"""PURE: what rows of an older version must not be, so that they can come into this version's tables.

Each law is one row: which tables and columns it speaks of (where one is missing it does not hold in that version, or no
longer, and is passed over), a question whose answer is a line of text for each row that breaks it, and what a person
reads and does then. A law that new tables hold belongs here as soon as an older version's rows could break it.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """One thing that must hold before the tables are changed."""

    name: str
    needs: Mapping[str, str]
    """Table -> its columns that the question names, with spaces between."""
    broken: str
    """A SELECT of one column of text, a row for each that breaks the law; it never changes anything."""
    says: str
    """What is wrong, as a sentence that the rows can follow."""
    cure: str


_BY_HAND = "Restore the last backup that has them right, or ask for help with this message; nothing is guessed here."
_ENTRY = "state number order_id kind tenant_id company_id"

LAWS = (
    Law(
        name="one company for each organisation",
        needs={"connections_connection": "tenant_id company_id organisation_name", "companies_company": "name"},
        broken="""
            SELECT string_agg(company.name, ', ' ORDER BY company.name) || ' (' || max(con.organisation_name) || ')'
            FROM connections_connection con JOIN companies_company company ON company.id = con.company_id
            WHERE con.tenant_id <> '' GROUP BY con.tenant_id HAVING count(*) > 1
        """,
        says="Several companies are connected to one organisation, so that each could post into the other's books",
        cure="Start the version that you have, and disconnect all of them but one on their pages Connection.",
    ),
    Law(
        name="one document of a kind under way for each order",
        needs={"outbox_entry": _ENTRY},
        broken="""
            SELECT string_agg(number || ' (' || state || ')', ', ' ORDER BY id) FROM outbox_entry
            WHERE state NOT IN ('posted', 'cancelled') GROUP BY tenant_id, order_id, kind HAVING count(*) > 1
        """,
        says="Orders have several documents of one kind on their way, so that one sale would be posted twice",
        cure="Start the version that you have, and cancel all of them but one on their pages.",
    ),
    Law(
        name="each number once",
        needs={"outbox_entry": f"{_ENTRY} is_number_free"},
        broken="""
            SELECT min(number) || ': ' || count(*) || ' documents' FROM outbox_entry
            WHERE NOT is_number_free GROUP BY tenant_id, kind, upper(number) HAVING count(*) > 1
        """,
        says="Several documents of one organisation have the same number",
        cure=_BY_HAND,
    ),
    Law(
        name="what is posted is known by its id",
        needs={"outbox_entry": f"{_ENTRY} xero_id"},
        broken="SELECT number FROM outbox_entry WHERE state = 'posted' AND xero_id = ''",
        says="Documents count as posted, and nobody knows as which",
        cure=_BY_HAND,
    ),
    Law(
        name="one document there for each here",
        needs={"outbox_entry": f"{_ENTRY} xero_id"},
        broken="""
            SELECT string_agg(number, ', ' ORDER BY id) FROM outbox_entry
            WHERE xero_id <> '' GROUP BY tenant_id, kind, xero_id HAVING count(*) > 1
        """,
        says="Several documents count as the same one in the accounting software",
        cure=_BY_HAND,
    ),
    Law(
        name="what is under way has a call",
        needs={"outbox_entry": f"{_ENTRY} last_attempt_id"},
        broken="SELECT number FROM outbox_entry WHERE state IN ('sending', 'unknown') AND last_attempt_id IS NULL",
        says="Documents count as sent, and no call is written down for them, so that nobody can look for them",
        cure=_BY_HAND,
    ),
    Law(
        name="rows of one company",
        needs={"outbox_entry": _ENTRY, "orders_order": "company_id ref"},
        broken="""
            SELECT entry.number || ' of ' || parent.ref FROM outbox_entry entry
            JOIN orders_order parent ON parent.id = entry.order_id WHERE parent.company_id <> entry.company_id
        """,
        says="Documents belong to another company than their orders",
        cure=_BY_HAND,
    ),
    Law(
        name="every document has its order",
        needs={"outbox_entry": _ENTRY, "orders_order": "ref"},
        broken="""
            SELECT entry.number FROM outbox_entry entry
            LEFT JOIN orders_order parent ON parent.id = entry.order_id WHERE parent.id IS NULL
        """,
        says="Documents have no order",
        cure=_BY_HAND,
    ),
    Law(
        name="every order has its content",
        needs={"orders_order": "ref current_revision_id", "orders_revision": "order_id"},
        broken="""
            SELECT parent.ref FROM orders_order parent
            LEFT JOIN orders_revision revision ON revision.id = parent.current_revision_id
            WHERE parent.current_revision_id IS NOT NULL
            AND (revision.id IS NULL OR revision.order_id <> parent.id)
        """,
        says="Orders stand by a content that is not theirs, or not there",
        cure=_BY_HAND,
    ),
)
