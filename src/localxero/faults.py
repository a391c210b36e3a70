"""Failures on demand: a list of rules, each saying which requests it strikes, how often, and how.

Where in a request each kind strikes:

    latency_before, reset_before, status_503, status_502, status_429, status_401_expired, token_expiry,
    consent_withdrawn, organisation_offline, key_store_down     before anything is looked at
    identity_down, invalid_grant                                the same, on identity's addresses
    status_500_before                              after the Idempotency-Key was taken, before the books
    status_500_after                               after the books: booked, but the caller is told 500
    latency_after, reset_after, truncate_after, status_504_after     when the answer is ready and kept under the key
"""

import itertools
import random
import threading
from collections.abc import Sequence

import msgspec

from localxero.resources import HERE, LACKED

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
LONGEST_WAIT = 3_600
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


class ConnectionCutError(Exception):
    """The connection ends here: `sent` is what the client still gets of head and body, before a reset."""

    def __init__(self, sent: bytes | None = None) -> None:
        super().__init__("connection cut by a fault")
        self.sent = sent


class FaultRule(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One rule. Without `times` it strikes until it is cleared."""

    kind: str
    method: str | None = None
    path: str | None = None
    tenant_id: str | None = None
    times: int | None = None
    skip: int = 0
    every: int = 1
    probability: float = 1.0
    seed: int = 0
    seconds: float = 1.0
    retry_after: int | None = 60
    problem: str = "minute"
    id: int = 0
    seen: int = 0
    struck: int = 0

    def __post_init__(self) -> None:
        """Refuse a kind that does not exist, and numbers that make no sense."""
        if self.kind not in KINDS:
            message = f"kind must be one of {', '.join(KINDS)}"
            raise ValueError(message)
        if self.problem not in PROBLEMS:
            message = f"problem must be one of {', '.join(PROBLEMS)}"
            raise ValueError(message)
        if self.path is not None and (wrong := path_problem(self.path, self.kind)):
            raise ValueError(wrong)
        if self.every < 1:
            message = "every must be at least 1"
            raise ValueError(message)
        if not 0 <= self.seconds <= LONGEST_WAIT or not 0 <= self.probability <= 1:
            message = f"seconds must be from 0 to {LONGEST_WAIT}, and probability from 0 to 1"
            raise ValueError(message)


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


def read_script(raw: bytes) -> list[FaultRule]:
    """Read a script: a JSON list of rules, or one rule."""
    return (
        msgspec.json.decode(raw, type=list[FaultRule])
        if raw.lstrip()[:1] == b"["
        else [msgspec.json.decode(raw, type=FaultRule)]
    )


class Faults:
    """The rules in force, and their dice."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[FaultRule] = []
        self._dice: dict[int, random.Random] = {}
        self._ids = itertools.count(1)

    def add(self, rule: FaultRule) -> FaultRule:
        """Put a rule into force."""
        with self._lock:
            rule.id = next(self._ids)
            self._dice[rule.id] = random.Random(rule.seed)  # noqa: S311 - a script of failures, no secret
            self._rules.append(rule)
        return rule

    def replace(self, rules: Sequence[FaultRule]) -> list[FaultRule]:
        """Put these rules into force and no others."""
        self.clear()
        return [self.add(rule) for rule in rules]

    def rules(self) -> list[FaultRule]:
        """Return the rules in force."""
        with self._lock:
            return list(self._rules)

    def clear(self, rule_id: int | None = None) -> None:
        """Lift one rule, or all."""
        with self._lock:
            self._rules = [rule for rule in self._rules if rule_id is not None and rule.id != rule_id]

    def striking(self, method: str, path: str, tenant_id: str | None) -> list[FaultRule]:
        """Find the rules that strike this request, and count."""
        if not self._rules:
            return []
        with self._lock:
            return [rule for rule in self._rules if _concerns(rule, method, path, tenant_id) and self._strikes(rule)]

    def _strikes(self, rule: FaultRule) -> bool:
        rule.seen += 1
        if rule.seen <= rule.skip or (rule.seen - rule.skip) % rule.every:
            return False
        if rule.times is not None and rule.struck >= rule.times:
            return False
        if rule.probability < 1 and self._dice[rule.id].random() >= rule.probability:
            return False
        rule.struck += 1
        return True


def _concerns(rule: FaultRule, method: str, path: str, tenant_id: str | None) -> bool:
    prefixes = (rule.path.lower(),) if rule.path else PATHS.get(rule.kind, ("/",))
    return (
        (rule.method is None or rule.method.upper() == method)
        and path.lower().startswith(prefixes)
        and (rule.tenant_id is None or rule.tenant_id == tenant_id)
    )


def of_kind(rules: Sequence[FaultRule], *kinds: str) -> FaultRule | None:
    """Return the first of these rules that is of one of these kinds."""
    return next((rule for rule in rules if rule.kind in kinds), None)
