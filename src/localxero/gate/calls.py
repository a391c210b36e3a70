"""What is remembered between requests (State) and what is known about one of them (Call)."""

from dataclasses import dataclass, field

from werkzeug.wrappers import Request

from localkit.clock import Clock
from localkit.egress import Egress
from localkit.faults import Faults
from localkit.idempotency import Keys
from localkit.journal import Entry, Journal
from localxero.books import Books
from localxero.books.zones import zone_of
from localxero.drafting.lines import Setting
from localxero.gate.faults import PATHS, FaultRule
from localxero.gate.limits import Limits
from localxero.oauth import AccessToken, Identity
from localxero.queries.lists import Arguments, flag
from localxero.switches import Switches
from localxero.webhooks import Courier, PostOffice
from localxero.webhooks.watching import WatchedBooks, credit_note_data


@dataclass(slots=True)
class State:
    """Everything a local Xero remembers."""

    clock: Clock
    identity: Identity
    limits: Limits
    organisations: dict[str, WatchedBooks]
    keys: Keys
    webhooks: PostOffice
    courier: Courier
    egress: Egress
    faults: Faults[FaultRule] = field(default_factory=lambda: Faults(PATHS))
    journal: Journal = field(default_factory=Journal)
    switches: Switches = field(default_factory=Switches)

    def books_by_short_code(self, short_code: str) -> Books | None:
        """Find an organisation by ShortCode, as deep links name it (xero-rules.md 8)."""
        return next(
            (books for books in self.organisations.values() if books.organisation.short_code == short_code), None
        )

    def announce(self, tenant_id: str | None) -> None:
        """Tell webhooks what changed in an organisation; each app hears of those it is connected to."""
        books = self.organisations.get((tenant_id or "").lower())
        changes = books.take_changes() if books else ()
        if books and changes and self.webhooks.subscriptions:
            tenant = books.organisation.tenant_id
            self.webhooks.tell(tenant, changes, self.identity.apps_of(tenant), credit_note_data(books))


@dataclass(slots=True)
class Call:
    """One accounting call that was let in."""

    state: State
    request: Request
    entry: Entry
    token: AccessToken
    books: Books
    args: Arguments = field(init=False)

    def __post_init__(self) -> None:
        self.args = Arguments(self.request.args)

    @property
    def unitdp(self) -> int:
        """Return the decimals of prices asked for: 2, or 4 with unitdp=4 (xero-rules.md 5.2)."""
        return 4 if self.args.get("unitdp") == "4" else 2

    def setting(self) -> Setting:
        """Return what drafting needs to know of this call."""
        return Setting(
            books=self.books,
            switches=self.state.switches,
            today=self.state.clock.today(zone_of(self.books.organisation.timezone)),
            app=self.token.grant.client_id,
            app_name=self.state.identity.apps[self.token.grant.client_id].name,
            now_ms=self.state.clock.milliseconds(),
            unitdp=self.unitdp,
            allow_backorders=flag(self.args, "allowBackorders"),
        )
