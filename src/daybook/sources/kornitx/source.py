"""PURE: Kornit X as a source: an order push, signed, and a status callback, known by the secret in its address."""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from typing import Any

from daybook.sources import json_text
from daybook.sources.kornitx import export, files, reading, rows, schemas, signature
from daybook.sources.problems import NotAnOrderError
from daybook.sources.source import Door, Field, Holds, Message, Read, Refusal, Secrets, Source, secret_has_form

_NOBODYS_KEY = "nobody has this key"
_HMAC_KEY, _CALLBACK = "hmac_key", "callback"


def _may_be_push(message: Message) -> bool:
    return message.signature is not None and signature.has_form(message.signature)


def _may_be_callback(message: Message) -> bool:
    return secret_has_form(message.secret) and (message.signature is None or signature.has_form(message.signature))


def _is_push(message: Message, secrets: Secrets) -> bool:
    """Tell whether a push is signed with the feed's key; without a key it takes the same time to say no."""
    key = secrets.get(_HMAC_KEY, "")
    is_valid = signature.is_valid(key or _NOBODYS_KEY, message.body, message.signature or "")
    return bool(key) and is_valid


def _is_callback(message: Message, secrets: Secrets) -> bool:
    """Tell whether a callback knows the address's secret; a signature, where there is one, must be right."""
    digest = hashlib.sha256(message.secret.encode("utf-8", "replace")).hexdigest()
    if not hmac.compare_digest(digest, secrets.get(_CALLBACK, "") or "-"):
        return False
    key, given = secrets.get(_HMAC_KEY, ""), message.signature
    return given is None or signature.is_valid(key, message.body, given)


def _why_no_push(message: Message, secrets: Secrets) -> str:
    if not message.signature:
        return "a push was not signed"
    if not secrets.get(_HMAC_KEY):
        return "a push came, and no HMAC key is stored"
    return "a push's signature was wrong"


def _why_no_callback(_message: Message, _secrets: Secrets) -> str:
    return "a status callback's address or signature was not right"


def _reader(read: Callable[[object], Read]) -> Callable[[bytes], Sequence[Read]]:
    def read_body(body: bytes) -> Sequence[Read]:
        try:
            return [read(json_text.parse(body, junk_numbers=True))]
        except NotAnOrderError as error:
            return [Refusal(error.problems)]

    return read_body


_SIGNED: dict[str, Any] = {
    "header": signature.HEADER,
    "header_help": "HMAC-SHA256 of the raw body under the company's key, as hex or base64.",
}
KORNITX = Source(
    name=reading.SOURCE,
    title="Kornit X",
    about="Only if your orders come from a Kornit X (Custom Gateway) OMS.",
    fields=(
        Field(
            name=_HMAC_KEY,
            label="HMAC key",
            holds=Holds.SECRET,
            help="The secret that Kornit X signs its pushes with. In the OMS: the dropship company or fulfiller, Generic "
            "API supplier integration; paste the order push URL there, save, and it shows the key. Write-only; leave "
            "empty to keep the stored one.",
            missing="No key: every push is refused",
            is_shared=True,
        ),
        Field(
            name=_CALLBACK,
            label="callback URL",
            holds=Holds.MADE,
            help="Tells Daybook of shipments and cancellations. The address holds a random secret. In the OMS: the address "
            "of its notification integration, with the method PUT.",
            is_shared=True,
        ),
        Field(
            name=files.EARLY,
            label="Order files come before dispatch",
            holds=Holds.FLAG,
            help="Of files only. Kornit X's accounting integration writes an order's XML once it is dispatched, so that "
            "a file without a status is a dispatched order. Its supplier integration writes it earlier: then tick this.",
        ),
        *export.FIELDS,
    ),
    files=files.read_file,
    reread_of_file=files.reread,
    statuses=reading.STATUSES,
    faults=export.faults,
    check=export.check,
    pull=export.pull,
    since=export.since,
    reread=rows.reread,
    doors=(
        Door(
            name="push",
            title="Kornit X push",
            label="Order push URL",
            summary="Order push of the Generic API supplier integration",
            method="POST",
            may_be=_may_be_push,
            is_genuine=_is_push,
            why_refused=_why_no_push,
            read=_reader(reading.read_push),
            schema=schemas.ORDER,
            needs_header=True,
            **_SIGNED,
        ),
        Door(
            name="callback",
            title="Kornit X callback",
            label="Status callback URL",
            summary="Status callback of the Generic API notification integration",
            method="PUT",
            path="status",
            secret=_CALLBACK,
            may_be=_may_be_callback,
            is_genuine=_is_callback,
            why_refused=_why_no_callback,
            read=_reader(reading.read_callback),
            schema=schemas.CALLBACK,
            **_SIGNED,
        ),
    ),
)
