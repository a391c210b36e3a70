"""Keys of another installation, a clock an hour off, a full disk: each is said, and nothing is sent meanwhile."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection
from django.test import Client

from daybook.companies import keys as api_keys
from daybook.companies.models import Company
from daybook.connections.models import Connection
from daybook.ops.cli import lost_keys, rotation
from daybook.ops.processes import presence
from daybook.ops.processes.keys import refuse_other_keys
from daybook.ops.processes.stops import Stop
from daybook.secrets import keyring, known_keys
from daybook.secrets.keyring import OtherKeysError
from localxero import LocalXero
from tests.integration.posting.test_drain import look, post, states
from tests.world import Cast, connected

ODD_CLOCK = """
    CREATE SCHEMA odd;
    CREATE FUNCTION odd.clock_timestamp() RETURNS timestamptz LANGUAGE sql
        AS 'SELECT pg_catalog.clock_timestamp() - interval ''1 hour''';
    ALTER DATABASE "{name}" SET search_path = odd, pg_catalog, public;
"""
FULL_DISK = """
    CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION USING ERRCODE = 'disk_full', MESSAGE = 'could not extend file: No space left on device';
    END $$;
    CREATE TRIGGER full_disk BEFORE {when} ON {table} FOR EACH ROW EXECUTE FUNCTION full_disk();
"""


def run(statements: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statements)


@contextmanager
def full_disk(table: str, when: str = "INSERT") -> Iterator[None]:
    """PostgreSQL refuses to write to one table as it does where its disk is full."""
    run(FULL_DISK.format(table=table, when=when))
    try:
        yield
    finally:
        run(f"DROP TRIGGER full_disk ON {table}; DROP FUNCTION full_disk()")


@contextmanager
def odd_clock() -> Iterator[None]:
    """The database answers new sessions with the time of an hour ago."""
    name = connection.settings_dict["NAME"]
    run(ODD_CLOCK.format(name=name))
    try:
        yield
    finally:
        run(f'ALTER DATABASE "{name}" RESET search_path; DROP SCHEMA odd CASCADE')


def run_until_the_clock_is_moved(ended: threading.Event) -> None:
    with presence.held() as held, presence.watched(held, every=0.02), odd_clock():
        held.close()  # the database was started again, and is another machine's now
        assert ended.wait(10)


@pytest.fixture
def acme() -> Cast:
    return connected(LocalXero(limits="off"), untouched=True)


@pytest.mark.django_db
class TestKeys:
    def test_of_another_installation_are_refused_by_name(self, settings):
        refuse_other_keys()
        settings.ENCRYPTION_KEYS = keyring.new_key()
        with pytest.raises(OtherKeysError, match=r"sealed under the key 'test'.*are another installation's"):
            refuse_other_keys()

    def test_that_only_bear_the_same_id_are_refused(self, settings):
        refuse_other_keys()
        settings.ENCRYPTION_KEYS = "test:" + "B" * 43 + "="
        with pytest.raises(OtherKeysError, match="only its id is the same"):
            refuse_other_keys()

    def test_are_told_apart_also_where_the_version_before_left_no_proof(self, acme, settings):
        assert known_keys.ids() == []
        settings.ENCRYPTION_KEYS = keyring.new_key()
        with pytest.raises(OtherKeysError, match="nothing that this database holds sealed can be opened"):
            refuse_other_keys()
        assert known_keys.ids() == []

    def test_may_be_replaced_in_three_steps_and_in_no_other_order(self, acme, settings):
        refuse_other_keys()
        old, new = settings.ENCRYPTION_KEYS, keyring.new_key()
        settings.ENCRYPTION_KEYS = f"{new},{old}"
        refuse_other_keys()
        for too_early in (old, new):
            settings.ENCRYPTION_KEYS = too_early
            with pytest.raises(OtherKeysError, match="which DAYBOOK_ENCRYPTION_KEYS lacks"):
                refuse_other_keys()

        settings.ENCRYPTION_KEYS = f"{new},{old}"
        rotation.rotate()
        settings.ENCRYPTION_KEYS = new
        refuse_other_keys()
        acme.connection.token_set.refresh_from_db()
        assert acme.connection.token_set.access_token

    def test_that_are_lost_are_given_up_and_every_consent_asked_for_again(self, acme, settings):
        refuse_other_keys()
        acme.ready_invoices(1)
        settings.ENCRYPTION_KEYS = keyring.new_key()
        assert lost_keys.lost() == ["test"]

        assert lost_keys.forget() == 1
        refuse_other_keys()
        assert lost_keys.lost() == []
        post(acme)

        acme.connection.refresh_from_db()
        assert acme.connection.status == Connection.Status.NEEDS_CONSENT
        assert "Get Access Token" in acme.connection.status_reason
        assert (acme.invoices(), states(acme)) == ([], {"ready": 1})


@pytest.mark.django_db(transaction=True)
class TestAClock:
    def test_that_is_an_hour_off_lets_no_process_start(self):
        with (
            odd_clock(),
            presence.held() as held,
            pytest.raises(Stop, match=r"clock is 60 minutes ahead of the database's.*nothing is sent") as refused,
            presence.watched(held),
        ):
            raise AssertionError
        assert refused.value.exit_code == 3

    def test_that_is_moved_ends_a_process_that_runs(self):
        asked = threading.Event()
        before = signal.signal(signal.SIGTERM, lambda *_: asked.set())
        try:
            with pytest.raises(Stop, match="60 minutes ahead"):
                run_until_the_clock_is_moved(asked)
        finally:
            signal.signal(signal.SIGTERM, before)


@pytest.mark.django_db(transaction=True)
class TestAFullDisk:
    def test_before_the_call_lets_nothing_leave_and_posting_goes_on_by_itself(self, acme):
        acme.ready_invoices(2)
        with full_disk("outbox_attempt"), pytest.raises(OperationalError):
            post(acme)
        assert (acme.invoices(), states(acme)) == ([], {"ready": 2})

        post(acme)
        assert (len(acme.invoices()), states(acme)) == (2, {"posted": 2})

    def test_after_the_call_leaves_a_doubt_that_a_look_settles_without_a_second_posting(self, acme):
        acme.ready_invoices(2)
        with full_disk("outbox_entry", "UPDATE OF their_id"), pytest.raises(OperationalError):
            post(acme)
        assert (len(acme.invoices()), states(acme)) == (2, {"sending": 2})

        look(acme)
        post(acme)
        assert (len(acme.invoices()), states(acme)) == (2, {"posted": 2})

    def test_is_told_to_senders_and_people_and_what_only_reads_goes_on(self, caplog):
        company = Company.objects.create(name="Acme")
        _, key = api_keys.create_api_key(company, "OMS")
        client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {key}"})
        line = {"sku": "MUG", "quantity": 1, "unit_price": "5.00", "tax_rate": "0.2"}
        order = {"source": "shop", "id": "1", "number": "1", "currency": "GBP", "lines": [line]}
        with full_disk("orders_order"):
            answer = client.post("/api/v1/orders", order, content_type="application/json")
            assert (answer.status_code, answer["Retry-After"]) == (503, "10")
            assert "disk of Daybook's database is full" in answer.json()["detail"]
            assert client.get("/health").status_code == 200
            assert client.get("/accounts/login/").status_code == 200
        assert "the database's disk is full" in caplog.text
        assert client.post("/api/v1/orders", order, content_type="application/json").status_code < 400
