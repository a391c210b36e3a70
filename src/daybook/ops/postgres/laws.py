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
_IS_FREE = """
    COALESCE((to_jsonb(entry) ->> 'is_number_free')::boolean, state = 'cancelled' AND NOT EXISTS (
        SELECT FROM outbox_attemptentry member WHERE member.entry_id = entry.id AND member.company_id = entry.company_id
    ))
"""
"""Before there was that column: cancelled, and never part of a call."""


def _of_one_company(child: str, column: str, parent: str, *, line: str, says: str) -> Law:
    """Return the law that rows of `child` point at rows of their own company. `line`: what names such a row."""
    columns = {child: {"id", "company_id", column}, parent: {"id", "company_id"}}
    return Law(
        name=f"rows of one company: {child}.{column}",
        needs={table: " ".join(sorted(names)) for table, names in columns.items()},
        broken=f"""
            SELECT {line} FROM {child} child LEFT JOIN {parent} parent ON parent.id = child.{column}
            WHERE child.{column} IS NOT NULL AND parent.company_id IS DISTINCT FROM child.company_id ORDER BY child.id
        """,  # noqa: S608  # nothing but our own text
        says=f"{says} of another company, or that are not there",
        cure=_BY_HAND,
    )


def _shaped(table: str, column: str, shape: str, *, line: str, says: str, unless: str = "false") -> Law:
    """Return the law that a column of JSON holds an object, or a list. `unless`: a condition that excuses a row."""
    return Law(
        name=f"{shape} in {table}.{column}",
        needs={table: f"id {column}"},
        broken=f"""
            SELECT {line} || ' (' || left({column}::text, 40) || ')' FROM {table} one
            WHERE jsonb_typeof({column}) <> '{shape}' AND NOT ({unless}) ORDER BY id
        """,  # noqa: S608  # nothing but our own text
        says=says,
        cure=_BY_HAND,
    )


def _known(table: str, column: str, words: str, *, line: str, says: str) -> Law:
    """Return the law that a column says one of some `words`, which have spaces between.

    It is of the versions that kept the moves of documents in a table of their own: later ones may know more words.
    """
    known = ", ".join(f"'{word}'" for word in words.split())
    return Law(
        name=f"known words in {table}.{column}",
        needs={table: f"id {column}", "outbox_transition": "id"},
        broken=f"""
            SELECT {line} || ' (' || {column} || ')' FROM {table} one WHERE {column} NOT IN ({known}) ORDER BY id
        """,  # noqa: S608  # nothing but our own text
        says=says,
        cure=_BY_HAND,
    )


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
        name="one connection for each company",
        needs={"connections_connection": "tenant_id company_id", "companies_company": "name"},
        broken="""
            SELECT min(company.name) FROM connections_connection con JOIN companies_company company
            ON company.id = con.company_id GROUP BY con.company_id HAVING count(*) > 1
        """,
        says="Companies have several connections, and nobody knows which of them is theirs",
        cure=_BY_HAND,
    ),
    Law(
        name="each number once",
        needs={"outbox_entry": _ENTRY, "outbox_attemptentry": "entry_id company_id", "companies_company": "name"},
        broken=f"""
            WITH taken AS (
                SELECT tenant_id, kind, upper(number) AS spelt FROM outbox_entry GROUP BY 1, 2, 3 HAVING count(*) > 1
            )
            SELECT string_agg(entry.number || ' (' || company.name || ')', ', ' ORDER BY entry.id)
            FROM taken JOIN outbox_entry entry USING (tenant_id, kind)
            JOIN companies_company company ON company.id = entry.company_id
            WHERE upper(entry.number) = spelt AND NOT {_IS_FREE} GROUP BY tenant_id, kind, spelt HAVING count(*) > 1
        """,  # noqa: S608  # nothing but our own text
        says="Several documents of one organisation have the same number, whoever's they are and however it is spelt",
        cure=_BY_HAND,
    ),
    Law(
        name="each generation once",
        needs={"outbox_entry": f"{_ENTRY} generation"},
        broken="""
            SELECT string_agg(number, ', ' ORDER BY id) FROM outbox_entry
            GROUP BY tenant_id, order_id, kind, generation HAVING count(*) > 1
        """,
        says="Orders have several documents that count as one and the same",
        cure=_BY_HAND,
    ),
    Law(
        name="every document names its organisation",
        needs={"outbox_entry": _ENTRY},
        broken="SELECT number FROM outbox_entry WHERE tenant_id = '' ORDER BY id",
        says="Documents name no organisation, so that nobody knows in whose books they stand",
        cure=_BY_HAND,
    ),
    Law(
        name="every call names its organisation",
        needs={"outbox_attempt": "tenant_id public_id"},
        broken="SELECT public_id FROM outbox_attempt WHERE tenant_id = '' ORDER BY id",
        says="Calls name no organisation, so that nobody knows in whose books they wrote",
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
    Law(
        name="every order names its source and its id there",
        needs={"orders_order": "ref source source_id"},
        broken="SELECT ref FROM orders_order WHERE source = '' OR source_id = '' ORDER BY id",
        says="Orders name no source, or no id there, so that nothing tells them from others",
        cure=_BY_HAND,
    ),
    Law(
        name="each order once",
        needs={"orders_order": "company_id source source_id"},
        broken="""
            SELECT source || '/' || source_id FROM orders_order
            GROUP BY company_id, source, source_id HAVING count(*) > 1
        """,
        says="Orders stand in the tables more than once",
        cure=_BY_HAND,
    ),
    Law(
        name="each rate once",
        needs={"companies_taxmapping": "company_id rate", "companies_company": "name"},
        broken="""
            SELECT company.name || ' ' || tax.rate FROM companies_taxmapping tax JOIN companies_company company
            ON company.id = tax.company_id GROUP BY company.id, company.name, tax.rate HAVING count(*) > 1
        """,
        says="Companies have several tax types for one rate",
        cure=_BY_HAND,
    ),
    Law(
        name="each address once",
        needs={"companies_person": "email"},
        broken="""
            SELECT string_agg(email, ', ' ORDER BY id) FROM companies_person GROUP BY lower(email) HAVING count(*) > 1
        """,
        says="Several people have one e-mail address",
        cure="Start the version that you have, and give all of them but one another address on their pages.",
    ),
    _of_one_company(
        "outbox_entry", "revision_id", "orders_revision",
        line="child.number", says="Documents were made of contents",
    ),
    _of_one_company(
        "outbox_entry", "last_attempt_id", "outbox_attempt",
        line="child.number", says="Documents count as sent in calls",
    ),
    _of_one_company(
        "outbox_attemptentry", "attempt_id", "outbox_attempt",
        line="'row ' || child.id", says="Places of documents stand in calls",
    ),
    _of_one_company(
        "outbox_attemptentry", "entry_id", "outbox_entry",
        line="'row ' || child.id", says="Calls carry documents",
    ),
    _of_one_company(
        "outbox_transition", "entry_id", "outbox_entry",
        line="'row ' || child.id", says="Moves are told of documents",
    ),
    _of_one_company(
        "orders_revision", "order_id", "orders_order",
        line="'row ' || child.id", says="Contents are of orders",
    ),
    _of_one_company(
        "orders_notice", "order_id", "orders_order",
        line="'row ' || child.id", says="Messages are about orders",
    ),
    _of_one_company(
        "orders_ordernote", "order_id", "orders_order",
        line="'row ' || child.id", says="Notes are on orders",
    ),
    _of_one_company(
        "orders_delivery", "order_id", "orders_order",
        line="'row ' || child.id", says="Deliveries are of orders",
    ),
    _of_one_company(
        "orders_delivery", "revision_id", "orders_revision",
        line="'row ' || child.id", says="Deliveries brought contents",
    ),
    _of_one_company(
        "orders_delivery", "notice_id", "orders_notice",
        line="'row ' || child.id", says="Deliveries brought messages",
    ),
    Law(
        name="choices that are known",
        needs={
            "companies_companysettings": "company_id process_method document_status post_when when_tax_differs",
            "companies_company": "name",
        },
        broken="""
            SELECT company.name || ': ' || concat_ws(', ', VARIADIC array_remove(ARRAY[
                CASE WHEN process_method NOT IN ('', 'untracked', 'tracked') THEN 'process_method ' || process_method END,
                CASE WHEN document_status NOT IN ('DRAFT', 'SUBMITTED', 'AUTHORISED')
                    THEN 'document_status ' || document_status END,
                CASE WHEN post_when NOT IN ('dispatched', 'received') THEN 'post_when ' || post_when END,
                CASE WHEN when_tax_differs NOT IN ('hold', 'keep_gross')
                    THEN 'when_tax_differs ' || when_tax_differs END], NULL))
            FROM companies_companysettings settings JOIN companies_company company ON company.id = settings.company_id
            WHERE process_method NOT IN ('', 'untracked', 'tracked')
            OR document_status NOT IN ('DRAFT', 'SUBMITTED', 'AUTHORISED')
            OR post_when NOT IN ('dispatched', 'received') OR when_tax_differs NOT IN ('hold', 'keep_gross')
            ORDER BY company.name
        """,
        says="Settings say what is no choice, so that no document of the company could be made",
        cure="Start the version that you have, and save those settings on the company's page Connection settings.",
    ),
    Law(
        name="what is known of an organisation says of which",
        needs={
            "connections_connection": "tenant_id last_tenant_id company_id status organisation_name",
            "companies_company": "name",
        },
        broken="""
            SELECT company.name FROM connections_connection con JOIN companies_company company
            ON company.id = con.company_id WHERE con.tenant_id = ''
            AND (con.status = 'connected' OR (con.last_tenant_id = '' AND con.organisation_name <> ''))
            ORDER BY company.name
        """,
        says="Companies are or were connected, and nobody knows to which organisation",
        cure="Start the version that you have, and give consent again on their pages Connection, for the right one.",
    ),
    _shaped(
        "orders_revision", "content", "object",
        line="(SELECT ref FROM orders_order WHERE orders_order.id = one.order_id) || ' revision ' || number",
        says="Contents of orders are none that anybody could read",
    ),
    _shaped(
        "orders_notice", "content", "object",
        line="(SELECT ref FROM orders_order WHERE orders_order.id = one.order_id)",
        says="Messages about orders are none that anybody could read",
    ),
    _shaped(
        "orders_order", "written_from", "object", line="ref", says="Orders do not say what their documents were made of"
    ),
    _shaped(
        "outbox_entry", "document", "object", line="number", says="Documents are none that anybody could read",
        unless="document = 'null' AND state IN ('held', 'rejected', 'cancelled')",
    ),
    _shaped(
        "outbox_entry", "attention_done", "object", line="number", says="What was done about documents cannot be read"
    ),
    _shaped(
        "connections_connection", "offered_tenants", "array", line="'connection ' || id",
        says="What a company may connect to cannot be read",
    ),
    _shaped(
        "mfa_authenticator", "data", "object", line="'row ' || id", says="Second factors of people cannot be read"
    ),
    _known(
        "outbox_entry", "kind", "invoice purchase_order order_file invoice_mail",
        line="number", says="Documents are of no kind that there is",
    ),
    _known(
        "orders_order", "standing", "waiting held documented skipped cancelled",
        line="ref", says="Orders stand in no way that there is",
    ),
    _known(
        "outbox_attempt", "result", "pending answered not_sent unknown refused",
        line="'call ' || public_id", says="Calls ended in no way that there is",
    ),
    _known(
        "outbox_attemptentry", "outcome", "pending posted rejected not_sent unknown",
        line="'row ' || id", says="Calls ended for documents in no way that there is",
    ),
    _known(
        "connections_connection", "status", "not_connected choosing connected needs_consent",
        line="'connection ' || id", says="Companies are connected in no way that there is",
    ),
    _known(
        "companies_membership", "role", "owner accountant viewer",
        line="'row ' || id", says="People have roles that there are not",
    ),
)  # fmt: skip
