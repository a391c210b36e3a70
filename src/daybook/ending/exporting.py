"""All of a company in one ZIP file, written as it is read: memory stays the same however much there is.

Of each table two files, JSON lines and CSV; no secret is in it. Rows are read in short batches and not under one
snapshot, which would hold PostgreSQL's clean-up back for as long as the slowest reader: of a company that is closed
nothing changes meanwhile, of an open one what comes in while it is read may be in one table and not yet in another.
"""

import hashlib
import io
import zipfile
from collections.abc import Iterator

from daybook.companies.models import Company, Person
from daybook.ending import rows, tables
from daybook.ending.rows import Row
from daybook.history import telling
from daybook.history.kinds import About, Subject, What

ITSELF, PEOPLE = "company", "people"
READ_ME = """\
All that Daybook keeps of {company}, of each table as JSON lines (.jsonl) and as CSV (UTF-8).

documents            what was made of orders, where it stands, what the ledger says of it
attempts             the writing calls, with what was sent and what was answered (kept 13 months)
documents_in_attempts  which document was in which call, and what became of it
orders, revisions, deliveries, notices   what was received
events               everything that happened, in one chain of seals
connections, posting_settings, ...       settings; people: members of the company

Rows refer to each other by id. Times are UTC. Texts in the CSV files that a spreadsheet would take for a formula have
an apostrophe before them; the JSON lines have them as they are. Keys, passwords and tokens are left out.
"""
FIXED_DATE = (1980, 1, 1, 0, 0, 0)
"""Of the files in the ZIP: the same rows make the same bytes."""


class _Sink(io.RawIOBase):
    """Takes what the ZIP writes until it is fetched; it cannot be sought in, so nothing written is needed again."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, data: object, /) -> int:
        """Hold the bytes, and return how many there are."""
        self._held += memoryview(data)  # type: ignore[arg-type]  # whatever zipfile writes has bytes
        return memoryview(data).nbytes  # type: ignore[arg-type]

    def fetch(self) -> bytes:
        """Return what is held, and hold it no longer."""
        held, self._held = bytes(self._held), bytearray()
        return held


def archive(company: Company) -> Iterator[bytes]:
    """Yield the bytes of the company's ZIP file."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, pieces in _files(company):
            inside = zipfile.ZipInfo(name, FIXED_DATE)
            inside.compress_type, inside.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            with packed.open(inside, "w", force_zip64=True) as file:
                for piece in pieces:
                    file.write(piece)
                    yield sink.fetch()
    yield sink.fetch()


def told(company: Company, by: Person | None = None) -> Iterator[bytes]:
    """Yield the same, and tell the history who took it, with its SHA-256, or that it broke off."""
    digest, is_whole = hashlib.sha256(), False
    try:
        for piece in archive(company):
            digest.update(piece)
            yield piece
        is_whole = True
    finally:
        after = {"sha256": digest.hexdigest()} if is_whole else {"sha256": "", "ended": "it broke off"}
        telling.tell(About(company.pk, Subject.COMPANY, company.pk), What.EXPORTED, by=by, after=after)


def digest_of(company: Company) -> str:
    """Return the SHA-256, hex, of the company's ZIP file as it would be now."""
    digest = hashlib.sha256()
    for piece in archive(company):
        digest.update(piece)
    return digest.hexdigest()


def _files(company: Company) -> Iterator[tuple[str, Iterator[bytes]]]:
    yield "README.txt", iter([READ_ME.format(company=company.name).encode()])
    yield from _both(ITSELF, [_itself(company)])
    yield from _both(PEOPLE, _members(company))
    exported = {rows.name_of(table): table for table in tables.tables() if rows.is_exported(table)}
    for name in sorted(exported):
        yield from _table(name, exported[name], company.pk)


def _table(name: str, table: tables.Table, company_id: int) -> Iterator[tuple[str, Iterator[bytes]]]:
    fields = rows.fields_of(table)
    yield f"{name}.jsonl", (rows.as_lines(fields, batch) for batch in rows.batches(table, company_id))
    yield f"{name}.csv", _csv(fields, rows.batches(table, company_id))


def _both(name: str, found: list[Row]) -> Iterator[tuple[str, Iterator[bytes]]]:
    fields = list(found[0]) if found else []
    yield f"{name}.jsonl", iter([rows.as_lines(fields, found)])
    yield f"{name}.csv", _csv(fields, iter([found]))


def _csv(fields: list[str], read: Iterator[list[Row]]) -> Iterator[bytes]:
    yield rows.as_csv(fields, [], header=True)
    for batch in read:
        yield rows.as_csv(fields, batch)


def _itself(company: Company) -> Row:
    names = [field.attname for field in Company._meta.concrete_fields]  # noqa: SLF001  # Django's public name
    return {name: getattr(company, name) for name in names}


def _members(company: Company) -> list[Row]:
    places = company.memberships.select_related("person").order_by("person_id")
    return [
        {"id": each.person_id, "email": each.person.email, "name": each.person.name, "role": each.role}
        for each in places
    ]
