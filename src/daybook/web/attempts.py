"""How often somebody may fail to log in; counted in PostgreSQL, so that it holds for all processes together.

By account and address together, so that one person's failures lock nobody else out, and strangers lock out nobody; by
address, well above what one person makes; and by account from everywhere, far above that (`ACCOUNT_RATE_LIMITS`).
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from django.http import HttpRequest


class LimitedLogin(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Counts failures to log in."""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count an attempt before it is made. Raises allauth's validation error where there were too many."""
        super().pre_authenticate(request, **credentials)
        self._account_usage = ratelimit.consume(
            request, app="allauth.account", action="login_failed_account", key=_account(credentials)
        )
        if not self._account_usage:
            raise self.validation_error("too_many_login_attempts")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        return f"{_account(credentials)} at {ratelimit.get_ip(request)}"

    def _rollback_login_failed_rl_usage(self) -> None:
        super()._rollback_login_failed_rl_usage()
        usage = getattr(self, "_account_usage", None)
        if usage:
            usage.rollback()


def _account(credentials: dict[str, Any]) -> str:
    named: str = credentials.get("email") or credentials.get("username") or ""
    return named.strip().lower()
