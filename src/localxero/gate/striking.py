"""What each kind of fault does to a request before it is looked at: one kind, one function.

The kinds that strike at the books themselves are looked up by `api`.
"""

from collections.abc import Mapping

from werkzeug.wrappers import Request

from localkit import answers, striking
from localkit.answers import Answer, json_answer
from localxero.gate import errors
from localxero.gate.calls import State
from localxero.gate.faults import FaultRule


def _unavailable(_: FaultRule, __: State, ___: Request) -> Answer:
    """Answer as the whole API does when it is away (xero-rules.md 4.5)."""
    return answers.text(503, errors.UNAVAILABLE)


def _offline(_: FaultRule, __: State, ___: Request) -> Answer:
    return answers.text(503, errors.OFFLINE)


def _throttled(rule: FaultRule, _: State, __: Request) -> Answer:
    return errors.rate_limited(rule.problem, rule.retry_after)


def _expired(_: FaultRule, state: State, __: Request) -> Answer:
    """Say once that the token has expired; it goes on living."""
    return errors.expired(state.clock.seconds())


def _expire(_: FaultRule, state: State, request: Request) -> None:
    """Let the token end for good: the request then fails as any with an expired token."""
    state.identity.expire(request.headers.get("Authorization", "").partition(" ")[2].strip())


def _withdraw(_: FaultRule, state: State, request: Request) -> None:
    """Let a person withdraw consent at this moment: the request then fails as any without."""
    state.identity.disconnect_tenant(request.headers.get("xero-tenant-id", "").strip().lower())


def _invalid_grant(_: FaultRule, __: State, ___: Request) -> Answer:
    return json_answer({"error": "invalid_grant"}, 400)


def _without_keys(_: FaultRule, __: State, request: Request) -> Answer | None:
    """Fail what carries a key, as when Xero's key store is down; nothing is kept (xero-rules.md 3, likely)."""
    return errors.server_error() if "Idempotency-Key" in request.headers else None


BEFORE: Mapping[str, striking.Strike[FaultRule, State]] = {
    "consent_withdrawn": _withdraw,
    "token_expiry": _expire,
    "reset_before": striking.reset,
    "status_503": _unavailable,
    "identity_down": _unavailable,
    "organisation_offline": _offline,
    "status_502": striking.bad_gateway,
    "status_401_expired": _expired,
    "status_429": _throttled,
    "invalid_grant": _invalid_grant,
    "key_store_down": _without_keys,
}
