"""Telling the history what is changed of a company's own settings."""

from contextlib import AbstractContextManager

from daybook.companies.models import Company, CompanySettings
from daybook.history import telling
from daybook.history.kinds import About, Subject
from daybook.history.telling import Somebody, as_text


def saving(company: Company, by: Somebody | None) -> AbstractContextManager[None]:
    """Tell what the block changes. Wants an open transaction. `by`: None: the command line."""
    return telling.saving(About(company.pk, Subject.COMPANY, company.pk), lambda: values_of(company), by=by)


def values_of(company: Company) -> dict[str, str]:
    """Return the company's settings as text, as they stand in the database now."""
    stands = CompanySettings.objects.filter(company=company).first() or CompanySettings(company=company)
    return {"require_second_factor": as_text(stands.require_second_factor)}
