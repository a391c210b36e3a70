"""PURE: the rooms of a connection's settings: one subject each, with its fields, its page and its part of the history."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext

from daybook.companies.settings_table import ON_PAGE, Section, Setting

MOVED: Mapping[str, str] = {
    "cash_steps": "currencies",
    "order_time_zone": "days",
    "undated_days": "days",
    "post_within_minutes": "pace",
    "app_calls_a_day": "pace",
}
"""Settings that stand in another room than the one named after their section."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """One subject of the settings."""

    slug: str
    """In its address; also the anchor of its part."""
    called: str
    is_for: str
    """One sentence: what is decided here."""
    tables: tuple[str, ...] = ()
    """How the names of form fields begin that are no settings of the table."""
    told: tuple[str, ...] = ()
    """How the names begin under which the history tells of those."""
    is_page: bool = False
    """It has no fields of the settings form: a page of its own."""
    only: frozenset[str] | None = None
    """A part of a room shows these of its settings; None: all of them."""

    @property
    def title(self) -> str:
        """Return what it is called, in the language of who reads."""
        return gettext(self.called)

    @property
    def about(self) -> str:
        """Return what is decided here, in the language of who reads; `{ledger}` is to be filled in."""
        return gettext(self.is_for)

    def part(self, only: Iterable[str], tables: tuple[str, ...] = ()) -> "Room":
        """Return a part of it, which is shown and saved like a room: these of its settings, and these of its tables."""
        return replace(self, only=frozenset(only), tables=tables)

    @property
    def settings(self) -> tuple[Setting, ...]:
        """Return the settings of the table that stand in it, in their order."""
        mine = (one for one in ON_PAGE if MOVED.get(one.name, one.section.value) == self.slug)
        return tuple(one for one in mine if self.only is None or one.name in self.only)

    @property
    def names(self) -> frozenset[str]:
        """Return the names of these."""
        return frozenset(one.name for one in self.settings)

    @property
    def template(self) -> str:
        """Return what draws its part of a page."""
        return f"daybook/connection/rooms/{self.slug}.html"

    def holds(self, field: str) -> bool:
        """Return whether a field of the settings form stands in it."""
        return field in self.names or field.startswith(self.tables or ("?",))

    def tells(self, key: str) -> bool:
        """Return whether the history tells under this name what was changed in it."""
        return key in self.names or key.startswith(self.told or ("?",))


ROOMS: tuple[Room, ...] = (
    Room(
        slug="connect", called="Connect", told=("client_id", "client_secret"), is_page=True,
        is_for="The company's app at {ledger}, and the organisation that its documents go to.",
    ),
    Room(
        slug=Section.METHOD.value, called="What to post",
        is_for="Which documents an order becomes.",
    ),
    Room(
        slug=Section.ACCOUNTS.value, called="Accounts",
        is_for="Where sales, shipping, costs and stock are booked.",
    ),
    Room(
        slug=Section.TAX.value, called="Tax", tables=("tax-", "new_rate", "new_tax_type"), told=("tax.",),
        is_for="Which tax rate of {ledger} each rate of your orders is.",
    ),
    Room(
        slug="lines", called="Lines that are no goods", tables=("line_account-", "line_tax-"), told=("account.", "account_tax."),
        is_for="Fees, tips, gift cards and the like: where each is booked.",
    ),
    Room(
        slug="rules", called="Posting rules", told=("rule.",), is_page=True,
        is_for="What goes elsewhere than the accounts and tax rates say: by destination, channel, goods and more.",
    ),
    Room(
        slug=Section.CONTACT.value, called="Contact", tables=("channel-", "new_channel"), told=("channel.",),
        is_for="For whom the invoices are.",
    ),
    Room(
        slug=Section.NUMBERS.value, called="Numbers and references",
        is_for="How documents are numbered, and what their reference says.",
    ),
    Room(
        slug=Section.CURRENCIES.value, called="Currencies and rounding",
        is_for="Which currencies your orders bring, and how amounts are rounded.",
    ),
    Room(
        slug=Section.PAYMENTS.value, called="Payments and gateways", tables=("gateway-",), told=("gateway.", "fees."),
        is_for="Whether payments are posted, and where each gateway's money stands.",
    ),
    Room(
        slug=Section.STOCK.value, called="Stock and costs",
        is_for="What is no stock, and what goods cost that come without a cost.",
    ),
    Room(
        slug=Section.WHEN.value, called="When and how",
        is_for="From which day on, at which moment and in which status documents are posted.",
    ),
    Room(
        slug="days", called="Time zone and days",
        is_for="On whose clock the orders' times are, and how orders without a day are dated.",
    ),
    Room(
        slug="pace", called="Pace and calls",
        is_for="How long documents wait for others, so that one call carries many.",
    ),
    Room(
        slug="stop", called="Stop posting", is_page=True,
        is_for="For when something is wrong with what is posted, and you want to look first.",
    ),
)  # fmt: skip
"""In the natural order of setting up."""
OF_THE_FORM: tuple[Room, ...] = tuple(room for room in ROOMS if not room.is_page)
CONNECT = ROOMS[0]
WHOLE = "all"
"""In an address: every room with fields, on one page."""
_OWN_ANCHORS = {"connect": "connect", "app-form": "connect", "asked-anew": "connect", "id_client_id": "connect",
                "id_client_secret": "connect", "redirect-uri": "connect"}  # fmt: skip


def named(slug: str) -> Room | None:
    """Return the room of this name."""
    return next((room for room in ROOMS if room.slug == slug), None)


def of_field(field: str) -> Room | None:
    """Return the room in which a field of the settings form stands."""
    return next((room for room in ROOMS if room.holds(field)), None)


def of_anchor(anchor: str) -> Room | None:
    """Return the room in which a place of the settings stands: a room's own name, or `id_` and a field; None: in none."""
    if anchor in _OWN_ANCHORS:
        return named(_OWN_ANCHORS[anchor])
    return named(anchor) or (of_field(anchor.removeprefix("id_")) if anchor.startswith("id_") else None)


@dataclass(frozen=True, slots=True)
class Hit:
    """A place that a search has found."""

    room: Room
    label: str
    help: str
    anchor: str


def search(text: str, ledger: str, rooms: Iterable[Room] = ROOMS) -> list[Hit]:
    """Return where all words of a text stand, in a room's title and sentence or a field's name and help. PURE."""
    words = text.casefold().split()

    def has(*texts: str) -> bool:
        said = " ".join(texts).casefold()
        return bool(words) and all(word in said for word in words)

    found: list[Hit] = []
    for room in rooms:
        about = room.about.replace("{ledger}", ledger)
        if has(room.title, about):
            found.append(Hit(room, room.title, about, room.slug))
        for one in room.settings:
            label, told = gettext(one.label), gettext(one.help).replace("{ledger}", ledger)
            if has(label, told):
                found.append(Hit(room, label, told, f"id_{one.name}" if one.name != "process_method" else room.slug))
    return found
