"""PURE: addresses in Xero's own pages, for people (xero-rules.md 8)."""

from urllib.parse import quote


def contact(base: str, short_code: str, their_id: str) -> str:
    """Return the address of a contact, "" while the organisation's short code is not known."""
    return in_app(base, short_code, f"contacts/contact/{quote(their_id, safe='')}")


def in_app(base: str, short_code: str, path: str) -> str:
    """Return an address of an organisation's own pages."""
    return f"{base}/app/{quote(short_code, safe='!')}/{path}" if short_code else ""


def by_login(base: str, short_code: str, path: str) -> str:
    """Return an address by way of the log-in that switches to its organisation."""
    if not short_code:
        return ""
    query = f"shortcode={quote(short_code, safe='!')}&redirecturl={path}"
    return f"{base}/organisationlogin/default.aspx?{query}"
