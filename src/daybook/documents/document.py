"""What the mapping makes: accounting documents, complete but not yet in the ledger's spelling."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from daybook.kit.money import Totals


class AmountType(StrEnum):
    """Whether line amounts hold tax; the values are the ledger's `LineAmountTypes` (xero-rules.md 5.1)."""

    EXCLUSIVE = "Exclusive"
    INCLUSIVE = "Inclusive"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedBy:
    """Which rule or setting decided each field of a line, in words; "" where none did, or nobody kept it."""

    account: str = ""
    tax_type: str = ""
    item: str = ""
    tracking: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracking:
    """An option of one of the organisation's tracking categories."""

    category_id: str
    option_id: str
    category: str
    """As the organisation spells it, as last read."""
    option: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a document."""

    description: str
    quantity: Decimal
    unit_amount: Decimal | None
    """Up to 4 decimals; None: `line_amount` is sent instead."""
    line_amount: Decimal | None = None
    """Two decimals; only where `unit_amount` is None (xero-rules.md 5.2, 10.13)."""
    discount_amount: Decimal | None = None
    """Off the whole line, two decimals; invoices only (xero-rules.md 5.1)."""
    account_code: str = ""
    tax_type: str
    tax_amount: Decimal | None = None
    """None: the ledger works the tax out; a value overrides it."""
    item_code: str = ""
    of: str = field(default="", compare=False)
    """Which part of the order it stands for, as `of_line` and `of_carriage` say it; "" where no part does, as of a rounding,
    or nobody kept it. Not compared, and told to no ledger: what is given back later finds its line by it."""
    tax: Decimal | None = field(default=None, compare=False)
    """What its tax comes to in the ledger, as rates were when it was written; None: nobody kept it. Not compared, and told to
    no ledger: what is given back later bears the tax of the sale's own day."""
    taxes_of: tuple[tuple[str, Decimal], ...] = field(default=(), compare=False)
    """Of a line of tax that stands apart (decision 44): the tax of which parts of the order it is, and how much of each, in its
    own sign. Neither compared nor told: what is given back of a part takes its tax with it."""
    tax_kept: Decimal = field(default=Decimal(0), compare=False)
    """Tax of the part that the sales channel keeps and that stands on no line (decision 44): what is given back of the part
    takes so much with it that is not the company's. Neither compared nor told."""
    sold: tuple[Decimal, Decimal, Decimal] | None = field(default=None, compare=False)
    """Of a line that is lowered by what was given back before it was posted: how many were sold, and their net and tax. So
    many that come back later are worth their share of that. Neither compared nor told."""
    tracking: tuple[Tracking, ...] = ()
    """At most two, of different categories (xero-rules.md 5.1)."""
    decided_by: DecidedBy = field(default=DecidedBy(), compare=False)
    """Not compared: a line is the same whoever decided it, and those of before kept nobody."""


def of_line(number: int) -> str:
    """Return how a line says that it stands for the order's line of this number, as people count (`Line.of`)."""
    return f"line:{number}"


def of_carriage(number: int) -> str:
    """Return how a line says that it stands for the order's carriage of this number, as people count (`Line.of`)."""
    return f"carriage:{number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lowered:
    """A refund that was taken off the sale before that was posted: no credit note is made of it."""

    refund: str
    """The shop's id of it."""
    totals: Totals


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Whom a document is for, where the ledger's contact of them is found or made before it goes."""

    key: str
    """Ours, of the customer: by it the ledger's contact is told."""
    name: str
    """At most 255 characters, each a person can read, without outer or double spaces; "" once it was forgotten."""
    shop_number: str = ""
    """The shop's own, to tell two of one name apart."""
    email: str = ""
    vat_number: str = ""
    lines: tuple[str, ...] = ()
    """Street and house."""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What an invoice and a purchase order share."""

    number: str
    """As it will stand in the ledger: only `[A-Za-z0-9._-]`."""
    contact_id: str
    """The ledger's id of the contact; of a `party` it is known from the claim on, and "" until then."""
    contact_name: str = ""
    """For people to read; the ledger is only told the id (xero-rules.md 4.2)."""
    date: date
    currency: str
    amount_type: AmountType
    lines: tuple[Line, ...]
    totals: Totals
    """Worked out with the ledger's own arithmetic before sending, so that a difference afterwards is a defect."""
    reference: str
    status: str
    """DRAFT, SUBMITTED or AUTHORISED."""
    party: Party | None = None
    """None: the contact was chosen, and `contact_id` names it."""
    form: str = ""
    """Which way the totals were met, for the page: e.g. "inclusive lines"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice(Document):
    """A sales invoice (accounts receivable)."""

    due_date: date
    url: str = ""
    tax_apart: Decimal = Decimal(0)
    """Tax of the order that stands on lines of its own, so that it is part of the net here (decision 44)."""
    tax_kept: Decimal = Decimal(0)
    """Tax of the order that the sales channel keeps, so that the document comes to so much less."""
    currency_rate: Decimal | None = None
    """Units of its currency for one of the base currency; None: the ledger takes the day's (xero-rules.md 5.3)."""
    lowered_by: tuple[Lowered, ...] = ()
    """The refunds that it is already lowered by."""
    leaves_refunds: bool = False
    """The order told of others that could not be taken off it: they are credited once it stands."""
    is_last: bool = False
    """Of the part of an order that takes all that the parts before it left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNote(Document):
    """What is given back of a sale that was posted."""

    credits: str
    """Number of the invoice that it undoes a part of, for people."""
    places: tuple[int | None, ...]
    """Of each line which one of that invoice it undoes, counted from 0; None: none of it, as goodwill."""
    quantities: tuple[Decimal, ...]
    """Of each line how many of that are given back; 0: an amount only."""
    reason: str = ""
    currency_rate: Decimal | None = None
    """The invoice's: undoing it makes no gain."""
    sale_gross: Decimal = field(default=Decimal(0), compare=False)
    """What the sale's document came to as it was posted, with its tax; 0: nobody kept it. What is less there by now was taken
    off by somebody. Neither this nor what follows is compared: the note says the same without (`of_its_sale`)."""
    goodwill_off: Decimal = field(default=Decimal(0), compare=False)
    """How much of what its lines come to was taken off that document as goodwill: no line is worth less by it."""
    moved_from: date | None = field(default=None, compare=False)
    """The day that it is of, where the books were locked then and it is dated by the first open one; None: it is of its date.
    Not compared; its first line tells the ledger."""

    @property
    def of_its_sale(self) -> tuple[Decimal, Decimal]:
        """Return what it keeps of its sale, by which it is judged just before it goes."""
        return self.sale_gross, self.goodwill_off


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrder(Document):
    """A purchase order at unit cost; Tracked only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill(Document):
    """What somebody charges the company: a gateway its fees."""

    due_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What settles another document: a payment, a refund, a part of a credit note that is set against an invoice."""

    number: str
    """For people: ledgers have none for it."""
    contact_id: str
    contact_name: str = ""
    moved_from: date | None = field(default=None, compare=False)
    """The day on which the money went back, where its credit note was moved out of locked books and it goes with that."""
    date: date
    currency: str
    """Of the document that it settles."""
    totals: Totals
    """What moves, as gross and net; no tax moves by it."""
    account_code: str = ""
    """Where money comes in or goes out; "" where none does."""
    reference: str = ""
    """What people search for in the bank's lines."""
    settles: str = ""
    """Number of the document that it settles, for people."""
    form: str = ""
    taken_off: Decimal | None = field(default=None, compare=False)
    """How much more the order says of it: what of it went back before there was a sale, is tax that the sales channel keeps,
    or settles another document; None: nobody kept it. Neither compared nor told."""
    untold: Decimal = field(default=Decimal(0), compare=False)
    """What of that no sum of the order's tells: the account of its gateway never has it."""

    @property
    def party(self) -> None:
        """Return nobody: whose money moves is told by what it settles."""
        return None


Written = Document | Settlement
"""What a ledger is called for: all but files."""
