"""Two people who change one form: what the first saved meanwhile, and what the second sends, come together.

`base` is what the second one's form showed when it was opened; `theirs` what stands now; `mine` what was sent.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core import signing
from django.forms import BaseForm
from django.http import QueryDict

BASE = "base"
"""The field of the form that carries what it showed, signed."""
_SALT = "the settings that were shown"
Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Merged:
    """What the form holds after both."""

    values: dict[str, str]
    taken: tuple[str, ...]
    """Fields that only the other one changed: theirs stands."""
    collisions: tuple[str, ...]
    """Fields that both changed, to different values: a person decides."""


def merge(base: Values, theirs: Values, mine: Values) -> Merged:
    """Return both changes together. PURE. A field that the form did not show is as it was sent."""
    values, taken, collisions = dict(mine), [], []
    for name, was in base.items():
        now, sent = theirs.get(name, was), mine.get(name, "")
        if now in {was, sent}:
            continue
        if sent == was:
            values[name] = now
            taken.append(name)
        else:
            collisions.append(name)
    return Merged(values, tuple(taken), tuple(collisions))


def shown(form: BaseForm) -> dict[str, str]:
    """Return what an unbound form shows: each field's value as a browser would send it."""
    return {bound.name: as_sent(bound.value()) for bound in form}


def as_sent(value: object) -> str:
    """Return a field's value as a browser sends it; boxes that are not ticked send nothing."""
    return "" if value is None or value is False else "on" if value is True else str(value)


def token(values: Values) -> str:
    """Return what a form showed, signed, to travel with it."""
    return signing.dumps(dict(values), salt=_SALT, compress=True)


def base_of(sent: QueryDict) -> dict[str, str] | None:
    """Return what the sent form had shown; None where it does not say so, or not in our hand."""
    try:
        return dict(signing.loads(sent.get(BASE, ""), salt=_SALT))
    except (signing.BadSignature, TypeError, ValueError):
        return None


def sent_of(sent: QueryDict, names: Iterable[str]) -> dict[str, str]:
    """Return what was sent for these fields; line ends as the database has them."""
    return {name: sent.get(name, "").replace("\r\n", "\n") for name in names}
