"""PURE: an account of the chart is made on a person's wish: one to a call (xero-rules.md 2.2, 5.7)."""

from daybook.ledgers.ledger import AccountMaker, NewAccount, NotSent, Outcome, Posted, Rejected, Unknown
from daybook.ledgers.lists import AccountUse
from daybook.ledgers.xero import protocol, writing
from daybook.wire import errors
from daybook.wire.asks import Answer, Request

NAME = "Accounts"
HELD, OWED = "CURRENT", "CURRLIAB"
"""Types: a current asset, a current liability. A bank account would want a bank's number, and a feed to it."""


USES = {AccountUse.SALES: "REVENUE", AccountUse.COST: "DIRECTCOSTS", AccountUse.STOCK: "INVENTORY"}
"""Types of those that lines stand on (xero-rules.md 5.7)."""


def write(account: NewAccount) -> Request:
    """Return the call that creates it; PUT never changes one that is there (xero-rules.md 4.1)."""
    named: dict[str, object] = {"Code": account.code, "Name": account.name}
    if account.use in USES:
        element = {**named, "Type": USES[account.use]}
    else:
        element = {**named, "Type": OWED if account.is_owed else HELD, "EnablePaymentsToAccount": True}
    return protocol.ask(f"/{NAME}", method="PUT", body=writing.encoder.encode(element))


def read(answer: Answer, is_resent: bool) -> Outcome:  # noqa: FBT001 - as the port says
    """Return what became of it. A refusal of the second sending may be the echo of the first: only the list tells."""
    if answer.status != 200:
        return _failed(answer, is_resent=is_resent)
    try:
        body = protocol.read_json(answer)
    except errors.OutcomeUnknown as error:
        return Unknown(error.words)
    rows = [row for row in protocol.listed(body, NAME) if isinstance(row, dict)]
    if len(rows) != 1:
        return Unknown("the answer does not mention the account")
    if words := protocol.validation_messages(rows[0]):
        return _refused(words, is_resent=is_resent)
    their_id = protocol.id_in(rows[0], "AccountID")
    if not their_id:
        return Unknown("the answer gives the account no id")
    return Posted(their_id=their_id, their_status=protocol.status_in(rows[0]), totals=None)


def _failed(answer: Answer, *, is_resent: bool) -> Outcome:
    error = protocol.error_in(answer)
    if isinstance(error, errors.Refused) and answer.status == 400:
        return _refused(error.messages or (error.words,), is_resent=is_resent)
    is_turned_away = isinstance(error, errors.Throttled | errors.TokenExpired | errors.ConsentNeeded)
    return NotSent(str(error)) if is_turned_away and not is_resent else Unknown(str(error))


def _refused(words: tuple[str, ...], *, is_resent: bool) -> Outcome:
    return Unknown("; ".join(words)) if is_resent else Rejected(words)


MAKER = AccountMaker(
    route=NAME,
    feature="accounts",
    longest_code=10,
    longest_name=150,
    write=write,
    read=read,
)
