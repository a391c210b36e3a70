"""Books that remember which of their records changed, until somebody asks: the one seam between books and webhooks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from localxero.books import Books, Contents, Keep
from localxero.books.records import Contact, CreditNote, Invoice


@dataclass(frozen=True, slots=True)
class Change:
    """One record that was made or changed."""

    category: str
    resource_id: str
    is_new: bool


class WatchedBooks(Books):
    """Books whose changes can be taken; what is undone has not happened."""

    def __init__(self, contents: Contents) -> None:
        self._changes: dict[tuple[str, str], Change] = {}
        super().__init__(contents)
        self._changes.clear()

    def put_contact(self, contact: Contact) -> None:
        """Add or replace a contact."""
        self._note("CONTACT", contact.contact_id, is_new=contact.contact_id not in self.contacts)
        super().put_contact(contact)

    def put_invoice(self, invoice: Invoice) -> None:
        """Add or replace an invoice."""
        self._note("INVOICE", invoice.document_id, is_new=invoice.document_id not in self.invoices)
        super().put_invoice(invoice)

    def put_credit_note(self, note: CreditNote) -> None:
        """Add or replace a credit note."""
        self._note("CREDITNOTE", note.document_id, is_new=note.document_id not in self.credit_notes)
        super().put_credit_note(note)

    @contextmanager
    def undone_unless_kept(self) -> Iterator[Keep]:
        """Forget the changes made inside unless they are kept."""
        before = dict(self._changes)
        with super().undone_unless_kept() as keep:
            yield keep
        if not keep.kept:
            self._changes = before

    def take_changes(self) -> list[Change]:
        """Return what changed since the last time, each record once, and forget it."""
        if not self._changes:
            return []
        with self.lock:
            taken, self._changes = list(self._changes.values()), {}
            return taken

    def _note(self, category: str, resource_id: str, *, is_new: bool) -> None:
        self._changes.setdefault((category, resource_id), Change(category, resource_id, is_new))


def credit_note_data(books: Books) -> Callable[[str], dict[str, str]]:
    """Find what an event says of a credit note beyond its id."""

    def found(resource_id: str) -> dict[str, str]:
        note = books.credit_notes[resource_id]
        return {"Type": note.type, "Status": note.status}

    return found
