"""Carries deliveries to their subscribers: five seconds, status 200, no body, no cookies (xero-rules.md 7)."""

import threading
from dataclasses import dataclass

from localkit.posting import Reply, Send, post
from localxero.webhooks.post import Delivery, PostOffice, Subscription

SECONDS = 5.0
PAUSE = 0.2


@dataclass(frozen=True, slots=True)
class Judged:
    """A reply as Xero sees it."""

    status: int | None
    problem: str


def judged(reply: Reply, expects: int) -> Judged:
    """Say what Xero would not accept in a reply."""
    if reply.status is None:
        return Judged(None, reply.reason or "no answer")
    if reply.seconds > SECONDS:
        return Judged(reply.status, f"answered after {reply.seconds:.1f} seconds, not within 5")
    if reply.status != expects:
        signed = "correctly" if expects == 200 else "incorrectly"
        return Judged(reply.status, f"answered {reply.status} instead of {expects} to a payload signed {signed}")
    if reply.body:
        return Judged(reply.status, "the answer has a body")
    return Judged(reply.status, "the answer sets cookies" if reply.cookies else "")


def post_in_time(url: str, headers: dict[str, str], body: bytes) -> Reply:
    """Send one POST, as long as Xero waits."""
    return post(url, headers, body, seconds=SECONDS)


class Courier:
    """Sends what is due, on demand or in a thread."""

    def __init__(self, office: PostOffice, send: Send = post_in_time) -> None:
        self.office = office
        self.send = send
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def deliver(self) -> list[Delivery]:
        """Send everything that is due now, and return it."""
        sent = self.office.due()
        for delivery in sent:
            self.office.settle(delivery, judged(self._carry(delivery), delivery.expects))
        return sent

    def verify(self, client_id: str) -> Subscription:
        """Send an intent to receive and decide on it."""
        intents = self.office.intents(client_id)
        return self.office.judge(client_id, [(each, judged(self._carry(each), each.expects)) for each in intents])

    def _carry(self, delivery: Delivery) -> Reply:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "x-xero-signature": delivery.signature,
            "User-Agent": "Xero-Webhooks (localxero)",
        }
        return self.send(delivery.url, headers, delivery.body.encode())

    def start(self) -> None:
        """Deliver in a thread until stopped."""
        if self._thread is None:
            self._stop.clear()
            self._thread = threading.Thread(target=self._run, daemon=True, name="webhooks")
            self._thread.start()

    def stop(self) -> None:
        """Stop the thread."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(SECONDS)
            self._thread = None

    def _run(self) -> None:
        while not self._stop.wait(PAUSE):
            self.deliver()
