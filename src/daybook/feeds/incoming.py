"""Files of orders: what came, what became of it, and the places that are watched for more."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from daybook.companies.models import Company, Person
from daybook.kit import clock
from daybook.kit.ids import public_id

PIECE = 1024 * 1024
"""Bytes that are kept in one row: a large file is never in memory twice because of the database."""
MOST_PROBLEMS = 200
"""That are kept of one file; the rest is counted."""


class IncomingFile(models.Model):
    """One file of orders, known by its feed, its name and its bytes. It is kept before anything else is done with it."""

    class State(models.TextChoices):
        SHOWN = "shown", _("Uploaded, nothing taken in yet")
        KEPT = "kept", _("Being taken in")
        TAKEN = "taken", _("Taken in")
        REFUSED = "refused", _("Nothing taken in")
        SAME = "same", _("The same file as before")
        PUT_ASIDE = "aside", _("Put aside")

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    feed = models.ForeignKey("feeds.Feed", on_delete=models.PROTECT, related_name="files", db_index=False)
    public_id = models.CharField(max_length=32, unique=True, default=public_id)
    """What its deliveries share as their request."""
    name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    modified = models.BigIntegerField(null=True)
    """Seconds since 1970, as the watched place says; None: it does not, or the file was uploaded."""
    digest = models.CharField(max_length=64)
    """SHA-256 of its bytes, hex."""
    reading = models.CharField(max_length=64)
    """SHA-256 of what the feed said of reading it, hex: the same bytes read otherwise are another matter."""
    state = models.CharField(max_length=8, choices=State)
    is_watched = models.BooleanField(default=False)
    """It lay in a watched place, and is moved there once it is done with."""
    moved_at = models.DateTimeField(null=True)
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    """Who uploaded it."""
    came_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    """How often it was begun without coming further."""
    done = models.PositiveIntegerField(default=0)
    """Orders and messages of it that are dealt with, in their order: where a killed worker goes on."""
    total = models.PositiveIntegerField(null=True)
    accepted = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    ignored = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)
    """The first ones: `[{"field", "problem", "cure"}]`."""

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["company", "id"], name="incoming_file_of_company")]
        indexes = [
            models.Index(fields=["company", "-id"], name="incoming_file_listed"),
            models.Index(fields=["feed", "digest"], name="incoming_file_same"),
            models.Index(fields=["feed", "name"], name="incoming_file_name"),
            models.Index(
                fields=["feed"],
                condition=models.Q(state="kept") | models.Q(is_watched=True, moved_at__isnull=True),
                name="incoming_file_open",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more becomes of it."""
        return self.state not in {self.State.KEPT, self.State.SHOWN}

    @property
    def is_bad(self) -> bool:
        """Tell whether a person has something to put right in it."""
        return self.state == self.State.REFUSED or bool(self.refused)

    @property
    def percent(self) -> int | None:
        """Return how much of it is done; None while nobody knows how much there is."""
        if self.is_over:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else None


class FilePiece(models.Model):
    """A piece of a file's bytes; forgotten after a while, as those of deliveries are."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    file = models.ForeignKey(IncomingFile, on_delete=models.CASCADE, related_name="pieces", db_index=False)
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ["file", "number"]
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="file_piece_of_company"),
            models.UniqueConstraint(fields=["file", "number"], name="file_piece_once"),
        ]

    def __str__(self) -> str:
        return f"{self.file_id}.{self.number}"


class WatchedPlace(models.Model):
    """The place that a feed's files are collected from: when it is looked at, and what was seen.

    Where it is stands in the feed's settings, how to get in among its secrets (`feeds/places.py`).
    """

    feed = models.OneToOneField("feeds.Feed", on_delete=models.CASCADE, related_name="watched", primary_key=True)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    their_id = models.CharField(max_length=300, unique=True)
    """What names the place in the whole world: no two feeds collect from one."""
    due_at = models.DateTimeField(null=True)
    """When it is looked at next; None: never, a person has stopped it."""
    looked_at = models.DateTimeField(null=True)
    seen = models.JSONField(default=dict)
    """What lay there at the last look and was not taken: `{name: [size, modified, since]}`."""
    shown_key = models.TextField(blank=True, default="")
    """What the server showed last and nobody has confirmed yet."""
    problem = models.CharField(max_length=500, blank=True, default="")
    """Why it could not be looked at, or what lies there that cannot be taken; empty: all is well."""
    problem_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="watched_due")]

    def __str__(self) -> str:
        return self.their_id
