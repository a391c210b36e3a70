"""PURE: one write or look of a probe, and what came of it: an answer that refuses is an answer too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from daybook.ledgers.probing import Found
from daybook.ledgers.talk import Talk
from daybook.ledgers.xero import elements, protocol
from daybook.ledgers.xero.elements import Element
from daybook.ledgers.xero.writing import encoder
from daybook.wire.errors import Refused

EACH_BY_ITSELF = {"summarizeErrors": "false", "unitdp": "4"}
"""Of a writing call: what became of each element is said with it (xero-rules.md 4.3)."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a write; `words` are what the ledger refused it with, if anything."""

    rows: Sequence[Element] = ()
    words: tuple[str, ...] = ()
    status: int = 200

    @property
    def is_taken(self) -> bool:
        """Tell whether all of it was."""
        return not self.words

    @property
    def row(self) -> Element:
        """Return the first element, an empty one where there is none."""
        return self.rows[0] if self.rows else {}

    @property
    def said(self) -> str:
        """Return why it was refused, in one line."""
        return "; ".join(self.words)

    def found(self, *, taken: bool, otherwise: str) -> Found:
        """Answer `taken` where it was taken and the contrary where it was refused; `otherwise`: words for taken."""
        return Found(taken, otherwise) if self.is_taken else Found(not taken, self.said)


@dataclass(frozen=True, slots=True)
class Sent:
    """Elements of one list, to be written."""

    resource: str
    rows: Sequence[Mapping[str, Any]]
    path: str = ""
    """Other than the list's own."""
    query: Mapping[str, str] = field(default_factory=lambda: EACH_BY_ITSELF)


def put(resource: str, *rows: Mapping[str, Any], path: str = "", query: Mapping[str, str] | None = None) -> Talk[Reply]:
    """Create."""
    return _write("PUT", Sent(resource, rows, path, EACH_BY_ITSELF if query is None else query))


def post(resource: str, *rows: Mapping[str, Any], path: str = "") -> Talk[Reply]:
    """Create or change."""
    return _write("POST", Sent(resource, rows, path))


def _write(method: str, sent: Sent) -> Talk[Reply]:
    body = encoder.encode({sent.resource: list(sent.rows)})
    try:
        answer = yield protocol.ask(sent.path or f"/{sent.resource}", sent.query, method=method, body=body)
    except Refused as error:
        return Reply(words=error.messages or (error.words,), status=error.http_status or 400)
    rows = elements.elements(answer, sent.resource)
    return Reply(rows, tuple(words for row in rows for words in protocol.validation_messages(row)))


def delete(path: str) -> Talk[Reply]:
    """Delete what has this address."""
    try:
        yield protocol.ask(path, method="DELETE")
    except Refused as error:
        return Reply(words=error.messages or (error.words,), status=error.http_status or 400)
    return Reply()


def get(resource: str, key: str = "", query: Mapping[str, str] | None = None) -> Talk[Reply]:
    """Look at a list, or at one element by its id, number or code: none where there is none."""
    try:
        answer = yield protocol.ask(f"/{resource}/{key}" if key else f"/{resource}", query)
    except Refused as error:
        if error.http_status != HTTPStatus.NOT_FOUND:
            raise
        return Reply(status=HTTPStatus.NOT_FOUND)
    return Reply(elements.elements(answer, resource))
