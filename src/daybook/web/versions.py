"""Addresses of our own files that say what is in them: browsers keep them for a day, and see an upgrade at once."""

import hashlib
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage

DIGITS = 8


class VersionedStorage(StaticFilesStorage):
    """Puts a print of the file behind its address; the file itself is served under any."""

    def url(self, name: str | None) -> str:
        """Return the address; a name that no file has as it is."""
        address = str(super().url(name))
        version = _version(name or "")
        return f"{address}?{version}" if version else address


@cache
def _version(name: str) -> str:
    found = finders.find(name)
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:DIGITS] if isinstance(found, str) else ""
