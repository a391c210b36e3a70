"""A gateway's clearing account is made in the ledger on a person's wish, once, and the gateway is mapped to it.

    the list is read: it is there already -> mapped | its code or name is another's -> said, nothing is sent
    asked_* on the gateway and the attempt, in one transaction -> one call -> mapped | refused | nobody knows
    nobody knows -> the list is read, at once and whenever a person asks again: there -> mapped
                    not there -> nothing is sent until the call can not arrive any more; then it was not made

No two accounts of a ledger share a code or a name, so that an account found under both is the one that was asked for.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import QuerySet

from daybook.catalog import refresh
from daybook.catalog.models import Account
from daybook.companies.models import Person
from daybook.connections import endpoints, features, roster, tokens
from daybook.connections.models import Connection, Gateway
from daybook.connections.saving import saving
from daybook.kit import clock
from daybook.ledgers.exchange import NotSent, Outcome, Posted, Rejected
from daybook.ledgers.ledger import NewAccount
from daybook.ledgers.lists import ACTIVE, AccountUse, ListName
from daybook.mapping import gateways
from daybook.outbox import queue, wake
from daybook.posting import delivery, ground
from daybook.posting.ground import LIFE_FOR_A_CALL, Sender
from daybook.wire.errors import WireError
from daybook.wire.http import HttpClient

DOUBT = timedelta(minutes=10)
"""So long a call that got no answer may still arrive: it is given up long before that, and its key is forgotten after
six minutes (xero-rules.md 3)."""
STOPPED = "Posting was stopped, or another organisation connected, meanwhile."


class End(StrEnum):
    """What came of it."""

    MADE = "made"
    WAS_THERE = "was_there"
    """It had been made before, by a call without an answer or by somebody: the gateway is mapped to it."""
    CODE_TAKEN = "code_taken"
    NAME_TAKEN = "name_taken"
    REFUSED = "refused"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"
    CONSENT_LACKS = "consent_lacks"
    DECIDED = "decided"
    """The gateway has an account by now."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How it ended, and what else there is to say."""

    end: End
    words: str = ""
    """The ledger's own, or whose the code or name is."""


def proposal(gateway: Gateway) -> NewAccount:
    """Return the account that a person is offered: the one already asked for, else a free code and a name."""
    is_owed = gateway.name in gateways.OWED
    if gateway.asked_at is not None:
        return NewAccount(gateway.asked_code, gateway.asked_name, is_owed)
    maker = endpoints.ledger_of(gateway.connection).account_maker
    taken = set(_chart(gateway.connection).values_list("code", flat=True))
    name = gateways.proposed_name(gateway.name, gateway.currency, maker.longest_name if maker else 0)
    there = _chart(gateway.connection).filter(name__iexact=name, status=ACTIVE, takes_payments=True).first()
    return NewAccount(there.code if there else gateways.proposed_code(gateway.name, taken), name, is_owed)


def is_granted(connection: Connection) -> bool:
    """Tell whether the consent that was given covers making accounts."""
    ledger = endpoints.ledger_of(connection)
    scope = getattr(getattr(connection, "token_set", None), "scope", "")
    return ledger.account_maker is not None and features.is_granted(ledger, scope, ledger.account_maker.feature)


def make(gateway: Gateway, wanted: NewAccount, person: Person, *, client: HttpClient | None = None) -> Ending:
    """Have the account there and the gateway mapped to it. Raises WireError where the ledger can not be asked."""
    sender = sender_of(gateway.connection, client or endpoints.client())
    if gateway.account_id:
        return Ending(End.DECIDED)
    refresh.refresh(gateway.connection, resources=(ListName.ACCOUNTS,), client=sender.client)
    if gateway.asked_at is not None and (ended := _settle(gateway, person)) is not None:
        return ended
    if (found := looked(gateway.connection, wanted)) is not None:
        return _mapped(gateway, found, person, End.WAS_THERE) if isinstance(found, Account) else found
    return _ask(gateway, wanted, person, sender)


def sender_of(connection: Connection, client: HttpClient) -> Sender:
    """Return what a call made for a person goes out with. Raises WireError."""
    ledger = endpoints.ledger_of(connection)
    token = tokens.current_token(connection.pk, now=clock.now(), client=client, at_least=LIFE_FOR_A_CALL)
    settings = roster.posting_of(connection)
    return Sender(client=client, ledger=ledger, connection=connection, settings=settings, token=token)


def _settle(gateway: Gateway, person: Person) -> Ending | None:
    """Find out from the list just read what came of an earlier call; None: it made nothing, and another may go."""
    earlier = NewAccount(gateway.asked_code, gateway.asked_name, is_owed=False)
    found = looked(gateway.connection, earlier)
    if isinstance(found, Account):
        return _mapped(gateway, found, person, End.WAS_THERE)
    if gateway.asked_at is not None and clock.now() - gateway.asked_at < DOUBT:
        return Ending(End.UNKNOWN)
    _forget(gateway)
    return None


def looked(connection: Connection, wanted: NewAccount) -> Account | Ending | None:
    """Return the account where it is there, whose code or name it is where it is another's, None where both are free.

    By the list as last read.
    """
    by_code = _chart(connection).filter(code__iexact=wanted.code).first()
    by_name = _chart(connection).filter(name__iexact=wanted.name).first()
    is_one = by_code is not None and by_name is not None and by_code.pk == by_name.pk
    if by_code is not None and is_one and by_code.status == ACTIVE and _fits(by_code, wanted):
        return by_code
    if by_code is not None:
        return Ending(End.CODE_TAKEN, _called(by_code))
    return Ending(End.NAME_TAKEN, _called(by_name)) if by_name is not None else None


def _fits(account: Account, wanted: NewAccount) -> bool:
    return account.takes_payments if wanted.use is AccountUse.NONE else account.use == wanted.use


def _called(account: Account) -> str:
    return str(account).strip() + ("" if account.status == ACTIVE else f" ({account.status.lower()})")


def _chart(connection: Connection) -> QuerySet[Account]:
    return Account.objects.filter(organisation=connection.organisation_id)


def _ask(gateway: Gateway, wanted: NewAccount, person: Person, sender: Sender) -> Ending:
    connection, maker = gateway.connection, sender.ledger.account_maker
    if maker is None or not features.is_granted(sender.ledger, sender.token.scope, maker.feature):
        return Ending(End.CONSENT_LACKS)
    connection.refresh_from_db()
    sender = sender.renewed()
    with transaction.atomic():
        if ground.may_commit(connection, sender, by_hand=True) is None:
            return Ending(End.NOT_SENT, STOPPED)
        now = Gateway.objects.select_for_update().get(connection=connection, pk=gateway.pk)
        if now.account_id:
            return Ending(End.DECIDED)
        if now.asked_at is not None:  # somebody else pressed the button a moment ago
            return Ending(End.UNKNOWN)
        now.asked_code, now.asked_name, now.asked_at = wanted.code, wanted.name, clock.now()
        now.save(update_fields=["asked_code", "asked_name", "asked_at"])
        attempt = queue.start(connection.company_id, sender.call(maker.route, maker.write(wanted)), ())
    [outcome] = delivery.deliver(
        attempt, sender, 1, lambda answer, is_resent: [maker.read(answer, is_resent)], by_hand=True
    )
    return _ended(now, wanted, outcome, person, sender)


def _ended(gateway: Gateway, wanted: NewAccount, outcome: Outcome, person: Person, sender: Sender) -> Ending:
    """Go by the list whatever was said, but for a call that never left: a refused one may have booked (xero-rules.md 4.3)."""
    if isinstance(outcome, NotSent):
        _forget(gateway)
        return Ending(End.NOT_SENT, outcome.reason)
    try:
        refresh.refresh(gateway.connection, resources=(ListName.ACCOUNTS,), client=sender.client)
    except WireError:
        return Ending(End.UNKNOWN)
    found = looked(gateway.connection, wanted)
    if isinstance(found, Account):
        return _mapped(gateway, found, person, End.MADE)
    if isinstance(outcome, Rejected):
        _forget(gateway)
        return Ending(End.REFUSED, "; ".join(outcome.words))
    return Ending(End.UNKNOWN, "" if isinstance(outcome, Posted) else outcome.reason)


def _forget(gateway: Gateway) -> None:
    """Nothing is open any more of what was asked then; what somebody has asked since stands."""
    mine = Gateway.objects.filter(connection=gateway.connection, pk=gateway.pk, asked_at=gateway.asked_at)
    mine.update(asked_code="", asked_name="", asked_at=None)


@transaction.atomic
def _mapped(gateway: Gateway, account: Account, person: Person, end: End) -> Ending:
    """Map the gateway, unless a person has chosen another account meanwhile; its payments then go by themselves."""
    now = Gateway.objects.select_for_update().get(connection=gateway.connection, pk=gateway.pk)
    now.asked_code, now.asked_name, now.asked_at = "", "", None
    now.save(update_fields=["asked_code", "asked_name", "asked_at"])
    if now.account_id and now.account_id != account.account_id:
        return Ending(End.DECIDED)
    with saving(gateway.connection, by=person):
        now.account_id = account.account_id
        now.save(update_fields=["account_id"])
    wake.wake_prepare(gateway.connection.company_id)
    return Ending(end, str(account))
