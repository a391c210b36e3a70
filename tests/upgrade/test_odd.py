"""Old databases that are odd: each is brought up with nothing lost, or refused with cause and cure and nothing changed."""

# ruff: noqa: S608  # nothing but our own text

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from daybook.kit.ids import public_id
from tests.upgrade.conftest import NEWS, REPOSITORY, Installation, empty_database
from tests.upgrade.inventory import lost
from tests.upgrade.make_dumps import COMMITS

pytestmark = pytest.mark.drawn(3)
OLDEST = COMMITS[0]
ACME, TRACY, BIRCH = (
    f"(SELECT id FROM companies_company WHERE name = '{name}')" for name in ("Acme", "Tracy", "Birch")
)
ORDER = "(SELECT id FROM orders_order WHERE source_id = 'READY-1')"
ENTRY = "(SELECT id FROM outbox_entry WHERE number = 'AC-READY-1')"
PERSON = "(SELECT id FROM companies_person WHERE email = 'owner@acme.example')"
TRICKY = r"\u0000 \ud800 {batch} %s %(after)s Ünïq İı 😀"
"""Its backslashes are backslashes: neither a NUL nor half a character can stand in the database."""
ODD = f"""
UPDATE connections_connection mine SET last_tenant_id = theirs.tenant_id FROM connections_connection theirs
WHERE (mine.company_id, theirs.company_id) IN (({ACME}, {TRACY}), ({TRACY}, {ACME}));
UPDATE outbox_entry SET tenant_id = (SELECT tenant_id FROM connections_connection WHERE company_id = {TRACY})
WHERE number IN ('AC-POSTED-1', 'AC-GIVEN-UP');
UPDATE outbox_attempt SET tenant_id = (SELECT tenant_id FROM connections_connection WHERE company_id = {ACME})
WHERE id = (SELECT max(id) FROM outbox_attempt WHERE company_id = {TRACY});

UPDATE outbox_transition SET id = -id WHERE id IN (SELECT id FROM outbox_transition ORDER BY id LIMIT 3);
UPDATE orders_ordernote SET id = -id WHERE id IN (SELECT id FROM orders_ordernote ORDER BY id LIMIT 3);

DELETE FROM outbox_attemptentry WHERE entry_id IN (SELECT id FROM outbox_entry WHERE number LIKE 'AC-REFUSED-%');
UPDATE outbox_entry SET last_attempt_id = NULL WHERE number = 'AC-POSTED-2';
DELETE FROM outbox_transition WHERE entry_id IN (SELECT id FROM outbox_entry WHERE number = 'AC-POSTED-3');
UPDATE outbox_entry SET document = 'null' WHERE number = 'AC-HELD-TOTALS';
DELETE FROM companies_companysettings WHERE company_id = {BIRCH};
UPDATE connections_connection SET tenant_id = '', last_tenant_id = tenant_id WHERE company_id = {BIRCH};

UPDATE orders_order SET customer_name = '{TRICKY}' WHERE id = {ORDER};
UPDATE orders_revision SET content = content || jsonb_build_object('memo', '{TRICKY}') WHERE order_id = {ORDER};
UPDATE companies_person SET name = 'Ann took the typed day away.' || chr(10) || '{TRICKY}' WHERE id = {PERSON};
INSERT INTO orders_ordernote (text, at, company_id, order_id) SELECT text, now(), {ACME}, {ORDER}
FROM (SELECT name FROM companies_person WHERE id = {PERSON}) who, unnest(ARRAY[
    who.name || ' said that it was dispatched on 2026-02-03.', who.name || ' took the typed day away.',
    'Nobody took the typed day away.', 'Ann said that it was dispatched on 3 May.', 'Refused: {TRICKY}', '{TRICKY}'
]) text;
INSERT INTO outbox_transition (old_state, new_state, mover, reason, at, company_id, entry_id)
SELECT 'ready', 'ready', 'person', reason, now(), {ACME}, {ENTRY} FROM unnest(ARRAY[
    'held: ', 'held: a: b', 'Held: no', '{TRICKY}', 'held: ' || repeat('ä', 40), 'held: ' || repeat('ä', 41)
]) reason;
"""
FULL = """
CREATE FUNCTION is_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'could not extend file "base/1/2": No space left on device' USING ERRCODE = 'disk_full';
END $$;
CREATE TRIGGER is_full BEFORE DELETE ON outbox_transition FOR EACH ROW EXECUTE FUNCTION is_full();
"""
SPOILT = """
UPDATE orders_order SET ordered_at = 'infinity' WHERE id = 1;
UPDATE orders_revision SET content = 'null' WHERE id = 1;
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('ALTER TABLE %I OWNER TO ROLE_NAME', name);
    END LOOP;
END $$;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
"""
LANGUAGES = """
SELECT 'LOCALE_PROVIDER libc LOCALE ' || quote_literal(collcollate) FROM pg_collation
WHERE collprovider = 'c' AND collcollate ~* '^(tr_TR|de_DE|en_US).utf-?8$' ORDER BY collcollate DESC LIMIT 1
"""
"""Turkish first, whose capital of i is none of ours."""
UNICODES = "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'PG_UNICODE_FAST' LOCALE 'C'"
CONTENTS = """
SELECT md5(string_agg(parent::text || revision::text, '' ORDER BY revision.id))
FROM orders_order parent JOIN orders_revision revision ON revision.order_id = parent.id
"""


@pytest.fixture
def odd(tmp_path: Path) -> Iterator[Installation]:
    with empty_database(OLDEST, tmp_path, a_language()) as installation:
        installation.load()
        installation.sql(ODD)
        yield installation


def a_language() -> str:
    """How a database is made whose texts are sorted and spelt by a language, or at least by Unicode."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as server:
        version = server.info.server_version
        found = server.execute(LANGUAGES).fetchone() if version >= 150_000 else None
    return found[0] if found else UNICODES if version >= 180_000 else ""


def migrated_twice_at_once(old: Installation) -> list[str]:
    """Start two migrations at the same time; return what they say when they have ended."""
    command, pipe = [sys.executable, "-m", "daybook", "migrate"], subprocess.PIPE
    started = [
        subprocess.Popen(command, env=old.environ, cwd=REPOSITORY, stdout=pipe, stderr=pipe, text=True)
        for _ in range(2)
    ]
    said = [process.communicate() for process in started]
    assert [process.returncode for process in started] == [0, 0], said
    return sorted(words.strip() for words, _ in said)


@pytest.fixture
def oldest(tmp_path: Path) -> Iterator[Installation]:
    with empty_database(OLDEST, tmp_path) as installation:
        installation.load()
        yield installation


@pytest.mark.long(15)
class TestAnOddDatabase:
    """Organisations swapped, calls of nothing, documents of no call, settings gone, ids below 1, texts that look like SQL."""

    def test_is_brought_up_with_nothing_lost_and_once_by_two_who_begin_at_the_same_time(self, odd):
        stood = odd.before()
        first, second = migrated_twice_at_once(odd)
        assert (first.startswith("The database is up to date ("), second) == (True, "The database was up to date.")
        assert lost(stood, odd.after()) == NEWS
        dated = f"FROM history_event WHERE what = 'dated' AND subject_id = {ORDER} AND person_id = {PERSON}"
        days = odd.sql(f"SELECT jsonb_agg(after ORDER BY id) {dated}")
        assert days == [{"typed_date": "2026-02-03"}, {"typed_date": ""}], "the name looks like a note itself"
        said = json.loads(odd.daybook("status", "--json", succeeds=False).stdout)
        stands = {company["name"]: company["connection"] for company in said["companies"]}
        assert (stands["Acme"], stands["Tracy"], stands["Birch"]) == ("connected", "connected", "needs_consent")


class TestAFullDisk:
    def test_stops_the_upgrade_with_a_sentence_and_it_goes_on_when_there_is_space(self, oldest):
        oldest.sql(FULL)
        stood = oldest.before()
        stopped = oldest.daybook("migrate", succeeds=False)
        assert (stopped.returncode, "Traceback" in stopped.stderr) == (3, False)
        for words in ("stopped in the middle", "No space left on device", "run `daybook migrate` again"):
            assert words in stopped.stderr
        oldest.sql("DROP FUNCTION is_full CASCADE")
        oldest.daybook("migrate")
        assert lost(stood, oldest.after()) == NEWS


class TestARoleThatMayLittle:
    """The tables were given to it one by one; what belongs to them was forgotten, and the schema is somebody else's."""

    @pytest.fixture
    def little(self, tmp_path: Path) -> Iterator[Installation]:
        role = f"little_{public_id()}"
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
            if not server.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()[0]:
                pytest.skip("only a superuser makes such a role")
            server.execute(f"CREATE ROLE {role}")
            with empty_database(OLDEST, tmp_path) as installation:
                installation.load()
                installation.sql(SPOILT.replace("ROLE_NAME", role))
                installation.sql(f"ALTER DATABASE {installation.name} SET role = {role}")
                yield installation
            server.execute(f"DROP ROLE {role}")

    def test_is_told_all_that_it_lacks_and_all_that_is_odd_and_nothing_is_changed(self, little):
        stood = little.sql(CONTENTS), little.sql("SELECT count(*) FROM django_migrations")
        with psycopg.connect(little.url, application_name="a report") as session:
            session.execute("SELECT count(*) FROM orders_order")  # and its transaction stays open
            refused = little.daybook("migrate", succeeds=False)
        assert refused.returncode == 3
        assert (little.sql(CONTENTS), little.sql("SELECT count(*) FROM django_migrations")) == stood
        words = " ".join(refused.stderr.split())
        for what in (
            "may make no tables. As the database's owner: GRANT CREATE ON SCHEMA public TO little_",
            "What belongs to the tables belongs to somebody else (",
            "function procrastinate_",
            "Sessions are in the middle of something with the tables: ",
            "none that anybody can reckon with: orders_order.ordered_at infinity in row 1.",
            "Contents of orders are none that anybody could read: POSTED-1 revision 1 (null).",
        ):
            assert what in words, words


class TestADatabaseOfAnotherEncoding:
    def test_is_refused_as_it_cannot_keep_every_text(self, tmp_path):
        with empty_database(OLDEST, tmp_path, "ENCODING 'SQL_ASCII' LOCALE 'C'") as old:
            old.load()
            refused = old.daybook("migrate", "--check", succeeds=False)
            assert (refused.returncode, "encoding is SQL_ASCII" in refused.stderr) == (3, True)
