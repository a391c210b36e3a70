"""How secrets of a second factor are sealed where they stand: as text within a JSON column of allauth.

Allauth seals a secret before it knows the row, so all are bound to one context: as second factors, not to a person.
"""

import base64
from collections.abc import Callable

from daybook.secrets import vault

CONTEXT = "second_factor"
SECRETS = ("secret", "seed")
MIGRATED = "migrated_codes"
MARK = "sealed:"
"""Tells a sealed secret from one that an older version stored as it was."""


def seal(secret: str) -> str:
    """Return `secret` sealed, as text."""
    return MARK + base64.b64encode(vault.seal(secret, context=CONTEXT)).decode()


def unseal(text: str) -> str:
    """Return the secret behind a sealed text. Raises CannotOpenError."""
    return vault.unseal(raw(text), context=CONTEXT)


def sealed_texts(kept: dict[str, object]) -> list[str]:
    """Return every sealed text of a factor's JSON."""
    codes = kept.get(MIGRATED)
    texts = [kept.get(name) for name in SECRETS] + (codes if isinstance(codes, list) else [])
    return [text for text in texts if isinstance(text, str) and is_sealed(text)]


def changed(kept: dict[str, object], change: Callable[[str], str]) -> dict[str, object]:
    """Return a factor's JSON with `change` applied to each secret in it (allauth/mfa: TOTP, RecoveryCodes)."""
    new = dict(kept)
    for name in SECRETS:
        if isinstance(kept.get(name), str):
            new[name] = change(str(kept[name]))
    codes = kept.get(MIGRATED)
    if isinstance(codes, list):
        new[MIGRATED] = [change(str(code)) for code in codes]
    return new


def is_sealed(text: str) -> bool:
    """Return whether `text` is sealed already."""
    return text.startswith(MARK)


def raw(text: str) -> bytes:
    """Return the sealed bytes behind a sealed text."""
    return base64.b64decode(text.removeprefix(MARK))
