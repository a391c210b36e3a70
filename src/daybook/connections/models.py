"""One company's connection to one Xero organisation: the app's credentials, tokens, consent, limits and pauses."""

from django.db import models

from daybook.companies.models import Company, Person
from daybook.kit import clock
from daybook.kit.ids import public_id
from daybook.secrets import vault


class Connection(models.Model):
    """A company's Xero app and the organisation it reached. Secrets are sealed (`secrets/`)."""

    class Status(models.TextChoices):
        NOT_CONNECTED = "not_connected", "Not connected"
        CHOOSING = "choosing", "Choose an organisation"
        CONNECTED = "connected", "Connected"
        NEEDS_CONSENT = "needs_consent", "Xero asks for consent again"

    company = models.OneToOneField(Company, on_delete=models.CASCADE, related_name="connection")
    public_id = models.CharField(max_length=32, unique=True, default=public_id)
    client_id = models.CharField("Client ID", max_length=100, blank=True, default="")
    client_secret_sealed = models.BinaryField(default=bytes)
    status = models.CharField(max_length=16, choices=Status, default=Status.NOT_CONNECTED)
    status_reason = models.TextField(blank=True, default="")
    """Plain words: what happened and what to do, e.g. after consent was withdrawn."""
    tenant_id = models.CharField("Tenant ID", max_length=36, blank=True, default="")
    last_tenant_id = models.CharField(max_length=36, blank=True, default="")
    """The organisation of before, kept when disconnected: connecting another one is a decision, not a slip."""
    xero_connection_id = models.CharField(max_length=36, blank=True, default="")
    """Xero's own id of the connection, for DELETE /connections/{id} (xero-rules.md 1.6)."""
    offered_tenants = models.JSONField(default=list, blank=True)
    """`[{"id", "tenantId", "tenantName"}]` while a person still has to choose."""
    organisation_name = models.CharField(max_length=255, blank=True, default="")
    country_code = models.CharField(max_length=2, blank=True, default="")
    base_currency = models.CharField(max_length=3, blank=True, default="")
    time_zone = models.CharField(max_length=64, blank=True, default="")
    """IANA name."""
    short_code = models.CharField(max_length=20, blank=True, default="")
    """For deep links (xero-rules.md 8)."""
    edition = models.CharField(max_length=20, blank=True, default="")
    """PARTNER editions cannot invoice (xero-rules.md 10, 19)."""
    lock_date = models.DateField(null=True)
    """The later of PeriodLockDate and EndOfYearLockDate."""
    connected_at = models.DateTimeField(null=True)
    # limits and pauses: rows, so that any worker can go on (how a document stays single, 8)
    paused_until = models.DateTimeField(null=True)
    pause_reason = models.CharField(max_length=200, blank=True, default="")
    pause_cause = models.CharField(max_length=12, blank=True, default="")
    """`standing.PauseCause`; that Xero refuses the app stays known after the pause, until a token is given again."""
    retry_at = models.DateTimeField(null=True)
    """What Xero itself said with Retry-After: before it no call goes, whoever asks; the windows begin anew then."""
    day_remaining = models.IntegerField(null=True)
    minute_remaining = models.IntegerField(null=True)
    limits_read_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    """When Xero last answered us well."""
    looked_at = models.DateTimeField(null=True)
    """When Xero was last asked what people did there with what was posted."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id"], condition=~models.Q(tenant_id=""), name="organisation_connected_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company}: {self.organisation_name or self.get_status_display()}"

    @property
    def client_secret(self) -> str:
        """Return the app's Client Secret in the clear; "" where none is stored."""
        return vault.unseal(self.client_secret_sealed, context=f"company:{self.company_id}:client_secret")

    @client_secret.setter
    def client_secret(self, secret: str) -> None:
        self.client_secret_sealed = vault.seal(secret, context=f"company:{self.company_id}:client_secret")

    @property
    def is_connected(self) -> bool:
        """Return whether calls may be made."""
        return self.status == self.Status.CONNECTED and bool(self.tenant_id)


class TokenSet(models.Model):
    """The tokens of one consent: one row, refreshed under a row lock, stored before use (decision 10)."""

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="token_set")
    access_token_sealed = models.BinaryField()
    refresh_token_sealed = models.BinaryField()
    expires_at = models.DateTimeField()
    """When the access token ends."""
    fingerprint = models.CharField(max_length=64)
    """SHA-256 of the access token, hex: attempts name the token they go out under."""
    scope = models.TextField(blank=True, default="")
    refreshed_at = models.DateTimeField(default=clock.now)
    refused_at = models.DateTimeField(null=True)
    """When Xero last refused one of these tokens before its time."""

    def __str__(self) -> str:
        return f"tokens until {self.expires_at:%H:%M:%S}"

    @property
    def access_token(self) -> str:
        """Return the access token in the clear."""
        return vault.unseal(self.access_token_sealed, context=self._context("access_token"))

    @property
    def refresh_token(self) -> str:
        """Return the refresh token in the clear."""
        return vault.unseal(self.refresh_token_sealed, context=self._context("refresh_token"))

    def seal_tokens(self, *, access_token: str, refresh_token: str) -> None:
        """Put a new pair into the row (not saved)."""
        self.access_token_sealed = vault.seal(access_token, context=self._context("access_token"))
        self.refresh_token_sealed = vault.seal(refresh_token, context=self._context("refresh_token"))

    def _context(self, field: str) -> str:
        return f"connection:{self.connection_id}:{field}"


class Consent(models.Model):
    """One trip to Xero's consent page: the `state` is bound to the person, the company and one use (RFC 6749 10.12)."""

    state_hash = models.CharField(max_length=64, unique=True)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="consents")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    code_verifier_sealed = models.BinaryField()
    """PKCE (RFC 7636)."""
    tokens_sealed = models.BinaryField(default=bytes)
    """What the consent granted, JSON, from its arrival until an organisation is settled; then it moves to TokenSet."""
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
