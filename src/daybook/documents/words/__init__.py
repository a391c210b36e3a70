"""PURE: the words for every cause, one for each: what happened, why, what to do, and which button helps.

What only one ledger can say has its words in that ledger's `reasons.py`.
"""

from daybook.documents.causes import Cause
from daybook.documents.explained import Explanation
from daybook.documents.words.orders import ORDERS, WAITING
from daybook.documents.words.payments import PAYMENTS
from daybook.documents.words.posted import POSTED
from daybook.documents.words.refunds import REFUNDS
from daybook.documents.words.refusals import REFUSALS
from daybook.documents.words.settings import SETTINGS, STOCK

__all__ = ["OURS", "POSTED", "REFUSALS", "WORDS"]

OURS: dict[Cause, Explanation] = {**ORDERS, **SETTINGS, **STOCK, **PAYMENTS, **REFUNDS, **POSTED}
"""Said by Daybook itself: the detail is a sentence of its own. What a ledger says is shown apart, in its own words."""
WORDS: dict[Cause, Explanation] = {**REFUSALS, **WAITING, **OURS}
