"""Who is calling: `Authorization: Bearer`, an API key of one company."""

from django.http import HttpRequest
from ninja.security import HttpBearer

from daybook.companies import keys
from daybook.companies.models import ApiKey, Company
from daybook.kit import clock


class ApiKeyBearer(HttpBearer):
    """An API key of a company; made on its API keys page or with `daybook apikey create`."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:  # noqa: ARG002 - Ninja passes it
        """Return the live key, or None: then the answer is 401."""
        key = keys.find_api_key(token)
        if key is not None:
            keys.note_use(key, clock.now())
        return key


def company_of(request: HttpRequest) -> Company:
    """Return the company whose key was shown."""
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    return key.company
