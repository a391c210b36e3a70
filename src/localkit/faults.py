"""Failures on demand: a list of rules, each saying which requests it strikes, how often, and how.

Which kinds there are, and what each does, a simulator says by itself; see striking for those that any has.
"""

import itertools
import random
import threading
from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

import msgspec

LONGEST_WAIT = 3_600


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
    id: int = 0
    seen: int = 0
    struck: int = 0

    def __post_init__(self) -> None:
        """Refuse numbers that make no sense."""
        if self.every < 1:
            message = "every must be at least 1"
            raise ValueError(message)
        if not 0 <= self.seconds <= LONGEST_WAIT or not 0 <= self.probability <= 1:
            message = f"seconds must be from 0 to {LONGEST_WAIT}, and probability from 0 to 1"
            raise ValueError(message)


F = TypeVar("F", bound=FaultRule)


def read_script(raw: bytes, kind: type[F]) -> list[F]:
    """Read a script: a JSON list of rules of a simulator's kind, or one rule. Raises msgspec.DecodeError."""
    if raw.lstrip()[:1] == b"[":
        return msgspec.json.decode(raw, type=list[kind])  # type: ignore[valid-type]
    return [msgspec.json.decode(raw, type=kind)]


class Faults(Generic[F]):
    """The rules in force, and their dice."""

    def __init__(self, paths: Mapping[str, tuple[str, ...]]) -> None:
        """Let rules without a path strike everywhere, but those of some kinds below their `paths`."""
        self._paths = paths
        self._lock = threading.Lock()
        self._rules: list[F] = []
        self._dice: dict[int, random.Random] = {}
        self._ids = itertools.count(1)

    def add(self, rule: F) -> F:
        """Put a rule into force."""
        with self._lock:
            rule.id = next(self._ids)
            self._dice[rule.id] = random.Random(rule.seed)  # noqa: S311 - a script of failures, no secret
            self._rules.append(rule)
        return rule

    def replace(self, rules: Sequence[F]) -> list[F]:
        """Put these rules into force and no others."""
        self.clear()
        return [self.add(rule) for rule in rules]

    def rules(self) -> list[F]:
        """Return the rules in force."""
        with self._lock:
            return list(self._rules)

    def clear(self, rule_id: int | None = None) -> None:
        """Lift one rule, or all."""
        with self._lock:
            self._rules = [rule for rule in self._rules if rule_id is not None and rule.id != rule_id]

    def striking(self, method: str, path: str, tenant_id: str | None) -> list[F]:
        """Find the rules that strike this request, and count."""
        if not self._rules:
            return []
        with self._lock:
            return [
                rule for rule in self._rules if self._concerns(rule, method, path, tenant_id) and self._strikes(rule)
            ]

    def _strikes(self, rule: F) -> bool:
        rule.seen += 1
        if rule.seen <= rule.skip or (rule.seen - rule.skip) % rule.every:
            return False
        if rule.times is not None and rule.struck >= rule.times:
            return False
        if rule.probability < 1 and self._dice[rule.id].random() >= rule.probability:
            return False
        rule.struck += 1
        return True

    def _concerns(self, rule: F, method: str, path: str, tenant_id: str | None) -> bool:
        prefixes = (rule.path.lower(),) if rule.path else self._paths.get(rule.kind, ("/",))
        return (
            (rule.method is None or rule.method.upper() == method)
            and path.lower().startswith(prefixes)
            and (rule.tenant_id is None or rule.tenant_id == tenant_id)
        )


def of_kind(rules: Sequence[F], *kinds: str) -> F | None:
    """Return the first of these rules that is of one of these kinds."""
    return next((rule for rule in rules if rule.kind in kinds), None)
