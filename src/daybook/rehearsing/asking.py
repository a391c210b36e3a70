"""What a dry run asks of the ledger: lists that are stale, and on request numbers and customers; its calls are said before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from daybook.catalog import customers, matching, refresh
from daybook.connections import calls, endpoints
from daybook.connections.models import Connection
from daybook.documents.causes import Cause, Hold
from daybook.documents.document import Document
from daybook.documents.kinds import Kind
from daybook.kit import clock
from daybook.kit.translation import gettext
from daybook.ledgers.exchange import Sought, Wanted
from daybook.ledgers.foretelling import Foretold
from daybook.ledgers.ledger import Form, Supply
from daybook.rehearsing import knowing
from daybook.rehearsing.rehearsal import Fate
from daybook.rehearsing.running import LookedUp, Run, parties_of, plain
from daybook.wire.http import HttpClient


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What can be looked up, and the calls that it takes."""

    numbers: dict[Kind, list[str]]
    """Of documents that are not in the day book yet: whether something stands there that has them."""
    wanted: Sequence[Wanted]
    """Customers whose contact is not known yet."""
    known: Mapping[str, str]
    """By customer the id of the contact that stood for them: whether it still may be named."""
    calls: int


def question(run: Run) -> Question:
    """Return what of a dry run can be looked up in its ledger, and in how many calls."""
    ledger = endpoints.ledger_of(run.connection)
    numbers: dict[Kind, list[str]] = {}
    for order in run.orders:
        for each in order.documents:
            form = ledger.forms.get(each.kind)
            if each.is_new and each.fate in {Fate.GOES, Fate.REFUSED} and form and form.calls_of_look is not None:
                numbers.setdefault(each.kind, []).append(each.number)
    supply, wanted, known = _supply(run.connection), *_customers(run)
    looks = supply.looks(wanted) if wanted and supply is not None and supply.looks is not None else 0
    looks += supply.looks_by_ids(len(set(known.values()))) if known and supply and supply.looks_by_ids else 0
    counts = [(ledger.forms[kind].calls_of_look, len(found)) for kind, found in numbers.items()]
    return Question(
        numbers=numbers,
        wanted=wanted,
        known=known,
        calls=looks + sum(of(count) for of, count in counts if of is not None),
    )


def _customers(run: Run) -> tuple[list[Wanted], dict[str, str]]:
    """Return the customers whom nobody knows there yet, and the contacts of the others."""
    supply = _supply(run.connection)
    going = run.going(Fate.GOES, Fate.REFUSED)
    parties = parties_of([each.paper for each in going if isinstance(each.paper, Document)])
    if supply is None or not parties:
        return [], {}
    known = customers.stored(run.connection.organisation_id or 0, parties)
    return [supply.wanted(plain(each)) for key, each in parties.items() if key not in known], known


def _supply(connection: Connection) -> Supply | None:
    found = endpoints.ledger_of(connection).supplies.get(customers.SUPPLY)
    return found if found is not None and found.look is not None and found.looks is not None else None


def look_up(connection: Connection, asked: Question, client: HttpClient) -> LookedUp:
    """Ask the ledger which numbers are taken and who customers are; no more calls than were said. Raises WireError.

    Nothing of it is kept: whoever posts asks again.
    """
    ledger, now = endpoints.ledger_of(connection), clock.now()
    taken: dict[tuple[Kind, str], str] = {}
    for kind, numbers in asked.numbers.items():
        taken |= taken_there(connection, ledger.forms[kind], numbers, client, now)
    unfit: dict[str, Foretold] = {}
    words: dict[str, str] = {}
    supply = _supply(connection)
    if asked.known and supply is not None and supply.look_by_ids is not None:
        found = calls.carry(connection, supply.look_by_ids(sorted(set(asked.known.values()))), client=client)
        by_id = {each.contact_id: matching.usable(each) for each in found}
        for key, contact_id in asked.known.items():
            _note(key, by_id.get(contact_id, Hold(Cause.CONTACT_UNUSABLE)), unfit, words)
    if asked.wanted and supply is not None and supply.look is not None:
        there = calls.carry(connection, supply.look(asked.wanted), client=client)
        known = customers.whose(connection.organisation_id or 0, [each.contact_id for each in there])
        for each in asked.wanted:
            match = matching.match(each.party, there, known) if each.party is not None else matching.Make(each.key)
            _note(each.key, match, unfit, words)
    return LookedUp(taken=taken, unfit=unfit, customers=words, calls=asked.calls)


def _note(key: str, match: matching.Match, unfit: dict[str, Foretold], words: dict[str, str]) -> None:
    if isinstance(match, Hold):
        unfit[key] = Foretold(match.cause, match.subject, match.detail)
    else:
        words[key] = _in_words(match)


def taken_there(
    connection: Connection, form: Form, numbers: Sequence[str], client: HttpClient, now: datetime
) -> dict[tuple[Kind, str], str]:
    """Return, by kind and number, what stands there under them. Raises WireError."""
    found: dict[tuple[Kind, str], str] = {}
    sought = [Sought(number=each, since=now, is_stubborn=True) for each in numbers]
    for each in calls.carry(connection, form.look(sought), client=client):
        words = gettext("There is one of {contact}, {status}.")
        who, status = each.contact_name or gettext("another contact"), each.status.lower()
        found[(form.kind, each.number.upper())] = words.format(contact=who, status=status)
    return found


def _in_words(match: matching.Match) -> str:
    match match:
        case matching.Found(contact):
            return gettext("{contact}, who is there").format(contact=contact.name)
        case matching.Merged():
            return gettext("the contact that theirs was merged into")
        case matching.Make(name):
            return gettext("{contact}, who would be made").format(contact=name)
    return ""


def read_stale(connection: Connection, client: HttpClient, now: datetime) -> int:
    """Read again the lists that are stale, one call each; return how many. Raises WireError."""
    names = knowing.stale(knowing.readings(connection, now))
    if names:
        refresh.refresh(connection, resources=names, whole=True, client=client)
    return len(names)
