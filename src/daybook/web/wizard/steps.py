"""PURE: the steps of setting up, in their order, and how each of them stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from daybook.kit.translation import gettext, gettext_noop


class State(StrEnum):
    """How a step stands."""

    DONE = "done"
    OPEN = "open"
    ASIDE = "aside"
    """A person goes on without it; what waits for it is told."""
    BLOCKED = "blocked"
    """Another step comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: one thing to decide or to do."""

    slug: str
    """In its address; where it decides settings also the room that holds them."""
    title: str
    """`{ledger}` stands for the ledger's title, as in the other texts."""
    about: str
    """One or two sentences: what is decided here, and why."""
    waits: str = ""
    """What waits while it is set aside; "": it cannot be."""
    lacks: str = gettext_noop("Not decided: {names}")
    """What is said of the parts that are open."""
    needs: str = ""
    """The step without which it cannot be done."""
    is_room: bool = False
    """It shows a room's form, and saves it."""
    settings: tuple[str, ...] | None = None
    """Of that room only these settings of the table; None: the whole room."""
    tracked: tuple[str, ...] = ()
    """And these, where the company posts Tracked."""
    tables: tuple[str, ...] = ()
    """How the names of its other fields begin, as the room has them."""


STEPS: tuple[Step, ...] = (
    Step(
        slug="answers", title="Ready-made answers",
        about="A few questions fill in what is usual, so that {ledger} is asked for its permission only once. You see each answer in "
        "its step, and nothing is saved before you do.",
        waits="Nothing waits: you decide each step yourself.",
    ),
    Step(
        slug="connect", title="Connect to {ledger}",
        about="Daybook posts through an app of your own at {ledger}: you make it once, and allow it one organisation.",
    ),
    Step(
        slug="method", title="What to post", is_room=True,
        about="Which documents an order becomes.",
        waits="Nothing waits: orders become invoices only (Untracked).",
    ),
    Step(
        slug="accounts", title="Accounts", needs="connect", is_room=True,
        about="Where sales are booked. Only accounts of the right kind are listed.",
        settings=("sales_account", "shipping_account"), tracked=("cogs_account", "inventory_account"),
        waits="Every order waits until its account is chosen.",
    ),
    Step(
        slug="tax", title="Tax", needs="connect", is_room=True,
        about="Which tax rate of {ledger} each rate of your orders is.",
        settings=(), tracked=("purchase_tax_type",), tables=("tax-", "new_rate", "new_tax_type"),
        waits="Orders with a rate that is not decided wait.",
    ),
    Step(
        slug="contact", title="Contact", needs="connect", is_room=True,
        about="For whom the invoices are: one contact that stands for your shop, or each customer.",
        settings=("contact_per", "contact_name"),
        waits="Every order waits until it is named.",
    ),
    Step(
        slug="numbers", title="Numbers and references", is_room=True,
        about="How documents are numbered, and what their reference says. A prefix keeps them apart from your other invoices.",
        waits="Nothing waits: documents are numbered as their orders.",
    ),
    Step(
        slug="currencies", title="Currencies", needs="connect", is_room=True,
        about="Every currency of your orders has to be enabled in {ledger}.",
        settings=("default_currency",), lacks=gettext_noop("Not in {ledger} yet: {names}"),
        waits="Orders in a currency that {ledger} does not have wait.",
    ),
    Step(
        slug="source", title="Where orders come from",
        about="By the REST API, a feed of your shop or OMS, or a file that you upload.",
        waits="No order comes, so that there is nothing to rehearse or post.",
    ),
    Step(
        slug="when", title="When", is_room=True,
        about="From which day on, at which moment and in which status documents are posted. A draft is the safe start.",
        settings=("start_date", "post_when", "document_status", "payment_terms_days"),
    ),
    Step(
        slug="rehearse", title="Dry run", needs="connect",
        about="The last 20 orders as they would be posted. Nothing is posted, and nothing is changed.",
        waits="Nothing waits: you look at the first document itself next.",
    ),
    Step(
        slug="first", title="First document", needs="connect",
        about="Look one document through and post it by hand. Nothing else goes.",
    ),
    Step(
        slug="on", title="Switch posting on", needs="first",
        about="From then on what your orders become goes to {ledger} by itself.",
    ),
)  # fmt: skip
"""In the natural order."""
SLUGS = tuple(step.slug for step in STEPS)
CONNECT = next(step for step in STEPS if step.slug == "connect")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a person noted at a step."""

    is_aside: bool
    of: frozenset[str] = frozenset()
    """The parts that were set aside; what is open beyond them opens the step again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the connection says, as far as a step is decided by it."""

    decided: frozenset[str] = frozenset()
    """Steps that are done by what stands there, whoever did it: from the wizard, a room or the command line."""
    missing: Mapping[str, str] = field(default_factory=dict)
    """By step what a person must still put right in it, in words."""
    open: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By step the parts that nobody has decided: rates, currencies."""
    is_on: bool = False
    """Posting goes by itself: what nobody asked about was decided by doing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """A step, and how it stands."""

    step: Step
    state: State
    says: str = ""
    """What is missing, what waits for it, or what comes first; "" where it is done or simply open."""

    @property
    def slug(self) -> str:
        """Return its name."""
        return self.step.slug


@dataclass(frozen=True, slots=True)
class Progress:
    """All steps, and how far a person has come."""

    stood: tuple[Stood, ...]

    @property
    def total(self) -> int:
        """Return how many steps there are."""
        return len(self.stood)

    @property
    def done(self) -> int:
        """Return how many are done."""
        return sum(each.state is State.DONE for each in self.stood)

    @property
    def aside(self) -> tuple[Stood, ...]:
        """Return those that were set aside."""
        return tuple(each for each in self.stood if each.state is State.ASIDE)

    @property
    def is_over(self) -> bool:
        """Return whether nothing is left to do: set aside counts as decided."""
        return all(each.state in {State.DONE, State.ASIDE} for each in self.stood)

    def of(self, slug: str) -> Stood:
        """Return how one step stands. Raises KeyError where there is none of that name."""
        return {each.slug: each for each in self.stood}[slug]

    @property
    def here(self) -> Stood | None:
        """Return the step to go on with: the first one that can be done now, else the first that waits; None: none is left."""
        states = (State.OPEN, State.BLOCKED)
        return next((each for state in states for each in self.stood if each.state is state), None)

    def after(self, slug: str) -> Stood | None:
        """Return the step to show after this one: the next that is left, else the first that is; None: none is left."""
        later = self.stood[SLUGS.index(slug) + 1 :]
        return next((each for each in later if each.state in {State.OPEN, State.BLOCKED}), None) or self.here

    def before(self, slug: str) -> Step | None:
        """Return the step before this one in the order; None before the first."""
        place = SLUGS.index(slug)
        return STEPS[place - 1] if place else None


def plan(facts: Facts, marks: Mapping[str, Mark]) -> Progress:
    """Return how each step stands, by what the connection says and what persons noted."""
    found: dict[str, Stood] = {}
    for step in STEPS:
        found[step.slug] = _stood(step, facts, marks.get(step.slug), found)
    return Progress(tuple(found.values()))


def _stood(step: Step, facts: Facts, mark: Mark | None, before: Mapping[str, Stood]) -> Stood:
    left, missing = facts.open.get(step.slug, ()), facts.missing.get(step.slug, "")
    was_passed = mark is not None and not mark.is_aside
    is_clear = not left and not missing
    if is_clear and (step.slug in facts.decided or facts.is_on):
        return Stood(step=step, state=State.DONE)
    first = before.get(step.needs)
    if first is not None and first.state is not State.DONE:
        return Stood(
            step=step, state=State.BLOCKED, says=gettext("First: {step}").format(step=gettext(first.step.title))
        )
    if is_clear and was_passed:
        return Stood(step=step, state=State.DONE)
    to_mend = missing if step.slug in facts.decided or was_passed else ""  # what nobody has chosen yet is no fault
    if mark is not None and mark.is_aside and step.waits and set(left) <= mark.of:
        return Stood(step=step, state=State.ASIDE, says=_waits(step, left, missing))
    return Stood(step=step, state=State.OPEN, says=to_mend or _undecided(step, left))


def _waits(step: Step, left: Sequence[str], missing: str) -> str:
    set_aside = gettext("Set aside: {names}.").format(names=", ".join(left)) if left else ""
    return " ".join(filter(None, (gettext(step.waits), set_aside, missing)))


def _undecided(step: Step, left: Sequence[str]) -> str:
    return gettext(step.lacks).format(names=", ".join(left), ledger="{ledger}") if left else ""
