"""What a person has made in the ledger with one button: an account for a setting, the contact, a currency.

    looked for: it is there already -> taken | its code or name is another's -> said, nothing is sent
    not there -> one call -> looked for again: taken | refused | nobody knows

No two accounts share a code or a name, no two contacts a name or a number, and a currency is there or not, so that
pressing again after a call without an answer finds what was made, and a call that arrives twice makes no second one.
"""

import hashlib
from collections.abc import Mapping

from django.db import transaction

from daybook.catalog import contacts, customers, facts, refresh
from daybook.catalog.models import Account
from daybook.companies.models import Person
from daybook.connections import endpoints, features, roster
from daybook.connections.models import Connection
from daybook.connections.saving import about, saving
from daybook.history import telling
from daybook.history.kinds import What
from daybook.ledgers.exchange import NotSent, Outcome, Posted, Rejected, Wanted
from daybook.ledgers.ledger import NewAccount
from daybook.ledgers.lists import AccountUse, ListName
from daybook.outbox import queue, wake
from daybook.posting import clearing, delivery, ground
from daybook.posting.clearing import End, Ending
from daybook.posting.ground import Sender
from daybook.wire.asks import Request
from daybook.wire.errors import WireError
from daybook.wire.http import HttpClient

USUAL: Mapping[str, tuple[str, str, AccountUse]] = {
    "sales_account": ("201", "Online sales", AccountUse.SALES),
    "shipping_account": ("202", "Shipping charged", AccountUse.SALES),
    "cogs_account": ("311", "Cost of goods sold", AccountUse.COST),
    "inventory_account": ("631", "Tracked inventory", AccountUse.STOCK),
}
"""By setting: the code to begin with, the name and the use of an account that is made for it."""


def proposal(connection: Connection, field: str) -> NewAccount:
    """Return the account that is offered for a setting: the one of that name where it is there, else one with a free code."""
    first, name, use = USUAL[field]
    chart = Account.objects.filter(organisation=connection.organisation_id)
    there = chart.filter(name__iexact=name).first()
    taken = set(chart.values_list("code", flat=True))
    code = next(str(code) for code in range(int(first), int(first) + len(taken) + 1) if str(code) not in taken)
    return NewAccount(there.code if there is not None else code, name, use=use)


def make_account(connection: Connection, field: str, person: Person, *, client: HttpClient | None = None) -> Ending:
    """Have an account for a setting in the chart, and the setting on it. Raises WireError where nobody can be asked."""
    connection.refresh_from_db()  # as in make_contact
    sender = clearing.sender_of(connection, client or endpoints.client())
    refresh.refresh(connection, resources=(ListName.ACCOUNTS,), client=sender.client)
    wanted, maker = proposal(connection, field), sender.ledger.account_maker
    found = clearing.looked(connection, wanted)
    if isinstance(found, Ending):
        return found
    if found is not None:
        return _take_account(connection, field, found, person, End.WAS_THERE)
    if maker is None or not features.is_granted(sender.ledger, sender.token.scope, maker.feature):
        return Ending(End.CONSENT_LACKS)
    call = maker.route, maker.write(wanted)
    outcome = _deliver(connection, sender, call, lambda answer, is_resent: [maker.read(answer, is_resent)])
    if isinstance(outcome, NotSent):
        return Ending(End.NOT_SENT, outcome.reason)
    try:
        refresh.refresh(connection, resources=(ListName.ACCOUNTS,), client=sender.client)
    except WireError:
        return Ending(End.UNKNOWN)
    made = clearing.looked(connection, wanted)
    if isinstance(made, Account):
        return _take_account(connection, field, made, person, End.MADE)
    return _failed(outcome)


def make_contact(connection: Connection, name: str, person: Person, *, client: HttpClient | None = None) -> Ending:
    """Have an active contact of this name, and the settings name it. Raises WireError where nobody can be asked."""
    connection.refresh_from_db()  # a pause that a person has ended just now counts no more
    named, stood = " ".join(name.split()), roster.posting_of(connection).contact_id
    sender = clearing.sender_of(connection, client or endpoints.client())
    supply = sender.ledger.supplies.get(customers.SUPPLY)
    if contacts.find_contacts(connection, named, client=sender.client):
        try:
            contact_id = contacts.look_up(connection, named, client=sender.client)
        except contacts.ContactNotFoundError as error:
            return Ending(End.NAME_TAKEN, str(error))
        return _take_contact(connection, named, contact_id, stood, person, End.WAS_THERE)
    if supply is None or not features.is_granted(sender.ledger, sender.token.scope, supply.feature):
        return Ending(End.CONSENT_LACKS)
    wanted = [Wanted(_number(connection, named), named)]
    call = supply.route, supply.write(wanted, {}).ask
    outcome = _deliver(connection, sender, call, lambda answer, is_resent: supply.read(answer, wanted, is_resent))
    if isinstance(outcome, NotSent):
        return Ending(End.NOT_SENT, outcome.reason)
    if isinstance(outcome, Rejected):
        return _failed(outcome)
    try:
        contact_id = contacts.look_up(connection, named, client=sender.client)
    except (contacts.ContactNotFoundError, WireError):
        return Ending(End.UNKNOWN)
    return _take_contact(connection, named, contact_id, stood, person, End.MADE)


def add_currency(connection: Connection, code: str, person: Person, *, client: HttpClient | None = None) -> Ending:
    """Have the organisation use a currency, for good. Raises WireError where nobody can be asked.

    `code`: of ISO 4217.
    """
    connection.refresh_from_db()  # as in make_contact
    sender = clearing.sender_of(connection, client or endpoints.client())
    maker = sender.ledger.currency_maker
    if _is_used(connection, code, sender):
        return Ending(End.WAS_THERE, code)
    if maker is None or not features.is_granted(sender.ledger, sender.token.scope, maker.feature):
        return Ending(End.CONSENT_LACKS)
    call = maker.route, maker.write(code)
    outcome = _deliver(connection, sender, call, lambda answer, is_resent: [maker.read(answer, is_resent)])
    if isinstance(outcome, NotSent):
        return Ending(End.NOT_SENT, outcome.reason)
    try:
        is_there = _is_used(connection, code, sender)
    except WireError:
        return Ending(End.UNKNOWN)
    if not is_there:
        return _failed(outcome)
    used = {f"currency.{code}": "used"}
    telling.tell(about(connection), What.LISTED, by=person, before={f"currency.{code}": ""}, after=used)
    return Ending(End.MADE, code)


def may_add_currencies(connection: Connection) -> bool:
    """Tell whether the consent that was given covers adding a currency."""
    ledger = endpoints.ledger_of(connection)
    scope = getattr(getattr(connection, "token_set", None), "scope", "")
    return ledger.currency_maker is not None and features.is_granted(ledger, scope, ledger.currency_maker.feature)


def _is_used(connection: Connection, code: str, sender: Sender) -> bool:
    """Read the list, and tell whether the currency is in it."""
    refresh.refresh(connection, resources=(ListName.CURRENCIES,), client=sender.client)
    return code in facts.currencies(connection)


def may_make_contacts(connection: Connection) -> bool:
    """Tell whether the consent that was given covers making a contact."""
    ledger = endpoints.ledger_of(connection)
    supply = ledger.supplies.get(customers.SUPPLY)
    scope = getattr(getattr(connection, "token_set", None), "scope", "")
    return supply is not None and features.is_granted(ledger, scope, supply.feature)


def _number(connection: Connection, name: str) -> str:
    """Return the number by which the contact is told, the same for the same name: a second call makes no second one."""
    return f"daybook-{connection.public_id}-{hashlib.sha256(name.casefold().encode()).hexdigest()[:8]}"


def _deliver(connection: Connection, sender: Sender, call: tuple[str, Request], read: delivery.Read) -> Outcome:
    connection.refresh_from_db()
    sender = sender.renewed()
    with transaction.atomic():
        if ground.may_commit(connection, sender, by_hand=True) is None:
            return NotSent(clearing.STOPPED)
        attempt = queue.start(connection.company_id, sender.call(*call), ())
    [outcome] = delivery.deliver(attempt, sender, 1, read, by_hand=True)
    return outcome


def _failed(outcome: Outcome) -> Ending:
    if isinstance(outcome, Rejected):
        return Ending(End.REFUSED, "; ".join(outcome.words))
    return Ending(End.UNKNOWN, "" if isinstance(outcome, Posted) else outcome.reason)


@transaction.atomic
def _take_account(connection: Connection, field: str, account: Account, person: Person, end: End) -> Ending:
    settings = roster.locked_posting(connection)
    if getattr(settings, field) not in {"", account.code}:  # somebody has chosen another one meanwhile
        return Ending(End.DECIDED)
    with saving(connection, by=person):
        setattr(settings, field, account.code)
        settings.updated_by = person
        settings.save(update_fields=[field, "updated_by", "updated_at"])
    wake.wake_prepare(connection.company_id)
    return Ending(end, str(account))


@transaction.atomic
def _take_contact(connection: Connection, name: str, contact_id: str, stood: str, person: Person, end: End) -> Ending:
    """Have the settings name it, unless somebody has named another one than `stood` there when the person asked."""
    settings = roster.locked_posting(connection)
    if settings.contact_id not in {stood, contact_id}:
        return Ending(End.DECIDED)
    with saving(connection, by=person):
        settings.contact_name, settings.contact_id, settings.updated_by = name, contact_id, person
        settings.save(update_fields=["contact_name", "contact_id", "updated_by", "updated_at"])
    wake.wake_prepare(connection.company_id)
    return Ending(end, name)
