"""One trial: orders are sent in while blows strike, until all is settled; then the books are compared with the orders."""

import contextlib
import http.client
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from daybook.ops.processes import waiting
from tests.chaos import audit, persons, proxy, witness
from tests.chaos.audit import Audit
from tests.chaos.cast import CAST, Account
from tests.chaos.orders import Delivery, Trade
from tests.chaos.schedule import Blow, Deed
from tests.chaos.world import World, waits

API = ("/api.xro/", "/connections")
IDENTITY = ("/connect/",)
ANSWERED_WITHIN = 60
SENDERS = 4
LEAVES_WITHIN = "interval '61 seconds'"
"""Of the trial's time (docs/states.md, how a document stays single, 3), and one for the look at the clock."""
AGAIN_AFTER = 0.5
UNDER_WAY = "state IN ('ready', 'sending', 'unknown')"
STEADY, LOOKS_EVERY = 5, 0.4
"""Times that nothing has moved, and the seconds between them, before all counts as settled."""
LATER = 65 * 60.0
"""Longer than a token lives and than it takes until approvals are looked for, in the trial's own seconds."""
LOOKED_WITHIN = 20.0
"""Seconds of this machine, in which the job that looks comes round."""
MOVES = (
    "SELECT (SELECT count(*) FROM outbox_entry WHERE state = 'sending' OR state = 'ready' AND open_needs = 0)"
    " + (SELECT count(*) FROM orders_orderstanding WHERE unprepared_since IS NOT NULL),"
    " (SELECT count(*) FROM history_event), (SELECT count(*) FROM outbox_attempt)"
)


@dataclass(slots=True)
class Result:
    """What a trial showed."""

    audit: Audit
    by_company: list[tuple[str, str, list[int]]] = field(default_factory=list)
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
    approved = threading.Event()
    approving = persons.keep_approving(world, approved)
    with sender.working():
        _perform(world, sorted([*trade.deliveries, *blows], key=lambda each: each.at), sender, pace)
    sent = time.monotonic()
    say(f"all is sent after {sent - began:.0f} s; now it has to settle")
    left = _calm(world)
    persons.all_is_over(world, pace.patience)
    approved.set()
    approving.join(pace.patience)
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
    rows = world.rows(f"SELECT kind, state, count(*), min(number) FROM outbox_entry WHERE {UNDER_WAY} GROUP BY 1, 2")  # noqa: S608
    paused = world.rows("SELECT id, status, paused_until, pause_reason FROM connections_connection ORDER BY id")
    return f"{rows or 'nothing is under way'}; connections {paused}; now {world.now():%H:%M:%S}"


def _settle(world: World, trade: Trade, patience: float) -> bool:
    """Wait until nothing is under way; whatever waits for its hour (a look, an approval seen) is given hours.

    A payment in doubt is looked for when the token of its call has ended, and approvals are looked for hourly.
    """
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if not waits(lambda: _is_nobody_stopped(world), patience) or not _comes_to_rest(world, patience):
            return False
        if _is_done(world, trade.fewest):
            return True
        persons.approve(world)
        world.pass_time(LATER)
        waits(lambda: _has_looked_for_approvals(world), LOOKED_WITHIN)
    return False


def _has_looked_for_approvals(world: World) -> bool:
    """Return whether nobody waits any more to hear what was approved."""
    awaited = (
        "SELECT 1 FROM outbox_entryneed n JOIN outbox_entry e ON e.id = n.needed_id WHERE n.company_id = c.company_id"
    )
    still = f"{awaited} AND n.met_at IS NULL AND e.state = 'posted'"
    [(count,)] = world.rows(f"SELECT count(*) FROM connections_connection c WHERE EXISTS ({still})")  # noqa: S608
    return not count


def _is_nobody_stopped(world: World) -> bool:
    return not any(program.paused_until for program in world.programs.values())


def _comes_to_rest(world: World, patience: float) -> bool:
    """Return whether, within so many seconds, nothing that may go is left and nothing has moved for a while."""
    before, steady = "", 0

    def is_still() -> bool:
        nonlocal before, steady
        [(hasty, *moves)] = world.rows(MOVES)
        steady = steady + 1 if not hasty and str(moves) == before else 0
        before = str(moves)
        return steady >= STEADY

    return bool(waiting.until(is_still, seconds=patience, every=LOOKS_EVERY))


def _is_done(world: World, fewest: int) -> bool:
    [(busy, posted)] = world.rows(
        f"SELECT (SELECT count(*) FROM outbox_entry WHERE {UNDER_WAY}),"  # noqa: S608
        " (SELECT count(*) FROM outbox_entry WHERE state = 'posted')"
    )
    return bool(busy == 0 and posted >= fewest)


def _audited(world: World, trade: Trade) -> Result:
    tenants = {each["letter"]: each["tenant"] for each in world.companies}
    found = [
        paper for role in CAST for paper in audit.papers_in(role.country, world.xero(f"books/{tenants[role.letter]}"))
    ]
    wanted = trade.papers(found)
    there = Counter[Account]()
    for role in CAST:
        there.update(audit.balances_in(role, world.xero(f"balances/{tenants[role.letter]}")))
    result = Result(audit.compare(wanted, found, trade.balances, there))
    for role in CAST:
        counts = [
            sum(each.kind == kind and each.country == role.country for each in side)
            for kind in audit.KINDS
            for side in (wanted, found)
        ]
        result.by_company.append((role.name, role.status, counts))
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
        "SELECT o.ref, e.number, e.kind, e.state, e.cause, e.attention, e.detail, e.attention_detail"
        " FROM outbox_entry e JOIN orders_order o ON o.id = e.order_id"
        " WHERE e.state IN ('held', 'rejected') OR e.attention <> '' OR e.cause = 'settled_there'"
        " ORDER BY e.number"
    )
    of_money = {ref for ref, _, kind, *_ in stuck if kind == "payment" and ref in trade.unpaid}
    faults = [
        f"{kind} {number} needs a person: {state} {rest}"
        for ref, number, kind, state, *rest in stuck
        if ref not in (trade.unpaid if kind == "payment" else trade.needy)
    ]
    faults += [f"{number} is held" for number in sorted(held - trade.needy - trade.unpaid)]
    posted = {
        number
        for (number,) in world.rows("SELECT number FROM outbox_entry WHERE state = 'posted' AND kind = 'invoice'")
    }
    faults += [f"{number} was posted, and should need a person" for number in sorted(trade.needy & posted)]
    known = {ref for ref, *_ in stuck} | held
    faults += [f"{number} should need a person and does not" for number in sorted(trade.needy - known)]
    return faults + [f"a payment of {number} should need a person" for number in sorted(trade.unpaid - of_money)]


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
