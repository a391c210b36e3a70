"""Moments of an order, as they were sent."""

import re


def as_sent(moment: object) -> str:
    """Return a moment's text for people: "2026-11-20 15:30", without a zone where it names none; empty for none."""
    text = str(moment or "")
    return re.sub(r"Z$", " UTC", re.sub(r"(?<=\d)[Tt](?=\d)", " ", text))
