"""Telling the history what is changed of a company's own settings."""

from collections.abc import Iterator
from contextlib import contextmanager

from daybook.companies.models import Company, CompanySettings
from daybook.history import telling
from daybook.history.kinds import About, Subject
from daybook.history.telling import Secret, as_text


@contextmanager
def saving(company: Company, *, by: int | None) -> Iterator[None]:
    """Tell what the block changes. Wants an open transaction. `by`: the person's id; None: the command line."""
    with telling.saving(About(company.pk, Subject.COMPANY, company.pk), lambda: values_of(company), by=by):
        yield


def values_of(company: Company) -> dict[str, str]:
    """Return the company's settings as text, as they stand in the database now."""
    stands = CompanySettings.objects.filter(company=company).first() or CompanySettings(company=company)
    return {
        "require_second_factor": as_text(stands.require_second_factor),
        "kornitx_hmac_key": Secret.of(stands.kornitx_hmac_key_sealed),
        "kornitx_callback_secret": Secret(stands.kornitx_callback_secret_hash),
    }
