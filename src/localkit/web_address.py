"""PURE: whether a text is an address on the web."""

from urllib.parse import urlsplit


def is_web_address(text: str, schemes: tuple[str, ...] = ("http", "https")) -> bool:
    """Tell whether a text is an absolute address with a host, and a port that can be one."""
    if any(each.isspace() or not each.isprintable() for each in text):
        return False
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    return parts.scheme in schemes and bool(parts.hostname) and port != 0
