"""One trial: orders are sent in while blows strike, until all is settled; then the books are compared with the orders."""

import contextlib
import http.client
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from tests.chaos import audit, persons, proxy, witness
from tests.chaos.audit import Audit
from tests.chaos.orders import CAST, Delivery, Trade
from tests.chaos.schedule import Blow, Deed
from tests.chaos.world import World, waits

API = ("/api.xro/", "/connections")
IDENTITY = ("/connect/",)
ANSWERED_WITHIN = 60
SENDERS = 4
LEAVES_WITHIN = "interval '61 seconds'"
"""Of the trial's time (docs/states.md, how a document stays single, 3), and one for the look at the clock."""
AGAIN_AFTER = 0.5
UNDER_WAY = ("ready", "sending", "unknown")
STEADY = 3
"""Times that nothing moves before all counts as settled."""


@dataclass(slots=True)
class Result:
    """What a trial showed."""

    audit: Audit
    by_company: list[tuple[str, str, int, int, int, int]] = field(default_factory=list)
    struck: Counter[str] = field(default_factory=Counter)
    never_met: list[str] = field(default_factory=list)
    died: Counter[str] = field(default_factory=Counter)
    calls: dict[str, int] = field(default_factory=dict)
    deliveries: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    """What is wrong besides the books: each a sentence."""
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def is_well(self) -> bool:
        """Return whether the promise was kept."""
        return self.audit.is_well and not self.faults


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a trial takes, in seconds of this machine."""

    seconds: float
    """In which orders come and blows strike, were no blow waited for."""
    meets: float
    """So long the trial stands still for a blow to meet its call; then the blow waits on by itself."""
    patience: float
    """In which all must settle afterwards."""


@dataclass(slots=True)
class Sender:
    """The OMS: sends each delivery until it is answered, as one that means it does; several at a time."""

    world: World
    gives_up_at: float
    unanswered: int = 0
    refused: list[str] = field(default_factory=list)
    waiting: queue.SimpleQueue[Delivery | None] = field(default_factory=queue.SimpleQueue)

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """Send what is delivered in the block; all is answered, or given up, when it ends."""
        threads = [threading.Thread(target=self._work) for _ in range(SENDERS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            for _ in threads:
                self.waiting.put(None)
            for thread in threads:
                thread.join()

    def deliver(self, delivery: Delivery) -> None:
        """Send one, behind those that wait."""
        self.waiting.put(delivery)

    def _work(self) -> None:
        keys = {each["letter"]: each["key"] for each in self.world.companies}
        while (delivery := self.waiting.get()) is not None:
            self._send(delivery, keys[delivery.letter])

    def _send(self, delivery: Delivery, key: str) -> None:
        """Send again and again under its key until Daybook says what became of it."""
        while time.monotonic() < self.gives_up_at:
            status, said = self._once(delivery, key)
            if status == 200:
                return
            if status and status < 500 and status not in {429, 408}:
                self.refused.append(f"{delivery.key}: {status} {said[:200]}")
                return
            self.unanswered += 1
            time.sleep(AGAIN_AFTER)
        self.refused.append(f"{delivery.key}: never answered")

    def _once(self, delivery: Delivery, key: str) -> tuple[int, str]:
        host, _, port = self.world.web_url.removeprefix("http://").partition(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=ANSWERED_WITHIN)
        headers = {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
            "Idempotency-Key": delivery.key,
        }
        try:
            connection.request("POST", "/api/v1/orders", delivery.body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()


def play(world: World, trade: Trade, blows: Sequence[Blow], pace: Pace, *, say: Callable[[str], None]) -> Result:
    """Send and strike, wait for all to settle, and audit."""
    began = time.monotonic()
    world.write_by_hand(trade.taken)
    sender = Sender(world, began + 10 * pace.seconds + pace.patience)
    with sender.working():
        _perform(world, sorted([*trade.deliveries, *blows], key=lambda each: each.at), sender, pace)
    sent = time.monotonic()
    say(f"all is sent after {sent - began:.0f} s; now it has to settle")
    left = _calm(world)
    persons.all_is_over(world, pace.patience)
    settled = _settle(world, trade, pace.patience)
    settling = time.monotonic() - sent
    result = _audited(world, trade)
    result.struck, result.died = world.strikes.struck, world.died
    result.never_met = sorted({each.kind.words for each in left} - set(world.strikes.struck))
    result.deliveries = _counted(trade, sender)
    result.seconds = {"sending": sent - began, "settling": settling}
    result.faults += [f"refused: {each}" for each in sender.refused] + world.breaches
    if not settled:
        result.faults.append(f"not settled within {pace.patience:.0f} s: {_open(world)}")
    return result


def _perform(world: World, acts: Sequence[Delivery | Blow], sender: Sender, pace: Pace) -> None:
    """Do one act after the other. Who lies down is not struck again: a blow waits until some worker works, and is
    waited for a little, where it waits for a call, so that it meets one.
    """
    started = time.monotonic()
    for act in acts:
        time.sleep(max(0.0, started + act.at * pace.seconds - time.monotonic()))
        if isinstance(act, Delivery):
            sender.deliver(act)
            continue
        before = time.monotonic()
        waits(world.is_at_work, pace.patience)
        if act.kind.call is None:
            world.strikes.struck[act.kind.words] += 1
            _strike(world, act)
        else:
            world.strikes.arm(act)
            waits(lambda: act not in world.strikes.armed, pace.meets)  # noqa: B023  # called at once
        started += time.monotonic() - before


def _strike(world: World, blow: Blow) -> None:  # noqa: C901, PLR0912 - one line for each kind
    worker = world.workers()[blow.worker]
    match blow.kind.deed:
        case Deed.KILL:
            world.kill(worker)
        case Deed.PAUSE:
            world.pause(worker, blow.lasts)
        case Deed.THROTTLE:
            world.strikes.open_window(blow, API, proxy.throttled("minute", round(blow.lasts)))
        case Deed.CONCURRENT:
            world.strikes.open_window(blow, API, proxy.throttled("concurrent", None))
        case Deed.AWAY:
            world.strikes.open_window(blow, API, proxy.AWAY)
        case Deed.IDENTITY_AWAY:
            world.strikes.open_window(blow, IDENTITY, proxy.AWAY)
        case Deed.TOKENS_END:
            world.xero("faults", {"kind": "token_expiry", "times": 3})
        case Deed.THEIR_CLOCK:
            world.xero("clock", {"advance_seconds": blow.lasts})
        case Deed.OUR_CLOCK:
            with world.lock:
                worker.environ = world.environ(ahead=blow.lasts)
            world.kill(worker)
        case Deed.RESTART_DATABASE | Deed.CRASH_DATABASE:
            world.restart_database("fast" if blow.kind.deed is Deed.RESTART_DATABASE else "immediate")
        case Deed.KILL_WEB:
            world.kill(world.programs["web"])
        case Deed.STOP_POSTING:
            persons.stop_posting(world, blow)
        case Deed.WITHDRAW:
            persons.withdraw(world, blow)


def _calm(world: World) -> list[Blow]:
    """Let nothing strike any more; return what never met its call."""
    left = world.strikes.disarm()
    world.xero("faults", method="DELETE")
    return left


def _open(world: World) -> str:
    states = ",".join(f"'{state}'" for state in UNDER_WAY)
    rows = world.rows(
        f"SELECT kind, state, count(*), min(number) FROM outbox_entry WHERE state IN ({states}) GROUP BY 1, 2"  # noqa: S608
    )
    paused = world.rows("SELECT id, status, paused_until, pause_reason FROM connections_connection ORDER BY id")
    return f"{rows or 'nothing is under way'}; connections {paused}; now {world.now():%H:%M:%S}"


def _settle(world: World, trade: Trade, patience: float) -> bool:
    """Wait until nothing is under way, nobody is stopped, and it stays so for a while."""
    steady = 0
    wanted = len(trade.papers)

    def is_settled() -> bool:
        nonlocal steady
        steady = steady + 1 if _is_still(world, wanted) else 0
        return steady >= STEADY

    return waits(is_settled, patience)


def _is_still(world: World, wanted: int) -> bool:
    states = ",".join(f"'{state}'" for state in UNDER_WAY)
    [(busy, posted, unprepared)] = world.rows(
        f"SELECT (SELECT count(*) FROM outbox_entry WHERE state IN ({states})),"  # noqa: S608
        " (SELECT count(*) FROM outbox_entry WHERE state = 'posted'),"
        " (SELECT count(*) FROM orders_orderstanding WHERE unprepared_since IS NOT NULL)"
    )
    is_anybody_stopped = any(program.paused_until for program in world.programs.values())
    return busy == 0 and unprepared == 0 and posted >= wanted and not is_anybody_stopped


def _audited(world: World, trade: Trade) -> Result:
    countries = {role.letter: role.country for role in CAST}
    tenants = {countries[each["letter"]]: each["tenant"] for each in world.companies}
    found = [
        paper
        for country, tenant in tenants.items()
        for paper in audit.papers_in(country, world.xero(f"books/{tenant}"))
    ]
    result = Result(audit.compare(trade.papers, found))
    for role in CAST:
        mine = [each for each in found if each.number.startswith(role.letter)]
        wanted = [each for each in trade.papers if each.number.startswith(role.letter)]
        counts = [sum(each.kind == kind for each in side) for kind in audit.LISTS for side in (wanted, mine)]
        result.by_company.append((role.name, "Tracked" if role.is_tracked else "Untracked", *counts))
    result.calls = _calls(world)
    result.faults += [*_persons_needed(world, trade), *_chain(world), *_on_the_wire(world)]
    return result


def _calls(world: World) -> dict[str, int]:
    """Return what Daybook's own account of its calls says, for the table."""
    results = dict(world.rows("SELECT result, count(*) FROM outbox_attempt GROUP BY 1 ORDER BY 1"))
    unknown = world.rows("SELECT count(*) FROM history_event WHERE new_state = 'unknown' AND old_state = 'sending'")
    resent = world.rows("SELECT count(*) FROM outbox_attempt WHERE resent_at IS NOT NULL")
    found = world.rows(
        "SELECT count(*) FROM history_event WHERE new_state = 'posted' AND old_state = 'unknown' AND mover = 'reconciliation'"
    )
    return {
        "writing calls": sum(results.values()),
        "without a clear answer": results.get("unknown", 0),
        "sent a second time": resent[0][0],
        "documents in doubt": unknown[0][0],
        "found by looking": found[0][0],
    }


def _persons_needed(world: World, trade: Trade) -> list[str]:
    """Return what needs a person and should not, and the other way round."""
    held = {
        number
        for (number,) in world.rows(
            "SELECT o.ref FROM orders_order o JOIN orders_orderstanding s ON s.order_id = o.id WHERE s.standing = 'held'"
        )
    }
    stuck = world.rows(
        "SELECT number, kind, state, cause, attention, detail, attention_detail FROM outbox_entry"
        " WHERE state IN ('held', 'rejected') OR attention <> '' OR state = 'cancelled' ORDER BY number"
    )
    faults = [
        f"{number} needs a person: {state} {rest}" for number, _, state, *rest in stuck if number not in trade.needy
    ]
    faults += [f"{number} is held" for number in sorted(held - trade.needy)]
    posted = {
        number
        for (number,) in world.rows("SELECT number FROM outbox_entry WHERE state = 'posted' AND kind = 'invoice'")
    }
    faults += [f"{number} was posted, and should need a person" for number in sorted(trade.needy & posted)]
    known = {number for number, *_ in stuck} | held
    return faults + [f"{number} should need a person and does not" for number in sorted(trade.needy - known)]


def _chain(world: World) -> list[str]:
    """The sealed history must hold, too, and no connection may have been lost."""
    ended = world.daybook("audit", "verify")
    faults = [] if ended.returncode == 0 else [f"daybook audit verify: {(ended.stdout + ended.stderr).strip()[-500:]}"]
    lost = world.rows("SELECT status, status_reason FROM connections_connection WHERE status <> 'connected'")
    return faults + [f"a connection is {status}: {reason}" for status, reason in lost]


def _on_the_wire(world: World) -> list[str]:
    """Return what passed between both programs and should not have."""
    committed = dict(world.rows("SELECT idempotency_key, id FROM outbox_attempt"))
    late = world.rows(
        f"SELECT public_id FROM outbox_attempt WHERE greatest(sent_at, resent_at) > created_at + {LEAVES_WITHIN}"  # noqa: S608
    )
    faults = [f"the call {name} left too late after it was written down" for (name,) in late]
    return faults + witness.breaches(world.strikes.record, committed)


def _counted(trade: Trade, sender: Sender) -> dict[str, int]:
    return {
        "orders": trade.orders,
        "deliveries": len(trade.deliveries),
        "doubled": sum(each.is_double for each in trade.deliveries),
        "older after newer": sum(each.is_late for each in trade.deliveries),
        "sent again for want of an answer": sender.unanswered,
    }
