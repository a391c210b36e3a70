"""Where a company's orders come from. Secrets are sealed (`secrets/`), each under the feed and its field."""

import base64
from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from daybook.companies.models import Company
from daybook.feeds.incoming import FilePiece as FilePiece  # noqa: PLC0414 - Django finds models here
from daybook.feeds.incoming import IncomingFile as IncomingFile  # noqa: PLC0414 - as above
from daybook.feeds.incoming import WatchedPlace as WatchedPlace  # noqa: PLC0414 - as above
from daybook.kit import clock
from daybook.kit.ids import public_id
from daybook.kit.translation import gettext
from daybook.secrets import vault
from daybook.secrets.keyring import CannotOpenError
from daybook.sources.registry import SOURCES
from daybook.sources.source import Holds, Source

SEALED = frozenset({Holds.SECRET, Holds.MADE})
BEFORE = ".before"
BUILT_IN = "canonical"
"""The source of our own API and files, whose feed every company has: who sends by it comes when it likes."""


def before(field: str) -> str:
    """Return under which name the secret is kept that a field had before."""
    return f"{field}{BEFORE}"


class Feed(models.Model):
    """One shop or OMS of a company. It is closed, never deleted: its orders keep their identity.

    What our own API and files send belongs to one built-in feed for each `source` that orders name.
    """

    class Brings(models.TextChoices):
        SALES = "sales", _("Other sales: each order becomes documents")
        NEWS = "news", _("News about the same sales: dispatch, cancellation, cost; never a document of its own")

    class PostWhen(models.TextChoices):
        AS_THE_CONNECTION = "", _("As the connection's settings say")
        DISPATCHED = "dispatched", _("When the order has been dispatched")
        PART_DISPATCHED = "part_dispatched", _("Each part as it is dispatched")
        PAID = "paid", _("When the order has been paid in full")
        RECEIVED = "received", _("As soon as the order is received")

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
    brings = models.CharField(max_length=8, choices=Brings, default=Brings.SALES, db_default="sales")
    meets_others = models.BooleanField(default=False, db_default=False)
    """The company has another feed of sales: an order of one may be an order of the other."""
    due_at = models.DateTimeField(null=True)
    """When it is asked next; None: never. While it is being asked, until when nobody else asks."""
    asked_by = models.PositiveSmallIntegerField(null=True)
    """The lane whose job is asking it; None: none is."""
    minutes = models.PositiveIntegerField(null=True)
    """Between two pulls; None: as its source says."""
    pulled_at = models.DateTimeField(null=True)
    """When a pull last came to its end."""
    failures = models.PositiveSmallIntegerField(default=0, db_default=0)
    """Pulls in a row that failed."""
    problem = models.CharField(max_length=500, blank=True, default="", db_default="")
    """Of the last pull, in words; empty: it went well."""
    problem_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    """It is asked nothing, and what it sends is kept until a person resumes it."""
    overlaps = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    """By field: until when the secret before the present one opens too (ISO 8601); it is kept as `before(field)`."""
    pairing_hash = models.CharField(max_length=64, blank=True, default="", db_default="")
    """SHA-256, hex, of a code that a sender redeems for its secrets."""
    pairing_until = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="feed_once"),
            models.UniqueConstraint(fields=["company", "id"], name="feed_of_company"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="feed_due"),
            models.Index(fields=["pairing_hash"], condition=~models.Q(pairing_hash=""), name="feed_pairing"),
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
        return self.source == BUILT_IN

    @property
    def title(self) -> str:
        """Return what people call it, in the language of who reads."""
        if self.is_built_in:
            return self.name
        called = gettext(self.row.title)
        return called if self.name == self.source else f"{called} ({self.name})"

    @property
    def title_to_store(self) -> str:
        """Return the same in English."""
        return self.row.title if self.name == self.source and not self.is_built_in else str(self)

    @property
    def is_pulled(self) -> bool:
        """Tell whether all is there that asking its source takes, and nobody stopped it."""
        return not self.why_not_pulled

    @property
    def why_not_pulled(self) -> str:
        """Return what keeps it from being asked, in words for people; "" where nothing does."""
        if self.row.pull is None:
            return "there is nothing that it could be asked for: it sends by itself"
        if self.closed_at is not None or self.paused_at is not None:
            return "it is closed" if self.closed_at is not None else "it is paused"
        needed = [each for each in self.row.fields if each.to_pull and not each.default]
        missing = [each.label for each in needed if not (self.secrets.get(each.name) or self.settings.get(each.name))]
        return f"it lacks {' and '.join(missing)}" if missing else ""

    @property
    def every(self) -> timedelta:
        """Return how long it rests between two pulls."""
        return timedelta(minutes=self.minutes or self.row.minutes)

    @property
    def said(self) -> dict[str, str]:
        """Return what is no secret, as text, with what holds where nothing was typed."""
        given = {each.name: self.settings.get(each.name) for each in self.row.fields if each.holds not in SEALED}
        usual = {each.name: each.default for each in self.row.fields}
        return {name: "yes" if value is True else str(value or usual[name]) for name, value in given.items()}

    def open_secrets(self) -> dict[str, str]:
        """Return the secrets in plain text, by field. Raises CannotOpenError."""
        return {field: self.open_secret(field) for field in self.secrets if not field.endswith(BEFORE)}

    def open_secrets_before(self, now: datetime) -> dict[str, str]:
        """Return those secrets that open for a while beside the ones that replaced them. Raises CannotOpenError."""
        live = [field for field, until in self.overlaps.items() if datetime.fromisoformat(until) > now]
        return {field: self.open_secret(before(field)) for field in live if before(field) in self.secrets}

    def open_secret_if_any(self, field: str) -> str:
        """Return one secret in plain text; empty where there is none, or the keys of now do not open it."""
        try:
            return self.open_secret(field) if field in self.secrets else ""
        except CannotOpenError:
            return ""

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
        if self.name == self.source and not field.endswith(BEFORE):
            return f"company:{self.company_id}:{self.source}_{field}"
        return f"feed:{self.pk}:{field}"


class Backfill(models.Model):
    """What a feed is asked for of the past: from a date to the moment at which a person wanted it, page by page."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="backfills")
    public_id = models.CharField(max_length=32, unique=True, default=public_id)
    since = models.DateTimeField()
    cursor = models.TextField()
    due_at = models.DateTimeField(null=True)
    """When its next page is asked for; None: it is over, or a person stopped it."""
    asked_by = models.PositiveSmallIntegerField(null=True)
    """The lane whose job is asking for a page; None: none is."""
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    """A person stopped it; it goes on where it was once it is continued."""
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    """How far it has come, in the source's own steps; 0: the source cannot tell."""
    accepted = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="backfill_of_company"),
            models.UniqueConstraint(
                fields=["feed"], condition=models.Q(ended_at__isnull=True), name="backfill_one_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="backfill_due")]

    def __str__(self) -> str:
        return f"{self.feed} from {self.since:%Y-%m-%d}"

    @property
    def percent(self) -> int | None:
        """Return how much of it is done; None where the source cannot tell."""
        if self.ended_at is not None:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else None
