import pytest

from daybook.companies import people
from daybook.companies.models import Company, CompanySettings
from daybook.ops import configure
from daybook.ops.stops import Exit, Stop

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Company:
    return people.create_company("Acme")


def change(company: Company, *pairs: str) -> list[str]:
    return configure.change(company, [configure.parse(pair) for pair in pairs])


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
            ("tax.20=OUTPUT2", "20 % is tax.0.2"),
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
        assert CompanySettings.objects.get(company=acme).sales_account == ""


class TestAContactsName:
    def test_ends_the_id_that_was_found_for_the_old_one(self, acme: Company) -> None:
        CompanySettings.objects.filter(company=acme).update(contact_name="Old", contact_id="1-2-3")
        assert change(acme, "contact_name=Old") == []
        assert CompanySettings.objects.get(company=acme).contact_id == "1-2-3"
        assert change(acme, "contact_name=New") == ["contact_name"]
        assert CompanySettings.objects.get(company=acme).contact_id == ""


class TestAnEmptyValue:
    def test_clears(self, acme: Company) -> None:
        change(acme, "start_date=2026-04-01", "sales_account=200")
        change(acme, "start_date=", "sales_account=")
        settings = CompanySettings.objects.get(company=acme)
        assert (settings.start_date, settings.sales_account) == (None, "")
