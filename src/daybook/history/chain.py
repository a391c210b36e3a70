"""PURE: the chain of seals that shows whether an event was changed, taken away or slipped in afterwards.

    digest = SHA-256 of (salt, what was said: reason, before, after);   "" where nothing was said
    seal   = SHA-256 of (the seal before, the event's fixed fields, its digest)

What was said may be forgotten later, together with its salt: nobody can then guess it from the digest, and the chain
holds all the same.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

GENESIS = "0" * 64
"""Stands for the seal before the first one."""
SALT_BYTES = 16

Values = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """What of an event never changes, not even when what was said is forgotten."""

    position: int
    id: int
    company_id: int
    at: datetime
    subject_kind: str
    subject_id: int
    what: str
    old_state: str
    new_state: str
    mover: str
    person_id: int | None
    attempt_id: int | None
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What an event says beyond its fixed fields; may be forgotten."""

    reason: str = ""
    before: Values | None = None
    after: Values | None = None

    @property
    def is_nothing(self) -> bool:
        """Return whether there is nothing to forget."""
        return not self.reason and self.before is None and self.after is None


def digest(said: Said, salt: bytes) -> str:
    """Return the SHA-256, hex, of what an event says under its own salt; "" where it says nothing."""
    if said.is_nothing:
        return ""
    return hashlib.sha256(salt + _written([said.reason, said.before, said.after])).hexdigest()


def seal(before: str, fixed: Fixed, said_digest: str) -> str:
    """Return the event's seal, SHA-256, hex. `before`: the seal of the event one position before, or GENESIS."""
    return hashlib.sha256(_written([before, *_plain(fixed), said_digest])).hexdigest()


def _plain(fixed: Fixed) -> list[str | int | None]:
    return [
        fixed.position, fixed.id, fixed.company_id, fixed.at.astimezone(UTC).isoformat(timespec="microseconds"),
        fixed.subject_kind, fixed.subject_id, fixed.what, fixed.old_state, fixed.new_state,
        fixed.mover, fixed.person_id, fixed.attempt_id, fixed.cause,
    ]  # fmt: skip


def _written(parts: list[object]) -> bytes:
    """One way of writing: whoever has the rows can do the sums again with any JSON writer."""
    return _as_json(parts).encode()


_as_json = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=dict).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An event as it stands in the database, beside the seal of the one before it."""

    fixed: Fixed
    said: Said
    salt: bytes
    digest: str
    seal: str

    @property
    def is_forgotten(self) -> bool:
        """Return whether what it said was forgotten."""
        return self.said.is_nothing and not self.salt and self.digest != ""


def faults(link: Link, *, before: str) -> list[str]:
    """Return what of an event differs from what was sealed, in words; nothing where it stands as it was written."""
    found = []
    if not link.is_forgotten and digest(link.said, link.salt) != link.digest:
        found.append("what it says (reason, or values before and after) is not what was sealed")
    if seal(before, link.fixed, link.digest) != link.seal:
        found.append("its fixed fields, its seal, or the seal before it, are not what was sealed")
    return found
