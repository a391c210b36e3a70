"""Who wants to hear of what, what waits to be told, and when it is tried again (xero-rules.md 7).

    unverified -> active by an intent to receive        active -> disabled after 24 hours of failure
    disabled -> active by an intent to receive: what waited, up to 31 days old, is then sent

Sends nothing itself: `due` hands out what is to be sent now, `settle` takes how it went.
"""

import random
import secrets
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import msgspec

from localkit.clock import Clock
from localkit.web_address import is_web_address
from localxero.webhooks import events
from localxero.webhooks.events import CATEGORIES, PATHS, Event, Numbered
from localxero.webhooks.watching import Change

BATCH = 100
RETRY_EVERY = 15 * 60
GIVE_UP_AFTER = 24 * 3600
KEPT_FOR = 31 * 86_400
LOG = 500
ACCEPTED, REFUSED = 200, 401


class SubscriptionError(Exception):
    """A webhook cannot be set up so."""


class Outcome(Protocol):
    """How a delivery went; `problem` is empty when Xero would be content with it."""

    @property
    def status(self) -> int | None:
        """Return the status answered, if any was."""

    @property
    def problem(self) -> str:
        """Say what Xero would not accept."""


class Subscription(msgspec.Struct, kw_only=True):
    """One app's webhook, and how its deliveries shall misbehave."""

    client_id: str
    url: str
    key: str
    categories: tuple[str, ...] = CATEGORIES
    status: str = "unverified"
    note: str = ""
    sequence: int = 0
    failing_since: float | None = None
    delay_seconds: float = 0.0
    copies: int = 1
    shuffled: bool = False
    batch_size: int = BATCH


class Attempt(msgspec.Struct, frozen=True):
    """One try to deliver."""

    at: float
    status: int | None
    problem: str


class Delivery(msgspec.Struct, kw_only=True):
    """One payload on its way; `expects` is what an intent to receive must be answered with."""

    id: int
    client_id: str
    url: str
    body: str
    signature: str
    events: int
    created: float
    due: float
    state: str = "waiting"
    expects: int = ACCEPTED
    attempts: list[Attempt] = []


class PostOfficeContents(msgspec.Struct, frozen=True):
    """All of it, for a snapshot."""

    subscriptions: tuple[Subscription, ...] = ()
    pending: dict[str, list[Numbered]] = msgspec.field(default_factory=dict)
    deliveries: tuple[Delivery, ...] = ()


class PostOffice:
    """Subscriptions, waiting events and deliveries."""

    def __init__(self, clock: Clock, seed: str = "webhooks") -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._dice = random.Random(seed)  # noqa: S311 - entropy and order must replay
        self.base_url = "http://localhost"
        self.subscriptions: dict[str, Subscription] = {}
        self._pending: dict[str, list[Numbered]] = {}
        self.deliveries: dict[int, Delivery] = {}
        self._serial = 0

    # Subscriptions

    def subscribe(self, asked: Subscription) -> Subscription:
        """Set an app's webhook up, or change it; another URL must be verified anew."""
        _check(asked)
        with self._lock:
            had = self.subscriptions.get(asked.client_id)
            if had:
                asked.sequence, asked.key = had.sequence, asked.key or had.key
                if had.url == asked.url:
                    asked.status, asked.note, asked.failing_since = had.status, had.note, had.failing_since
            asked.key = asked.key or secrets.token_urlsafe(48)
            self.subscriptions[asked.client_id] = asked
            return asked

    def unsubscribe(self, client_id: str) -> bool:
        """Forget an app's webhook and what waits for it."""
        with self._lock:
            self._pending.pop(client_id, None)
            return self.subscriptions.pop(client_id, None) is not None

    def intents(self, client_id: str) -> list[Delivery]:
        """Make the payloads of an intent to receive: some signed right, some wrong, in any order."""
        with self._lock:
            subscription = self.subscriptions[client_id]
            rightly = [True, True, False, False]
            self._dice.shuffle(rightly)
            made = [self._make(subscription, (), self._clock.seconds(), is_right=each) for each in rightly]
            for delivery in made:
                delivery.state = "under way"
            return made

    def judge(self, client_id: str, answers: Iterable[tuple[Delivery, Outcome]]) -> Subscription:
        """Decide on an intent to receive: every payload must have got its right answer."""
        with self._lock:
            subscription = self.subscriptions[client_id]
            wrong = ""
            for delivery, outcome in answers:
                self._log(delivery, outcome)
                delivery.state = "failed" if outcome.problem else "delivered"
                wrong = wrong or outcome.problem
            subscription.status, subscription.note = ("unverified", wrong) if wrong else ("active", "")
            if not wrong:
                subscription.failing_since = None
                self._wake(client_id)
            return subscription

    def _wake(self, client_id: str) -> None:
        """Let everything that waits for an app be due, but for what is too old."""
        now = self._clock.seconds()
        for delivery in self.deliveries.values():
            if delivery.client_id == client_id and delivery.state == "waiting":
                delivery.due = now
                delivery.state = "waiting" if delivery.created + KEPT_FOR > now else "dropped"

    # Events

    def tell(
        self, tenant_id: str, changes: Sequence[Change], apps: Iterable[str], data: Callable[[str], dict[str, str]]
    ) -> None:
        """Queue events of changes in an organisation for the apps connected to it."""
        with self._lock:
            wanting = [self.subscriptions[app] for app in apps if app in self.subscriptions]
            for subscription in wanting:
                if subscription.status == "unverified":
                    continue
                waiting = self._pending.setdefault(subscription.client_id, [])
                for change in changes:
                    if change.category in subscription.categories:
                        subscription.sequence += 1
                        event = self._event(tenant_id, change, data)
                        waiting.append(Numbered(subscription.sequence, self._clock.seconds(), event))

    def _event(self, tenant_id: str, change: Change, data: Callable[[str], dict[str, str]]) -> Event:
        return Event(
            resource_url=f"{self.base_url}/api.xro/2.0/{PATHS[change.category]}/{change.resource_id}",
            resource_id=change.resource_id,
            tenant_id=tenant_id,
            event_category=change.category,
            event_type="CREATE" if change.is_new else "UPDATE",
            event_date_utc=events.moment(self._clock.now()),
            data=data(change.resource_id) if change.category == "CREDITNOTE" else msgspec.UNSET,
        )

    # Deliveries

    def due(self) -> list[Delivery]:
        """Hand out what is to be sent now; each must be settled."""
        with self._lock:
            now = self._clock.seconds()
            for subscription in self.subscriptions.values():
                if subscription.status == "active":
                    self._pack(subscription, now)
            ready = [
                each
                for each in self.deliveries.values()
                if each.state == "waiting" and each.due <= now and self._is_active(each.client_id)
            ]
            for delivery in ready:
                delivery.state = "under way"
            return ready

    def _is_active(self, client_id: str) -> bool:
        subscription = self.subscriptions.get(client_id)
        return subscription is not None and subscription.status == "active"

    def _pack(self, subscription: Subscription, now: float) -> None:
        """Make deliveries of the events that have waited long enough."""
        waiting = self._pending.get(subscription.client_id, [])
        ripe = [each for each in waiting if now - KEPT_FOR < each.since <= now - subscription.delay_seconds]
        if not ripe:
            return
        self._pending[subscription.client_id] = [
            each for each in waiting if each.since > now - subscription.delay_seconds
        ]
        if subscription.shuffled:
            self._dice.shuffle(ripe)
        for start in range(0, len(ripe), subscription.batch_size):
            batch = ripe[start : start + subscription.batch_size]
            for _ in range(subscription.copies):
                self._make(subscription, batch, now)

    def _make(
        self, subscription: Subscription, batch: Sequence[Numbered], now: float, *, is_right: bool = True
    ) -> Delivery:
        raw = events.body(batch, events.entropy(self._dice))
        signature = events.signature(subscription.key, raw)
        self._serial += 1
        delivery = Delivery(
            id=self._serial,
            client_id=subscription.client_id,
            url=subscription.url,
            body=raw.decode(),
            signature=signature if is_right else events.wrong_signature(signature),
            events=len(batch),
            created=now,
            due=now,
            expects=ACCEPTED if is_right else REFUSED,
        )
        self.deliveries[delivery.id] = delivery
        self._forget_old()
        return delivery

    def _forget_old(self) -> None:
        """Keep the log short: what is over goes, oldest first; what waits stays."""
        surplus = len(self.deliveries) - LOG
        if surplus > 0:
            over = [each.id for each in self.deliveries.values() if each.state not in {"waiting", "under way"}]
            for delivery_id in over[:surplus]:
                del self.deliveries[delivery_id]

    def settle(self, delivery: Delivery, outcome: Outcome) -> None:
        """Take how a delivery went: done, to be tried again, or the end of the subscription."""
        with self._lock:
            self._log(delivery, outcome)
            subscription = self.subscriptions.get(delivery.client_id)
            if not outcome.problem or subscription is None:
                delivery.state = "dropped" if subscription is None else "delivered"
                if subscription:
                    subscription.failing_since = None
                return
            now = self._clock.seconds()
            delivery.state, delivery.due = "waiting", now + RETRY_EVERY
            subscription.failing_since = subscription.failing_since or now
            if now - subscription.failing_since >= GIVE_UP_AFTER:
                subscription.status, subscription.note = "disabled", f"failing for 24 hours: {outcome.problem}"

    def _log(self, delivery: Delivery, outcome: Outcome) -> None:
        delivery.attempts = [*delivery.attempts, Attempt(self._clock.seconds(), outcome.status, outcome.problem)]

    def release(self) -> None:
        """Let everything that waits be due now, whatever its delay or its next try."""
        with self._lock:
            for subscription in self.subscriptions.values():
                if subscription.status == "active":
                    waiting = self._pending.get(subscription.client_id, [])
                    past = self._clock.seconds() - subscription.delay_seconds
                    self._pending[subscription.client_id] = [
                        Numbered(each.sequence, min(each.since, past), each.event) for each in waiting
                    ]
                self._wake(subscription.client_id)

    def repeat(self, delivery_id: int) -> Delivery | None:
        """Send the same payload once more."""
        with self._lock:
            had = self.deliveries.get(delivery_id)
            if had is None:
                return None
            self._serial += 1
            now = self._clock.seconds()
            again = msgspec.structs.replace(had, id=self._serial, state="waiting", created=now, due=now, attempts=[])
            self.deliveries[again.id] = again
            return again

    def waiting(self, client_id: str) -> int:
        """Count the events that are in no delivery yet."""
        return len(self._pending.get(client_id, ()))

    def forget(self) -> None:
        """Forget all events and deliveries; subscriptions stay."""
        with self._lock:
            self._pending.clear()
            self.deliveries.clear()

    # Snapshots

    def contents(self) -> PostOfficeContents:
        """Return everything, as copies."""
        with self._lock:
            held = PostOfficeContents(
                tuple(self.subscriptions.values()), self._pending, tuple(self.deliveries.values())
            )
            return msgspec.convert(msgspec.to_builtins(held), PostOfficeContents)

    def restore(self, contents: PostOfficeContents) -> None:
        """Return to a snapshot."""
        with self._lock:
            held = msgspec.convert(msgspec.to_builtins(contents), PostOfficeContents)
            self.subscriptions = {each.client_id: each for each in held.subscriptions}
            self._pending = held.pending
            self.deliveries = {each.id: each for each in held.deliveries}
            for delivery in self.deliveries.values():
                if delivery.state == "under way":
                    delivery.state = "waiting"


def _check(asked: Subscription) -> None:
    if not is_web_address(asked.url):
        raise SubscriptionError("url must be https (or http, here)")
    if not asked.categories or not set(asked.categories) <= set(CATEGORIES):
        raise SubscriptionError(f"categories must be some of {', '.join(CATEGORIES)}")
    if asked.batch_size < 1 or asked.copies < 1 or asked.delay_seconds < 0:
        raise SubscriptionError("batch_size and copies must be at least 1, delay_seconds at least 0")
