"""PURE: Xero's answer to a creating call -> one outcome for each document in it.

Not an answer is not a no: no answer, a truncated one and a 5xx leave the outcome unknown. "Must be unique" to our own
create is no refusal either: it may be the echo of our first sending. (xero-rules.md 4.2, 4.3, 4.5)
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from daybook.ledgers.exchange import NotSent, Outcome, Posted, Rejected, Unknown
from daybook.ledgers.xero import messages, protocol
from daybook.ledgers.xero.writing import Resource
from daybook.wire import errors
from daybook.wire.asks import Answer


def read_answer(answer: Answer, numbers: Sequence[str], resource: Resource, *, resent: bool = False) -> list[Outcome]:
    """Return the outcome of each document, in the order they were sent.

    `resent` marks an answer to the second sending of the same bytes: a 401, 403 or 429 then says nothing about the
    first one.
    """
    if answer.status == 200:
        return _read_elements(answer, numbers, resource)
    return [_failed(answer, resent=resent)] * len(numbers)


def _failed(answer: Answer, *, resent: bool) -> Outcome:
    error = protocol.error_in(answer)
    if protocol.is_turned_away(error) and not resent:
        return NotSent(str(error))
    if answer.status == 400 and _is_unreadable(answer):
        return Rejected((error.words,), of_the_call=True)
    return Unknown(str(error))


def _is_unreadable(answer: Answer) -> bool:
    """A body that Xero could not read, or found nothing in, books nothing (xero-rules.md 4.4)."""
    try:
        body = msgspec.json.decode(answer.body)
    except msgspec.DecodeError:
        return False
    return isinstance(body, dict) and body.get("Type") in {"PostDataInvalidException", "NoDataProcessedException"}


def _read_elements(answer: Answer, numbers: Sequence[str], resource: Resource) -> list[Outcome]:
    try:
        body = protocol.read_json(answer)
    except errors.OutcomeUnknown as error:
        return [Unknown(error.words)] * len(numbers)
    elements = [element for element in protocol.listed(body, resource.name) if isinstance(element, dict)]
    by_number = {_key(element.get(resource.number_field)): element for element in elements}
    in_order = elements if len(elements) == len(numbers) else []
    return [
        _read_element(by_number.get(_key(number)) or _unnumbered(in_order, index, resource), resource)
        for index, number in enumerate(numbers)
    ]


def _unnumbered(elements: Sequence[dict[str, Any]], index: int, resource: Resource) -> dict[str, Any] | None:
    """An element that Xero could not read may lack its number; then its place tells whose it is (4.3)."""
    if index < len(elements) and not elements[index].get(resource.number_field):
        return elements[index]
    return None


def _read_element(element: Mapping[str, Any] | None, resource: Resource) -> Outcome:
    if element is None:
        return Unknown("the answer does not mention the document")
    errors_found = protocol.validation_messages(element)
    status = str(element.get("StatusAttributeString") or "OK").upper()
    if errors_found or status == "ERROR" or element.get("HasErrors") is True:
        if any(messages.is_already_there(message) for message in errors_found):
            return Unknown("; ".join(errors_found))
        return Rejected(errors_found or ("Xero marked the document as wrong and gave no reason",))
    their_id = protocol.id_in(element, resource.id_field)
    if not their_id:
        return Unknown("the answer gives the document no id")
    return Posted(
        their_id=their_id,
        their_status=protocol.status_in(element),
        totals=protocol.totals_in(element),
        warnings=protocol.validation_messages(element, "Warnings"),
    )


def _key(number: object) -> str:
    return str(number or "").upper()
