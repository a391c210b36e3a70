"""PURE: every reason why an order or a document waits, was refused, or needs a look; one closed list.

The values are stored and stand in the REST API. The words for people are in `documents/words`, one for each.
"""

from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """One value for each thing that a person can cure, or only has to know."""

    # an order of which no document is made, and nothing is wrong with that
    ORDER_NOT_RECEIVED = "order_not_received"
    NOT_DISPATCHED = "not_dispatched"
    PART_SHIPPED = "part_shipped"
    NOT_PAID = "not_paid"
    TEST_ORDER = "test_order"
    SAME_SALE = "same_sale"
    FREE_OF_CHARGE = "free_of_charge"
    BEFORE_START_DATE = "before_start_date"
    CANCELLED = "cancelled"
    # about the order
    LOOKS_LIKE_SAME_SALE = "looks_like_same_sale"
    ON_HOLD = "on_hold"
    HAS_ERROR = "has_error"
    NO_PRICES = "no_prices"
    NO_LINES = "no_lines"
    NEGATIVE_TOTAL = "negative_total"
    TOTALS_CONTRADICT = "totals_contradict"
    TOTALS_CANNOT_BE_MET = "totals_cannot_be_met"
    REF_UNUSABLE = "ref_unusable"
    AMOUNT_TOO_LARGE = "amount_too_large"
    AMOUNT_TOO_FINE = "amount_too_fine"
    DATE_IN_FUTURE = "date_in_future"
    CANCELLATION_UNCLEAR = "cancellation_unclear"
    SHIPMENT_UNCLEAR = "shipment_unclear"
    PART_SHIPMENT_WAITS = "part_shipment_waits"
    PART_POSTED_OTHERWISE = "part_posted_otherwise"
    FREE_BUT_CHARGED = "free_but_charged"
    DISPATCH_DATE_MISSING = "dispatch_date_missing"
    TIME_ZONE_UNSURE = "time_zone_unsure"
    REFUNDED_BEFORE_POSTING = "refunded_before_posting"
    REFUND_WITHOUT_AMOUNTS = "refund_without_amounts"
    REFUND_DOES_NOT_ADD_UP = "refund_does_not_add_up"
    REFUND_UNCLEAR = "refund_unclear"
    SETTLED_OTHERWISE = "settled_otherwise"
    CREDITED_THERE = "credited_there"
    PERHAPS_EXCHANGED = "perhaps_exchanged"
    DEFECT = "defect"
    # about the company's settings or the organisation
    NOT_CONNECTED = "not_connected"
    SETTINGS_INCOMPLETE = "settings_incomplete"
    CONSENT_LACKS = "consent_lacks"
    TAX_RATE_UNKNOWN = "tax_rate_unknown"
    TAX_RATE_IN_DOUBT = "tax_rate_in_doubt"
    CARRIAGE_RATE_UNCLEAR = "carriage_rate_unclear"
    TAX_RATE_NOT_MAPPED = "tax_rate_not_mapped"
    TAX_OWED_BY_OTHERS = "tax_owed_by_others"
    LINE_ACCOUNT_MISSING = "line_account_missing"
    LINE_TAX_DIFFERS = "line_tax_differs"
    RULE_UNUSABLE = "rule_unusable"
    CURRENCY_NOT_ENABLED = "currency_not_enabled"
    PERIOD_LOCKED = "period_locked"
    NUMBER_TAKEN_IN_DAYBOOK = "number_taken_in_daybook"
    OTHER_ORGANISATION = "other_organisation"
    WAITS_TO_BE_CANCELLED = "waits_to_be_cancelled"
    KEPT_BACK = "kept_back"
    NEEDED_ENDED = "needed_ended"
    MAY_STAND_THERE = "may_stand_there"
    # about a payment or a refund
    GATEWAY_NOT_MAPPED = "gateway_not_mapped"
    GATEWAY_ACCOUNT_UNUSABLE = "gateway_account_unusable"
    PAYMENT_CURRENCY_DIFFERS = "payment_currency_differs"
    PAYMENT_OF_NOTHING = "payment_of_nothing"
    PAYMENT_EXCEEDS_SALE = "payment_exceeds_sale"
    PAYMENT_BEFORE_ORDER = "payment_before_order"
    SETTLED_THERE = "settled_there"
    SETTLED_IN_PART = "settled_in_part"
    FEES_LEFT = "fees_left"
    FEES_UNUSABLE = "fees_unusable"
    BILLED_OTHERWISE = "billed_otherwise"
    # Tracked only
    SKU_MISSING = "sku_missing"
    SKU_TOO_LONG = "sku_too_long"
    SKU_UNUSABLE = "sku_unusable"
    ITEM_NOT_TRACKED = "item_not_tracked"
    ITEM_REFUSED = "item_refused"
    COST_UNKNOWN = "cost_unknown"
    COST_ZERO = "cost_zero"
    COSTS_IN_CURRENCIES = "costs_in_currencies"
    # a ledger said no, or a look showed why it would (some of the above are said by ledgers too)
    NUMBER_TAKEN = "number_taken"
    FOUND_SEVERAL = "found_several"
    GAVE_UP = "gave_up"
    PERHAPS_TAKEN_BACK = "perhaps_taken_back"
    ITEM_CODE_TAKEN = "item_code_taken"
    ITEM_UNKNOWN = "item_unknown"
    CONTACT_NAME_TAKEN = "contact_name_taken"
    CONTACT_NUMBER_TAKEN = "contact_number_taken"
    CONTACT_MISSING = "contact_missing"
    CONTACT_ARCHIVED = "contact_archived"
    CONTACT_AMBIGUOUS = "contact_ambiguous"
    CONTACT_UNUSABLE = "contact_unusable"
    CONTACT_REFUSED = "contact_refused"
    CUSTOMER_FORGOTTEN = "customer_forgotten"
    EMAIL_INVALID = "email_invalid"
    CURRENCY_NOT_SUBSCRIBED = "currency_not_subscribed"
    ACCOUNT_ARCHIVED = "account_archived"
    ACCOUNT_NOT_USABLE = "account_not_usable"
    ACCOUNT_MISSING = "account_missing"
    ACCOUNT_OR_PRICE_INVALID = "account_or_price_invalid"
    """One message of a ledger's that may mean either."""
    TAX_MISSING = "tax_missing"
    TAX_RATE_INVALID = "tax_rate_invalid"
    TRACKING_INVALID = "tracking_invalid"
    STATUS_NOT_CHANGEABLE = "status_not_changeable"
    STATUS_NOT_CREATABLE = "status_not_creatable"
    ALREADY_SETTLED = "already_settled"
    DESCRIPTION_MISSING = "description_missing"
    LINE_TOTAL_DIFFERS = "line_total_differs"
    QUANTITY_NEGATIVE = "quantity_negative"
    TOTAL_NEGATIVE = "total_negative"
    DUE_DATE_MISSING = "due_date_missing"
    PLAN_LIMIT_REACHED = "plan_limit_reached"
    EDITION_WITHOUT_INVOICES = "edition_without_invoices"
    PAYMENT_TOO_LARGE = "payment_too_large"
    STOCK_SHORT = "stock_short"
    TEXT_TOO_LONG = "text_too_long"
    BODY_UNREADABLE = "body_unreadable"
    OTHER = "other"
    # a posted document that needs a look
    CHANGED_AFTER_POSTING = "changed_after_posting"
    CREDIT_NOTE_NEEDED = "credit_note_needed"
    REFUNDED = "refunded"
    ON_HOLD_AFTER_DISPATCH = "on_hold_after_dispatch"
    BOOKING_DOUBTFUL = "booking_doubtful"
    TOTALS_DIFFER = "totals_differ"
    WARNED = "xero_warned"
    POSTED_LATE = "posted_late"
    POSTED_TWICE = "posted_twice"
    VOIDED = "voided_in_xero"
    EDITED = "edited_in_xero"


class LedgerCause(StrEnum):
    """What one ledger alone can say: each has its own causes of this type, and their words, in its `reasons.py`."""


AnyCause = Cause | LedgerCause


@dataclass(frozen=True, slots=True)
class Hold:
    """A document that may not go yet: the cause, and what it is about (a rate, a SKU, a currency, a field)."""

    cause: AnyCause
    subject: str = ""
    detail: str = ""
    """One plain sentence with the figures, where the cause alone does not say enough."""


class Held(Exception):  # noqa: N818 - it is a decision, not an error
    """Raised inside the mapping to leave it at once; `map_*` turn it into its `hold`."""

    def __init__(self, cause: AnyCause, subject: str = "", detail: str = "") -> None:
        super().__init__(cause, subject, detail)
        self.hold = Hold(cause, subject, detail)

    @classmethod
    def of(cls, hold: Hold) -> "Held":
        """Return what leaves the mapping with a reason that was found before."""
        return cls(hold.cause, hold.subject, hold.detail)
