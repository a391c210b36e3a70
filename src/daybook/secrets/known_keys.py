"""Telling an installation's keys from another's: each key that seals here leaves a proof that it alone can open.

    a process starts    every proof must open, and a key that is new here leaves its own
    secrets rotate      takes the proofs of old keys away, once nothing is sealed under them any more

So two installations with different keys never work on one database: what one seals the other could not open, and
would take for a lost consent.
"""

from django.db import connection, transaction

from daybook.secrets import vault
from daybook.secrets.keyring import CannotOpenError, KeyRing, OtherKeysError
from daybook.secrets.models import KnownKey

CONTEXT = "known key"
ALONE = 7_243_004
"""An advisory lock: of two installations that start at once on a new database, one comes first."""


def refuse_others() -> None:
    """Raise OtherKeysError unless the ring holds every key that seals here; a first key that is new here is noted."""
    ring = vault.keyring()
    with transaction.atomic():
        known = {each.key_id: bytes(each.proof) for each in KnownKey.objects.order_by("id")}
        _refuse(ring, known)
        if ring.writing_key_id in known:
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ALONE])
        _refuse(ring, {each.key_id: bytes(each.proof) for each in KnownKey.objects.order_by("id")})
        note(ring)


def note(ring: KeyRing) -> None:
    """Leave the proof of the ring's first key, where it is not there yet."""
    proof = ring.seal(ring.writing_key_id, context=CONTEXT)
    KnownKey.objects.get_or_create(key_id=ring.writing_key_id, defaults={"proof": proof})


def forget_all_but_first() -> None:
    """Take away the proofs of keys under which nothing is sealed any more."""
    KnownKey.objects.exclude(key_id=vault.keyring().writing_key_id).delete()


def ids() -> list[str]:
    """Return the ids of the keys that seal here, the oldest first."""
    return list(KnownKey.objects.order_by("id").values_list("key_id", flat=True))


def _refuse(ring: KeyRing, known: dict[str, bytes]) -> None:
    mine = [key_id for key_id, _ in ring.keys]
    missing = [key_id for key_id in known if key_id not in mine]
    if missing and len(missing) < len(known):
        message = (
            f"secrets in this database are sealed under the key {missing[0]!r} too, which DAYBOOK_ENCRYPTION_KEYS lacks "
            f"(it holds {', '.join(mine)}). Put it back behind the others; `daybook secrets rotate` seals everything under "
            "the first one, and only then may it go"
        )
        raise OtherKeysError(message)
    if missing:
        message = (
            f"this database's secrets are sealed under the key {missing[-1]!r}, and DAYBOOK_ENCRYPTION_KEYS holds "
            f"{', '.join(mine)}: the keys, or DATABASE_URL, are another installation's. Nothing was started. Name the "
            "right ones; if the keys are lost for good, `daybook secrets forget-lost-keys` says what that means"
        )
        raise OtherKeysError(message)
    for key_id, proof in known.items():
        try:
            ring.open(proof, context=CONTEXT)
        except CannotOpenError as error:
            message = (
                f"the key {key_id!r} in DAYBOOK_ENCRYPTION_KEYS is not the key {key_id!r} that this database's secrets are "
                "sealed under: only its id is the same. Nothing was started. Name the right one"
            )
            raise OtherKeysError(message) from error
