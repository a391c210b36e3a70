"""Whether an address leads into Daybook's own network: asked before what a person typed is called."""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from daybook.wire.errors import NotSent

WELL_KNOWN_TRANSLATION, LOCAL_TRANSLATION = IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48")
"""By which networks of IPv6 alone reach IPv4: RFC 6052, 2.1, and RFC 8215, which is each network's own."""
COMPATIBLE = IPv6Network("::/96")
"""RFC 4291, 2.5.5.1; deprecated, and some systems still lead it on. Holds this machine's own address, too."""


def is_one(url: str) -> bool:
    """Tell whether any address of the URL's host is not of the public internet. Raises NotSent where it has none.

    A name whose addresses change between this question and the call is not caught: whoever runs Daybook for strangers
    lets it out through a proxy that says the same.
    """
    return leads_to_one(urlsplit(url).hostname or "")


def leads_to_one(host: str) -> bool:
    """Tell whether any address of a host is not of the public internet, as `is_one`. Raises NotSent where it has none."""
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise NotSent(f"the name {host[:100]} is not known: {error}") from None
    return any(not _is_public(ip_address(str(address).split("%")[0])) for address in found)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast
    within = _within(address)
    if within is not None:
        return _is_public(within)
    is_local = address.is_site_local or address.is_multicast or address in LOCAL_TRANSLATION
    return address.is_global and not is_local


def _within(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that a router turns this one into; None where it stands for itself."""
    is_its_end = address in WELL_KNOWN_TRANSLATION or address in COMPATIBLE
    at_its_end = IPv4Address(int(address) & 0xFFFFFFFF) if is_its_end else None
    return address.ipv4_mapped or address.sixtofour or at_its_end
