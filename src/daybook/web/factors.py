"""A second factor that a person sets up or takes away on allauth's pages is told to the history of their companies."""

from typing import Any

from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.db.models.signals import post_save

from daybook.companies.models import Person
from daybook.companies.saving import tell_of_factor


def listen() -> None:
    """Hear of it in the only way there is: allauth offers signals alone, and that of a new one comes after its commit."""
    post_save.connect(_saved, sender=Authenticator, dispatch_uid="history")
    signals.authenticator_removed.connect(_removed, dispatch_uid="history")


def _saved(*, instance: Authenticator, created: bool, **_: Any) -> None:
    if created and instance.type == Authenticator.Type.TOTP:  # recovery codes come and go with it
        tell_of_factor(instance.user, by=instance.user, is_on=True)


def _removed(*, user: Person, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        tell_of_factor(user, by=user, is_on=False)
