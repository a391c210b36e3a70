"""Reads the inventory out of the tables of old versions, by SQL: one set of questions for each version, kept for good.

A version's questions are those of the version before it, with what has changed. Each gives a column `key` and a column
for each fact.
"""

from collections.abc import Mapping

import psycopg
from psycopg.rows import dict_row

from tests.upgrade.inventory import Inventory, section

_ORDER = "company.name || '/' || parent.source || '/' || parent.source_id"
_HISTORY = """
    SELECT jsonb_agg(jsonb_build_array(move.old_state, move.new_state, move.mover, move.reason, attempt.public_id,
        person.email) ORDER BY move.id)
    FROM outbox_transition move LEFT JOIN outbox_attempt attempt ON attempt.id = move.attempt_id
    LEFT JOIN companies_person person ON person.id = move.person_id WHERE move.entry_id = entry.id
"""
_MEMBERS = """
    SELECT jsonb_agg(jsonb_build_array(entry.public_id, member.outcome, member.words) ORDER BY member.position)
    FROM outbox_attemptentry member JOIN outbox_entry entry ON entry.id = member.entry_id
    WHERE member.attempt_id = attempt.id
"""
_DOCUMENTS = f"""
    SELECT entry.public_id AS key, company.name AS company, entry.kind, entry.generation, {_ORDER} AS order,
        entry.tenant_id AS organisation, entry.number, entry.state, entry.state_since, entry.cause, entry.subject,
        entry.detail, entry.not_before, entry.document, entry.date, entry.contact_name, entry.currency, entry.net,
        entry.tax, entry.gross, entry.xero_id AS their_id, entry.xero_status AS their_status,
        entry.xero_net AS their_net, entry.xero_tax AS their_tax, entry.xero_gross AS their_gross, entry.posted_at,
        attempt.public_id AS last_call, entry.attention, entry.attention_detail, entry.created_at,
        ({_HISTORY}) AS history, (SELECT revision.number FROM orders_revision revision
            WHERE revision.id = entry.revision_id) AS revision
        /*more*/
    FROM outbox_entry entry JOIN companies_company company ON company.id = entry.company_id
    JOIN orders_order parent ON parent.id = entry.order_id
    LEFT JOIN outbox_attempt attempt ON attempt.id = entry.last_attempt_id
"""  # noqa: S608  # nothing but our own text
_ORDERS = f"""
    SELECT {_ORDER} AS key, parent.public_id, parent.ref, parent.external_ref, parent.customer_name, parent.currency,
        parent.net, parent.tax, parent.gross, parent.status, parent.ordered_at, parent.dispatched_at,
        parent.dispatched_seen_at, parent.standing, parent.cause, parent.subject, parent.detail,
        parent.unprepared_since IS NOT NULL AS is_unprepared, parent.first_received_at,
        (SELECT jsonb_agg(revision.content ORDER BY number) FROM orders_revision revision
            WHERE revision.order_id = parent.id) AS contents,
        (SELECT array_agg(revision.raw ORDER BY number) FROM orders_revision revision
            WHERE revision.order_id = parent.id) AS as_it_came,
        (SELECT revision.number FROM orders_revision revision
            WHERE revision.id = parent.current_revision_id) AS stands_by,
        (SELECT jsonb_agg(notice.content ORDER BY id) FROM orders_notice notice
            WHERE notice.order_id = parent.id) AS notices,
        (SELECT jsonb_agg(note.text ORDER BY id) FROM orders_ordernote note WHERE note.order_id = parent.id) AS notes
        /*more*/
    FROM orders_order parent JOIN companies_company company ON company.id = parent.company_id
"""  # noqa: S608
_SETTINGS = """
    SELECT company.name AS key, settings.process_method, settings.sales_account, settings.shipping_account,
        settings.cogs_account, settings.inventory_account, settings.contact_name, settings.contact_id,
        settings.supplier_contact_name, settings.supplier_contact_id, settings.purchase_tax_type,
        settings.document_status, settings.number_prefix, settings.reference_template, settings.payment_terms_days,
        settings.start_date, settings.post_when, settings.when_tax_differs, settings.include_orders_with_errors,
        settings.allow_backorders, settings.post_within_minutes, settings.default_currency, settings.order_time_zone,
        settings.kornitx_hmac_key_sealed, settings.kornitx_callback_secret_hash, settings.kornitx_last_received_at
        /*more*/
    FROM companies_companysettings settings JOIN companies_company company ON company.id = settings.company_id
"""

EAED1B1: Mapping[str, str] = {
    "people": """
        SELECT person.email AS key, person.name, person.is_active, person.is_staff, person.password, person.date_joined,
            (SELECT jsonb_object_agg(company.name, place.role) FROM companies_membership place
                JOIN companies_company company ON company.id = place.company_id
                WHERE place.person_id = person.id) AS roles
        FROM companies_person person
    """,
    "companies": "SELECT public_id AS key, name, created_at FROM companies_company",
    "keys": """
        SELECT made.public_id AS key, company.name AS company, made.name, made.hint, made.key_hash, made.revoked_at,
            person.email AS created_by
        FROM companies_apikey made JOIN companies_company company ON company.id = made.company_id
        LEFT JOIN companies_person person ON person.id = made.created_by_id
    """,
    "settings": _SETTINGS,
    "taxes": """
        SELECT company.name || ' ' || tax.rate AS key, tax.tax_type, tax.first_seen_at FROM companies_taxmapping tax
        JOIN companies_company company ON company.id = tax.company_id
    """,
    "costs": """
        SELECT company.name || ' ' || cost.sku || ' ' || cost.currency AS key, cost.unit_cost
        FROM companies_itemcost cost JOIN companies_company company ON company.id = cost.company_id
    """,
    "connections": """
        SELECT company.name AS key, con.public_id, con.client_id, con.client_secret_sealed, con.status,
            con.status_reason, con.tenant_id AS organisation, con.organisation_name, con.country_code,
            con.base_currency, con.time_zone, con.short_code, con.edition, con.lock_date, con.connected_at,
            con.last_tenant_id AS organisation_before, con.xero_connection_id, con.paused_until, con.pause_reason,
            con.day_remaining, con.checked_at, tokens.fingerprint, tokens.scope, tokens.access_token_sealed,
            tokens.refresh_token_sealed
        FROM connections_connection con JOIN companies_company company ON company.id = con.company_id
        LEFT JOIN connections_tokenset tokens ON tokens.connection_id = con.id
    """,
    "orders": _ORDERS,
    "documents": _DOCUMENTS,
    "calls": f"""
        SELECT attempt.public_id AS key, company.name AS company, attempt.resource, attempt.tenant_id AS organisation,
            attempt.token_fingerprint, attempt.method, attempt.url, attempt.body, attempt.body_hash,
            attempt.idempotency_key, attempt.result, attempt.created_at, attempt.sent_at, attempt.resent_at,
            attempt.ended_at, attempt.http_status, attempt.answer, attempt.note, ({_MEMBERS}) AS members
        FROM outbox_attempt attempt JOIN companies_company company ON company.id = attempt.company_id
    """,  # noqa: S608
    "lists": """
        SELECT company.name || ' accounts' AS key, jsonb_agg(account.code ORDER BY account.code, account.id) AS names
        FROM catalog_account account JOIN companies_company company ON company.id = account.company_id GROUP BY 1
        UNION ALL
        SELECT company.name || ' tax rates', jsonb_agg(rate.tax_type ORDER BY rate.tax_type, rate.id)
        FROM catalog_taxrate rate JOIN companies_company company ON company.id = rate.company_id GROUP BY 1
        UNION ALL
        SELECT company.name || ' currencies', jsonb_agg(currency.code ORDER BY currency.code, currency.id)
        FROM catalog_currency currency JOIN companies_company company ON company.id = currency.company_id GROUP BY 1
        UNION ALL
        SELECT company.name || ' items', jsonb_agg(item.code ORDER BY item.code, item.id)
        FROM catalog_item item JOIN companies_company company ON company.id = item.company_id GROUP BY 1
    """,
}

B629DE0: Mapping[str, str] = {
    **EAED1B1,
    "invitations": """
        SELECT asked.public_id AS key, company.name AS company, asked.email, asked.role, asked.token_hash,
            person.email AS invited_by, asked.expires_at, asked.answer, asked.answered_at
        FROM companies_invitation asked JOIN companies_company company ON company.id = asked.company_id
        JOIN companies_person person ON person.id = asked.invited_by_id
    """,
    "settings": _SETTINGS.replace(
        "/*more*/",
        """, settings.cost_currency, settings.not_stock, settings.when_cost_is_zero, settings.part_shipment_days,
        settings.cash_steps, settings.order_time_zone_confirmed, settings.undated_days,
        settings.require_second_factor, settings.kornitx_refused, settings.kornitx_refused_at,
        settings.kornitx_refused_why""",
    ),
    "orders": _ORDERS.replace(
        "/*more*/",
        """, parent.undispatched_seen_at, parent.on_hold_since, parent.typed_date, parent.written_from,
        (SELECT jsonb_agg(jsonb_build_array(delivery.door, delivery.result, delivery.body_hash, delivery.delivery_id,
            delivery.answered) ORDER BY id) FROM orders_delivery delivery
            WHERE delivery.order_id = parent.id) AS deliveries""",
    ),
    "documents": _DOCUMENTS.replace(
        "/*more*/",
        """, entry.is_number_free, entry.given_up_at, entry.attention_done, entry.xero_paid AS their_paid,
        entry.xero_due AS their_due, entry.xero_credited AS their_credited, entry.xero_updated_at AS their_updated_at,
        entry.xero_seen_at AS their_seen_at, entry.xero_differs AS their_differs, entry.cured_by, (SELECT email FROM companies_person person
            WHERE person.id = entry.given_up_by_id) AS given_up_by""",
    ),
}

VERSIONS: Mapping[str, Mapping[str, str]] = {"eaed1b1": EAED1B1, "b629de0": B629DE0}


def read(commit: str, database_url: str) -> Inventory:
    """Return what the database of an old version holds."""
    with psycopg.connect(database_url, row_factory=dict_row) as connection:
        return {name: section(connection.execute(sql).fetchall()) for name, sql in VERSIONS[commit].items()}
