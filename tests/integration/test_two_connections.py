"""One company, two organisations: each order becomes documents in both, each by its own settings."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.http import QueryDict

from daybook.companies.models import Company, Person
from daybook.connections import consent, roster
from daybook.connections.failures import ReachedOtherwiseError
from daybook.connections.models import Connection, Organisation, PostingSettings, TaxMapping
from daybook.intake import prepare
from daybook.intake.receive import receive
from daybook.kit import clock
from daybook.ops.cli import configure, status
from daybook.ops.processes.stops import Stop
from daybook.orders import standings
from daybook.orders.models import Order, OrderStanding
from daybook.outbox import counting
from daybook.outbox.models import Entry
from daybook.web.reading import documents
from tests.integration.intake.conftest import TENANT, connect, post
from tests.integration.intake.conftest import order as order  # noqa: PLC0414 - a fixture
from tests.world import leave, reach

pytestmark = pytest.mark.django_db
SECOND = "5" * 36


@pytest.fixture
def acme(db):
    """Acme posts to one organisation as everybody does."""
    return connect(Company.objects.create(name="Acme"))


def second(company) -> Connection:
    """One more connection with settings of its own: its numbers begin with B-."""
    first, made = roster.first(company), roster.add(company)
    reach(made, SECOND, name="Second books", base_currency="GBP", country_code="GB", time_zone="Europe/London")
    settings = PostingSettings.objects.get(connection=first)
    settings.pk, settings.number_prefix = made.pk, "B-"
    settings.save(force_insert=True)
    TaxMapping.objects.bulk_create(
        TaxMapping(connection=made, rate=row.rate, tax_type=row.tax_type)
        for row in TaxMapping.objects.filter(connection=first)
    )
    for name in ("Account", "TaxRate", "Currency", "CatalogRead"):
        _copy_lists(name, first.organisation, made.organisation)
    return roster.chosen(company, made.public_id)


def _copy_lists(name: str, here: Organisation, there: Organisation) -> None:
    model = apps.get_model("catalog", name)
    for row in model.objects.filter(organisation=here):
        row.pk, row.organisation = None, there
        row.save(force_insert=True)


def made() -> dict[str, str]:
    return dict(Entry.objects.values_list("number", "organisation__their_id"))


class TestAnOrder:
    def test_becomes_a_document_in_each_organisation_by_its_own_settings(self, acme, order):
        second(acme)
        receive(acme, order())
        assert made() == {"DB-ORD-1001": TENANT, "B-ORD-1001": SECOND}
        assert set(OrderStanding.objects.values_list("standing", flat=True)) == {"documented"}

    def test_that_came_before_the_connection_gets_none_there_even_when_it_changes(self, acme, order):
        receive(acme, order())
        second(acme)
        receive(acme, order(status="Packed"))
        prepare.prepare_company(acme.pk)
        assert made() == {"DB-ORD-1001": TENANT}

    def test_that_came_before_gets_one_by_a_backfill_and_only_once(self, acme, order):
        receive(acme, order())
        there = second(acme)
        yesterday = clock.now() - timedelta(days=1)
        assert [standings.backfill(there, yesterday, clock.now()) for _ in range(2)] == [1, 0]
        prepare.prepare_company(acme.pk)
        assert made() == {"DB-ORD-1001": TENANT, "B-ORD-1001": SECOND}

    def test_waits_where_one_lacks_a_setting_and_goes_in_the_other(self, acme, order):
        there = second(acme)
        PostingSettings.objects.filter(connection=there).update(sales_account="")
        receipt = receive(acme, order())
        assert made() == {"DB-ORD-1001": TENANT}
        assert (receipt.outlook.standing, receipt.outlook.cause) == ("held", "settings_incomplete")

    def test_that_names_no_currency_is_in_each_one_s_own_and_shown_in_the_first_one_s(self, acme, order):
        there = second(acme)
        PostingSettings.objects.filter(connection=there).update(default_currency="EUR")
        receive(acme, order(currency=None))
        shown, ann = Order.objects.get(), Person.objects.create_user("ann@example.com")
        assert (shown.currency, shown.net) == ("GBP", Decimal("24.00"))
        for name in ("B-ORD-1001", "DB-ORD-1001"):
            prepare.retry(Entry.objects.get(number=name), ann)
            assert Order.objects.get().currency == "GBP"
        receive(acme, order(currency=None, lines=[order()["lines"][0]]))
        assert Order.objects.get().currency == "GBP"
        assert dict(Entry.objects.values_list("number", "currency")) == {"DB-ORD-1001": "GBP", "B-ORD-1001": "EUR"}
        receive(acme, order(currency="EUR"))
        assert (Order.objects.get().currency, set(Entry.objects.values_list("currency", flat=True))) == ("EUR", {"EUR"})

    @pytest.mark.parametrize("held", [0, 1])
    def test_has_its_own_money_whichever_of_them_holds_it(self, acme, order, held):
        there = [roster.first(acme), second(acme)][held]
        PostingSettings.objects.filter(connection=there).update(sales_account="")
        receive(acme, order())
        shown = Order.objects.get()
        assert (shown.currency, shown.net, shown.tax, shown.gross) == (
            "GBP", Decimal("24.00"), Decimal("3.20"), Decimal("27.20"),
        )  # fmt: skip

    def test_whose_mapping_is_held_by_one_goes_in_the_other_and_by_itself_once_that_is_cured(self, acme, order):
        there = second(acme)
        TaxMapping.objects.filter(connection=there, rate="0.2").update(tax_type="")
        receipt = receive(acme, order())
        assert dict(Entry.objects.values_list("number", "state")) == {"DB-ORD-1001": "ready", "B-ORD-1001": "held"}
        assert [each.cause for each in receipt.outlook.documents] == ["", "tax_rate_not_mapped"]

        TaxMapping.objects.filter(connection=there, rate="0.2").update(tax_type="OUTPUT2")
        prepare.prepare_company(acme.pk)
        assert set(Entry.objects.values_list("state", flat=True)) == {"ready"}

    def test_that_daybook_cannot_work_with_toward_one_is_put_aside_there_and_changes_in_the_other(self, acme, order):
        there = second(acme)
        receive(acme, order())
        OrderStanding.objects.filter(connection=there).update(written_from=["as no version writes it"])
        line = order()["lines"][0] | {"quantity": 3}
        receipt = receive(acme, order(lines=[line]))

        documents = dict(Entry.objects.values_list("number", "state"))
        assert documents == {"DB-ORD-1001": "ready", "B-ORD-1001": "held"}
        assert Entry.objects.get(state="ready").document["lines"][0]["quantity"] == "3"
        assert (receipt.outlook.standing, receipt.outlook.cause) == ("held", "defect")
        assert not OrderStanding.objects.filter(unprepared_since__isnull=False).exists()

    def test_is_not_posted_again_where_a_connection_is_left_and_taken_up(self, acme, order):
        there = second(acme)
        receive(acme, order())
        for entry in Entry.objects.all():
            post(entry)
        leave(there)
        reach(there, SECOND)
        prepare.prepare_orders(acme, [Order.objects.get().pk])
        assert set(Entry.objects.values_list("state", flat=True)) == {"posted"}
        assert len(made()) == 2


class TestAConnection:
    def test_that_was_added_and_not_connected_yet_holds_nothing_back(self, acme, order):
        roster.add(acme)
        receive(acme, order())
        assert OrderStanding.objects.get().standing == "documented"

    def test_does_not_reach_what_another_of_the_company_reaches_or_reached(self, acme):
        added = roster.add(acme)
        tenant = consent.Offered(TENANT, "Acme", "c")
        with pytest.raises(ReachedOtherwiseError, match="another connection of this company"):
            consent._connect(added, tenant)
        leave(roster.first(acme))
        with pytest.raises(ReachedOtherwiseError):
            consent._connect(added, tenant)

    def test_is_closed_once_it_reaches_nothing_and_never_the_last_one(self, acme, order):
        there = second(acme)
        assert not roster.close(there)
        leave(there)
        assert roster.close(there)
        receive(acme, order())
        assert made() == {"DB-ORD-1001": TENANT}
        leave(roster.first(acme))
        assert not roster.close(roster.first(acme))
        roster.reopen(there)
        assert list(roster.of_company(acme)) == [roster.first(acme), there]

    def test_that_is_closed_needs_nobody_for_what_it_holds_until_it_is_opened_again(self, acme, order):
        there = second(acme)
        TaxMapping.objects.filter(connection=there).delete()
        receive(acme, order())
        held = Entry.objects.get(organisation__their_id=SECOND)
        assert held.state == "held"
        asked = QueryDict("attention=1")

        def needing() -> tuple[int, list[Entry]]:
            listed = documents.found(acme, asked, today_began=clock.now())
            return counting.counts(acme).documents_need_a_person, list(listed.rows)

        leave(there)
        assert needing() == (1, [held])
        assert roster.close(there)
        assert needing() == (0, [])
        roster.reopen(there)
        assert needing() == (1, [held])

    def test_to_a_ledger_of_a_newer_version_posts_nothing_and_says_so(self, acme, order):
        there = second(acme)
        Connection.objects.filter(pk=there.pk).update(ledger="quickbooks")
        receive(acme, order())
        there.refresh_from_db()
        assert not there.is_connected
        assert there not in roster.reachable()
        assert "does not know" in status.read(clock.now()).companies[0].connections[1].says


class TestTheFigures:
    def test_are_summed_and_by_connection(self, acme, order):
        there = second(acme)
        receive(acme, order())
        assert counting.counts(acme).documents == {"ready": 2}
        assert counting.counts(acme, there).documents == {"ready": 1}

    def test_of_status_name_each(self, acme, order):
        second(acme)
        receive(acme, order())
        (said,) = status.read(clock.now()).companies
        assert [(each.organisation, each.documents) for each in said.connections] == [
            ("Acme", {"ready": 1}),
            ("Second books", {"ready": 1}),
        ]


class TestTheCommandLine:
    def test_asks_which_of_several_is_meant(self, acme):
        there = second(acme)
        with pytest.raises(Stop, match="--connection"):
            configure.connection_of(acme)
        assert configure.connection_of(acme, there.public_id) == there
