"""What hangs on a record: its history and its files."""

from localxero.books.records.record import Record

# Who writes a history line that no person wrote.
SYSTEM = "System Generated"


class Note(Record, frozen=True, kw_only=True):
    """One line of a record's history; it cannot be changed or deleted."""

    changes: str
    details: str
    at_ms: int
    user: str = SYSTEM


class Attachment(Record, frozen=True, kw_only=True):
    """A file that hangs on a record."""

    attachment_id: str
    file_name: str
    mime_type: str
    content: bytes
    include_online: bool = False
