"""Which scopes a consent is asked for, and what is lacking. No database."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from daybook.connections import features
from daybook.connections.features import Feature
from daybook.documents.kinds import Kind
from daybook.ledgers.xero.ledger import XERO
from daybook.ledgers.xero.oauth import SCOPES_BEFORE


@dataclass
class Chosen:
    process_method: str = ""
    contact_per: str = "one"
    post_credit_notes: bool = False
    post_payments: bool = False
    make_accounts: bool = False


CHOSEN = st.builds(
    Chosen,
    process_method=st.sampled_from(["", "untracked", "tracked"]),
    contact_per=st.sampled_from(["one", "channel", "customer", "vat_number"]),
    post_credit_notes=st.booleans(),
    post_payments=st.booleans(),
    make_accounts=st.booleans(),
)
LEAST = (
    "openid", "profile", "email", "offline_access", "accounting.settings.read", "accounting.contacts.read",
    "accounting.invoices",
)  # fmt: skip


def scopes(chosen: Chosen) -> tuple[str, ...]:
    return features.scopes_of(XERO, features.features_of(chosen))


class TestWhatIsAskedFor:
    def test_is_the_least_where_nothing_more_is_switched_on(self):
        assert scopes(Chosen()) == LEAST

    def test_grows_with_payments_by_their_scope_alone(self):
        assert set(scopes(Chosen(post_payments=True))) - set(LEAST) == {"accounting.payments"}

    def test_names_no_right_to_read_beside_the_right_to_write(self):
        asked = scopes(Chosen(contact_per="customer", make_accounts=True))
        assert {"accounting.contacts", "accounting.settings"} <= set(asked)
        assert not [each for each in asked if each.endswith(".read")]

    def test_is_said_in_words(self):
        words = features.asked_for(Feature.PAYMENTS, "Xero")
        assert words == "Payments: Daybook may write payments; Xero will ask you again."

    @given(CHOSEN)
    def test_once_granted_lacks_nothing(self, chosen):
        assert features.lacking(XERO, chosen, " ".join(scopes(chosen))) == ()

    @given(CHOSEN, CHOSEN)
    def test_lacks_only_what_was_not_switched_on_before(self, before, now):
        lacking = features.lacking(XERO, now, " ".join(scopes(before)))
        assert not set(lacking) & set(features.features_of(before))


class TestAConsentThatNobodyNoted:
    def test_covers_what_was_asked_of_everybody_then(self):
        assert features.lacking(XERO, Chosen(process_method="tracked", contact_per="customer"), "") == ()
        assert "accounting.contacts" in SCOPES_BEFORE

    def test_covers_no_payments(self):
        assert features.lacking(XERO, Chosen(post_payments=True), "") == (Feature.PAYMENTS,)


class TestKindsThatAreKeptBack:
    def test_are_those_alone_whose_scope_is_not_granted(self):
        held = features.kept_back(XERO, "accounting.invoices")
        assert {kind: (why.cause, why.subject) for kind, why in held.items()} == {
            Kind.PAYMENT: ("consent_lacks", "Payments"),
            Kind.REFUND: ("consent_lacks", "Payments"),
            Kind.BILL_PAYMENT: ("consent_lacks", "Payments"),
        }
        assert features.kept_back(XERO, "accounting.invoices accounting.payments") == {}
        held = features.kept_back(XERO, "accounting.contacts")
        assert held[Kind.INVOICE].cause == "consent_lacks"
        assert held[Kind.INVOICE].subject == "Invoices"

    def test_every_kind_asks_for_what_its_calls_need(self):
        assert {form.kind: form.feature for form in XERO.forms.values()} == {
            Kind.INVOICE: "invoices",
            Kind.PURCHASE_ORDER: "purchase_orders",
            Kind.CREDIT_NOTE: "credit_notes",
            Kind.ALLOCATION: "credit_notes",
            Kind.PAYMENT: "payments",
            Kind.REFUND: "payments",
            Kind.BILL: "bills",
            Kind.BILL_PAYMENT: "payments",
        }

    def test_every_feature_that_a_ledger_names_has_words(self):
        assert set(XERO.scopes) <= set(features.IN_WORDS)
        named = [*(form.feature for form in XERO.forms.values()), *(each.feature for each in XERO.supplies.values())]
        assert set(named) <= set(XERO.scopes)
