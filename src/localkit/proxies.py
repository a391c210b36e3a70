"""PURE: which proxy in front of a simulator is believed."""

from collections.abc import Collection, Mapping
from ipaddress import ip_address
from typing import Any


def is_loopback(address: str) -> bool:
    """Tell whether an address is this machine's own."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def forwarded_proto(environ: Mapping[str, Any], trusted: Collection[str]) -> str:
    """Read the scheme a proxy in front saw, or ""; only one on this machine, or one that was named, is believed."""
    told: str = environ.get("HTTP_X_FORWARDED_PROTO", "").partition(",")[0].strip().lower()
    if told not in {"http", "https"}:
        return ""
    peer: str = environ.get("REMOTE_ADDR", "")
    return told if peer in trusted or is_loopback(peer) else ""
