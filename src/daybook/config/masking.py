"""PURE: secrets that stand in addresses and headers, taken out of whatever is written to a log."""

import re

MASK = "***"

_PARTS = (
    # the last part of an address that opens a door by itself
    re.compile(r"(/status/)[^/?#\s\"'<>]+"),
    re.compile(r"(/(?:setup|join|invitations?|invite)/)[^/?#\s\"'<>]+"),
    re.compile(r"(/mail/stop/)[^/?#\s\"'<>]+"),
    re.compile(r"(/(?:reset/key|confirm-email|confirm|verify)/)[^/?#\s\"'<>]+"),
    # values of a query or a form
    re.compile(
        r"((?:^|[?&\s\"'])(?:code|state|token|key|secret|password|access_token|refresh_token|id_token|client_secret"
        r"|code_verifier|code_challenge|sessionid|csrftoken)=)[^&\s\"'#;]+",
        re.IGNORECASE,
    ),
    re.compile(r"(\b(?:Bearer|Basic)\s+)[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE),
    re.compile(r"(\bdbk_)[A-Za-z0-9_-]{8,}"),
    # a random text of ours: 32 and more characters, great and small letters and digits mixed
    re.compile(r"()(?<![A-Za-z0-9_-])(?=[a-z0-9_-]*[A-Z])(?=[A-Z0-9_-]*[a-z])(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{32,}"),
)


def masked(text: str) -> str:
    """Return `text` without its secrets; what leads to each stays, so that one sees what was meant."""
    for pattern in _PARTS:
        text = pattern.sub(rf"\1{MASK}", text)
    return text
