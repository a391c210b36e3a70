"""PURE: a plan in the making: the order's row and its documents, as the plan leaves them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from daybook.documents import stored
from daybook.documents.causes import Hold
from daybook.documents.kinds import SPECS, Kind, Paper
from daybook.intake import basis
from daybook.intake.facts import Facts
from daybook.intake.intents import (
    Asked,
    CompanyRules,
    Enter,
    EntryStand,
    Flag,
    Intent,
    OrderRow,
    Stand,
)
from daybook.intake.material import Made, Material
from daybook.mapping.refunds import GivenBack
from daybook.mapping.totals import Priced
from daybook.outbox.states import State

Marks = Callable[[], str]
"""Gives a new document the mark by which it will be known; by chance, so that the caller brings it."""


@dataclass(slots=True, kw_only=True)
class Doc:
    """A document of the order, as the plan in the making leaves it."""

    kind: Kind
    key: str = ""
    generation: int
    state: State
    mark: str = ""
    number: str = ""
    mapped: Paper | Hold | None = None
    """What this plan makes of it; None: it stays as it stands."""
    stand: EntryStand | None = None
    """As it stands in the day book; None: it is new."""
    attention: str = ""
    attention_detail: str = ""
    done: Mapping[str, str] = field(default_factory=dict)
    read: Paper | None = None
    """What it says as it stands in the day book, once it was read (`is_read`)."""
    is_read: bool = False
    made: Made | None = None
    """As it was last shown to those who ask what stands (`gathered`)."""

    @property
    def about(self) -> str:
        """Return under what name the order's row keeps what it was written from."""
        return f"{self.kind}:{self.key}" if self.key else str(self.kind)

    @property
    def paper(self) -> Paper | None:
        """Return what it says, as far as it can be read; None while it is held."""
        if self.mapped is not None:
            return None if isinstance(self.mapped, Hold) else self.mapped
        if not self.is_read:
            self.read = None if self.stand is None else stored.read(self.stand.document, self.kind)
            self.is_read = True
        return self.read

    def flag(self, attention: str, detail: str) -> None:
        """Show it to a person; not again for what a person said is done."""
        if self.done.get(attention) != detail:
            self.attention, self.attention_detail = attention, detail

    @property
    def flagged(self) -> Flag | None:
        """Return what is to be done about its flag."""
        stand, now = self.stand, (self.attention, self.attention_detail)
        if stand is None or (stand.attention, stand.attention_detail) == now:
            return None
        return Flag(entry=stand.id, attention=self.attention, detail=self.attention_detail)


@dataclass(slots=True, kw_only=True)
class Draft:
    """A plan in the making."""

    facts: Facts
    stand: Stand
    rules: CompanyRules
    asked: Asked
    now: datetime
    marks: Marks
    row: OrderRow
    docs: list[Doc]
    currency: str = ""
    """Of its documents: the order's, or the connection's default; empty before the order is priced."""
    prices: Priced | Hold | None = None
    """None: nothing but callbacks was received of it."""
    refunds: tuple[GivenBack, ...] = ()
    """What was given back, where credit notes are made at all."""
    intents: list[Intent] = field(default_factory=list)
    entering: list[tuple[Doc, Enter]] = field(default_factory=list)
    bases: dict[tuple[Kind, str], dict[str, Any]] = field(default_factory=dict)
    material: Material | None = None
    """What was gathered last for those who make documents (`gathered`)."""
    waits_for_answer: bool = False
    is_something_ready: bool = False

    def latest(self, kind: Kind, key: str = "") -> Doc | None:
        """Return the newest document of a kind and a part of the order."""
        mine = (each for each in self.docs if each.kind == kind and each.key == key)
        return max(mine, key=lambda each: each.generation, default=None)

    def standing(self, standing: str, cause: str = "", subject: str = "", detail: str = "") -> None:
        """Say how the order stands."""
        self.row = self.row._replace(standing=standing, cause=str(cause), subject=subject[:500], detail=detail)

    def written(self, doc: Doc) -> Any:
        """Return what a document was written from; None where nobody kept it."""
        return self.row.written_from.get(doc.about)

    def says_otherwise(self, doc: Doc) -> bool:
        """Tell whether a document was written from something else than what one made now would be."""
        written = self.written(doc)
        own = None if written is None else {name: each for name, each in written.items() if name not in basis.BESIDE}
        return bool(own != self.basis(doc.kind, doc.key))

    def basis(self, kind: Kind, key: str = "") -> dict[str, Any]:
        """Return what a document made now would be written from."""
        if (kind, key) not in self.bases:
            counted = self.prices.totals if isinstance(self.prices, Priced) else None
            self.bases[kind, key] = basis.basis(
                self.facts,
                key=key,
                is_purchase=SPECS[kind].is_of_costs,
                currency=self.currency or self.row.currency,
                totals=None if isinstance(counted, Hold) else counted,
            )
        return self.bases[kind, key]

    def remember(self, about: str, words: object) -> None:
        """Keep on the order what its document says, or what a person was told."""
        self.row = self.row._replace(written_from={**self.row.written_from, about: words})


WAITING, HELD, DOCUMENTED, SKIPPED, CANCELLED = "waiting", "held", "documented", "skipped", "cancelled"
"""What may become of an order: `orders.models.Order.Standing`."""
