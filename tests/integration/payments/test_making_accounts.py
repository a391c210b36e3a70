"""A gateway's clearing account is made in Xero once, however the call ends, and its payments then go by themselves."""

import re
from datetime import timedelta

import httpx2
import pytest

from daybook.companies import people
from daybook.connections.models import Connection, Gateway, TokenSet
from daybook.intake.prepare import prepare_company
from daybook.ledgers.ledger import NewAccount
from daybook.outbox.models import Attempt
from daybook.posting import clearing
from daybook.posting.clearing import End
from daybook.wire.http import HttpClient
from localxero.testing import InProcessTransport, signed_in
from tests.integration.payments.shop import order, paid, payments, post, send, states
from tests.integration.posting.test_ambiguous_ends import ENDS, Line
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)

WANTED = NewAccount("611", "Paypal clearing GBP", is_owed=False)
LATER = clearing.DOUBT + timedelta(minutes=1)


@pytest.fixture
def gateway(acme: Cast) -> Gateway:
    """An order was paid by a gateway that nobody has decided about."""
    send(acme, order("A1", paid(gateway="PayPal")))
    post(acme)
    assert states(acme) == [("held", "gateway_not_mapped")]  # the invoice went
    return Gateway.objects.get(connection=acme.connection, name="paypal")


def press(cast: Cast, gateway: Gateway, wanted: NewAccount = WANTED) -> clearing.Ending:
    Connection.objects.filter(pk=cast.connection.pk).update(paused_until=None)
    person = (
        people.add_person("ann@acme.example") if not people.Person.objects.exists() else people.Person.objects.get()
    )
    return clearing.make(Gateway.objects.get(pk=gateway.pk), wanted, person, client=cast.client)


def there(cast: Cast, name: str = WANTED.name) -> list[dict]:
    answer = signed_in(cast.xero, cast.tenant_id).get("/Accounts").json()
    return [each for each in answer["Accounts"] if each["Name"] == name]


def settled(cast: Cast, gateway: Gateway) -> None:
    """It stands there once, the gateway stands on it, and the payment is posted onto it."""
    (account,) = there(cast)
    gateway.refresh_from_db()
    assert (gateway.account_id, gateway.asked_at, gateway.asked_code) == (account["AccountID"], None, "")
    prepare_company(cast.company.pk)
    post(cast)
    assert states(cast) == [("posted", "")]
    assert [each["Account"]["AccountID"] for each in payments(cast)] == [account["AccountID"]]


class TestAPress:
    def test_makes_an_asset_that_takes_payments_and_its_payment_goes(self, acme, gateway):
        assert clearing.proposal(gateway) == WANTED
        ended = press(acme, gateway)
        assert ended.end is End.MADE
        (account,) = there(acme)
        assert (account["Type"], account["EnablePaymentsToAccount"], account["Code"]) == ("CURRENT", True, "611")
        settled(acme, gateway)

    def test_of_gift_cards_makes_a_liability(self, acme, gateway):
        gift = Gateway.objects.create(connection=acme.connection, name="gift_card", currency="GBP")
        wanted = clearing.proposal(gift)
        assert (wanted.name, wanted.is_owed) == ("Gift card owed GBP", True)
        assert press(acme, gift, wanted).end is End.MADE
        (account,) = there(acme, wanted.name)
        assert (account["Type"], account["Class"]) == ("CURRLIAB", "LIABILITY")

    def test_again_makes_no_second(self, acme, gateway):
        press(acme, gateway)
        assert press(acme, gateway, NewAccount("612", "Another", is_owed=False)).end is End.DECIDED
        assert Attempt.objects.filter(resource="Accounts").count() == 1

    def test_where_somebody_made_it_there_takes_theirs(self, acme, gateway):
        ann = signed_in(acme.xero, acme.tenant_id)
        said = {"Code": "611", "Name": WANTED.name, "Type": "CURRENT", "EnablePaymentsToAccount": True}
        assert ann.put("/Accounts", json=said).status_code == 200
        assert press(acme, gateway).end is End.WAS_THERE
        assert not Attempt.objects.filter(resource="Accounts").exists()
        settled(acme, gateway)

    @pytest.mark.parametrize(
        ("wanted", "end", "whose"),
        [
            (NewAccount("200", "Mine", is_owed=False), End.CODE_TAKEN, "200 Sales"),
            (NewAccount("611", "SALES", is_owed=False), End.NAME_TAKEN, "200 Sales"),
            (NewAccount("200", "Sales", is_owed=False), End.CODE_TAKEN, "200 Sales"),
        ],
    )
    def test_of_what_another_account_has_says_whose_and_sends_nothing(self, acme, gateway, wanted, end, whose):
        ended = press(acme, gateway, wanted)
        assert ended.end is end
        assert whose in ended.words
        assert not Attempt.objects.filter(resource="Accounts").exists()

    def test_without_the_permission_sends_nothing(self, acme, gateway):
        tokens = TokenSet.objects.get(connection=acme.connection)
        tokens.scope = re.sub(r"accounting\.settings\b(?!\.)", "accounting.settings.read", tokens.scope)
        tokens.save()
        assert press(acme, gateway).end is End.CONSENT_LACKS
        assert not there(acme)

    def test_that_xero_refuses_says_why_and_leaves_nothing_open(self, acme, gateway):
        alive, acme.client = acme.client, HttpClient(1, Refusing(acme.xero))
        assert press(acme, gateway) == clearing.Ending(End.REFUSED, "Your plan has no more accounts.")
        gateway.refresh_from_db()
        assert gateway.asked_at is None
        acme.client = alive
        assert press(acme, gateway).end is End.MADE


class Refusing(InProcessTransport):
    """Xero takes no account."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method != "PUT":
            return super().handle_request(request)
        elements = [{"ValidationErrors": [{"Message": "Your plan has no more accounts."}]}]
        return httpx2.Response(400, json={"Type": "ValidationException", "Elements": elements})


class OnlyAccounts(Line):
    """Something happens to the calls that make accounts."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if not request.url.path.endswith("/Accounts"):
            return super(Line, self).handle_request(request)
        return super().handle_request(request)


UNCLEAR = {name: end for name, end in ENDS.items() if not name.startswith(("later", "a 400"))}


@pytest.mark.parametrize("end", UNCLEAR)
def test_however_a_call_ends_the_account_is_made_once(acme, gateway, end: str):
    acme.client = HttpClient(1, OnlyAccounts(acme.xero, *UNCLEAR[end]))
    press(acme, gateway)
    assert len(there(acme)) <= 1
    other = NewAccount("699", "Another one", is_owed=False)
    assert press(acme, gateway, other).end in {
        End.WAS_THERE,
        End.UNKNOWN,
        End.DECIDED,
    }  # nothing else is sent meanwhile
    assert not there(acme, other.name)
    for _ in range(2):  # what was lost twice is asked for a third time
        Gateway.objects.exclude(asked_at=None).update(asked_at=clearing.clock.now() - LATER)
        press(acme, gateway)
    settled(acme, gateway)


class Dying(InProcessTransport):
    """The process dies once Xero has booked the account."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = super().handle_request(request)
        if request.method == "PUT":
            raise KeyboardInterrupt
        return answer


def test_a_process_that_died_after_sending_has_made_it_once(acme, gateway):
    alive, acme.client = acme.client, HttpClient(1, Dying(acme.xero))
    with pytest.raises(KeyboardInterrupt):
        press(acme, gateway)
    acme.client = alive
    gateway.refresh_from_db()
    assert clearing.proposal(gateway) == WANTED
    assert press(acme, gateway, NewAccount("699", "Another one", is_owed=False)).end is End.WAS_THERE
    settled(acme, gateway)


def test_a_process_that_died_before_sending_asks_again_once_the_doubt_is_over(acme, gateway):
    when = clearing.clock.now()
    Gateway.objects.filter(pk=gateway.pk).update(asked_code="611", asked_name=WANTED.name, asked_at=when)
    assert press(acme, gateway).end is End.UNKNOWN
    assert not there(acme)
    Gateway.objects.filter(pk=gateway.pk).update(asked_at=when - LATER)
    assert press(acme, gateway).end is End.MADE
    settled(acme, gateway)
