"""Login is allauth's; accounts are made by the operator, so signing up is closed."""

from django.http import HttpRequest

from daybook.web.attempts import LimitedLogin


class ClosedSignupAdapter(LimitedLogin):
    """Closes sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Return False: people are added with `daybook person add` or on the People page."""
        return False
