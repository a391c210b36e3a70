"""PURE: addresses of documents in Xero's own pages, for people (xero-rules.md 8)."""

from urllib.parse import quote


def invoice(base: str, short_code: str, their_id: str) -> str:
    """Return the address of a sales invoice; `base` is https://go.xero.com, `short_code` like `!NLglS`."""
    return f"{base}/app/{quote(short_code, safe='!')}/invoicing/view/{quote(their_id, safe='')}"


def purchase_order(base: str, short_code: str, their_id: str) -> str:
    """Return the address of a purchase order, by way of the log-in that switches to its organisation."""
    return _by_login(base, short_code, f"/Accounts/Payable/PurchaseOrders/View/{quote(their_id, safe='')}/")


def contact(base: str, short_code: str, their_id: str) -> str:
    """Return the address of a contact."""
    return f"{base}/app/{quote(short_code, safe='!')}/contacts/contact/{quote(their_id, safe='')}"


def _by_login(base: str, short_code: str, path: str) -> str:
    query = f"shortcode={quote(short_code, safe='!')}&redirecturl={path}"
    return f"{base}/organisationlogin/default.aspx?{query}"
