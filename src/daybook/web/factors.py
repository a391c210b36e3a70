"""A second factor that a person sets up or takes away on allauth's pages is told to the history of their companies."""

from typing import Any

from allauth.mfa import signals
from allauth.mfa.models import Authenticator

from daybook.companies.models import Person
from daybook.companies.saving import tell_of_factor


def listen() -> None:
    """Hear of it in the only way that allauth offers: its signals, sent in the request that does it."""
    signals.authenticator_added.connect(_added, dispatch_uid="history")
    signals.authenticator_removed.connect(_removed, dispatch_uid="history")


def _added(*, user: Person, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type == Authenticator.Type.TOTP:  # recovery codes come and go with it
        tell_of_factor(user, by=user, is_on=True)


def _removed(*, user: Person, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        tell_of_factor(user, by=user, is_on=False)
