"""What the identity server refuses, each with what its caller must know."""


class AuthorizeError(Exception):
    """The authorize request is wrong: an error page, never a redirect back (xero-rules.md 1.5)."""


class ConsentError(Exception):
    """What was chosen on the consent page cannot be; the person may choose again."""


class TokenError(Exception):
    """A token request is refused; `error` is the code of xero-rules.md 1.5."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class RegistrationError(Exception):
    """An app cannot be registered so."""
