"""PURE: what a document is made of, and what a row of `MAKERS` (`making.py`) says of a kind."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import wraps
from operator import is_
from typing import Any, TypeVar

from daybook.documents.causes import Hold
from daybook.documents.document import Settlement
from daybook.documents.kinds import SPECS, Kind, Paper
from daybook.intake.facts import Facts
from daybook.mapping import numbers
from daybook.mapping.numbers import Numbering
from daybook.mapping.orders import Order
from daybook.mapping.refunds import GivenBack
from daybook.mapping.rules import MappingRules
from daybook.mapping.totals import Priced
from daybook.outbox.needs import Until
from daybook.outbox.states import MAPPABLE, State
from daybook.sources.canonical.moments import Zones
from daybook.sources.canonical.schema import CanonicalOrder

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A document of the order that was made before, or just now: as it stands, or will when it has gone."""

    kind: Kind
    key: str
    generation: int
    mark: str
    number: str
    is_number_free: bool
    """Cancelled, and certainly not in the ledger."""
    state: State
    their_status: str
    """"" before it is posted."""
    paper: Paper | None
    """What it says; None while it is held, or where it cannot be read."""
    is_given_up: bool = False
    """A person said that it shall not be posted."""
    is_settled_there: bool = False
    """It ended because somebody had settled there what it was to settle: as good as posted, though nothing of it was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a document may be made of."""

    received: CanonicalOrder | None
    """As it was sent."""
    order: Order
    """The same for the mapping, less what was cancelled, with the document's mark."""
    rules: MappingRules
    prices: Priced | Hold | None
    zones: Zones
    """Of the sender's clock, and by whose days documents are dated."""
    key: str = ""
    """Which part of the order is to be made."""
    made: Sequence[Made] = ()
    """All its documents, of kinds that follow the sale only: what they are about is among them. Oldest first."""
    stands: Facts | None = None
    """What stands after all that was received."""
    refunds: Sequence[GivenBack] = ()
    """What was given back, as told or typed."""
    today: date = date.min
    """In the organisation's zone."""
    invoiced: Sequence[Decimal] = ()
    """By line of the order how many the document of the sale was written from."""
    was_cancelled: bool = False
    """The order was cancelled as a whole when that was written."""
    taken: Collection[tuple[str, str]] = ()
    """Numbers that other documents have, in capitals, by their space."""
    is_in_parts: bool = False
    """Each part that leaves becomes a document of the sale, by the company's rules."""
    known: dict[Callable[..., Any], Any] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What was worked out of it (`once`): the same for each of an order's many refunds."""
    known_of_left: dict[Callable[..., Any], Any] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What was worked out of the sale and of what has left (`once_of_left`)."""

    def for_part(self, key: str, order: Order) -> "Material":
        """Return the same for another part of the order, with all that was worked out of it: that is of the whole."""
        other = replace(self, key=key, order=order)
        object.__setattr__(other, "known", self.known)
        object.__setattr__(other, "known_of_left", self.known_of_left)
        return other

    def taking_over(self, before: "Material") -> "Material":
        """Return it with what was worked out of an earlier material of the same plan, as far as that is the same by now."""
        if (self.invoiced, self.was_cancelled, self.prices) != (before.invoiced, before.was_cancelled, before.prices):
            return self
        if _are_same(self.made, before.made, _has_left):
            object.__setattr__(self, "known_of_left", before.known_of_left)
            if _are_same(self.made, before.made, _is_no_waiting_settlement):
                object.__setattr__(self, "known", before.known)
        return self

    def sale(self) -> Made | None:
        """Return the newest document that books the sale and is not cancelled."""
        return max(self.sales(), key=lambda each: each.generation, default=None)

    def sales(self) -> list[Made]:
        """Return the newest documents that book the sale and are not cancelled: one, or one for each part that left."""
        live = [each for each in self.made if SPECS[each.kind].is_the_sale and each.state != State.CANCELLED]
        newest = {each.key: each.generation for each in live}
        return [each for each in live if each.generation == newest[each.key]]


def once(work: Callable[[Material], T]) -> Callable[[Material], T]:
    """Let something be worked out once of each material; nobody may change what it returns.

    It may look at no payment, refund or allocation that still waits, but for what that is: those come and go in a plan.
    """
    return _kept(work, lambda of: of.known)


def once_of_left(work: Callable[[Material], T]) -> Callable[[Material], T]:
    """Let something be worked out once of a sale and of what has left; it may look at nothing that waits and follows the sale."""
    return _kept(work, lambda of: of.known_of_left)


def _kept(
    work: Callable[[Material], T], where: Callable[[Material], dict[Callable[..., Any], Any]]
) -> Callable[[Material], T]:
    @wraps(work)
    def known(of: Material) -> T:
        kept = where(of)
        if work not in kept:
            kept[work] = work(of)
        found: T = kept[work]
        return found

    return known


def _are_same(made: Sequence[Made], before: Sequence[Made], counts: Callable[[Made], bool]) -> bool:
    """Tell whether those that count are the very same."""
    mine, theirs = [each for each in made if counts(each)], [each for each in before if counts(each)]
    return len(mine) == len(theirs) and all(map(is_, mine, theirs))


def _has_left(made: Made) -> bool:
    return made.state not in MAPPABLE or not SPECS[made.kind].follows


def _is_no_waiting_settlement(made: Made) -> bool:
    return _has_left(made) or SPECS[made.kind].type is not Settlement


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """One kind, as it is made of an order."""

    make: Callable[[Material, str], Paper | Hold]
    """With its number."""
    is_made: Callable[[MappingRules], bool] = lambda _rules: True
    """Whether the company has such documents made at all."""
    is_due: Callable[[Material], bool] = lambda _of: True
    """Whether an order that is due becomes one."""
    why_not_due: str = "nothing of the order belongs on it"
    """In words, where one that was made is not wanted any more."""
    number: Callable[[str, str, int, Numbering], str | Hold] = numbers.document_number
    """Of (the company's prefix, the order's ref, how often one was made, what the ledger takes)."""
    keys: Callable[[Material], Sequence[str]] = lambda _of: ("",)
    """Which parts of the order become one each, such as refunds or shipments by their ids; "": the whole order."""
    named: Callable[[Material, Numbering], str | Hold] | None = None
    """The number, of a kind that follows the sale; instead of `number`."""
    about: Callable[[Material], str] = lambda _of: ""
    """The mark of the document that it is about, among those made; where another one takes its place it is made anew."""
    after: Callable[[Material], Made | None] = Material.sale
    """Of a kind that follows: the document without which there is none."""
    needs: Callable[[Material], Sequence[tuple[str, Until]]] = lambda _of: ()
    """By mark how far other documents of the order must have come before it goes: what those it is about need, too."""
