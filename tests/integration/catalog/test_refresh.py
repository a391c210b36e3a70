"""An organisation's lists are copied, few calls are spent on it, and what vanished in Xero vanishes here."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from daybook.catalog import refresh
from daybook.catalog.models import Account, CatalogRead, Currency, Item, TaxRate
from daybook.connections.models import Connection, Organisation, PostingSettings, TokenSet
from daybook.history.models import Event
from daybook.kit import clock
from daybook.ledgers.xero.lists import LISTS
from daybook.wire.errors import Offline, Unexpected
from tests.integration.connections.browser import watched
from tests.world import connected

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]

API = "GET /api.xro/2.0"


def read_again(acme, **options) -> list[str]:
    with watched(acme.xero) as (client, seen):
        refresh.refresh(acme.connection, client=client, **options)
    return seen.paths


def books(acme):
    return acme.xero.books(acme.tenant_id)


class TestTheFirstReading:
    def test_copies_the_chart_the_rates_and_the_currencies(self, acme):
        assert Account.objects.get(code="200").type == "REVENUE"
        assert Account.objects.get(code="860").use == "rounding"
        assert Account.objects.get(code="280").status == "ARCHIVED"
        assert TaxRate.objects.get(tax_type="OUTPUT2").effective_rate == Decimal(20)
        assert set(Currency.objects.values_list("code", flat=True)) >= {"GBP", "EUR", "USD"}

    def test_keeps_every_row_with_its_organisation(self, acme):
        for model in (Account, TaxRate, Currency, CatalogRead):
            assert set(model.objects.values_list("organisation__their_id", flat=True)) == {acme.tenant_id}

    def test_leaves_items_alone_where_nothing_is_tracked(self, acme):
        assert not Item.objects.exists()
        assert f"{API}/Items" not in read_again(acme)

    def test_copies_the_items_of_a_tracked_company_with_four_decimals(self, acme):
        PostingSettings.objects.update(process_method="tracked")
        read_again(acme)
        assert Item.objects.get(code="CANVAS-A3").purchase_price == Decimal("5.6250")
        assert Item.objects.get(code="STOCK-MUG").is_tracked
        assert not Item.objects.get(code="MUG-11OZ").is_tracked

    def test_keeps_the_organisations_later_lock_date(self, acme):
        acme.xero.configure(
            acme.tenant_id, period_lock_date=date(2026, 1, 31), end_of_year_lock_date=date(2025, 12, 31)
        )
        read_again(acme, resources=["Organisation"])
        assert Organisation.objects.get().lock_date == date(2026, 1, 31)


class TestReadingAgain:
    def test_costs_nothing_while_all_is_young(self, acme):
        assert read_again(acme, max_age=refresh.DAY) == []

    def test_costs_one_call_for_each_list_that_is_old(self, acme):
        CatalogRead.objects.filter(resource="TaxRates").update(asked_at=clock.now() - timedelta(days=2))
        assert read_again(acme, max_age=refresh.DAY) == [f"{API}/TaxRates"]

    def test_takes_over_new_names_archived_accounts_and_rows_that_are_gone(self, acme):
        sales, other = books(acme).account("200"), books(acme).account("260")
        books(acme).accounts[sales.account_id] = replace(sales, name="Web sales", status="ARCHIVED")
        del books(acme).accounts[other.account_id]
        read_again(acme, resources=["Accounts"])
        assert (Account.objects.get(code="200").name, Account.objects.get(code="200").status) == (
            "Web sales",
            "ARCHIVED",
        )
        assert not Account.objects.filter(code="260").exists()
        told = Event.objects.get(what="listed")
        assert (told.mover, told.subject_id) == ("daybook", acme.connection.pk)
        assert told.before == {"account.200": "ACTIVE", "account.260": "ACTIVE"}
        assert told.after == {"account.200": "ARCHIVED"}
        read_again(acme, resources=["Accounts"])
        assert Event.objects.filter(what="listed").count() == 1

    def test_asks_for_changed_items_only(self, acme):
        read_again(acme, resources=["Items"])
        Item.objects.filter(code="TOTE-NAT").update(name="as we had it")
        read_again(acme, resources=["Items"])
        assert Item.objects.get(code="TOTE-NAT").name == "as we had it"

    def test_asks_for_all_items_once_a_week_and_lets_go_of_those_deleted(self, acme):
        read_again(acme, resources=["Items"])
        before = Item.objects.count()
        Item.objects.create(organisation=acme.connection.organisation, code="GONE", item_id="g", is_tracked=False)
        read_again(acme, resources=["Items"])
        assert Item.objects.filter(code="GONE").exists()
        CatalogRead.objects.filter(resource="Items").update(whole_at=clock.now() - timedelta(days=8))
        read_again(acme, resources=["Items"])
        assert not Item.objects.filter(code="GONE").exists()
        assert Item.objects.count() == before

    def test_keeps_what_was_read_where_xero_is_away(self, acme):
        acme.xero.add_fault("status_503", path="/api.xro/2.0/TaxRates")
        with pytest.raises(Offline):
            read_again(acme)
        assert TaxRate.objects.filter(tax_type="OUTPUT2").exists()


class TestTheLedgersOwnReminders:
    def test_are_asked_for_once_a_week_and_whenever_a_person_wants_it(self, acme, xero):
        read_again(acme, resources=["InvoiceReminders"])
        acme.connection.organisation.refresh_from_db()
        assert acme.connection.organisation.sends_reminders is False
        xero.configure(acme.tenant_id, sends_reminders=True)
        read_again(acme, resources=["InvoiceReminders"], max_age=timedelta(0))
        acme.connection.organisation.refresh_from_db()
        assert acme.connection.organisation.sends_reminders is False
        read_again(acme, resources=["InvoiceReminders"])
        acme.connection.organisation.refresh_from_db()
        assert acme.connection.organisation.sends_reminders is True

    def test_that_it_does_not_tell_of_keep_no_list_from_being_read(self):
        asked = LISTS.reminders()
        next(asked)
        with pytest.raises(StopIteration) as end:
            asked.throw(Unexpected("there is none of this name", 404))
        assert end.value.value is None


class TestTwoCompanies:
    def test_never_touch_each_others_rows(self, acme, xero):
        birch = connected(xero, "Birch", "AU")
        for account in list(birch.xero.books(birch.tenant_id).accounts):
            del birch.xero.books(birch.tenant_id).accounts[account]
        read_again(birch, resources=["Accounts"])
        assert not Account.objects.filter(organisation__company=birch.company).exists()
        assert Account.objects.filter(organisation__company=acme.company, code="200").exists()


class TestTheDailyReading:
    def test_goes_on_to_the_next_company_where_one_fails(self, acme, xero):
        birch = connected(xero, "Birch", "AU")
        CatalogRead.objects.all().delete()
        xero.configure(acme.tenant_id, offline=True)
        refresh.refresh_all(client=acme.client)
        assert not CatalogRead.objects.filter(organisation__company=acme.company).exists()
        assert CatalogRead.objects.filter(organisation__company=birch.company).count() == 6
        assert Connection.objects.get(company=acme.company).paused_until is not None

    def test_goes_on_where_a_companys_tokens_cannot_be_opened(self, acme, xero):
        birch = connected(xero, "Birch", "AU")
        CatalogRead.objects.all().delete()
        TokenSet.objects.filter(connection=acme.connection).update(access_token_sealed=b"of another key")
        refresh.refresh_all(client=acme.client)
        assert CatalogRead.objects.filter(organisation__company=birch.company).count() == 6
        assert Connection.objects.get(company=acme.company).pause_cause == "defect"
