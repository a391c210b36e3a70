"""Why our own rules say not yet, or no."""

from dataclasses import dataclass
from enum import StrEnum


class HoldCause(StrEnum):
    """One value for each thing a person can cure; the words for people are in `outbox/explanations.py`."""

    # about the order
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
    FREE_BUT_CHARGED = "free_but_charged"
    DISPATCH_DATE_MISSING = "dispatch_date_missing"
    TIME_ZONE_UNSURE = "time_zone_unsure"
    DEFECT = "defect"
    # about the company's settings or the organisation
    NOT_CONNECTED = "not_connected"
    SETTINGS_INCOMPLETE = "settings_incomplete"
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
    NEEDED_ENDED = "needed_ended"
    # Tracked only
    SKU_MISSING = "sku_missing"
    SKU_TOO_LONG = "sku_too_long"
    SKU_UNUSABLE = "sku_unusable"
    ITEM_NOT_TRACKED = "item_not_tracked"
    ITEM_REFUSED = "item_refused"
    COST_UNKNOWN = "cost_unknown"
    COST_ZERO = "cost_zero"
    COSTS_IN_CURRENCIES = "costs_in_currencies"


@dataclass(frozen=True, slots=True)
class Hold:
    """A document that may not go yet: the cause, and what it is about (a rate, a SKU, a currency, a field)."""

    cause: HoldCause
    subject: str = ""
    detail: str = ""
    """One plain sentence with the figures, where the cause alone does not say enough."""


class Held(Exception):  # noqa: N818 - it is a decision, not an error
    """Raised inside the mapping to leave it at once; `map_*` turn it into its `hold`."""

    def __init__(self, cause: HoldCause, subject: str = "", detail: str = "") -> None:
        super().__init__(cause, subject, detail)
        self.hold = Hold(cause, subject, detail)

    @classmethod
    def of(cls, hold: Hold) -> "Held":
        """Return what leaves the mapping with a reason that was found before."""
        return cls(hold.cause, hold.subject, hold.detail)
