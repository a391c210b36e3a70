"""Links that leave the page: copied, or mailed."""

from django.conf import settings


def absolute(path: str) -> str:
    """Return the address of `path` on this Daybook, from DAYBOOK_PUBLIC_URL and never from the Host header."""
    return f"{settings.PUBLIC_URL}{path}"
