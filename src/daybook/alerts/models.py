"""Who wants which mails, what was told already, and every mail with what became of it."""

from django.db import models
from django.utils.translation import gettext_lazy

from daybook.alerts.deciding import Digest, Kind
from daybook.companies.models import Company, Membership
from daybook.connections.models import Connection
from daybook.kit import clock
from daybook.kit.ids import public_id


class MailChoice(models.Model):
    """Which mails a person wants of one company; goes with their place in it."""

    class Digests(models.TextChoices):
        NEVER = Digest.NEVER, gettext_lazy("None")
        DAILY = Digest.DAILY, gettext_lazy("Every day at 7:00")
        WEEKLY = Digest.WEEKLY, gettext_lazy("Mondays at 7:00")

    membership = models.OneToOneField(
        Membership, on_delete=models.CASCADE, primary_key=True, related_name="mail_choice"
    )
    at_once = models.BooleanField(gettext_lazy("As soon as something needs a person"), default=True)
    warnings = models.BooleanField(gettext_lazy("Before a connection ends or the day's calls run out"), default=True)
    digest = models.CharField(gettext_lazy("Summary"), max_length=8, choices=Digests, default=Digests.WEEKLY)
    digest_at = models.DateTimeField(null=True)
    """When the next summary is due; null: none is."""

    class Meta:
        indexes = [
            models.Index(fields=["digest_at"], condition=models.Q(digest_at__isnull=False), name="mail_choice_due")
        ]

    def __str__(self) -> str:
        return f"mails to {self.membership}"


class Told(models.Model):
    """What was last told of a connection's cause, or warned of: by it the next mail is told from a repetition."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    cause = models.CharField(max_length=40)
    count = models.PositiveIntegerField(default=0)
    newest_id = models.BigIntegerField(default=0)
    newest_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "cause"], name="told_once")]

    def __str__(self) -> str:
        return f"{self.cause}: {self.count} told {self.told_at:%Y-%m-%d %H:%M}"


class ToldOfFeed(models.Model):
    """The same of what comes in: of a feed that fails or is quiet, and of what was refused."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    feed = models.CharField(max_length=32, blank=True)
    """Its public id; empty: of what named no feed."""
    cause = models.CharField(max_length=40)
    count = models.PositiveIntegerField(default=0)
    newest_id = models.BigIntegerField(default=0)
    newest_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "told of feeds"
        constraints = [models.UniqueConstraint(fields=["company", "feed", "cause"], name="told_of_feed_once")]

    def __str__(self) -> str:
        return f"{self.cause}: {self.count} told {self.told_at:%Y-%m-%d %H:%M}"


class AlertMail(models.Model):
    """One mail to one person about one company. It is stored before it is sent, and sent once."""

    class State(models.TextChoices):
        WAITING = "waiting", gettext_lazy("Waits to be sent")
        SENDING = "sending", gettext_lazy("Being sent")
        SENT = "sent", gettext_lazy("Taken by the mail server")
        REFUSED = "refused", gettext_lazy("Refused by the mail server")
        UNKNOWN = "unknown", gettext_lazy("Nobody knows whether it was sent")
        GIVEN_UP = "given_up", gettext_lazy("Not sent")

    public_id = models.CharField(max_length=32, unique=True, default=public_id)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=[(each.value, each.value) for each in Kind])
    subject = models.CharField(max_length=200)
    text = models.TextField()
    """Holds numbers of things and words for causes; nothing of any customer, and no amounts."""
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(default=clock.now)
    not_before = models.DateTimeField(default=clock.now)
    tried_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    words = models.CharField(max_length=300, blank=True, default="")
    """The mail server's own, where it did not take it."""

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["not_before"], condition=models.Q(state__in=["waiting", "sending"]), name="alert_mail_due"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.subject}"

    @property
    def tone(self) -> str:
        """Return the colour of its state's badge."""
        tones = {
            self.State.SENT: "good",
            self.State.REFUSED: "bad",
            self.State.GIVEN_UP: "bad",
            self.State.UNKNOWN: "warn",
        }
        return tones.get(self.State(self.state), "")
