"""What happened: one row for each thing, only ever added to. The database itself refuses the rest (migration 0001)."""

from dataclasses import fields
from operator import attrgetter

from django.db import models

from daybook.history import chain
from daybook.history.kinds import Mover, Subject
from daybook.kit import clock

COMMON = (Subject.ENTRY.value, Subject.ORDER.value)
"""What nearly all events are about."""
_FIXED = [field.name for field in fields(chain.Fixed)]
_read_fixed = attrgetter(*_FIXED)


class Event(models.Model):
    """Who did what to what, when and why; timelines, alerts and the audit all read this one table.

    `position` and the seal come a moment after the commit, by one job (`sealing.py`). Personal data stands nowhere but
    in `reason`, `before` and `after`, which can be forgotten; people are named by id.
    """

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(default=clock.now)
    subject_kind = models.CharField(max_length=12)
    """`kinds.Subject`."""
    subject_id = models.BigIntegerField()
    what = models.CharField(max_length=16)
    """`kinds.What`."""
    old_state = models.CharField(max_length=12, blank=True, default="")
    new_state = models.CharField(max_length=12, blank=True, default="")
    """Of a document: where it stood afterwards."""
    mover = models.CharField(max_length=16)
    """A stage of the pipeline (`outbox/states.py: Mover`) or a `kinds.Mover`."""
    person = models.ForeignKey(
        "companies.Person",
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    """Kept when the person's account is gone."""
    attempt_id = models.BigIntegerField(null=True)
    """The call that it came of."""
    cause = models.CharField(max_length=40, blank=True, default="")
    """Why, where our vocabulary has a word for it (`documents/causes.py`)."""
    reason = models.CharField(max_length=500, blank=True, default="")
    """Why, in words: ours, the ledger's, or a person's note."""
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    """What a person changed, by field, as text; of secrets only that they changed."""
    position = models.BigIntegerField(null=True, unique=True)
    """1, 2, 3, ... over the whole installation, in the order in which commits were seen; readers follow it."""
    salt = models.BinaryField(default=bytes)
    digest = models.CharField(max_length=64, blank=True, default="")
    """Of what it says, salted (`chain.digest`)."""
    seal = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["company", "subject_kind", "subject_id", "id"], name="event_of_subject"),
            models.Index(fields=["id"], condition=models.Q(position=None), name="event_unnumbered"),
            models.Index(fields=["person"], condition=models.Q(person__isnull=False), name="event_of_person"),
            models.Index(fields=["company", "at", "id"], name="event_by_day"),
            models.Index(
                fields=["company", "-id"], condition=models.Q(mover=Mover.PERSON.value), name="event_by_people"
            ),
            models.Index(
                fields=["company", "-id"], condition=~models.Q(subject_kind__in=COMMON), name="event_of_settings"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id}: {self.what} {self.new_state}".rstrip()

    @property
    def fixed(self) -> chain.Fixed:
        """Return what never changes; only of a numbered event."""
        return chain.Fixed(**dict(zip(_FIXED, _read_fixed(self), strict=True)))

    @property
    def said(self) -> chain.Said:
        """Return what it says and may be forgotten."""
        return chain.Said(reason=self.reason, before=self.before, after=self.after)

    @property
    def link(self) -> chain.Link:
        """Return it as the chain's checks want it."""
        return chain.Link(fixed=self.fixed, said=self.said, salt=bytes(self.salt), digest=self.digest, seal=self.seal)


class Removed(models.Model):
    """Sealed events without a gap between them that went with their company; the seal of the last one stays."""

    first = models.BigIntegerField(unique=True)
    last = models.BigIntegerField(unique=True)
    """Positions, both included."""
    seal = models.CharField(max_length=64)
    """Of the last one: the next event that is still there was sealed onto it."""
    certificate = models.CharField(max_length=32)
    """The public id of the certificate that says what they were."""

    class Meta:
        verbose_name_plural = "removed events"
        constraints = [
            models.CheckConstraint(condition=models.Q(last__gte=models.F("first")), name="removed_first_and_last")
        ]
        indexes = [models.Index(fields=["certificate", "-last"], name="removed_of_certificate")]

    def __str__(self) -> str:
        return f"{self.first} to {self.last}, certificate {self.certificate}"

    @property
    def count(self) -> int:
        """Return how many events went."""
        return self.last - self.first + 1


class Tally(models.Model):
    """How many events of one sort have been numbered since counting began (`tallies.py`)."""

    subject_kind = models.CharField(max_length=12)
    what = models.CharField(max_length=16)
    state = models.CharField(max_length=12, blank=True, default="")
    """The new one, of a document that moved."""
    cause = models.CharField(max_length=40, blank=True, default="")
    count = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "tallies"
        constraints = [models.UniqueConstraint(fields=["subject_kind", "what", "state", "cause"], name="tally_once")]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.what} {self.state} {self.cause}: {self.count}"
