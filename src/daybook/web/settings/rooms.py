"""PURE: the rooms of a connection's settings: one subject each, with its fields, its page and its part of the history."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

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
    title: str
    about: str
    """One sentence: what is decided here."""
    tables: tuple[str, ...] = ()
    """How the names of form fields begin that are no settings of the table."""
    told: tuple[str, ...] = ()
    """How the names begin under which the history tells of those."""
    is_page: bool = False
    """It has no fields of the settings form: a page of its own."""
    only: frozenset[str] | None = None
    """A part of a room shows these of its settings; None: all of them."""

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
        slug="connect", title="Connect", told=("client_id", "client_secret"), is_page=True,
        about="The company's app at {ledger}, and the organisation that its documents go to.",
    ),
    Room(
        slug=Section.METHOD.value, title="What to post",
        about="Which documents an order becomes.",
    ),
    Room(
        slug=Section.ACCOUNTS.value, title="Accounts",
        about="Where sales, shipping, costs and stock are booked.",
    ),
    Room(
        slug=Section.TAX.value, title="Tax", tables=("tax-", "new_rate", "new_tax_type"), told=("tax.",),
        about="Which tax rate of {ledger} each rate of your orders is.",
    ),
    Room(
        slug="lines", title="Lines that are no goods", tables=("line_account-", "line_tax-"), told=("account.", "account_tax."),
        about="Fees, tips, gift cards and the like: where each is booked.",
    ),
    Room(
        slug="rules", title="Posting rules", told=("rule.",), is_page=True,
        about="What goes elsewhere than the accounts and tax rates say: by destination, channel, goods and more.",
    ),
    Room(
        slug=Section.CONTACT.value, title="Contact", tables=("channel-", "new_channel"), told=("channel.",),
        about="For whom the invoices are.",
    ),
    Room(
        slug=Section.NUMBERS.value, title="Numbers and references",
        about="How documents are numbered, and what their reference says.",
    ),
    Room(
        slug=Section.CURRENCIES.value, title="Currencies and rounding",
        about="Which currencies your orders bring, and how amounts are rounded.",
    ),
    Room(
        slug=Section.PAYMENTS.value, title="Payments and gateways", tables=("gateway-",), told=("gateway.", "fees."),
        about="Whether payments are posted, and where each gateway's money stands.",
    ),
    Room(
        slug=Section.STOCK.value, title="Stock and costs",
        about="What is no stock, and what goods cost that come without a cost.",
    ),
    Room(
        slug=Section.WHEN.value, title="When and how",
        about="From which day on, at which moment and in which status documents are posted.",
    ),
    Room(
        slug="days", title="Time zone and days",
        about="On whose clock the orders' times are, and how orders without a day are dated.",
    ),
    Room(
        slug="pace", title="Pace and calls",
        about="How long documents wait for others, so that one call carries many.",
    ),
    Room(
        slug="stop", title="Stop posting", is_page=True,
        about="For when something is wrong with what is posted, and you want to look first.",
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
            told = one.help.replace("{ledger}", ledger)
            if has(one.label, told):
                found.append(
                    Hit(room, one.label, told, f"id_{one.name}" if one.name != "process_method" else room.slug)
                )
    return found
