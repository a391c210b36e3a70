"""What Prometheus is told of one installation, and whom it is told."""

from datetime import timedelta

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from prometheus_client.parser import text_string_to_metric_families

from daybook.companies.doors import METRICS_BY_ADDRESS
from daybook.companies.models import Company
from daybook.connections import calls
from daybook.connections.models import Connection
from daybook.ending import closing
from daybook.history import sealing
from daybook.kit import clock
from daybook.ops.cli import status
from daybook.ops.metrics import families
from daybook.outbox.models import Entry
from daybook.outbox.wake import wake_drain
from localxero import LocalXero
from tests.integration.posting.test_drain import look, post
from tests.world import Cast, connected

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]
TOKEN = "only-prometheus-knows-it"


@pytest.fixture(autouse=True)
def _token(settings) -> None:
    settings.METRICS_TOKEN = TOKEN


def asked(token: str = TOKEN, **headers: str):
    return Client().get("/metrics", headers={"Authorization": f"Bearer {token}", **headers})


def told() -> dict[tuple[str, ...], float]:
    """Every value by its name and its labels' values, in the order in which `families` names them."""
    answer = asked()
    assert answer.status_code == 200
    labels = {family.name: family.labels for family in families.FAMILIES}
    return {
        (sample.name, *(sample.labels[label] for label in labels[sample.name])): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


@pytest.fixture
def cast() -> Cast:
    return connected(LocalXero(limits="off"), untouched=True)


class TestTheBacklog:
    def test_is_told_by_connection_with_the_age_of_the_first_in_line(self, cast: Cast):
        first, *_ = cast.ready_invoices(3)
        Entry.objects.filter(pk=first.pk).update(state_since=clock.now() - timedelta(minutes=10))
        where = ("xero", cast.connection.public_id, "ready")

        values = told()

        assert values["daybook_documents_waiting", *where] == 3
        assert 600 <= values["daybook_oldest_document_age_seconds", *where] < 660

    def test_of_a_closed_company_waits_for_nobody(self, cast: Cast):
        cast.ready_invoices(3)
        closing.begin(cast.company)
        closing.finish(cast.company, years=7, client=cast.client)
        assert Entry.objects.filter(state="ready").count() == 3
        assert [key for key in told() if cast.connection.public_id in key] == []

    def test_of_a_closed_company_waits_for_nothing(self, cast: Cast):
        cast.ready_invoices(3)
        Entry.objects.filter(pk=Entry.objects.earliest("pk").pk).update(state="rejected", cause="rejected")
        before = {name for name, *_ in told()}
        assert {"daybook_documents_waiting", "daybook_documents_needing_a_person"} <= before
        Company.objects.update(closed_at=clock.now(), kept_until=clock.now())
        after = {name for name, *_ in told()}
        gone = {
            "daybook_documents_waiting",
            "daybook_oldest_document_age_seconds",
            "daybook_documents_needing_a_person",
        }
        assert not gone & after
        assert status.read(clock.now()).companies[0].oldest_waiting_seconds is None

    def test_is_gone_once_it_is_posted_and_what_became_of_it_is_counted(self, cast: Cast):
        cast.ready_invoices(3)
        sealing.seal_all()
        assert told()["daybook_document_moves_total", "ready", ""] == 3

        post(cast)
        sealing.seal_all()
        values = told()

        assert len(cast.invoices()) == 3
        assert not [name for name in values if name[0] == "daybook_documents_waiting"]
        assert values["daybook_document_moves_total", "posted", ""] == 3
        assert values["daybook_writing_calls_last_hour", "xero", cast.connection.public_id, "answered"] == 1

    def test_holds_what_is_unknown_until_a_look_has_settled_it(self, cast: Cast):
        cast.ready_invoices(2)
        where = ("daybook_documents_waiting", "xero", cast.connection.public_id, "unknown")
        cast.xero.add_fault("status_500_after", path="/api.xro/2.0/Invoices", method="PUT", times=1)
        post(cast)
        assert (len(cast.invoices()), told()[where]) == (2, 2)

        look(cast)
        assert (len(cast.invoices()), told().get(where)) == (2, None)

    def test_of_what_the_ledger_refused_is_told_by_company_and_cause(self, cast: Cast):
        _, broken = cast.ready_invoices(2)
        broken.document["lines"][0]["tax_type"] = "NO-SUCH"
        broken.save()
        post(cast)
        sealing.seal_all()
        broken.refresh_from_db()

        values = told()

        assert values["daybook_documents_needing_a_person", cast.company.public_id, "rejected"] == 1
        assert values["daybook_document_moves_total", "rejected", broken.cause] == 1


class TestAConnection:
    def test_tells_its_headroom_and_the_age_of_its_tokens(self):
        cast = connected(LocalXero(), untouched=True)
        cast.ready_invoices(1)
        post(cast)
        names = ("xero", cast.connection.public_id)

        values = told()

        cast.connection.refresh_from_db()
        assert values["daybook_calls_remaining", *names, "day"] == cast.connection.day_remaining
        assert values["daybook_calls_remaining", *names, "minute"] == cast.connection.minute_remaining
        assert 0 <= values["daybook_token_age_seconds", *names] < 600
        assert 1000 < values["daybook_token_expires_seconds", *names] <= 1800
        assert values["daybook_connection_up", *names] == 1

    def test_that_rests_or_has_lost_consent_is_not_up(self, cast: Cast):
        names = ("xero", cast.connection.public_id)
        calls.pause(cast.connection.pk, clock.now() + timedelta(minutes=5), "Xero is offline.")
        values = told()
        assert (values["daybook_connection_up", *names], values["daybook_connection_needs_consent", *names]) == (0, 0)
        assert next(value for name, value in values.items() if name[0] == "daybook_connection_paused_seconds") > 200

        calls.mark_needs_consent(cast.connection.pk, "It was withdrawn.")
        assert told()["daybook_connection_needs_consent", *names] == 1

    def test_of_a_minute_ago_no_longer_tells_what_was_left_of_that_minute(self, cast: Cast):
        read_at = clock.now() - timedelta(minutes=2)
        Connection.objects.update(minute_remaining=7, day_remaining=900, limits_read_at=read_at)
        windows = {name[-1]: value for name, value in told().items() if name[0] == "daybook_calls_remaining"}
        assert windows == {"day": 900}


class TestJobs:
    def test_that_wait_tell_for_how_long(self, cast: Cast):
        wake_drain(cast.connection.pk)
        with database.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_events SET at = now() - interval '90 seconds'")
            cursor.execute("DELETE FROM procrastinate_workers")  # an earlier test's may have been killed

        values = told()

        assert values["daybook_jobs", "posting.drain", "todo"] == 1
        assert 90 <= values["daybook_job_lag_seconds", "posting.drain"] < 150
        assert values["daybook_workers",] == 0


class TestWhatIsTold:
    def test_names_no_company_and_nobody(self, cast: Cast):
        Company.objects.update(name="Zeppelin Prints")
        cast.ready_invoices(1)
        post(cast)
        text = asked().content.decode()
        assert cast.connection.public_id in text
        assert not [word for word in ("Zeppelin", "Custom Gateway", "WEB-1", cast.tenant_id) if word in text]

    def test_has_every_family_with_its_meaning(self):
        text = asked(Accept="application/openmetrics-text; version=1.0.0").content.decode()
        assert [each.name for each in families.FAMILIES if f" {each.means}" not in text] == []
        assert text.endswith("# EOF\n")

    def test_takes_the_same_few_statements_however_much_there_is(self, cast: Cast):
        with CaptureQueriesContext(database) as few:
            told()
        for name, country in (("Birch", "AU"), ("Cedar", "US")):
            connected(cast.xero, name, country, untouched=True).ready_invoices(20)
        with CaptureQueriesContext(database) as many:
            told()
        assert len(many) == len(few) <= 14


class TestTheDoor:
    def test_is_not_there_without_a_token_in_the_settings(self, settings):
        settings.METRICS_TOKEN = ""
        assert asked().status_code == 404
        assert Client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404

    def test_opens_to_the_token_alone_also_where_wrong_ones_were_tried_too_often(self):
        assert Client().get("/metrics").status_code == 401
        assert Client().get("/metrics", headers={"Authorization": f"Basic {TOKEN}"}).status_code == 401
        wrong = [asked("guessed").status_code for _ in range(METRICS_BY_ADDRESS.most)]
        assert (wrong[0], wrong[-1]) == (401, 429)
        assert asked().status_code == 200

    def test_takes_nothing_in(self):
        assert Client().post("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 405
