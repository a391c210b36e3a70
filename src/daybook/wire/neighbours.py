"""Whether an address leads into Daybook's own network: asked before what a person typed is called."""

import socket
from ipaddress import ip_address
from urllib.parse import urlsplit

from daybook.wire.errors import NotSent


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
    return any(not ip_address(str(address).split("%")[0]).is_global for address in found)
