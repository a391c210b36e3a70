"""The installation's own keys, made once on the embedded default: in the user's config folder, not beside the database.

Whoever copies the database's folder must not carry the keys away with it.
"""
# ruff: noqa: PLC0415  # Django is set up only once the keys are known

import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

import platformdirs

from daybook.kit.ids import public_id
from daybook.secrets import keyring
from daybook.secrets.keyring import CannotOpenError, OtherKeysError

SECRET_KEY = "DAYBOOK_SECRET_KEY"  # noqa: S105  # a variable's name
ENCRYPTION_KEYS = "DAYBOOK_ENCRYPTION_KEYS"
NOTHING_OPENS = (
    "nothing that this database holds sealed can be opened with DAYBOOK_ENCRYPTION_KEYS: the keys, or DATABASE_URL, are "
    "another installation's. Nothing was started. Name the right ones; if the keys are lost for good, "
    "`daybook secrets forget-lost-keys` says what that means"
)


def default_file() -> Path:
    """Return where the keys of this user are."""
    return platformdirs.user_config_path("daybook") / "keys.env"


def ensure(path: Path) -> Mapping[str, str]:
    """Return the keys in `path` (lines `NAME=value`), made there if there is no such file; mode 0600."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_once(path, f"{SECRET_KEY}={secrets.token_urlsafe(50)}\n{ENCRYPTION_KEYS}={keyring.new_key()}\n")
    lines = (line.partition("=") for line in path.read_text().splitlines() if not line.startswith("#"))
    return {name.strip(): value.strip() for name, separator, value in lines if separator}


def refuse_other_keys() -> None:
    """Raise OtherKeysError unless the keys at hand are those that seal in this database. Wants Django set up."""
    from daybook.secrets import known_keys

    if not known_keys.ids():  # the version before left no proofs
        opens = list(_tried())
        if opens and not any(opens):
            raise OtherKeysError(NOTHING_OPENS)
    known_keys.refuse_others()


def _tried() -> Iterator[bool]:
    """Yield, for the newest secret of each sort that there is, whether it opens."""
    from daybook.ops.cli.rotation import COLUMNS
    from daybook.secrets import vault

    for column in COLUMNS:
        row = column.model._default_manager.exclude(**{column.column: b""}).order_by("-pk").first()  # noqa: SLF001  # Django's name
        if row is None:
            continue
        try:
            vault.unseal(getattr(row, column.column), context=column.context(row))
        except CannotOpenError:
            yield False
        else:
            yield True


def _write_once(path: Path, text: str) -> None:
    """Write a private file whole; where another process was quicker, its file stays."""
    draft = path.with_name(f".{path.name}-{public_id()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
