"""The clearing account of a gateway is chosen from the command line."""

import pytest

from daybook.connections.models import Gateway
from daybook.history.models import Event
from daybook.ops.cli import configure
from daybook.ops.processes.stops import Stop
from tests.integration.payments.shop import account_of, order, paid, post, send, states

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]


def change(cast, *pairs: str) -> list[str]:
    return configure.change(cast.connection, [configure.parse(each) for each in pairs], client=cast.client)


class TestAGateway:
    def test_gets_its_account_by_code_and_what_waited_goes(self, acme):
        send(acme, order("A1", paid(gateway="Shop Pay")))
        post(acme)
        assert states(acme) == [("held", "gateway_not_mapped")]
        assert change(acme, "gateway.GBP.Shop Pay=091") == ["gateway.GBP.Shop Pay"]
        assert change(acme, "gateway.GBP.shop pay=091") == []
        assert configure.show(acme.connection)["gateway.GBP.shop pay"] == "091"
        assert Gateway.objects.get(name="shop pay").account_id == account_of(acme, "091").account_id
        assert Event.objects.filter(after__has_key="gateway.shop pay in GBP").exists()

    @pytest.mark.parametrize(
        ("pair", "words"),
        [
            ("gateway.GBP.stripe=200", "no account that takes payments"),
            ("gateway.GBP.stripe=nowhere", "no account that takes payments"),
            ("gateway.pounds.stripe=091", "say gateway.CURRENCY.NAME"),
            ("gateway.GBP=091", "say gateway.CURRENCY.NAME"),
            ("gateway.GBP.stripe@the shop=091", "no source of orders"),
        ],
    )
    def test_that_cannot_be_is_refused_and_nothing_is_changed(self, acme, pair, words):
        before = list(Gateway.objects.values_list("name", "account_id"))
        with pytest.raises(Stop, match=words):
            change(acme, pair)
        assert list(Gateway.objects.values_list("name", "account_id")) == before
