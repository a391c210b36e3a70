"""What every record of a set of books is."""

import msgspec


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the books; a change replaces it, so a shallow copy of the books is a snapshot of them."""
