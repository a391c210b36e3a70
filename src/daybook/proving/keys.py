"""The installation's key for proofs: made when the first one is signed."""

from django.db import connection, transaction

from daybook.kit import clock
from daybook.proving import signing
from daybook.proving.models import ProofKey
from daybook.secrets.keyring import CannotOpenError

ALONE = 7_243_005
"""An advisory lock: of two first proofs at once, one makes the key."""


def current() -> ProofKey:
    """Return the key that signs, made now where there is none yet."""
    if (found := ProofKey.objects.filter(lost_at=None).first()) is not None:
        return found
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ALONE])
        return ProofKey.objects.filter(lost_at=None).first() or _make()


def public() -> str:
    """Return the public half of the key that signs, hex; "" before the first proof."""
    return ProofKey.objects.filter(lost_at=None).values_list("public_key", flat=True).first() or ""


def is_ours(public_key: str) -> bool:
    """Tell whether a key is this installation's, or was."""
    return ProofKey.objects.filter(public_key=public_key).exists()


def give_up_lost() -> None:
    """Let the next proof make a new key, where the private half of the current one cannot be opened any more."""
    for key in ProofKey.objects.filter(lost_at=None):
        try:
            _ = key.private_key
        except CannotOpenError:
            ProofKey.objects.filter(pk=key.pk).update(lost_at=clock.now())


def _make() -> ProofKey:
    private, public_key = signing.new_key()
    key = ProofKey(public_key=public_key)
    key.private_key = private
    key.save()
    return key
