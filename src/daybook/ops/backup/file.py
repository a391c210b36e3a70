"""The file of a backup: a zip that holds the dump as pg_dump writes it, the manifest, and a note for people.

It is written under another name and renamed when it is whole; only its owner may read it.
"""

import hashlib
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

import msgspec

from daybook.kit.ids import public_id
from daybook.ops.backup import manifest
from daybook.ops.backup.manifest import Manifest
from daybook.ops.processes.stops import Exit, Stop

DUMP, MANIFEST, NOTE = "database.dump", "manifest.json", "READ-ME.txt"
PIECE = 1024 * 1024
NOTE_TEXT = """A backup of a Daybook. `daybook restore FILE` brings it back.

database.dump is PostgreSQL's custom format: pg_restore reads it without Daybook.
The keys that its secrets are sealed under (DAYBOOK_ENCRYPTION_KEYS) are not in this file. It holds
customers' data all the same: keep it as carefully as the database itself.
"""


class Pieces:
    """What goes into the dump, counted and hashed on its way."""

    def __init__(self, target: IO[bytes] | None = None) -> None:
        self._target, self._hash, self.bytes = target, hashlib.sha256(), 0

    def write(self, piece: bytes) -> None:
        """Take one piece, and pass it on where there is a target."""
        if self._target is not None:
            self._target.write(piece)
        self._hash.update(piece)
        self.bytes += len(piece)

    @property
    def sha256(self) -> str:
        """Return the hash of all that was written, hex."""
        return self._hash.hexdigest()


@contextmanager
def written(path: Path) -> Iterator[zipfile.ZipFile]:
    """Make the file for the length of a block; where that fails nothing is left. Raises Stop."""
    if path.exists():
        raise Stop(f"{path} is there already; a backup overwrites nothing", Exit.USAGE)
    draft = path.with_name(f".{path.name}.{public_id()}.part")
    try:
        descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
                yield archive
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    except OSError as error:
        raise Stop(f"the backup cannot be written to {path}: {error.strerror}", Exit.ENVIRONMENT) from error
    finally:
        draft.unlink(missing_ok=True)


def name_at(now: datetime) -> str:
    """Return what a backup of this moment is called in a folder."""
    return f"daybook-{now:%Y%m%dT%H%M%SZ}.zip"


def thin_out(folder: Path, keep: int) -> list[Path]:
    """Delete all but the newest backups of a folder, by their names; return which."""
    gone = sorted(folder.glob("daybook-*T*Z.zip"))[:-keep]
    for path in gone:
        path.unlink()
    return gone


@contextmanager
def dump_in(archive: zipfile.ZipFile) -> Iterator[Pieces]:
    """Open the dump's place in the file for writing."""
    with archive.open(DUMP, "w", force_zip64=True) as target:
        yield Pieces(target)


def finish(archive: zipfile.ZipFile, made: Manifest) -> None:
    """Write what the file says of itself."""
    archive.writestr(NOTE, NOTE_TEXT)
    archive.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(made)))


@contextmanager
def opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """Open a backup for the length of a block. Raises Stop where it is none, or a newer version's."""
    with path.open("rb") as file:
        try:
            archive = zipfile.ZipFile(file)
            said = manifest.read(archive.read(MANIFEST))
        except (zipfile.BadZipFile, KeyError) as error:
            raise Stop(f"{path} is no backup of Daybook, or only the beginning of one", Exit.ENVIRONMENT) from error
        except manifest.NoManifestError as error:
            raise Stop(f"{path} cannot be used: {error}", Exit.ENVIRONMENT) from error
        yield archive, said


def pieces_of(archive: zipfile.ZipFile) -> Iterator[bytes]:
    """Yield the dump, piece by piece. Raises Stop where it is damaged."""
    try:
        with archive.open(DUMP) as source:
            while piece := source.read(PIECE):
                yield piece
    except zipfile.BadZipFile as error:
        raise Stop("the backup is damaged; use another one", Exit.ENVIRONMENT) from error


def verify(archive: zipfile.ZipFile, said: Manifest) -> None:
    """Read the whole dump and compare it with what the manifest says. Raises Stop."""
    found = Pieces()
    for piece in pieces_of(archive):
        found.write(piece)
    if (found.bytes, found.sha256) != (said.dump_bytes, said.dump_sha256):
        raise Stop("the backup is damaged: its dump is not the one that its manifest names", Exit.ENVIRONMENT)
