"""Deliberate faults in posting and resolving, one at a time: each must be noticed.

Each is a search and a replacement; where the text is gone the list is wrong and says so. `tests` notice it in seconds and
run for two of them with every commit; the short trial notices it from outside, but where `coarse` says why it cannot.
"""

from dataclasses import dataclass
from pathlib import Path

DRAIN = "tests/integration/posting/test_drain.py"
UNCLEAR, SECOND = f"{DRAIN}::TestUnclearAnswers", f"{DRAIN}::TestASecondWorker"
LATE = "tests/integration/posting/test_late_answers.py"
TWO = "tests/integration/posting/test_two_workers.py"
OUTCOMES = "tests/unit/ledgers/xero/test_outcomes.py"
PAID = "tests/integration/payments/test_exactly_once.py"
ALLOCATED = "tests/integration/credits/test_exactly_once.py"
COMPARE = "tests/unit/reconciliation/test_compare.py"


class TextGoneError(Exception):
    """The source has changed: the fault can no longer be made as it is written down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One fault."""

    name: str
    file: str
    """Below `src/daybook`."""
    old: str
    new: str
    tests: tuple[str, ...]
    """What notices it in process."""
    coarse: str = ""
    """Why a trial does not notice it for certain; "" where it must."""

    def put_into(self, source: Path) -> None:
        """Make the fault in a copy of `src`. Raises TextGoneError."""
        path = source / "daybook" / self.file
        text = path.read_text() if path.is_file() else ""
        if text.count(self.old) != 1:
            message = f"{self.name}: {self.file} holds {text.count(self.old)} times, not once: {self.old}"
            raise TextGoneError(message)
        path.write_text(text.replace(self.old, self.new))


MUTANTS = (
    Mutant(
        name="sends again without a look",
        file="reconciliation/resolve.py",
        old="found = calls.carry(connection, form.look([_sought(entry) for entry in entries]), client=client)",
        new="found: list[Theirs] = []",
        tests=(UNCLEAR,),
    ),
    Mutant(
        name="lets the documents of a lost call go at once",
        file="reconciliation/resolve.py",
        old="settling.doubt(batch, member.entry, reason=attempt.note)",
        new="settling.doubt(batch, member.entry, reason='')\n        settling.release(batch, member.entry, reason='')",
        tests=(LATE, SECOND),
    ),
    Mutant(
        name="looks before the call can have ended",
        file="reconciliation/resolve.py",
        old="last_attempt__ended_at__lt=now - patience.look_after",
        new="last_attempt__ended_at__lt=now",
        tests=(UNCLEAR,),
        coarse="a look too early only misses what is booked in the very moment between",
    ),
    Mutant(
        name="never looks for what was answered and not settled",
        file="reconciliation/resolve.py",
        old="state__in=[State.UNKNOWN, State.SENDING], last_attempt__ended_at__lt",
        new="state__in=[State.UNKNOWN], last_attempt__ended_at__lt",
        tests=("tests/integration/posting/test_killed_worker.py",),
        coarse="between an answer's writing down and its settling lie milliseconds; a named test kills at every step",
    ),
    Mutant(
        name="forgets the mark",
        file="mapping/references.py",
        old="    if not order.mark:",
        new="    if order.mark:",
        tests=("tests/unit/mapping/test_references.py",),
    ),
    Mutant(
        name="takes whatever has the number for ours",
        file="reconciliation/compare.py",
        old="return is_marked and Sent(",
        new="return Sent(",
        tests=(COMPARE,),
    ),
    Mutant(
        name="takes the newest that a look shows for ours",
        file="reconciliation/compare.py",
        old="mine = [theirs for theirs in same_number if not is_marked or _is_ours(ours, theirs)]",
        new="mine = list(found)[-1:]",
        tests=(COMPARE,),
    ),
    Mutant(
        name="begins a call while posting is stopped",
        file="posting/ground.py",
        old="is_same and now.is_connected and not is_shut else None",
        new="is_same and now.is_connected else None",
        tests=("tests/integration/posting/test_stopping.py",),
        coarse="posting is stopped in long trials only, which count what is begun meanwhile",
    ),
    Mutant(
        name="takes a number that stands there for a refusal",
        file="ledgers/xero/answers.py",
        old="if any(messages.is_already_there(message) for message in errors_found):",
        new="if not errors_found:",
        tests=(OUTCOMES,),
        coarse="our own echo comes only where the key was forgotten between two sendings of one attempt",
    ),
    Mutant(
        name="takes an unclear answer for a refusal",
        file="ledgers/xero/answers.py",
        old="    return Unknown(str(error))",
        new="    return Rejected((str(error),))",
        tests=(OUTCOMES,),
        coarse="the second sending under the same key is answered clearly: both would have to end without an answer",
    ),
    Mutant(
        name="takes an unclear answer for a call that never left",
        file="ledgers/xero/answers.py",
        old="    return Unknown(str(error))",
        new="    return NotSent(str(error))",
        tests=(OUTCOMES,),
        coarse="the second sending under the same key is answered clearly: both would have to end without an answer",
    ),
    Mutant(
        name="takes half an answer for a call that never left",
        file="ledgers/xero/answers.py",
        old="return [Unknown(error.words)] * len(numbers)",
        new="return [NotSent(error.words)] * len(numbers)",
        tests=(OUTCOMES,),
        coarse="a connection that is cut is no answer at all; half of one comes only from a gateway that counts anew",
    ),
    Mutant(
        name="takes no answer for a call that never left",
        file="ledgers/exchange.py",
        old="return [NotSent(error.words) if never_left else Unknown(error.words)] * count",
        new="return [NotSent(error.words)] * count",
        tests=(OUTCOMES,),
        coarse="the second sending under the same key is answered clearly: both would have to end without an answer",
    ),
    Mutant(
        name="believes that a second sending turned away says what became of the first",
        file="ledgers/xero/answers.py",
        old="if protocol.is_turned_away(error) and not resent:",
        new="if protocol.is_turned_away(error):",
        tests=(OUTCOMES,),
        coarse="the limit would have to be met between two sendings, seconds apart",
    ),
    Mutant(
        name="sends the same bytes again under another key",
        file="posting/delivery.py",
        old="return sender.ledger.dress(stored, sender.access, attempt.idempotency_key)",
        new="return sender.ledger.dress(stored, sender.access, f'{attempt.idempotency_key}{clock.now():%H%M%S%f}')",
        tests=(UNCLEAR,),
    ),
    Mutant(
        name="loses the fence: what was given up may still leave",
        file="outbox/queue.py",
        old="id=attempt.id, company_id=attempt.company_id, result=Attempt.Result.PENDING, sent_at=None",
        new="id=attempt.id, company_id=attempt.company_id, sent_at=None",
        tests=(SECOND, LATE),
        coarse="a worker would have to be stopped between two statements, and Xero's unique number hides the rest",
    ),
    Mutant(
        name="lets a call leave however old it is",
        file="posting/delivery.py",
        old="    is_young = clock.now() - attempt.created_at <= LEAVES_WITHIN\n    if not is_young",
        new="    is_young = True\n    if not is_young",
        tests=(TWO,),
        coarse="a worker would have to be stopped between commit and sending, for a minute and not for four",
    ),
    Mutant(
        name="lets a late answer of a call that was given up settle",
        file="outbox/settling.py",
        old="return _concerns(batch, entry) and batch.mover in MOVES.get((State(entry.state), new), frozenset())",
        new="return _concerns(batch, entry)",
        tests=(LATE,),
        coarse="the table of states refuses the move, loudly, and the look settles it all the same",
    ),
    Mutant(
        name="settles the wrong attempt",
        file="outbox/settling.py",
        old="return entry.last_attempt_id == batch.attempt.pk and entry.state in {State.SENDING, State.UNKNOWN}",
        new="return entry.state in {State.SENDING, State.UNKNOWN}",
        tests=(TWO,),
        coarse="a stopped worker would have to wake while others have just sent anew",
    ),
    Mutant(
        name="refreshes tokens without a lock",
        file="connections/tokens.py",
        old="TokenSet.objects.filter(connection_id=connection_id).select_for_update().first()",
        new="TokenSet.objects.filter(connection_id=connection_id).first()",
        tests=("tests/integration/connections/test_tokens.py",),
        coarse="Xero takes an old refresh token for thirty minutes more, so that nothing comes of it there",
    ),
    Mutant(
        name="takes what another worker is just taking",
        file="outbox/queue.py",
        old='now, only).select_for_update(of=("self",), skip_locked=True)',
        new="now, only)",
        tests=(TWO,),
        coarse="the queue runs one drain of a connection at a time; two meet only where a job was given to others",
    ),
    Mutant(
        name="pays without reading what is outstanding",
        file="ledgers/xero/payments.py",
        old="return [None if free else _judged(each, there, left, made) for each, free in pairs]",
        new="return [None for _ in pairs]",
        tests=(f"{PAID}::TestAnInvoiceThatSomebodyHasPaid",),
        coarse="in a trial nobody else pays, and a look comes before whatever is sent again",
    ),
    Mutant(
        name="pays again in doubt, whatever stands there",
        file="ledgers/xero/payments.py",
        old="    made = yield from _made_on(list(dict.fromkeys(each.target for each in sought if each.target)))\n",
        new="    made: dict[str, list[Element]] = {}\n    yield from ()\n",
        tests=(f"{PAID}::test_every_unclear_end_of_a_call_comes_to_each_payment_once",),
        coarse="what was paid is read just before the call once more; only how the payment ends differs",
    ),
    Mutant(
        name="allocates again in doubt, whatever stands there",
        file="ledgers/xero/allocations.py",
        old="mine = [row for row in rows if _is_this(row, each.document)]",
        new="mine: list[Element] = []",
        tests=(f"{ALLOCATED}::test_every_unclear_end_of_a_call_comes_to_each_once",),
        coarse="the note is read just before the call once more; only how the allocation ends differs",
    ),
    Mutant(
        name="credits what the invoice was lowered by",
        file="intake/noted.py",
        old="off = {each.refund for each in posted.lowered_by}",
        new="off: set[str] = set()",
        tests=("tests/integration/credits/test_refunds.py::TestARefundBeforeTheInvoiceIsPosted",),
    ),
)
