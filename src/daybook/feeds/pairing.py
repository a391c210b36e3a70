"""A code that a sender redeems for its secrets, so that nobody has to paste one.

A person reads it to the sender's own settings; within MINUTES the sender posts it to us and is told, once, where to send
to and with which secrets. The code opens nothing else, works once, and only its hash is kept.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from daybook.companies import keys
from daybook.companies.models import Person
from daybook.feeds import roster
from daybook.feeds.addresses import address_of
from daybook.feeds.models import Feed
from daybook.feeds.roster import FeedError
from daybook.feeds.saving import about
from daybook.history import telling
from daybook.history.kinds import Mover, What
from daybook.kit import clock
from daybook.sources.source import Holds

LASTS = timedelta(minutes=30)
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without what looks like something else."""
LENGTH = 8
SECRET_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where to send what."""

    title: str
    method: str
    url: str
    header: str
    """That carries the signature or the key; empty: none does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """What a sender is told, this once."""

    feed: Feed
    addresses: tuple[Address, ...]
    secrets: Mapping[str, str]
    """By field; what stands in an address is not here."""


def can_be_paired(feed: Feed) -> bool:
    """Tell whether its sender calls us with a secret that both sides know."""
    return feed.is_built_in or any(each.is_shared for each in feed.row.fields)


@transaction.atomic
def make_code(feed: Feed, by: Person | None = None) -> str:
    """Make a code for the feed and return it, this once; one made before ends. Raises FeedError."""
    if feed.closed_at is not None or not can_be_paired(feed):
        raise FeedError("A sender cannot be paired with this feed: it is closed, or nothing is sent to it.")
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    until = clock.now() + LASTS
    mine = Feed.objects.filter(company_id=feed.company_id, pk=feed.pk)
    mine.update(pairing_hash=_hash(code), pairing_until=until)
    telling.tell(about(feed), What.MADE, by=by, after={"pairing code": f"until {until:%H:%M} UTC"})
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


@transaction.atomic
def redeem(code: str, now: datetime) -> Paired | None:
    """Return what the code is good for, and end it; None where it is no code, or over."""
    given = _hash(code)
    found = Feed.objects.select_for_update(of=("self",)).select_related("company")
    feed = found.filter(pairing_hash=given, pairing_until__gt=now, closed_at=None, company__closed_at=None).first()
    if feed is None:
        return None
    Feed.objects.filter(company_id=feed.company_id, pk=feed.pk).update(pairing_hash="", pairing_until=None)
    telling.tell(about(feed), What.CONNECTED, mover=Mover.SENDER, after={"paired": "by a code"})
    return _of_our_api(feed) if feed.is_built_in else _made(feed)


def _of_our_api(feed: Feed) -> Paired:
    _, key = keys.create_api_key(feed.company, f"Paired: {feed.name}"[:100], scopes=keys.OF_A_SENDER)
    url = f"{settings.PUBLIC_URL}/api/v1/orders"
    orders = Address(title="Orders", method="POST", url=url, header="Authorization: Bearer")
    return Paired(feed=feed, addresses=(orders,), secrets={"api_key": key})


def _made(feed: Feed) -> Paired:
    """Make each secret that both sides share; those before open beside them for a while."""
    shared = [each for each in feed.row.fields if each.is_shared]
    in_addresses = {each.name: roster.make_secret(feed, each.name) for each in shared if each.holds is Holds.MADE}
    typed = {each.name: secrets.token_urlsafe(SECRET_BYTES) for each in shared if each.holds is Holds.SECRET}
    roster.change_fields(feed, secrets=typed, settings={})
    addresses = tuple(
        Address(
            title=door.title,
            method=door.method,
            url=address_of(feed, door, in_addresses.get(door.secret, "")),
            header=door.header,
        )
        for door in feed.row.doors
    )
    return Paired(feed=feed, addresses=addresses, secrets=typed)


def _hash(code: str) -> str:
    """Return what is kept of a code, however it is typed."""
    plain = "".join(each for each in code.upper() if each.isalnum())
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()
