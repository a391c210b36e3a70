"""On which account the money that a gateway carries is booked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.documents.causes import Cause, Hold
from daybook.mapping.gateways import LONGEST_NAME, ClearingAccount, GatewayKey, clearing_account, name_of

STRIPE = ClearingAccount(account="610", name="610 Stripe")


def account(gateways, gateway="Stripe", *, kind="money", source="shop", currency="GBP"):
    return clearing_account(gateways, source=source, kind=kind, gateway=gateway, currency=currency)


class TestTheNameOfAGateway:
    @pytest.mark.parametrize("said", ["stripe", " Stripe ", "STRIPE", "stripe\n"])
    def test_does_not_depend_on_capitals_and_spaces(self, said):
        assert name_of("money", said) == "stripe"

    @pytest.mark.parametrize("kind", ["gift_card", "store_credit", "deposit"])
    def test_of_what_is_no_money_is_its_kind(self, kind):
        assert name_of(kind, "whoever took it") == kind

    @given(st.text(max_size=300))
    def test_is_its_own_name(self, said):
        name = name_of("money", said)
        assert len(name) <= LONGEST_NAME
        assert name_of("money", name) == name.strip() or len(name) == LONGEST_NAME


class TestTheAccount:
    def test_is_that_of_gateway_and_currency(self):
        assert account({GatewayKey("", "stripe", "GBP"): STRIPE}) == STRIPE

    def test_of_the_source_goes_before_that_of_any(self):
        own = ClearingAccount(account="611")
        chosen = {GatewayKey("", "stripe", "GBP"): STRIPE, GatewayKey("shop", "stripe", "GBP"): own}
        assert account(chosen) == own
        assert account(chosen, source="other") == STRIPE

    def test_that_the_source_left_open_is_that_of_any(self):
        chosen = {
            GatewayKey("", "stripe", "GBP"): STRIPE,
            GatewayKey("shop", "stripe", "GBP"): ClearingAccount(account=""),
        }
        assert account(chosen) == STRIPE

    @pytest.mark.parametrize("key", [("", "stripe", "EUR"), ("", "paypal", "GBP"), ("other", "stripe", "GBP")])
    def test_of_another_is_none(self, key):
        assert account({GatewayKey(*key): STRIPE}) == Hold(Cause.GATEWAY_NOT_MAPPED, "stripe in GBP")

    def test_of_a_bank_in_another_currency_cannot_be_used(self):
        found = account({GatewayKey("", "stripe", "GBP"): ClearingAccount(account="610", name="Till", currency="USD")})
        assert found == Hold(Cause.GATEWAY_ACCOUNT_UNUSABLE, "stripe in GBP", "Till is kept in USD.")

    def test_that_cannot_be_used_says_why(self):
        found = account({GatewayKey("", "stripe", "GBP"): ClearingAccount(account="610", why_not="It is archived.")})
        assert found == Hold(Cause.GATEWAY_ACCOUNT_UNUSABLE, "stripe in GBP", "It is archived.")
