"""Closing, exporting and reopening a company from the command line, and the certificates of those that were deleted."""

import os
from pathlib import Path

from django.conf import settings

from daybook.companies.models import Company
from daybook.ending import certificates, closing, exporting
from daybook.ending.models import Certificate
from daybook.ops.processes.stops import Exit, Stop
from daybook.wire.errors import WireError
from daybook.wire.http import HttpClient


def close(company: Company, years: int | None, *, client: HttpClient | None = None) -> str:
    """Stop posting and close the company, or say what is left; return what stands then in words. Raises Stop."""
    kept = settings.KEEP_CLOSED_YEARS if years is None else years
    closing.begin(company)
    try:
        left = closing.finish(company, years=kept, client=client)
    except closing.NotYetError as error:
        raise Stop(f"posting is stopped, and {company} is not closed yet: {error}", Exit.NEEDS_A_PERSON) from error
    except WireError as error:
        message = f"posting is stopped, and {company} is not closed yet: the ledger gave no clear answer ({error})"
        raise Stop(message, Exit.NEEDS_A_PERSON) from error
    states = ", ".join(f"{count} {state}" for state, count in left.states.items())
    given_up = f" Never posted: {states}." if left.given_up else ""
    return f"{company} is closed, and kept until {company.kept_until:%Y-%m-%d}.{given_up}"


def reopen(company: Company) -> str:
    """Open a closed company again; return what is to be done now. Raises Stop."""
    try:
        was_closed = closing.reopen(company)
    except closing.BeingDeletedError as error:
        raise Stop(str(error), Exit.NEEDS_A_PERSON) from error
    if not was_closed:
        return f"{company} is open already."
    return f"{company} is open again. Its people open the feeds, make API keys and connect it as before."


def export(company: Company, file: Path) -> str:
    """Write all of the company into a new file, whole or not at all; return its SHA-256 in words. Raises Stop."""
    part = file.with_name(f".{file.name}.part")
    if file.exists():
        raise Stop(f"{file} is there already; name another one", Exit.USAGE)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            for piece in exporting.told(company):
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        part.rename(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise Stop(f"{file} cannot be written: {error.strerror}", Exit.ENVIRONMENT) from error
    return f"{file}: {file.stat().st_size} bytes"


def certificate_of(name_or_id: str) -> Certificate:
    """Return the certificate of this id, or of the company of this id or name. Raises Stop."""
    names = ("public_id", "company_public_id", "company_name")
    found = [each for name in names for each in Certificate.objects.filter(**{name: name_or_id})]
    if len(found) != 1:
        many = "several certificates" if found else "no certificate"
        raise Stop(f"there is {many} of {name_or_id!r}; `daybook company certificates` lists all by id", Exit.USAGE)
    return found[0]


def listed() -> list[tuple[str, str, str, str]]:
    """Return, of each certificate, its id, the company, when it was closed and when it was deleted."""
    return [
        (
            each.public_id,
            each.company_name,
            f"{certificates.read(each).closed_at:%Y-%m-%d}",
            f"{each.deleted_at:%Y-%m-%d}" if each.deleted_at else "being deleted",
        )
        for each in Certificate.objects.all()
    ]
