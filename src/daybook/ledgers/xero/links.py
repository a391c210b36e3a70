"""PURE: addresses in Xero's own pages, for people (xero-rules.md 8)."""

from urllib.parse import quote


def contact(base: str, short_code: str, their_id: str) -> str:
    """Return the address of a contact."""
    return f"{base}/app/{quote(short_code, safe='!')}/contacts/contact/{quote(their_id, safe='')}"


def by_login(base: str, short_code: str, path: str) -> str:
    """Return an address by way of the log-in that switches to its organisation."""
    query = f"shortcode={quote(short_code, safe='!')}&redirecturl={path}"
    return f"{base}/organisationlogin/default.aspx?{query}"
