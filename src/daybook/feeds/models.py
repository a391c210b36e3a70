"""Where a company's orders come from. Secrets are sealed (`secrets/`), each under the feed and its field."""

import base64

from django.db import models

from daybook.companies.models import Company
from daybook.feeds.incoming import FilePiece as FilePiece  # noqa: PLC0414 - Django finds models here
from daybook.feeds.incoming import IncomingFile as IncomingFile  # noqa: PLC0414 - as above
from daybook.feeds.incoming import WatchedPlace as WatchedPlace  # noqa: PLC0414 - as above
from daybook.kit import clock
from daybook.kit.ids import public_id
from daybook.secrets import vault
from daybook.sources.registry import SOURCES
from daybook.sources.source import Source


class Feed(models.Model):
    """One shop or OMS of a company. It is closed, never deleted: its orders keep their identity.

    What our own API and files send belongs to one built-in feed for each `source` that orders name.
    """

    class PostWhen(models.TextChoices):
        AS_THE_CONNECTION = "", "As the connection's settings say"
        DISPATCHED = "dispatched", "When the order has been dispatched"
        RECEIVED = "received", "As soon as the order is received"

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="feeds")
    public_id = models.CharField(max_length=32, unique=True, default=public_id)
    source = models.CharField(max_length=40)
    """Of the registry of sources."""
    name = models.CharField(max_length=40)
    """What `source` says in the orders: with an order's own id it names the order for good."""
    secrets = models.JSONField(default=dict)
    """By field: the sealed text in base64 (`open_secrets`, `keep_secret`)."""
    settings = models.JSONField(default=dict)
    """By field, what is no secret."""
    cursor = models.TextField(blank=True, default="")
    """Where the next pull goes on."""
    number_prefix = models.CharField(max_length=20, blank=True, default="")
    """Empty: the connection's."""
    reference_template = models.CharField(max_length=200, blank=True, default="")
    """Empty: the connection's."""
    post_when = models.CharField(max_length=16, choices=PostWhen, blank=True, default="")
    status_table = models.JSONField(default=dict)
    """What a status of the source means, by status (`sources/statuses.py`)."""
    last_received_at = models.DateTimeField(null=True)
    """When something genuine last came to its own address."""
    refused = models.PositiveIntegerField(default=0)
    """Messages to its address that showed no right signature or secret."""
    refused_at = models.DateTimeField(null=True)
    refused_why = models.CharField(max_length=200, blank=True, default="")
    opened_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="feed_once"),
            models.UniqueConstraint(fields=["company", "id"], name="feed_of_company"),
        ]

    def __str__(self) -> str:
        return self.name if self.is_built_in else f"{self.row.title} ({self.name})"

    @property
    def row(self) -> Source:
        """Return its source; one that can do nothing where this Daybook does not know it."""
        return SOURCES.get(self.source) or Source(name=self.source, title=self.source)

    @property
    def is_built_in(self) -> bool:
        """Tell whether it is of our own API and files."""
        return self.source == "canonical"

    @property
    def title(self) -> str:
        """Return what people call it."""
        return self.row.title if self.name == self.source and not self.is_built_in else str(self)

    def open_secrets(self) -> dict[str, str]:
        """Return the secrets in plain text, by field. Raises CannotOpenError."""
        return {field: self.open_secret(field) for field in self.secrets}

    def open_secret(self, field: str) -> str:
        """Return one secret in plain text. Raises CannotOpenError."""
        return vault.unseal(base64.b64decode(self.secrets[field]), context=self.context(field))

    def keep_secret(self, field: str, text: str) -> None:
        """Seal a secret into the row, which the caller saves; the empty text forgets it. The feed has been saved before."""
        self.secrets.pop(field, None)
        if text:
            self.secrets[field] = base64.b64encode(vault.seal(text, context=self.context(field))).decode()

    def context(self, field: str) -> str:
        """Return what the secret of a field is bound to: of a source's first feed its company, as before there were feeds."""
        if self.name == self.source:
            return f"company:{self.company_id}:{self.source}_{field}"
        return f"feed:{self.pk}:{field}"
