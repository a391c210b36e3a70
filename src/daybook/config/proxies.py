"""Who is calling, and over http or https: what a named proxy says counts, what anybody else says of it does not."""

from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

Network = IPv4Network | IPv6Network
Application = Callable[..., Iterable[bytes]]

FORWARDED = (
    "HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT", "HTTP_X_REAL_IP",
)  # fmt: skip


def networks(text: str) -> tuple[Network, ...]:
    """Return the networks of a list such as `127.0.0.1, 10.0.0.0/8`. Raises ValueError."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def client(peer: str, forwarded_for: str, trusted: Sequence[Network]) -> str:
    """Return the address of whoever is calling.

    `peer` is who connected to us. Where that is a trusted proxy, it wrote the last address of X-Forwarded-For; going
    from there to the front, the first one that is no trusted proxy is the caller. What stands before it anybody may
    have written.
    """
    caller = peer
    for given in reversed(forwarded_for.split(",")):
        if not _is_trusted(caller, trusted) or _address(given) is None:
            break
        caller = given.strip()
    return caller


def scheme(peer: str, forwarded_proto: str, given: str, trusted: Sequence[Network]) -> str:
    """Return `https` or `http`: what a trusted proxy says last, else how we were reached."""
    said = forwarded_proto.rsplit(",", 1)[-1].strip().lower()
    return said if said in {"http", "https"} and _is_trusted(peer, trusted) else given


def behind_proxies(application: Application, trusted: Sequence[Network]) -> Application:
    """Return `application` with REMOTE_ADDR and the scheme put right, and all that was forwarded taken out."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        peer = environ.get("REMOTE_ADDR", "")
        environ["REMOTE_ADDR"] = client(peer, environ.get("HTTP_X_FORWARDED_FOR", ""), trusted)
        environ["wsgi.url_scheme"] = scheme(
            peer, environ.get("HTTP_X_FORWARDED_PROTO", ""), environ.get("wsgi.url_scheme", "http"), trusted
        )
        for name in FORWARDED:
            environ.pop(name, None)
        return application(environ, start_response)

    return answer


def _is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    found = _address(address)
    return found is not None and any(found in network for network in trusted)


def _address(text: str) -> Any:
    try:
        found = ip_address(text.strip())
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
