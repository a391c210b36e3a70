"""`daybook migrate` changes nothing while something stands in the way, and is never the worse for being killed."""

import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from daybook.kit.ids import public_id
from daybook.moving import BATCH
from daybook.ops.processes import presence
from tests import database
from tests.upgrade.conftest import NEWS, Installation, empty_database
from tests.upgrade.inventory import lost
from tests.upgrade.make_dumps import COMMITS

pytestmark = pytest.mark.drawn(3)
OLDEST, NEWEST = COMMITS[0], COMMITS[-1]
STATEMENTS = 420
"""So many a doomed run lives: long enough for the longest migrations, short enough to die more than once."""
SABOTAGE = """
ALTER TABLE outbox_entry DROP CONSTRAINT entry_posted_has_xero_id, DROP CONSTRAINT entry_under_way_has_document;
DROP INDEX entry_one_live;
DROP INDEX organisation_connected_once;
UPDATE outbox_entry SET xero_id = '' WHERE number = 'AC-POSTED-1';
UPDATE outbox_entry SET last_attempt_id = NULL WHERE number = 'AC-UNKNOWN-THERE-1';
UPDATE outbox_entry SET state = 'held' WHERE number = 'AC-BURNT';
UPDATE outbox_entry SET state = 'held' WHERE number = 'AC-BURNT-R2';
UPDATE connections_connection SET tenant_id = (SELECT max(tenant_id) FROM connections_connection);
INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now());
INSERT INTO django_migrations (app, name, applied) VALUES ('outbox', '0999_of_the_future', now());
"""
SPOKEN = """
UPDATE outbox_transition SET reason = 'held: since Monday, as the customer asked us to on the telephone'
WHERE id = (SELECT min(id) FROM outbox_transition)
"""
"""Words of a person that begin as a cause does, and stay whole."""
COPIES = 2 * BATCH + 200
"""More than two batches."""


def copies(table: str, one: str, **changes: str) -> str:
    """Return what copies a row of a table; of each copy what `changes` says of `n`, which counts them."""
    changed = ", ".join(f"'{column}', {value}" for column, value in changes.items())
    return f"""
        INSERT INTO {table} SELECT made.* FROM {table} one, generate_series(1, {COPIES}) n,
        jsonb_populate_record(one, jsonb_build_object('id', 100000 + n, {changed})) made WHERE one.{one};
    """  # noqa: S608  # nothing but our own text


MANY = (
    copies("orders_order", "source_id = 'READY-1'", public_id="'o' || n", source_id="'MANY-' || n",
           current_revision_id="null")
    + copies("outbox_entry", "number = 'AC-READY-1'", public_id="'e' || n", number="'MANY-' || n",
             order_id="100000 + n", revision_id="null")
    + copies("outbox_attempt", "id = (SELECT min(id) FROM outbox_attempt)", public_id="'a' || n",
             idempotency_key="'k' || n")
    + copies("outbox_transition", "id = (SELECT min(id) FROM outbox_transition)", entry_id="100000 + n")
)  # fmt: skip
"""Many orders, each with its document and one move of it, and as many calls."""
BATCHES = {
    "UPDATE orders_order moved": "orders_order WHERE feed_id IS NOT NULL",
    "INSERT INTO orders_orderstanding": "orders_orderstanding",
    "UPDATE outbox_entry moved": "outbox_entry WHERE organisation_id IS NOT NULL",
    "UPDATE outbox_attempt moved": "outbox_attempt WHERE organisation_id IS NOT NULL",
    "WITH gone AS (DELETE FROM outbox_transition": "history_event WHERE subject_kind = 'entry'",
}
"""How the statement begins that moves a batch, and where what it moved is counted."""
HALF_BUILT = "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'parcel_by_weight'::regclass"


@pytest.fixture
def many(tmp_path: Path) -> Iterator[Installation]:
    with empty_database(NEWEST, tmp_path) as installation:
        installation.load()
        installation.sql(MANY)
        yield installation


@pytest.fixture
def oldest(tmp_path: Path) -> Iterator[Installation]:
    with empty_database(OLDEST, tmp_path) as installation:
        installation.load()
        yield installation


class TestWhatStandsInTheWay:
    def test_is_said_all_at_once_with_its_cures_and_nothing_is_changed(self, oldest):
        oldest.sql(SABOTAGE)
        with psycopg.connect(oldest.url, autocommit=True) as session:  # it gives no name, as an older web process
            session.execute("SELECT pg_advisory_lock_shared(%s)", [presence.LOCK])
            stood = oldest.before()
            said = [oldest.daybook("migrate", *options, succeeds=False) for options in (["--check"], [])]
            assert oldest.before() == stood
        assert [each.returncode for each in said] == [3, 3]
        for each in said:
            words = " ".join(each.stderr.split())
            for what in (
                "Other processes of Daybook use the database: 1. Stop every",
                "Sessions without a name use the database: 1, from this machine.",
                "Workers run: 1; the last sign of life came",
                "changed by a newer version of Daybook (outbox.0999_of_the_future). Install that version",
                "connected to one organisation, so that each could post into the other's books: Acme, Birch, Tracy",
                "several documents of one kind on their way, so that one sale would be posted twice: AC-BURNT (held)",
                "Documents count as posted, and nobody knows as which: AC-POSTED-1.",
                "no call is written down for them, so that nobody can look for them: AC-UNKNOWN-THERE-1.",
            ):
                assert what in words

    def test_is_a_view_of_somebody_elses_which_would_be_dropped_with_a_column(self, oldest):
        oldest.sql("""
            CREATE SCHEMA reports; CREATE VIEW reports.posted AS SELECT number, tenant_id FROM outbox_entry;
            CREATE MATERIALIZED VIEW moves AS SELECT reason FROM outbox_transition;
        """)
        said = [oldest.daybook("migrate", *options, succeeds=False) for options in (["--check"], [])]
        assert [each.returncode for each in said] == [3, 3]
        assert all(
            "would be lost with columns that go: moves; reports.posted." in " ".join(each.stderr.split())
            for each in said
        )
        oldest.sql("DROP VIEW reports.posted; DROP MATERIALIZED VIEW moves")
        assert "Nothing stands in the way" in oldest.daybook("migrate", "--check").stdout

    def test_is_a_process_that_runs(self, oldest):
        with psycopg.connect(oldest.url, autocommit=True, application_name="daybook") as session:
            session.execute("SELECT pg_advisory_lock_shared(%s)", [presence.LOCK])
            refused = oldest.daybook("migrate", succeeds=False)
            assert (refused.returncode, refused.stderr.count("use the database: 1.")) == (3, 1)
        assert "2." not in refused.stderr


class TestASettingOfTheDatabase:
    """What its administrator gave all sessions of the database, or of the role."""

    def test_that_ends_what_takes_long_ends_no_migration(self, oldest):
        oldest.sql(SPOKEN)
        stood = oldest.before()
        for setting in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
            oldest.sql(f"ALTER DATABASE {oldest.name} SET {setting} = '15ms'")
        said = oldest.daybook("migrate", "--check")
        assert "Nothing stands in the way" in said.stdout
        oldest.daybook("migrate")
        oldest.sql(f"ALTER DATABASE {oldest.name} RESET ALL")
        assert lost(stood, oldest.after()) == NEWS

    def test_that_lets_nobody_write_is_said(self, oldest):
        oldest.sql(f"ALTER DATABASE {oldest.name} SET default_transaction_read_only = on")
        said = [oldest.daybook("migrate", *options, succeeds=False) for options in (["--check"], [])]
        assert [each.returncode for each in said] == [3, 3]
        assert all("set to only read (default_transaction_read_only)" in each.stderr for each in said)


@pytest.mark.long(20)
class TestAMigrationThatIsKilled:
    def test_goes_on_where_it_was_and_no_process_starts_before_its_end(self, oldest):
        stood, ends, done = oldest.before(), list[int](), [applied(oldest)]
        while not ends or ends[-1] != 0:
            ends.append(doomed(oldest, STATEMENTS))
            done.append(applied(oldest))
            assert done[-1] > done[-2] or not ends[-1], "nothing of what it did has stayed"
            if len(ends) == 1:
                refused = oldest.daybook("worker", succeeds=False)
                assert (refused.returncode, "run `daybook migrate` first" in refused.stderr) == (3, True)
        assert set(ends[:-1]) == {-signal.SIGKILL}
        assert len(ends) > 2
        assert lost(stood, oldest.after()) == NEWS

    def test_keeps_the_batches_that_it_had_moved(self, many):
        orders, moves = counted(many, "orders_order"), counted(many, "outbox_transition")
        for beginning, place in BATCHES.items():
            assert doomed(many, 2, beginning) == -signal.SIGKILL
            assert counted(many, place) == BATCH
        many.daybook("migrate")
        assert (counted(many, "orders_orderstanding"), counted(many, "history_event WHERE subject_kind = 'entry'")) == (
            orders,
            moves,
        )
        assert counted(many, "(SELECT DISTINCT subject_id FROM history_event WHERE subject_id > 100000) told") == COPIES

    def test_moves_no_row_twice_though_it_is_killed_after_every_batch(self, toy):
        """The toy moves 95 rows, some of whose ids are below 1, in batches of thirty."""
        moved = []
        while doomed(toy, 2, "UPDATE toy_parcel moved") == -signal.SIGKILL:
            moved.append(toy.sql("SELECT count(*) FROM toy_parcel WHERE grams IS NOT NULL"))
            assert len(set(moved)) == len(moved), "it moved nothing"
        assert moved == [30, 60, 90]
        assert toy.sql("SELECT count(*) FROM toy_parcel WHERE grams = weight * 1000 AND moves = 1") == 95

    @pytest.mark.parametrize("besides", ["SELECT 1", HALF_BUILT])
    def test_builds_anew_the_index_that_it_was_at(self, toy, besides):
        """Killed between two indexes, the first is there; killed in the midst of it, it is invalid."""
        assert doomed(toy, 2, "CREATE INDEX CONCURRENTLY") == -signal.SIGKILL
        toy.sql(besides)
        assert "run `daybook migrate` first" in toy.daybook("worker", succeeds=False).stderr
        toy.daybook("migrate")
        indexes = "pg_index WHERE indrelid = 'toy_parcel'::regclass AND NOT indisprimary"
        assert (counted(toy, indexes), counted(toy, f"{indexes} AND indisvalid")) == (2, 2)

    def test_puts_an_index_in_the_place_of_the_one_with_its_name_and_that_one_back(self, toy):
        columns = "SELECT indnatts FROM pg_index WHERE indexrelid = 'parcel_by_weight'::regclass AND indisvalid"
        toy.daybook("migrate")
        assert toy.sql(columns) == 2
        toy.run("-m", "django", "migrate", "toy", "0003")
        assert toy.sql(columns) == 1


class TimesOfTheToy(Installation):
    """An installation with the toy app."""

    @property
    def environ(self) -> dict[str, str]:
        return super().environ | {"DJANGO_SETTINGS_MODULE": "tests.upgrade.toy.settings"}


@pytest.fixture
def toy(db: None, tmp_path: Path) -> Iterator[TimesOfTheToy]:
    with database.copied(f"toy_{public_id()}") as url:
        yield TimesOfTheToy(NEWEST, url, tmp_path)


def applied(installation: Installation) -> int:
    return int(installation.sql("SELECT count(*) FROM django_migrations"))


def doomed(installation: Installation, count: int, beginning: str = "") -> int:
    """Let a migration die before its n-th statement that begins so; return how it ended."""
    ended = installation.run("-m", "tests.upgrade.doomed_migrate", str(count), beginning, succeeds=False)
    assert ended.returncode in {0, -signal.SIGKILL}, ended.stderr
    return ended.returncode


def counted(installation: Installation, rows: str) -> int:
    return int(installation.sql(f"SELECT count(*) FROM {rows}"))  # noqa: S608
