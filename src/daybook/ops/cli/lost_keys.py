"""Going on without keys that are lost for good: what nobody can open any more is asked for anew."""

from django.db import transaction

from daybook.connections import calls
from daybook.connections.models import TokenSet
from daybook.proving import keys
from daybook.secrets import known_keys, vault
from daybook.secrets.keyring import CannotOpenError
from daybook.secrets.models import KnownKey

LOST = (
    "The keys of this Daybook were lost, and the access that was stored cannot be opened any more. Type the Client Secret "
    "again and press Get Access Token; what waits then goes by itself and nothing is posted twice."
)


def lost() -> list[str]:
    """Return the ids of the keys that seal here and are not at hand."""
    return [each.key_id for each in KnownKey.objects.order_by("id") if not _opens(each)]


def forget() -> int:
    """Take the first key at hand for the one that seals from now on; return how many connections need consent again."""
    with transaction.atomic():
        KnownKey.objects.all().delete()
        known_keys.note(vault.keyring())
    keys.give_up_lost()
    stopped = 0
    for tokens in TokenSet.objects.order_by("pk").iterator():
        try:
            _ = tokens.access_token, tokens.refresh_token
        except CannotOpenError:
            calls.mark_needs_consent(tokens.connection_id, LOST)
            stopped += 1
    return stopped


def _opens(known: KnownKey) -> bool:
    try:
        vault.unseal(known.proof, context=known_keys.CONTEXT)
    except CannotOpenError:
        return False
    return True
