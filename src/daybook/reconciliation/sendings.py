"""To whom a document was sent, and in which currency: each sending for itself."""

from collections import defaultdict
from collections.abc import Sequence

from daybook.outbox.models import AttemptEntry, Entry
from daybook.reconciliation.compare import Sent


def of(company_id: int, entry_ids: Sequence[int]) -> dict[int, frozenset[Sent]]:
    """Return, by document, what its sendings named; one that left before that was kept, and one that never left, is missing."""
    members = AttemptEntry.objects.filter(company_id=company_id, entry__in=entry_ids, attempt__sent_at__isnull=False)
    found: dict[int, set[Sent]] = defaultdict(set)
    for entry_id, resolved in members.exclude(resolved={}).values_list("entry_id", "resolved"):
        found[entry_id].add(Sent(resolved["contact_id"], resolved["currency"]))
    return {entry_id: frozenset(sent) for entry_id, sent in found.items()}


def contact_of(entry: Entry) -> str:
    """Return the ledger's id of the contact that the document names as it is written now; "" where it names none."""
    return str((entry.document or {}).get("contact_id") or "")
