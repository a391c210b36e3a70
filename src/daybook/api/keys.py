"""Who is calling, and whether that key opens what is asked for: `Authorization: Bearer`, an API key of one company."""

from datetime import datetime

from django.http import HttpRequest
from ninja.security import HttpBearer

from daybook.companies import closed, doors, keys
from daybook.companies.models import ApiKey, Company
from daybook.kit import clock

Scope = ApiKey.Scope


class TooManyTriesError(Exception):
    """So many failures from one address, or for one account, that the next ones are told to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


class KeyIsOverError(Exception):
    """The key's day has come: 401."""

    def __init__(self, ended: datetime) -> None:
        super().__init__(
            f"This API key ended on {ended:%-d %B %Y}. Make a new one on the page API keys, or with daybook apikey create."
        )


class ScopeMissingError(Exception):
    """The key does not open what is asked for: 403, naming the scope."""

    def __init__(self, scope: str) -> None:
        super().__init__(
            f"This API key lacks the scope {scope}. Use another key, or make one that has it on the page API keys."
        )


class ApiKeyBearer(HttpBearer):
    """An API key of a company; made on its API keys page or with `daybook apikey create`."""

    def __init__(self, scope: str = "") -> None:
        """Take the scope that a route needs; "": reading needs `read`, everything else `act`."""
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        """Return the live key, or None: then the answer is 401.

        Raises TooManyTriesError, of wrong keys only; ClosedError of a key that was a closed company's; KeyIsOverError,
        ScopeMissingError.
        """
        key = keys.find_api_key(token)
        if key is None:
            if (company := keys.closed_behind(token)) is not None:
                closed.refuse(company)
            refuse_many(request, doors.KEYS_BY_ADDRESS)
        else:
            self._judge(request, key, now := clock.now())
            keys.note_use(key, now)
        return key

    def _judge(self, request: HttpRequest, key: ApiKey, now: datetime) -> None:
        if key.expires_at is not None and key.is_over(now):
            raise KeyIsOverError(key.expires_at)
        needed = self.scope or (Scope.READ if request.method in {"GET", "HEAD"} else Scope.ACT)
        if needed not in key.opens:
            raise ScopeMissingError(needed)


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
