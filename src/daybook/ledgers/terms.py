"""PURE: what holds for a ledger as a whole, whatever is sent there."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The far side's house rules. Which of its plans an app has is read from its answers, not written here."""

    calls_at_once: int
    """Calls of one organisation that may be under way together."""
    calls_kept_at_once: int = 0
    """Of those: for what is read meanwhile."""
    calls_kept_a_minute: int = 0
    """Of a minute's calls, likewise."""
    calls_kept_for_people: int = 0
    """Of a day's calls: connecting, looking, settling what is unknown."""
    calls_a_minute: int | None = None
    """Of one organisation; None: no such limit."""
    calls_a_day: tuple[int, ...] = ()
    """Of one organisation, by plan, the least first; empty: no such limit."""
    bytes_a_call: int
    smallest_step: Decimal
    """Of its amounts, whatever the currency."""
    decimals_of_prices: int
    no_tax_types: tuple[str, ...] = ("NONE",)
    """Tax types of a line that bears no tax, as a rounding does not: the first that the organisation has."""
    resent_after: frozenset[int]
    """Statuses after which the same bytes and key may be sent once more; then also where no answer came at all.

    Empty: it does not know a call again by its key, so nothing is ever sent twice.
    """
    key_length: int = 128
    """Characters of a writing call's key; the least is 24."""
    can_void: bool
    can_look: bool
    """Whether it can be asked what stands there; where not, a person settles what is unknown."""
    clock_skew: timedelta = timedelta(minutes=5)
    """Taken off a moment of ours before it is asked what changed since: its clock is not ours."""
