"""PURE: rows that take long to read, kept packed from the first whole reading on: a file is read through twice or more."""

import zlib
from collections.abc import Iterator

import msgspec

from daybook.sources.table.cells import Row, Rows

_BLOCK = 1_000
_LARGEST_BLOCK = 4 * 1024 * 1024
"""In characters: cells that share one long text take hardly any memory before they are packed."""
_MOST = 48 * 1024 * 1024
"""Of packed bytes; what comes to more is read anew each time."""
_MOST_UNPACKED = 512 * 1024 * 1024
"""In characters: to pack more takes longer than to read it anew."""


def once(rows: Rows) -> Rows:
    """Return the same rows: read once to their end, packed afterwards (an order's rows come to a tenth of their size)."""
    kept: list[bytes] = []

    def each() -> Iterator[Row]:
        if kept:
            for block in kept:
                yield from msgspec.msgpack.decode(zlib.decompress(block), type=list[tuple[int, list[str]]])
            return
        packed = _Packed()
        for row in rows():
            packed.add(row)
            yield row
        kept[:] = packed.blocks()  # not beside those of another reading that began before this one had ended

    return each


class _Packed:
    """Blocks of rows; none once they come to too much."""

    def __init__(self) -> None:
        self._open: list[Row] = []
        self._open_characters = 0
        self._blocks: list[bytes] = []
        self._size = 0
        self._characters = 0

    def add(self, row: Row) -> None:
        """Keep a row."""
        if self._is_too_much():
            return
        self._open.append(row)
        self._open_characters += sum(map(len, row[1]))
        if len(self._open) >= _BLOCK or self._open_characters >= _LARGEST_BLOCK:
            self._close()

    def _is_too_much(self) -> bool:
        return self._size > _MOST or self._characters > _MOST_UNPACKED

    def _close(self) -> None:
        self._blocks.append(zlib.compress(msgspec.msgpack.encode(self._open), 1))
        self._size += len(self._blocks[-1])
        self._characters += self._open_characters
        self._open, self._open_characters = [], 0
        if self._is_too_much():
            self._blocks = []

    def blocks(self) -> list[bytes]:
        """Return what is kept."""
        if self._open:
            self._close()
        return self._blocks
