"""What a local Xero remembers and the controls that steer it: the methods of LocalXero, apart from HTTP."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from localkit.clock import Clock, ClockContents
from localkit.egress import Egress
from localkit.faults import read_script
from localkit.idempotency import Keys
from localkit.json_values import Json
from localkit.signing import process_signer
from localxero import seed
from localxero.books import Books, Contents
from localxero.gate.calls import State
from localxero.gate.faults import FaultRule
from localxero.gate.limits import FREE_TO_READ, KEY_LIFETIME, LONGEST_KEY, Limits
from localxero.keeping.documents import merge_contacts
from localxero.oauth import App, Identity, IdentityContents
from localxero.render.export import books_export
from localxero.switches import Answers, Switches
from localxero.webhooks import Courier, PostOffice, PostOfficeContents, Subscription
from localxero.webhooks.post import Delivery
from localxero.webhooks.watching import WatchedBooks

KEY_ID = "localxero-1"
EVERYTHING = (
    "openid profile email offline_access accounting.invoices accounting.contacts accounting.settings "
    "accounting.payments accounting.attachments"
)


class Snapshot(msgspec.Struct, frozen=True):
    """All that is remembered, with the clock, but for keys, limits, faults and the journal."""

    organisations: tuple[Contents, ...]
    identity: IdentityContents
    clock: ClockContents | None = None
    webhooks: PostOfficeContents = PostOfficeContents()


class Simulator:
    """Everything remembered, with the controls as methods."""

    def __init__(
        self,
        *,
        limits: str = "live",
        speed: float = 1.0,
        start: datetime | None = None,
        redirect_uris: Iterable[str] = (),
        name: str = "localxero",
        trusted_proxies: Iterable[str] = (),
    ) -> None:
        self.trusted_proxies = frozenset(trusted_proxies)
        self.seed_name = name
        clock = Clock(start=start, speed=speed)
        office = PostOffice(clock, name)
        self.state = State(
            clock=clock,
            identity=Identity(clock, process_signer(KEY_ID), seed.PEOPLE),
            limits=Limits(clock, limits),
            organisations=_books(seed.organisations(name)),
            keys=Keys(clock, lifetime=KEY_LIFETIME, longest=LONGEST_KEY),
            webhooks=office,
            courier=Courier(office),
            egress=Egress(clock, free=FREE_TO_READ),
        )
        self.state.identity.register(seed.DEFAULT_APP)
        self.allow_redirects(redirect_uris)

    @property
    def clock(self) -> Clock:
        """Return the clock, to freeze or advance it."""
        return self.state.clock

    @property
    def courier(self) -> Courier:
        """Return what carries webhooks; set its `send` to receive them in process."""
        return self.state.courier

    def reset(self) -> None:
        """Return to the seed: books, connections, tokens, keys, limits, faults, journal; apps and webhooks stay."""
        state = self.state
        state.organisations = _books(seed.organisations(self.seed_name))
        state.identity.restore(IdentityContents())
        state.keys.clear()
        state.webhooks.forget()
        state.faults.clear()
        state.journal.clear()
        state.egress.clear()
        state.clock.reset()
        state.limits.set(state.limits.mode)

    def snapshot(self) -> Snapshot:
        """Return all that is remembered."""
        organisations = tuple(books.contents() for books in self.state.organisations.values())
        state = self.state
        return Snapshot(organisations, state.identity.contents(), state.clock.contents(), state.webhooks.contents())

    def restore(self, snapshot: Snapshot) -> None:
        """Return to a snapshot. Raises msgspec.ValidationError for one that contradicts itself."""
        _check(snapshot)
        self.state.organisations = _books(snapshot.organisations)
        self.state.identity.restore(snapshot.identity)
        self.state.keys.clear()
        if snapshot.clock:
            self.state.clock.restore(snapshot.clock)
        self.state.webhooks.restore(snapshot.webhooks)

    def save(self, path: Path | str) -> None:
        """Write all that is remembered to a file, in one step."""
        path = Path(path)
        beside = path.with_name(f"{path.name}.part")
        beside.write_bytes(msgspec.json.encode(self.snapshot()))
        beside.replace(path)

    def load(self, path: Path | str) -> None:
        """Read what `save` wrote."""
        self.restore(msgspec.json.decode(Path(path).read_bytes(), type=Snapshot))

    def register_app(self, app: App) -> App:
        """Register an app, as in the developer portal."""
        return self.state.identity.register(app)

    def allow_redirects(self, redirect_uris: Iterable[str]) -> None:
        """Add redirect URIs to those of the app that is there from the start."""
        app = self.state.identity.apps.get(seed.DEFAULT_APP.client_id, seed.DEFAULT_APP)
        self.register_app(replace(app, redirect_uris=tuple(dict.fromkeys((*app.redirect_uris, *redirect_uris)))))

    def add_fault(self, kind: str, **details: Any) -> FaultRule:
        """Put a fault rule into force; see gate.faults.FaultRule for its fields."""
        return self.state.faults.add(FaultRule(kind=kind, **details))

    def subscribe(self, url: str, client_id: str = "client", **details: Any) -> Subscription:
        """Set up an app's webhook; `verify_webhook` then asks its URL for the intent to receive."""
        return self.state.webhooks.subscribe(Subscription(client_id=client_id, url=url, **{"key": "", **details}))

    def verify_webhook(self, client_id: str = "client") -> Subscription:
        """Send the payloads of an intent to receive and decide on their answers."""
        return self.courier.verify(client_id)

    def deliver_webhooks(self) -> list[Delivery]:
        """Send every webhook delivery that is due now; a server does so by itself."""
        return self.courier.deliver()

    def load_faults(self, path: Path | str) -> list[FaultRule]:
        """Put the rules of a script into force, and no others: a JSON file with one rule or a list of them."""
        return self.state.faults.replace(read_script(Path(path).read_bytes(), FaultRule))

    def load_answers(self, path: Path | str) -> Switches:
        """Answer open questions as a file says, below `switches`; those it does not name stay. Raises ValidationError."""
        answered = msgspec.json.decode(Path(path).read_bytes(), type=Answers).switches
        self.state.switches = msgspec.convert(msgspec.to_builtins(self.state.switches) | answered, Switches)
        return self.state.switches

    def disconnect(self, tenant_id: str, client_id: str | None = None) -> int:
        """Withdraw consent as a user does inside Xero."""
        return self.state.identity.disconnect_tenant(tenant_id, client_id)

    def configure(self, tenant_id: str, **settings: object) -> None:
        """Change settings of an organisation: lock dates, edition, offline and so on."""
        books = self.state.organisations[tenant_id]
        with books.lock:
            books.organisation = replace(books.organisation, **settings)

    def merge_contacts(self, tenant_id: str, contact_id: str, *, into: str) -> None:
        """Merge a contact into another as a person does in Xero: its documents move, it is archived and says where to."""
        books = self.state.organisations[tenant_id]
        with books.lock:
            merge_contacts(books, contact_id, into, updated_ms=self.clock.milliseconds())

    def books(self, tenant_id: str) -> Books:
        """Return an organisation's books."""
        return self.state.organisations[tenant_id]

    def export(self, tenant_id: str, *names: str) -> Json:
        """Return an organisation's books as JSON-ready values with Decimals, for exact comparison: all, or these lists."""
        books = self.state.organisations[tenant_id]
        with books.lock:
            return books_export(books, *names)

    def tenant_id(self, country_code: str) -> str:
        """Return the tenant id of the organisation of a country, such as "GB"."""
        return next(
            key for key, books in self.state.organisations.items() if books.organisation.country_code == country_code
        )

    def sign_in(
        self, *tenant_ids: str, client_id: str = "client", scope: str = EVERYTHING, issuer: str = "http://localhost"
    ) -> dict[str, object]:
        """Connect organisations (all where none is named) and return a token set, without the consent page."""
        known = self.state.identity
        tenants = tenant_ids or tuple(self.state.organisations)
        person = next(iter(known.people))
        return known.sign_in(client_id, person, tenants, tuple(scope.split()), issuer)


def _check(snapshot: Snapshot) -> None:
    for each in snapshot.organisations:
        items = {item.item_id for item in each.items}
        if any(move.item_id not in items for moves in each.stock_moves.values() for move in moves):
            message = f"stock_moves of {each.organisation.name} name an item that is not there"
            raise msgspec.ValidationError(message)


def _books(contents: Iterable[Contents]) -> dict[str, WatchedBooks]:
    return {each.organisation.tenant_id: WatchedBooks(each) for each in contents}
