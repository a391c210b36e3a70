from datetime import timedelta

import pytest

from daybook.companies import people
from daybook.companies.models import Company, CompanySettings
from daybook.connections import roster
from daybook.connections.models import PostingSettings
from daybook.kit import clock
from daybook.ops.cli import configure, reconciling
from daybook.ops.processes.stops import Exit, Stop
from daybook.outbox.models import Entry
from daybook.posting import drain
from daybook.reconciliation.report import compare_connection
from localxero import LocalXero
from tests.world import Cast, connected, posting

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]


@pytest.fixture
def acme() -> Company:
    return people.create_company("Acme")


def change(company: Company, *pairs: str) -> list[str]:
    return configure.change(roster.first(company), [configure.parse(pair) for pair in pairs])


class TestAWrongSetting:
    @pytest.mark.parametrize(
        ("pair", "says"),
        [
            ("nonsense=1", "there is no setting 'nonsense'"),
            ("process_method", "KEY=VALUE"),
            ("process_method=weird", "process_method: "),
            ("payment_terms_days=soon", "payment_terms_days: "),
            ("payment_terms_days=-1", "payment_terms_days: "),
            ("start_date=tomorrow", "start_date: "),
            ("allow_backorders=maybe", "allow_backorders: say yes or no"),
            ("number_prefix=A/B", "number_prefix: only letters"),
            ("default_currency=pounds", "default_currency: "),
            ("order_time_zone=Mars/Base", "order_time_zone: "),
            ("order_time_zone=localtime", "order_time_zone: "),
            ("tax.20=OUTPUT2", "20 % is tax.0.2"),
            ("contact_per=everybody", "It may be: one, channel, customer, vat_number"),
            ("channel.=Somebody", "name the channel"),
            ("line.goods=200", "the kinds are fee, tip, duty, gift_card, deposit"),
            ("line.gift_card=200", "200 is no account that such lines may stand on"),
            ("line.tip=/INPUT9", "INPUT9 is no tax rate of sales"),
            ("tax.x=OUTPUT2", "tax.x: "),
            ("tax.NaN=OUTPUT2", "tax.NaN: "),
            ("kornitx_hmac_key=@/nowhere", "cannot be read"),
        ],
    )
    def test_is_named_and_changes_nothing(self, acme: Company, pair: str, says: str) -> None:
        with pytest.raises(Stop) as stopped:
            change(acme, "sales_account=999", pair)
        assert says in stopped.value.message
        assert stopped.value.exit_code == Exit.USAGE
        assert posting(acme).sales_account == ""


class TestAContactsName:
    def test_ends_the_id_that_was_found_for_the_old_one(self, acme: Company) -> None:
        PostingSettings.objects.create(connection=roster.first(acme), contact_name="Old", contact_id="1-2-3")
        assert change(acme, "contact_name=Old") == []
        assert posting(acme).contact_id == "1-2-3"
        assert change(acme, "contact_name=New") == ["contact_name"]
        assert posting(acme).contact_id == ""


class TestAContactOfAConnectedCompany:
    @pytest.fixture
    def cast(self) -> Cast:
        return connected(LocalXero(limits="off"), untouched=True)

    def changed(self, cast: Cast, *pairs: str) -> list[str]:
        return configure.change(cast.connection, [configure.parse(pair) for pair in pairs], client=cast.client)

    def test_is_looked_up_as_the_page_does(self, cast: Cast) -> None:
        known = PostingSettings.objects.get().contact_id
        PostingSettings.objects.update(contact_name="", contact_id="")
        assert self.changed(cast, "contact_name= custom  gateway ORDERS") == ["contact_name"]
        settings = PostingSettings.objects.get()
        assert (settings.contact_name, settings.contact_id) == ("custom gateway ORDERS", known)
        assert self.changed(cast, "contact_name=custom gateway ORDERS") == []

    def test_heals_one_that_was_set_before_and_never_found(self, cast: Cast) -> None:
        PostingSettings.objects.update(contact_id="")
        assert self.changed(cast, "contact_name=Custom Gateway Orders") == ["contact_name"]
        assert PostingSettings.objects.get().contact_id

    def test_that_xero_does_not_have_is_named_and_changes_nothing(self, cast: Cast) -> None:
        before = PostingSettings.objects.values().get()
        with pytest.raises(Stop, match="has no contact named “Nobody”"):
            self.changed(cast, "payment_terms_days=7", "contact_name=Nobody")
        assert PostingSettings.objects.values().get() == before

    def test_is_found_by_a_refresh_once_connected(self, cast: Cast) -> None:
        PostingSettings.objects.update(contact_id="", sales_account="")
        (problem,) = configure.read_lists(cast.connection, client=cast.client)
        assert "Sales Account" in problem
        assert PostingSettings.objects.get().contact_id


class TestTheAppOfACompany:
    def test_is_set_tried_and_never_shown(self) -> None:
        cast = connected(LocalXero(limits="off"), untouched=True)
        changes = [configure.parse("client_id=client"), configure.parse("client_secret=wrong")]
        assert configure.change(cast.connection, changes, client=cast.client) == ["client_secret"]
        with pytest.raises(Stop, match="Xero does not take them"):
            configure.try_app(cast.connection, client=cast.client)
        configure.change(cast.connection, [configure.parse("client_secret=secret")], client=cast.client)
        configure.try_app(cast.connection, client=cast.client)
        shown = configure.show(roster.first(cast.company))
        assert (shown["client_id"], shown["client_secret"]) == ("client", "(set)")


class TestEverySettingOfACompany:
    def test_can_be_reached_from_the_command_line(self) -> None:
        by_machine = {"company", "connection", "updated_at", "updated_by", "contact_id", "supplier_contact_id"}
        by_machine |= {"order_time_zone_confirmed", "updated_by"}
        fields = {*CompanySettings._meta.fields, *PostingSettings._meta.fields}
        assert {field.name for field in fields} - by_machine == {*configure.FIELDS, *configure.OF_COMPANY}


class TestWhatReconcilePrints:
    def test_is_what_differs_or_everything(self) -> None:
        cast = connected(LocalXero(limits="off"), untouched=True)
        cast.ready_invoices(2)
        Entry.objects.update(state_since=clock.now() - timedelta(minutes=1))
        drain.drain(cast.connection.id, cast.client)
        compared = compare_connection(cast.connection, cast.client)
        assert reconciling.tables(compared, everything=False) == []
        assert [table.row_count for table in reconciling.tables(compared, everything=True)] == [2]
        Entry.objects.filter(pk=Entry.objects.order_by("pk")[0].pk).update(gross="15.01")
        differing = compare_connection(cast.connection, cast.client)
        assert [table.row_count for table in reconciling.tables(differing, everything=False)] == [1]


class TestAnEmptyValue:
    def test_clears(self, acme: Company) -> None:
        change(acme, "start_date=2026-04-01", "sales_account=200")
        change(acme, "start_date=", "sales_account=")
        settings = posting(acme)
        assert (settings.start_date, settings.sales_account) == (None, "")
