"""A run: what is refused before anything is written, and the way through the questions."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from daybook.connections import calls, endpoints, whereabouts
from daybook.connections.features import IN_WORDS, Feature
from daybook.connections.models import Connection, TokenSet
from daybook.kit import clock
from daybook.ledgers.ledger import Ledger
from daybook.ledgers.probing import Facts, Found, Left, Made, Probe, Probing
from daybook.ops.probing.pace import KEPT_A_DAY, Caller
from daybook.ops.probing.sheet import NEITHER, NOT_ASKED, File, Said, Sheet
from daybook.ops.processes.stops import Exit, Stop
from daybook.outbox.models import Entry
from daybook.outbox.states import IN_FLIGHT
from daybook.wire.errors import OutcomeUnknown, Refused, Unexpected, WireError
from daybook.wire.http import HttpClient

IN_FLIGHT_WORDS = (
    "{count} of its documents are on their way, or may stand there without our knowing: they come first. Wait until "
    "`daybook status` shows none as sending or unknown, and ask again."
)
NO_SCOPE = (
    "the consent does not cover {scopes}. Switch that on in the connection's settings, give consent anew where its page "
    "asks for it, then ask again"
)
FEW_CALLS = (
    "{left} calls are left of this day, and {needed} are needed beside {kept} kept for posting: ask again tomorrow."
)


@dataclass(frozen=True, slots=True)
class Run:
    """One organisation, its sheet, and who makes the calls."""

    connection: Connection
    probing: Probing
    sheet: Sheet
    file: File
    caller: Caller
    tell: Callable[[str], None]

    def keep(self) -> None:
        """Put the sheet to the disk."""
        self.file.write(self.sheet)


def probing_of(connection: Connection) -> Probing:
    """Return how the connection's ledger is probed. Raises Stop where it cannot be."""
    found = endpoints.ledger_of(connection).probing if connection.is_ledger_known else None
    if found is None:
        message = f"{connection}: there is nothing to ask where this connection leads"
        raise Stop(message, Exit.USAGE)
    return found


def started(connection: Connection, sheet: Sheet, file: File, client: HttpClient, tell: Callable[[str], None]) -> Run:
    """Return a run of a connection that may make calls now. Raises Stop, Paused."""
    whereabouts.refuse_elsewhere()
    if not connection.is_connected:
        message = f"{connection} is not connected: connect it first"
        raise Stop(message, Exit.NEEDS_A_PERSON)
    return Run(connection, probing_of(connection), sheet, file, Caller(connection, client, sheet.mark), tell)


def chosen(probing: Probing, sheet: Sheet, only: Collection[str], *, again: bool) -> list[Probe]:
    """Return what is to be asked: what has no answer yet, or all. Raises Stop for a name that no question has."""
    if unknown := set(only) - {each.name for each in probing.probes}:
        message = f"no question is named {', '.join(sorted(unknown))}; --list names them all"
        raise Stop(message, Exit.USAGE)
    probes = [each for each in probing.probes if not only or each.name in only]
    return [each for each in probes if again or _is_open(sheet.answer_to(each.name))]


def _is_open(said: Said | None) -> bool:
    return said is None or said.answer in {NEITHER, NOT_ASKED}


def calls_needed(probing: Probing, probes: Sequence[Probe]) -> int:
    """Return how many calls the run makes at most."""
    return probing.calls + sum(each.calls for each in probes)


def refuse(run: Run, needed: int) -> None:
    """Refuse what would disturb posting, and an organisation that is none for trials. Raises Stop, WireError."""
    mine = Entry.objects.filter(company_id=run.connection.company_id, organisation=run.connection.organisation_id)
    if count := mine.filter(state__in=IN_FLIGHT).count():
        raise Stop(IN_FLIGHT_WORDS.format(count=count), Exit.NEEDS_A_PERSON)
    if why := calls.carry(run.connection, run.probing.why_not(), asking=run.caller):
        raise Stop(why, Exit.NEEDS_A_PERSON)
    left = Connection.objects.values_list("day_remaining", flat=True).get(pk=run.connection.pk)
    if left is not None and left < needed + KEPT_A_DAY:
        raise Stop(FEW_CALLS.format(left=left, needed=needed, kept=KEPT_A_DAY), Exit.NEEDS_A_PERSON)
    if words := _lacking_scopes(run.connection, run.probing.set_up_scopes):
        raise Stop(words, Exit.NEEDS_A_PERSON)


def ask_all(run: Run, probes: Sequence[Probe]) -> None:
    """Ask, and undo what was made. Raises WireError where no call can be made now; the sheet knows what is left."""
    if run.sheet.made:
        undo(run)
    askable = [each for each in probes if _may_be_asked(run, each)]
    run.keep()
    if not askable:
        return
    mark, made = run.sheet.begin(run.probing.set_up_makes)
    run.keep()
    facts = calls.carry(run.connection, run.probing.set_up(mark), asking=run.caller)
    for probe in askable:
        _ask(run, probe, facts)
    _undo(run, made)


def _may_be_asked(run: Run, probe: Probe) -> bool:
    """Tell whether the consent covers the question; where not, say so on the sheet."""
    words = _lacking_scopes(run.connection, probe.scopes)
    if words:
        run.sheet.note_not_asked(probe, words)
        run.tell(f"{probe.name}: {NOT_ASKED}: {words}")
    return not words


def _ask(run: Run, probe: Probe, facts: Facts) -> None:
    lacking = [run.probing.lacking.get(name, name) for name in probe.needs if not facts.get(name)]
    if lacking:
        run.sheet.note_not_asked(probe, "; ".join(lacking))
        run.keep()
        run.tell(f"{probe.name}: {NOT_ASKED}: {'; '.join(lacking)}")
        return
    before = run.caller.made
    mark, made = run.sheet.begin(probe.makes)
    run.keep()
    found = _found(run, probe, facts, mark)
    run.sheet.note_answer(probe, found, today=clock.now().date(), calls=run.caller.made - before)
    run.keep()
    _undo(run, made)
    said = run.sheet.answer_to(probe.name)
    if said is not None:
        said.calls = run.caller.made - before
        run.keep()
        run.tell(f"{probe.name}: {said.answer}: {said.words}")


def _found(run: Run, probe: Probe, facts: Facts, mark: str) -> Found:
    """Ask one question; an answer that says nothing clear is no answer, and the next question is asked all the same."""
    try:
        return calls.carry(run.connection, probe.ask(facts, mark), asking=run.caller)
    except (Refused, OutcomeUnknown, Unexpected) as error:
        return Found(None, f"no clear answer came: {error}")


def undo(run: Run) -> list[Left]:
    """Undo what the sheet says may stand there; return what could not be. Raises WireError."""
    return _undo(run, [Made(each.list, each.name) for each in run.sheet.made])


def _undo(run: Run, made: list[Made]) -> list[Left]:
    try:
        left = calls.carry(run.connection, run.probing.undo(run.sheet.mark, made), asking=run.caller)
    except (Refused, OutcomeUnknown, Unexpected) as error:
        left = [Left(each, f"no clear answer came: {error}") for each in made]
    run.sheet.note_undone(made, left)
    run.keep()
    return left


def _lacking_scopes(connection: Connection, wanted: Collection[str]) -> str:
    """Return in words which scopes the consent does not cover, "" where it covers them; one to write opens reading too."""
    given = set(TokenSet.objects.filter(connection=connection).values_list("scope", flat=True).get().split())
    lacking = sorted(each for each in wanted if not {each, each.removesuffix(".read")} & given)
    ledger = endpoints.ledger_of(connection)
    return NO_SCOPE.format(scopes=", ".join(_with_feature(ledger, each) for each in lacking)) if lacking else ""


def _with_feature(ledger: Ledger, scope: str) -> str:
    """Return a scope with what Daybook asks for it with, as the settings call that."""
    titles = [IN_WORDS[each].title for each in Feature if scope in ledger.scopes.get(each, ())]
    return f"{scope} (asked for with: {', '.join(titles)})" if titles else scope


__all__ = ["Run", "WireError", "ask_all", "calls_needed", "chosen", "probing_of", "refuse", "started", "undo"]
