"""A closed company whose years are over goes without a trace but its certificate, and nobody else notices."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import isolate_apps

from daybook.companies.models import Company
from daybook.connections import home
from daybook.connections.whereabouts import Home
from daybook.ending import certificates, closing, deletion, rows, tables
from daybook.ending.models import Certificate
from daybook.history import sealing
from daybook.history.models import Event, Removed
from daybook.history.verifying import verify
from daybook.kit import clock
from daybook.outbox.models import Arrivals, Entry, Orphan, PostedOnDay
from tests.integration.ending.conftest import close, years_are_over
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)


def rows_of(company_id: int) -> dict[str, list[Any]]:
    return {
        table.model._meta.db_table: sorted(table.of(company_id).values_list("pk", flat=True))
        for table in tables.tables()
    }


@contextmanager
def kept_in_the_database(table: str, company: Company) -> Iterator[None]:
    """While it lasts the database refuses to let go of the company's rows of that table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION keep_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'kept'; END $$;"
            f"CREATE TRIGGER keep_it BEFORE DELETE ON {table} FOR EACH ROW"
            f" WHEN (OLD.company_id = {company.pk}) EXECUTE FUNCTION keep_it()"
        )
        try:
            yield
        finally:
            cursor.execute("DROP FUNCTION keep_it CASCADE")


def delete(company: Company) -> Certificate:
    deletion.delete_due(clock.now())
    return Certificate.objects.get(company_public_id=company.public_id)


class TestAllOfACompany:
    def test_that_was_restored_goes_too_with_what_was_found_and_counted(self, acme: Cast):
        organisation, entry = acme.connection.organisation, Entry.objects.filter(state="posted").first()
        for count, known in enumerate((None, entry)):
            Orphan.objects.create(
                company=acme.company, organisation=organisation, kind="invoice", mark=f"m{count}", number=f"N{count}",
                stem=f"N{count}", their_id=f"t{count}", stood_at=clock.now(), entry=known,
            )  # fmt: skip
        PostedOnDay.objects.create(company=acme.company, zone="UTC", day=clock.now().date(), count=3)
        assert Arrivals.objects.filter(company=acme.company).exists()
        names = [rows.name_of(table) for table in tables.tables()]
        assert len(names) == len(set(names))
        company = years_are_over(close(acme))
        delete(company)
        assert not Company.objects.filter(pk=company.pk).exists()

    def test_stays_while_nobody_has_said_that_this_is_the_true_database(self, acme: Cast):
        company = years_are_over(close(acme))
        home.arrive()
        Home.objects.update(doubt=home.MOVED)
        deletion.delete_due(clock.now())
        assert Company.objects.filter(pk=company.pk).exists()
        home.confirm()
        delete(company)
        assert not Company.objects.filter(pk=company.pk).exists()

    def test_is_gone_from_every_table_and_nobody_else_lost_a_row(self, acme: Cast, birch: Cast):
        company = years_are_over(close(acme))
        stood = rows_of(birch.company.pk)
        filled = {table for table, rows in rows_of(company.pk).items() if rows}
        assert filled >= {"outbox_entry", "outbox_attemptentry", "orders_revision", "history_event", "catalog_account"}
        certificate = delete(company)
        assert {table: rows for table, rows in rows_of(company.pk).items() if rows} == {}
        assert rows_of(birch.company.pk) == stood
        assert certificate.deleted_at is not None
        assert not Company.objects.filter(pk=company.pk).exists()

    def test_has_left_no_row_in_any_column_that_names_a_company(self, acme: Cast):
        company = years_are_over(close(acme))
        delete(company)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
                " AND column_name ~ '(^|_)(company|connection|organisation|order|entry|revision|feed)_id$'"
            )
            named = cursor.fetchall()
            assert ("history_event", "company_id") in named
            for table, column in named:
                cursor.execute(f'SELECT count(*) FROM "{table}" WHERE "{column}" IS NOT NULL')  # noqa: S608
                assert cursor.fetchone()[0] == 0, (table, column)

    def test_goes_though_another_one_whose_years_are_over_cannot(self, acme: Cast, birch: Cast):
        stuck, other = years_are_over(close(acme)), years_are_over(close(birch))
        Company.objects.filter(pk=stuck.pk).update(kept_until=other.kept_until - timedelta(days=1))  # it comes first
        with kept_in_the_database("orders_revision", stuck):
            delete(other)
            assert not Company.objects.filter(pk=other.pk).exists()
            assert Company.objects.filter(pk=stuck.pk).exists()
        delete(stuck)
        assert not Company.objects.filter(pk=stuck.pk).exists()

    def test_before_the_years_are_over_stays(self, acme: Cast):
        company = close(acme)
        stood = rows_of(company.pk)
        deletion.delete_due(clock.now())
        assert (rows_of(company.pk), Certificate.objects.count()) == (stood, 0)

    def test_that_is_open_is_never_due(self, acme: Cast):
        deletion.delete_due(clock.now())
        assert Company.objects.filter(pk=acme.company.pk).exists()


class TestKilled:
    def test_after_any_batch_it_goes_on_where_it_was(self, acme: Cast, birch: Cast):
        company = years_are_over(close(acme))
        stood, runs = rows_of(birch.company.pk), 0
        while Company.objects.filter(pk=company.pk).exists():
            deletion.go_on(Company.objects.get(pk=company.pk), clock.now(), most_batches=1, size=7)
            runs += 1
            assert verify().broken_at == 0
        assert runs > 20
        assert rows_of(birch.company.pk) == stood
        assert Certificate.objects.get().deleted_at is not None

    def test_in_the_middle_nobody_opens_it_again(self, acme: Cast):
        company = years_are_over(close(acme))
        deletion.go_on(company, clock.now(), most_batches=1)
        with pytest.raises(closing.BeingDeletedError):
            closing.reopen(company)
        assert company.memberships.count() == 0


class TestTheChain:
    def test_holds_for_all_others_and_goes_on(self, acme: Cast, birch: Cast):
        company = years_are_over(close(acme))
        sealing.seal_all()
        count = Event.objects.filter(company=company).count()
        delete(company)
        found = verify()
        assert (found.broken_at, found.removed, found.events) == (0, count, Event.objects.count())
        birch.ready_invoice()
        sealing.seal_all()
        assert verify().broken_at == 0

    def test_still_shows_what_was_taken_away_otherwise(self, acme: Cast, birch: Cast):
        delete(years_are_over(close(acme)))
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("DELETE FROM history_removed WHERE id = (SELECT min(id) FROM history_removed)")
            cursor.execute("SET session_replication_role = origin")
        assert verify().broken_at > 0

    def test_lets_no_event_go_without_leaving_its_seal(self, acme: Cast):
        sealing.seal_all()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('daybook.removing', %s, true)", [str(acme.company.pk)])
            with pytest.raises(IntegrityError, match="not deleted"), transaction.atomic():
                cursor.execute("DELETE FROM history_event WHERE company_id = %s", [acme.company.pk])

    def test_keeps_what_was_removed_on_record(self, acme: Cast):
        delete(years_are_over(close(acme)))
        with pytest.raises(IntegrityError, match="stays on record"), transaction.atomic():
            Removed.objects.all().delete()


class TestTheCertificate:
    def test_says_what_was(self, acme: Cast):
        company = close(acme)
        entries = Entry.objects.filter(company=company, kind="invoice", state="posted")
        gross, count = sum(entry.gross for entry in entries), entries.count()
        years_are_over(company)
        certificate = delete(company)
        says = certificates.read(certificate)
        invoices = next(each for each in says.documents if (each.kind, each.state) == ("invoice", "posted"))
        assert (invoices.count, float(invoices.gross), invoices.currency) == (count, float(gross), "GBP")
        assert says.rows["outbox_entry"] == sum(each.count for each in says.documents)
        assert len(says.export_sha256) == len(says.chain_seal) == 64
        text = certificates.written(certificate)
        assert "Company: Acme" in text
        assert "by the command line" in text


class TestATableThatIsNew:
    @isolate_apps("daybook.orders")
    def test_of_which_nobody_knows_whose_its_rows_are_is_named(self):
        class Parcel(models.Model):  # noqa: DJ008
            entry = models.ForeignKey(Entry, null=True, on_delete=models.SET_NULL, related_name="+")

            class Meta:
                app_label = "orders"

        known = list(apps.get_models(include_auto_created=True))
        with pytest.raises(tables.UndecidedTableError, match=r"orders\.Parcel"):
            tables.paths_of([*known, Parcel])

    def test_has_a_way_to_its_company_today(self):
        assert {table.path.rpartition("__")[2] for table in tables.tables()} == {"company"}

    def test_with_a_number_that_names_a_row_and_is_no_reference_is_decided_by_name(self):
        """What only looks like a reference is not followed: whoever adds one decides here that its table goes otherwise."""
        known = {table.model for table in tables.tables()}
        loose = {
            f"{model._meta.label}.{field.attname}"
            for model in apps.get_models()
            if model not in known and model is not Company
            for field in model._meta.concrete_fields
            if field.attname in {"company_id", "connection_id", "organisation_id", "order_id", "entry_id"}
        }
        assert loose == set()


def test_a_certificate_is_for_one_company_once(db):
    Certificate.objects.create(company_public_id="x", company_name="X", says={})
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.create(company_public_id="x", company_name=str(uuid.uuid4()), says={})
