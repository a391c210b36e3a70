"""Who is calling: `Authorization: Bearer`, an API key of one company."""

from django.http import HttpRequest
from ninja.security import HttpBearer

from daybook.companies import closed, doors, keys
from daybook.companies.models import ApiKey, Company
from daybook.kit import clock


class TooManyTriesError(Exception):
    """So many failures from one address, or for one account, that the next ones are told to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


class ApiKeyBearer(HttpBearer):
    """An API key of a company; made on its API keys page or with `daybook apikey create`."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        """Return the live key, or None: then the answer is 401.

        Raises TooManyTriesError, of wrong keys only; ClosedError of a key that was a closed company's.
        """
        key = keys.find_api_key(token)
        if key is None:
            if (company := keys.closed_behind(token)) is not None:
                closed.refuse(company)
            refuse_many(request, doors.KEYS_BY_ADDRESS)
        else:
            keys.note_use(key, clock.now())
        return key


def refuse_many(
    request: HttpRequest, by_address: doors.Limit, account: str = "", by_account: doors.Limit | None = None
) -> None:
    """Count a failure by the caller's address and, where one is named, by account. Raises TooManyTriesError."""
    now = clock.now()
    wait = doors.note_failure(by_address, doors.place(request.META.get("REMOTE_ADDR", "")), now)
    if by_account is not None:
        wait = max(wait, doors.note_failure(by_account, account, now))
    if wait:
        raise TooManyTriesError(wait)


def company_of(request: HttpRequest) -> Company:
    """Return the company whose key was shown."""
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    return key.company
