"""PURE: the companies of a trial, and how a document is written down that must stand in the books."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
Account = tuple[str, str]
"""Country and code, or country and "tax ..." for what a tax type came to."""


@dataclass(frozen=True, slots=True)
class Role:
    """One company of the trial: where its books are, what it posts, and on which accounts."""

    letter: str
    name: str
    country: str
    currency: str
    is_tracked: bool
    taxes: Mapping[str, str]
    """Tax types by rate."""
    sales: str
    tax: str
    debtors: str
    goodwill: str
    clearing: Mapping[str, str]
    """Accounts by gateway."""
    purchase_rate: Decimal = Decimal(0)
    """Of what is bought, where stock is kept."""
    shelf: tuple[str, ...] = ()
    """Accounts between which only stock moves: which of them it stands on depends on the day of each delivery."""
    fees: str = ""
    """The account of what stripe keeps before it pays out, a bill for each payout; "": that is left to the bank's lines."""
    status: str = "AUTHORISED"
    """Of what is posted; where it is a draft, a person approves it in the ledger (`persons.py`)."""

    @property
    def rates(self) -> tuple[str, ...]:
        """Return the rates that its orders have."""
        return tuple(self.taxes)


GIFT_CARD = "gift_card"
UNMAPPED = "cheque"
"""A gateway for which nobody chose an account: its payments wait for a person, and are the only ones that do."""
OWED = "825"
"""The account of gift cards, which is made for the trial."""
_GB = Role(
    letter="A",
    name="Acme",
    country="GB",
    currency="GBP",
    is_tracked=False,
    taxes={"0.2": "OUTPUT2", "0.05": "RROUTPUT", "0": "ZERORATEDOUTPUT"},
    sales="200",
    tax="820",
    debtors="610",
    goodwill="429",
    clearing={"stripe": "090", "paypal": "091", GIFT_CARD: OWED},
    shelf=("630", "840"),
    fees="404",
)
_AU = Role(
    letter="C",
    name="Cedar",
    country="AU",
    currency="AUD",
    is_tracked=True,
    taxes={"0.1": "OUTPUT", "0": "EXEMPTOUTPUT"},
    sales="200",
    tax="820",
    debtors="610",
    goodwill="429",
    clearing={"stripe": "090", "paypal": "091", GIFT_CARD: OWED},
    purchase_rate=Decimal("0.1"),
    shelf=("630", "310", "800", "840"),
    status="DRAFT",
)
_US = Role(
    letter="H",
    name="Hazel",
    country="US",
    currency="USD",
    is_tracked=False,
    taxes={"0.08875": "TAX001", "0.0635": "TAX002", "0": "NONE"},
    sales="400",
    tax="220",
    debtors="120",
    goodwill="628",
    clearing={"stripe": "090", "paypal": "092", GIFT_CARD: OWED},
    shelf=("140", "255"),
    fees="604",
)
CAST = (_GB, _AU, _US)
BILLED = "stripe"
"""The gateway of whose payouts the fees become bills."""
NO_TAX = {"GB": "NONE", "AU": "BASEXCLUDED", "US": "NONE"}
"""The tax type of what is given back for no line."""


@dataclass(frozen=True, slots=True, order=True)
class Paper:
    """One document that must stand in the books.

    An invoice, a purchase order and a credit note have a number, and net, tax and gross as text. A payment and a refund
    are known by what they settle and their reference, an allocation by both its ends: `settles: reference`; their
    amount, and the account that it moved on, are `totals`.
    """

    country: str
    kind: str
    number: str
    totals: tuple[str, ...]

    @property
    def gross(self) -> Decimal:
        """Return the amount that counts."""
        return Decimal(self.totals[2] if len(self.totals) > 2 else self.totals[0])


def cents(amount: Decimal) -> Decimal:
    """Round to the cent."""
    return amount.quantize(CENT, ROUND_HALF_UP)
