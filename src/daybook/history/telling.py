"""Telling the history: in the transaction of what happened, so that one is not there without the other."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from django.db.models import QuerySet

from daybook.history.kinds import About, Mover, What
from daybook.history.models import Event

Values = Mapping[str, str]

CHANGED = "changed"


class Somebody(Protocol):
    """A person, whose table is a layer above."""

    @property
    def pk(self) -> Any:
        """Return the person's id."""


class Secret(str):
    """A value of which the history only tells that it changed: its sealed form, or its hash."""

    __slots__ = ()

    @classmethod
    def of(cls, sealed: bytes | memoryview) -> "Secret":
        """Return it for what is stored, sealed."""
        return cls(bytes(sealed).hex())


def tell(
    about: About,
    what: What,
    *,
    by: Somebody | None = None,
    mover: str = "",
    reason: str = "",
    before: Values | None = None,
    after: Values | None = None,
) -> None:
    """Add an event. `by`: the person; without one and without a `mover` it was the command line."""
    Event.objects.create(
        company_id=about.company_id,
        subject_kind=about.kind,
        subject_id=about.id,
        what=what,
        mover=mover or (Mover.COMMAND_LINE if by is None else Mover.PERSON),
        person_id=None if by is None else by.pk,
        reason=reason[:500],
        before=before,
        after=after,
    )


@contextmanager
def saving(about: About, read: Callable[[], Values], *, by: Somebody | None, mover: str = "") -> Iterator[None]:
    """Tell what the block changes of the settings that `read` returns. Wants an open transaction of the caller's."""
    stood = read()
    yield
    before, after = differences(stood, read())
    if before or after:
        tell(about, What.SAVED, by=by, mover=mover, before=before, after=after)


def as_text(value: object) -> str:
    """Return a setting's value as the history writes it: yes and no, nothing for None."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def differences(stood: Values, stands: Values) -> tuple[dict[str, str], dict[str, str]]:
    """Return the fields that differ, as they were and as they are; PURE. Secrets are only said to be changed."""
    differing = [name for name in {**stood, **stands} if stood.get(name) != stands.get(name)]
    before = {name: stood[name] for name in differing if name in stood and not isinstance(stood[name], Secret)}
    after = {name: _told(stands[name]) for name in differing if name in stands}
    return before, after


def _told(value: str) -> str:
    return CHANGED if isinstance(value, Secret) else value


def about(subject: About) -> QuerySet[Event]:
    """Return all that happened to something, oldest first."""
    mine = Event.objects.filter(company_id=subject.company_id, subject_kind=subject.kind, subject_id=subject.id)
    return mine.order_by("id")
