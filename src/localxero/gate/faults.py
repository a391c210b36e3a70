"""Failures on demand: the kinds there are, the addresses they strike, and what a rule of them must be.

Where in a request each kind strikes:

    latency_before, reset_before, status_503, status_502, status_429, status_401_expired, token_expiry,
    consent_withdrawn, organisation_offline, key_store_down     before anything is looked at
    identity_down, invalid_grant                                the same, on identity's addresses
    status_500_before                              after the Idempotency-Key was taken, before the books
    status_500_after                               after the books: booked, but the caller is told 500
    latency_after, reset_after, truncate_after, status_504_after     when the answer is ready and kept under the key
"""

from localkit import faults
from localxero.gate.resources import HERE, LACKED

KINDS = (
    "latency_before",
    "latency_after",
    "reset_before",
    "reset_after",
    "truncate_after",
    "status_500_before",
    "status_500_after",
    "status_503",
    "status_429",
    "status_401_expired",
    "status_502",
    "status_504_after",
    "identity_down",
    "invalid_grant",
    "token_expiry",
    "consent_withdrawn",
    "organisation_offline",
    "key_store_down",
)
PROBLEMS = ("minute", "day", "appminute", "concurrent")
API_PATHS = ("/api.xro/",)
# Where a rule strikes that names no path: everywhere, but for these kinds.
PATHS = {
    "identity_down": ("/connect/", "/identity/", "/.well-known/"),
    "invalid_grant": ("/connect/token",),
    "token_expiry": API_PATHS,
    "consent_withdrawn": API_PATHS,
    "organisation_offline": API_PATHS,
    "key_store_down": API_PATHS,
}


# What is served as Xero serves it: faults strike there, and the journal writes down what comes.
SERVED = ("/api.xro/", "/connect/", "/connections", "/identity/", "/.well-known/")
RESOURCES = "/api.xro/2.0/"
AT_THE_BOOKS = ("status_500_before", "status_500_after")


class FaultRule(faults.FaultRule, kw_only=True, forbid_unknown_fields=True):
    """A rule of one of our kinds; `problem` is the limit that a status_429 names."""

    problem: str = "minute"

    def __post_init__(self) -> None:
        """Refuse a kind that does not exist, a path that no request has, and numbers that make no sense."""
        if self.kind not in KINDS:
            message = f"kind must be one of {', '.join(KINDS)}"
            raise ValueError(message)
        if self.problem not in PROBLEMS:
            message = f"problem must be one of {', '.join(PROBLEMS)}"
            raise ValueError(message)
        if self.path is not None and (wrong := path_problem(self.path, self.kind)):
            raise ValueError(wrong)
        super().__post_init__()


def path_problem(path: str, kind: str) -> str | None:
    """Say why no request could ever have a path that begins so, with a hint; None where one could."""
    told, low = f"the path {path!r} can never match", path.lower()
    if "://" in path:
        return f"{told}: leave scheme and host out, as in {RESOURCES}Invoices"
    if set("?*#") & set(path):
        return f"{told}: it is the beginning of a path, without query and without patterns, as in {RESOURCES}Invoices"
    if not any(low.startswith(each) or each.startswith(low) for each in SERVED) or not path.startswith("/"):
        word = path.strip("/").partition("/")[0]
        known = next((each for each in HERE if each.lower() == word.lower()), None)
        meant = f"did you mean {RESOURCES}{known}?" if known else f"it begins with one of {', '.join(SERVED)}"
        return f"{told}: {meant}"
    resource = low.removeprefix(RESOURCES).partition("/")[0] if low.startswith(RESOURCES) else ""
    if resource and not any(each.lower().startswith(resource) for each in (*HERE, *LACKED)):
        return f"{told}: there is no such resource; there are {', '.join(HERE)}"
    if kind in AT_THE_BOOKS and not (low.startswith("/api.xro/") or "/api.xro/".startswith(low)):
        return f"{told}: {kind} strikes at the books, below {RESOURCES}"
    return None
