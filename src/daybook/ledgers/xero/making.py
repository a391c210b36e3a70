"""PURE: what came of a call that makes one thing on a person's wish: an account, a currency (xero-rules.md 2.2)."""

from collections.abc import Callable, Mapping
from typing import Any

from daybook.ledgers.exchange import NotSent, Outcome, Posted, Rejected, Unknown
from daybook.ledgers.xero import protocol
from daybook.wire import errors
from daybook.wire.asks import Answer


def read(answer: Answer, *, is_resent: bool, listed_in: str, id_of: Callable[[Mapping[str, Any]], str]) -> Outcome:
    """Return what became of it. A refusal of the second sending may be the echo of the first: only the list tells.

    `listed_in`: under what the answer has it; `id_of`: what the answer calls it, "" where it names nothing.
    """
    if answer.status != 200:
        return _failed(answer, is_resent=is_resent)
    try:
        body = protocol.read_json(answer)
    except errors.OutcomeUnknown as error:
        return Unknown(error.words)
    rows = [row for row in protocol.listed(body, listed_in) if isinstance(row, dict)]
    if len(rows) != 1:
        return Unknown("the answer does not mention what was asked for")
    if words := protocol.validation_messages(rows[0]):
        return _refused(words, is_resent=is_resent)
    their_id = id_of(rows[0])
    if not their_id:
        return Unknown("the answer gives it no id")
    return Posted(their_id=their_id, their_status=protocol.status_in(rows[0]), totals=None)


def _failed(answer: Answer, *, is_resent: bool) -> Outcome:
    error = protocol.error_in(answer)
    if isinstance(error, errors.Refused) and answer.status == 400:
        return _refused(error.messages or (error.words,), is_resent=is_resent)
    return NotSent(str(error)) if protocol.is_turned_away(error) and not is_resent else Unknown(str(error))


def _refused(words: tuple[str, ...], *, is_resent: bool) -> Outcome:
    return Unknown("; ".join(words)) if is_resent else Rejected(words)
