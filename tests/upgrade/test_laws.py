"""What old rows must not be is asked law by law: of every old version, nothing where all is well, and each breach by name."""

# ruff: noqa: S608  # nothing but our own text

import re
from collections.abc import Iterator
from typing import NamedTuple

import psycopg
import pytest

from daybook.ops.postgres import values
from daybook.ops.postgres.laws import LAWS, Law
from tests.upgrade.conftest import Installation

BIRCH = "(SELECT id FROM companies_company WHERE name = 'Birch')"
ACMES_ORDER = "(SELECT id FROM orders_order WHERE source_id = 'READY-1')"
ACMES = "company_id = (SELECT id FROM companies_company WHERE name = 'Acme')"


class Breach(NamedTuple):
    """How a law is broken in an old database, and the line that is said of it."""

    change: str
    said: str = r"row \d+"
    frees: str = ""
    """What must go before, with which the old database keeps the law itself."""


def of_birch(table: str) -> Breach:
    """Give Birch a row of Acme's: what it points at is another company's then."""
    first = f"(SELECT min(id) FROM {table} WHERE {ACMES})"
    return Breach(f"UPDATE {table} SET company_id = {BIRCH} WHERE id = {first}")


def astray(table: str, column: str) -> Breach:
    """Let a row point at what is not there."""
    first = f"(SELECT min(id) FROM {table} WHERE {column} IS NOT NULL)"
    return Breach(f"UPDATE {table} SET {column} = 999999 WHERE id = {first}")


def says(table: str, column: str, value: str, said: str, *, frees: str = "") -> Breach:
    """Let the first row of a table that has a value there say something else."""
    first = f"(SELECT min(id) FROM {table} WHERE {column} IS NOT NULL)"
    return Breach(f"UPDATE {table} SET {column} = '{value}' WHERE id = {first}", said, frees)


BREACHES = {
    "choices that are known": Breach(
        f"UPDATE companies_companysettings SET process_method = 'other', post_when = 'paid' WHERE {ACMES}",
        "Acme: process_method other, post_when paid",
    ),
    "one company for each organisation": Breach(
        "UPDATE connections_connection SET tenant_id = (SELECT max(tenant_id) FROM connections_connection)",
        r"Acme, Birch, Tracy \(.*\)",
        "DROP INDEX organisation_connected_once",
    ),
    "one connection for each company": Breach(
        f"UPDATE connections_connection SET company_id = {BIRCH} WHERE {ACMES}",
        "Birch",
        "ALTER TABLE connections_connection DROP CONSTRAINT connections_connection_company_id_key",
    ),
    "one document of a kind under way for each order": Breach(
        "UPDATE outbox_entry SET state = 'held' WHERE number LIKE 'AC-BURNT%'",
        r"AC-BURNT \(held\), AC-BURNT-R2 \(held\)",
        "DROP INDEX entry_one_live",
    ),
    "each number once": Breach(
        f"UPDATE outbox_entry SET number = 'ac-ready-1', company_id = {BIRCH} WHERE number = 'AC-READY-2'",
        r"AC-READY-1 \(Acme\), ac-ready-1 \(Birch\)",
        "DROP INDEX entry_number_once",
    ),
    "each generation once": Breach(
        "UPDATE outbox_entry SET generation = 1 WHERE number = 'AC-BURNT-R2'",
        "AC-BURNT, AC-BURNT-R2",
        "ALTER TABLE outbox_entry DROP CONSTRAINT entry_once",
    ),
    "every document names its organisation": Breach(
        "UPDATE outbox_entry SET tenant_id = '' WHERE number = 'AC-READY-1'", "AC-READY-1"
    ),
    "every call names its organisation": Breach(
        "UPDATE outbox_attempt SET tenant_id = '', public_id = 'a-call' WHERE id = (SELECT min(id) FROM outbox_attempt)",
        "a-call",
    ),
    "what is posted is known by its id": Breach(
        "UPDATE outbox_entry SET xero_id = '' WHERE number = 'AC-POSTED-1'",
        "AC-POSTED-1",
        "ALTER TABLE outbox_entry DROP CONSTRAINT entry_posted_has_xero_id",
    ),
    "one document there for each here": Breach(
        "UPDATE outbox_entry SET xero_id = 'the-same' WHERE number IN ('AC-POSTED-1', 'AC-POSTED-2')",
        "AC-POSTED-1, AC-POSTED-2",
    ),
    "what is under way has a call": Breach(
        "UPDATE outbox_entry SET last_attempt_id = NULL WHERE number = 'AC-UNKNOWN-THERE-1'", "AC-UNKNOWN-THERE-1"
    ),
    "rows of one company": Breach(
        f"UPDATE orders_order SET company_id = {BIRCH} WHERE id = {ACMES_ORDER}", "AC-READY-1 of READY-1"
    ),
    "every document has its order": Breach(
        "UPDATE outbox_entry SET order_id = 999999 WHERE number = 'AC-READY-1'", "AC-READY-1"
    ),
    "every order has its content": Breach(
        f"UPDATE orders_order SET current_revision_id = (SELECT min(id) FROM orders_revision) WHERE id = {ACMES_ORDER}",
        "READY-1",
    ),
    "every order names its source and its id there": Breach(
        f"UPDATE orders_order SET source_id = '' WHERE id = {ACMES_ORDER}", "READY-1"
    ),
    "each order once": Breach(
        f"UPDATE orders_order SET source_id = 'READY-2' WHERE id = {ACMES_ORDER}",
        "shop/READY-2",
        "ALTER TABLE orders_order DROP CONSTRAINT order_once",
    ),
    "each rate once": Breach(
        f"UPDATE companies_taxmapping SET rate = 0.2 WHERE {ACMES}",
        r"Acme 0\.200000",
        "ALTER TABLE companies_taxmapping DROP CONSTRAINT tax_mapping_once",
    ),
    "each address once": Breach(
        "UPDATE companies_person SET email = 'Owner@Acme.example' WHERE email = 'viewer@acme.example'",
        r"owner@acme\.example, Owner@Acme\.example",
        "DROP INDEX person_email_once",
    ),
    "rows of one company: outbox_entry.revision_id": Breach(
        f"UPDATE orders_revision SET company_id = {BIRCH} WHERE order_id = {ACMES_ORDER}", "AC-READY-1"
    ),
    "rows of one company: outbox_entry.last_attempt_id": Breach(
        "UPDATE outbox_entry SET last_attempt_id = 999999 WHERE number = 'AC-POSTED-1'", "AC-POSTED-1"
    ),
    "rows of one company: outbox_attemptentry.attempt_id": of_birch("outbox_attemptentry"),
    "rows of one company: outbox_attemptentry.entry_id": astray("outbox_attemptentry", "entry_id"),
    "rows of one company: outbox_transition.entry_id": of_birch("outbox_transition"),
    "rows of one company: orders_revision.order_id": of_birch("orders_revision"),
    "rows of one company: orders_notice.order_id": astray("orders_notice", "order_id"),
    "rows of one company: orders_ordernote.order_id": of_birch("orders_ordernote"),
    "rows of one company: orders_delivery.order_id": astray("orders_delivery", "order_id"),
    "rows of one company: orders_delivery.revision_id": astray("orders_delivery", "revision_id"),
    "rows of one company: orders_delivery.notice_id": astray("orders_delivery", "notice_id"),
    "what is known of an organisation says of which": Breach(
        f"UPDATE connections_connection SET tenant_id = '', status = 'not_connected' WHERE {ACMES}", "Acme"
    ),
    "object in orders_revision.content": says("orders_revision", "content", "[1]", r"\S+ revision 1 \(\[1\]\)"),
    "object in orders_notice.content": says("orders_notice", "content", "null", r"\S+ \(null\)"),
    "object in orders_order.written_from": says("orders_order", "written_from", "1", r"\S+ \(1\)"),
    "object in outbox_entry.document": says("outbox_entry", "document", '"a"', r'AC-POSTED-1 \("a"\)'),
    "object in outbox_entry.attention_done": says("outbox_entry", "attention_done", "null", r"AC-POSTED-1 \(null\)"),
    "array in connections_connection.offered_tenants": says(
        "connections_connection", "offered_tenants", "{}", r"connection \d+ \({}\)"
    ),
    "object in mfa_authenticator.data": Breach(
        "INSERT INTO mfa_authenticator (type, data, user_id, created_at) VALUES ('totp', '[]', 1, now())",
        r"row \d+ \(\[\]\)",
    ),
    "known words in outbox_entry.kind": says("outbox_entry", "kind", "bill", r"AC-POSTED-1 \(bill\)"),
    "known words in orders_order.standing": says("orders_order", "standing", "lost", r"\S+ \(lost\)"),
    "known words in outbox_attempt.result": says("outbox_attempt", "result", "odd", r"call \S+ \(odd\)"),
    "known words in outbox_attemptentry.outcome": says("outbox_attemptentry", "outcome", "odd", r"row \d+ \(odd\)"),
    "known words in connections_connection.status": says(
        "connections_connection", "status", "asleep", r"connection \d+ \(asleep\)"
    ),
    "known words in companies_membership.role": says("companies_membership", "role", "king", r"row \d+ \(king\)"),
}


@pytest.fixture(scope="module")
def session(old: Installation) -> Iterator[psycopg.Connection]:
    old.load()
    with psycopg.connect(old.url) as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def undone(session: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """A session whose changes are undone afterwards."""
    yield session
    session.rollback()


def holds_there(session: psycopg.Connection, law: Law) -> bool:
    """Tell whether that version has all the columns that a law speaks of."""
    rows = session.execute("SELECT table_name, column_name FROM information_schema.columns").fetchall()
    named = {(table, column) for table, columns in law.needs.items() for column in columns.split()}
    return named <= set(rows)


def lines(session: psycopg.Connection, law: Law) -> list[str]:
    return [line for (line,) in session.execute(law.broken).fetchall()]


class TestALaw:
    @pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
    def test_is_kept_by_every_old_version_and_tells_of_each_row_that_breaks_it(self, undone, old, law):
        if not holds_there(undone, law):
            younger = {"orders_delivery": "id", "outbox_entry": "attention_done"}
            assert old.commit == "eaed1b1"
            assert any(column in law.needs.get(table, "").split() for table, column in younger.items())
            return
        assert lines(undone, law) == []
        breach = BREACHES[law.name]
        if breach.frees:
            undone.execute(breach.frees)
        assert undone.execute(breach.change).rowcount > 0
        said = lines(undone, law)
        assert len(said) == 1
        assert re.fullmatch(breach.said, said[0]), said

    def test_has_a_name_and_words_of_its_own(self):
        assert len({law.name for law in LAWS}) == len({law.says for law in LAWS}) == len(LAWS) == len(BREACHES)
        assert all(law.cure for law in LAWS)


SPOILT = {
    "orders_order.ordered_at infinity": "UPDATE orders_order SET ordered_at = 'infinity' WHERE id = 1",
    "outbox_entry.date 0044-03-15 BC": "UPDATE outbox_entry SET date = '0044-03-15 BC' WHERE id = 1",
    "outbox_attempt.sent_at 12026-01-01": "UPDATE outbox_attempt SET sent_at = '12026-01-01Z' WHERE id = 1",
    "outbox_entry.gross NaN": "UPDATE outbox_entry SET gross = 'NaN' WHERE id = 1",
    "connections_connection.lock_date -infinity": "UPDATE connections_connection SET lock_date = '-infinity' WHERE id = 1",
}


class TestAValueThatNobodyCanReckonWith:
    def test_is_found_in_every_table_by_its_row_and_there_is_none_where_all_is_well(self, undone):
        assert spoilt(undone) == []
        for change in SPOILT.values():
            assert undone.execute(change).rowcount == 1
        found = "; ".join(spoilt(undone))
        assert all(what in found for what in SPOILT), found
        assert found.count("in row 1") == 4  # two of one row are one line


def spoilt(session: psycopg.Connection) -> list[str]:
    rows = session.execute(values.COLUMNS).fetchall()
    tables = {table: [column[1:] for column in rows if column[0] == table] for table, _, _ in rows}
    questions = [values.question(table, columns) for table, columns in tables.items()]
    return [line for asked in questions for (line,) in session.execute(asked).fetchall()]
