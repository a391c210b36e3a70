"""Trips to a ledger's consent page, as rows. `consent.py` makes them and takes up what they bring."""

from django.db import models

from daybook.companies.models import Person
from daybook.kit import clock
from daybook.secrets import vault


class Consent(models.Model):
    """One trip to a ledger's consent page: the `state` is bound to the person, the company and one use (RFC 6749 10.12)."""

    state_hash = models.CharField(max_length=64, unique=True)
    connection = models.ForeignKey("connections.Connection", on_delete=models.CASCADE, related_name="consents")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    code_verifier_sealed = models.BinaryField()
    """PKCE (RFC 7636)."""
    tokens_sealed = models.BinaryField(default=bytes)
    """What the consent granted, JSON, from its arrival until an organisation is settled; then it moves to TokenSet."""
    asked = models.TextField(blank=True, default="", db_default="")
    """The scopes that were asked for, parted by spaces."""
    created_at = models.DateTimeField(default=clock.now)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"consent asked {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def code_verifier(self) -> str:
        """Return the PKCE verifier in the clear."""
        return vault.unseal(self.code_verifier_sealed, context=f"connection:{self.connection_id}:code_verifier")

    @code_verifier.setter
    def code_verifier(self, verifier: str) -> None:
        self.code_verifier_sealed = vault.seal(verifier, context=f"connection:{self.connection_id}:code_verifier")

    @property
    def tokens(self) -> str:
        """Return what was granted, JSON in the clear; "" where nothing waits."""
        return vault.unseal(self.tokens_sealed, context=f"connection:{self.connection_id}:pending_tokens")

    @tokens.setter
    def tokens(self, granted: str) -> None:
        self.tokens_sealed = vault.seal(granted, context=f"connection:{self.connection_id}:pending_tokens")
