"""A company that was closed is read and exported, and nothing else: what is said to whoever wants more."""

from daybook.companies.models import Company
from daybook.companies.problems import PeopleError

CURE = "Whoever runs Daybook can open it again: daybook company reopen {}"


class ClosedError(PeopleError):
    """The company is closed: nothing of it is changed. The text says until when it is kept, and what to do."""


def words(company: Company) -> str:
    """Return since when the company is closed, until when it is kept, and the cure; "" while it is open."""
    if company.closed_at is None or company.kept_until is None:
        return ""
    since, until = f"{company.closed_at:%-d %B %Y}", f"{company.kept_until:%-d %B %Y}"
    kept = f"It was closed on {since}, can be read and exported until {until} and is deleted then."
    return f"{kept} {CURE.format(company.public_id)}"


def refuse(company: Company) -> Company:
    """Return the company where it is open. Raises ClosedError."""
    if company.is_closed:
        raise ClosedError(f"{company} is closed, so nothing was changed. {words(company)}")
    return company
