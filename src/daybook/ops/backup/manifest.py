"""PURE: what a backup says of itself."""

from datetime import datetime

import msgspec

FORMAT = 1


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """Written last into the file, so that a file without it is none."""

    format: int = FORMAT
    made_at: datetime
    version: str
    """Of the Daybook that made it."""
    migrations: list[str]
    """The changes of tables that the database had seen, `app.name`."""
    server: str
    """The PostgreSQL it came from, "18.4"."""
    pg_dump: str
    """The program's version: an older pg_restore does not read its dump."""
    key_ids: list[str]
    """Which of DAYBOOK_ENCRYPTION_KEYS its secrets are sealed under; the keys themselves are in no backup."""
    rows: dict[str, int]
    """How many rows the tables that count have, to tell by afterwards that all came back."""
    position: int
    seal: str
    """Of the history's last sealed event (`daybook audit verify`)."""
    dump_bytes: int
    dump_sha256: str


class NoManifestError(ValueError):
    """What was read is no manifest of a version that this one knows."""


def read(text: bytes) -> Manifest:
    """Return the manifest in a text. Raises NoManifestError, in words for people."""
    try:
        found = msgspec.json.decode(text, type=dict)
    except msgspec.DecodeError as error:
        raise NoManifestError("its manifest is damaged") from error
    if isinstance(found.get("format"), int) and found["format"] > FORMAT:
        raise NoManifestError(f"a newer version of Daybook ({found.get('version', '?')}) made it: use that one")
    try:
        return msgspec.convert(found, type=Manifest)
    except msgspec.ValidationError as error:
        raise NoManifestError(f"its manifest is damaged ({error})") from error


def missing(stood: dict[str, int], stands: dict[str, int]) -> list[str]:
    """Return in words which tables have other rows than they had."""
    return [
        f"{table}: {count} rows, now {stands.get(table, 0)}"
        for table, count in stood.items()
        if stands.get(table, 0) != count
    ]
