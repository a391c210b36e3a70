"""The day book: documents waiting to be posted and all that became of them; what the stages share."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Upper
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from daybook.companies.models import Company, Person
from daybook.connections.models import Connection, Organisation
from daybook.documents import kinds
from daybook.history import telling
from daybook.history.kinds import About, Subject
from daybook.history.models import Event
from daybook.kit import clock
from daybook.kit.ids import public_id
from daybook.orders.models import Order, Revision
from daybook.outbox.needs import Until
from daybook.outbox.states import State
from daybook.tables.searching import grams

SOUGHT = ("number", "contact_name")
"""By what people look for a document."""
SETTLED = ("cancelled", "posted")
"""States in which a document stays. Only what it says then has an index, since in the others its row is written often."""
SELDOM = ~models.Q(kind__in=["invoice", "payment", "purchase_order"])
"""Kinds of which an order mostly has none: in a turn by amount or date they stand together, far from its beginning."""
UNTOLD = models.Q(kind__in=["payment", "refund"]) & ~models.Q(Exact(KeyTextTransform("untold", "document"), "0"))
"""Money that none of the order's sums tells of: nearly no document has any."""
TURN = models.Func("id", template="(%(expressions)s + 0)", output_field=models.BigIntegerField())
"""Its place among those that wait. Not the bare id: in that order PostgreSQL goes through all that was ever posted."""


class Entry(models.Model):
    """A document's row in the day book, known by (organisation, order, kind, key, generation).

    Only `entering`, `queue` and `settling` of `outbox` write its state.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, related_name="entries", db_constraint=False, db_index=False
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="entries", db_constraint=False)
    revision = models.ForeignKey(Revision, null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    """The content it was mapped from."""
    public_id = models.CharField(max_length=32, default=public_id)
    """Also the mark that stands in the document's reference there."""
    kind = models.CharField(max_length=20, choices=kinds.choices)
    key = models.CharField(max_length=100, blank=True, default="")
    """Which part of the order it is about; empty: the whole order."""
    generation = models.PositiveSmallIntegerField(default=1)
    about = models.ForeignKey(
        "Entry", null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    """The document that this one is about; null: it stands by itself."""
    number = models.CharField(max_length=255)
    number_space = models.CharField(max_length=260)
    """Within which its number is one document's only, in the whole installation: ledger, organisation, space."""
    is_number_free = models.BooleanField(default=False)
    """Cancelled, and certainly not in the ledger: another document may have the number."""
    state = models.CharField(max_length=12, choices=[(state.value, state.value.capitalize()) for state in State])
    state_since = models.DateTimeField(default=clock.now)
    cause = models.CharField(max_length=40, blank=True, default="")
    subject = models.CharField(max_length=500, blank=True, default="")
    detail = models.TextField(blank=True, default="")
    """The ledger's own words, or the figures."""
    not_before = models.DateTimeField(null=True)
    document = models.JSONField(null=True)
    """The mapped document (`documents/stored.py`), amounts as text; null while it cannot be mapped."""
    date = models.DateField(null=True)
    contact_name = models.CharField(max_length=255, blank=True, default="")
    currency = models.CharField(max_length=3, blank=True, default="")
    net = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    tax = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    gross = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    their_id = models.CharField(max_length=36, blank=True, default="")
    their_status = models.CharField(max_length=20, blank=True, default="")
    their_net = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    their_tax = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    their_gross = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    their_paid = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    their_credited = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    their_due = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    their_updated_at = models.DateTimeField(null=True)
    """When the ledger last changed it, by its own clock."""
    their_seen_at = models.DateTimeField(null=True)
    """When a look last showed it; null: as the answer to its posting showed it."""
    their_differs = models.TextField(blank=True, default="")
    """In what else than amounts it is not as we posted it: number, contact, currency; in words."""
    their_rate = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    """The exchange rate that it was booked with there."""
    their_version = models.CharField(max_length=50, blank=True, default="")
    """What the ledger wants named by whoever changes it or is about it, as last seen; "" where it asks for none."""
    their_digest = models.CharField(max_length=64, blank=True, default="")
    """SHA-256, hex, of what our last write of it left there: another one later means that somebody edited it."""
    is_needed = models.BooleanField(default=False)
    """Another document waits, or waited, for it: when it is settled, that one is told."""
    goes_with = models.PositiveSmallIntegerField(null=True)
    """Documents that its next call may carry at most; null: as many as find room. A call of which nothing came is
    halved, until the one that is to blame goes alone."""
    open_needs = models.PositiveSmallIntegerField(default=0)
    """How many documents it still waits for; only at 0 it may go."""
    cured_by = models.CharField(max_length=200, blank=True, default="")
    """The fact for which a refused document was last sent again by itself: the same one sends it no second time."""
    posted_at = models.DateTimeField(null=True)
    last_attempt = models.ForeignKey("Attempt", null=True, on_delete=models.SET_NULL, related_name="+")
    """The newest attempt it was part of: settling names its attempt (how a document stays single, 7)."""
    attention = models.CharField(max_length=40, blank=True, default="")
    """Set where a posted document needs a person: changed_after_posting, credit_note_needed, totals_differ, ..."""
    attention_detail = models.TextField(blank=True, default="")
    attention_done = models.JSONField(default=dict, blank=True)
    """By reason: the detail that a person said is done, so that the very same is not raised again."""
    given_up_at = models.DateTimeField(null=True)
    """When a person said that it shall not be posted; null where a rule cancelled it, or that was taken back."""
    given_up_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "order", "kind", "key", "generation"], name="entry_once"),
            models.UniqueConstraint(fields=["public_id"], name="outbox_entry_public_id_key"),
            models.UniqueConstraint(
                "number_space", Upper("number"), condition=models.Q(is_number_free=False), name="entry_number_once"
            ),
            models.CheckConstraint(
                condition=models.Q(is_number_free=False) | models.Q(state=State.CANCELLED),
                name="entry_number_free_once_cancelled",
            ),
            models.UniqueConstraint(
                fields=["organisation", "order", "kind", "key"],
                condition=models.Q(state__in=["held", "ready", "sending", "unknown", "rejected"]),
                name="entry_one_live",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=State.POSTED) | ~models.Q(their_id=""), name="entry_posted_has_their_id"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["held", "cancelled", "rejected"]) | models.Q(document__isnull=False),
                name="entry_under_way_has_document",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in State]), name="entry_state_known"
            ),
            models.UniqueConstraint(fields=["company", "id"], name="entry_of_company"),
        ]
        indexes = [
            models.Index(fields=["company", "state", "-id"], name="entry_by_state"),
            models.Index(fields=["company", "kind", "-id"], name="entry_by_kind"),
            models.Index(
                "organisation",
                "kind",
                TURN,
                condition=models.Q(state="ready", open_needs=0),
                name="entry_ready",
            ),
            models.Index(
                fields=["state_since"], condition=models.Q(state__in=["sending", "unknown"]), name="entry_in_flight"
            ),
            models.Index(fields=["company", "attention"], condition=~models.Q(attention=""), name="entry_attention"),
            models.Index(
                fields=["company", "order"], condition=models.Q(given_up_at__isnull=False), name="entry_given_up"
            ),
            models.Index(
                fields=["company", "posted_at", "id"],
                include=["date", "gross"],
                condition=models.Q(state="posted"),
                name="entry_by_posting",
            ),
            GinIndex(grams(*SOUGHT), condition=models.Q(state__in=SETTLED), name="entry_grams"),
            models.Index(fields=["company", "date", "id"], include=["gross"], name="entry_dated"),
            models.Index(fields=["company", "gross", "id"], name="entry_by_gross"),
            models.Index(fields=["company", "state_since", "id"], include=["date", "gross"], name="entry_by_since"),
            models.Index(fields=["company", "kind", "gross", "id"], condition=SELDOM, name="entry_seldom_by_gross"),
            models.Index(fields=["company", "kind", "date", "id"], condition=SELDOM, name="entry_seldom_by_date"),
            models.Index(fields=["about"], condition=models.Q(about__isnull=False), name="entry_about"),
            models.Index(
                fields=["company", "order"],
                include=["date", "their_status"],
                condition=models.Q(kind=kinds.Kind.INVOICE.value, state="posted"),
                name="entry_invoiced",
            ),
            models.Index(
                fields=["company", "cause", "-id"],
                condition=models.Q(state__in=["held", "rejected"]),
                name="entry_by_cause",
            ),
            models.Index(
                fields=["given_up_by"], condition=models.Q(given_up_by__isnull=False), name="entry_given_up_by"
            ),
            models.Index(
                fields=["company", "order"],
                include=[
                    *("organisation", "kind", "state", "state_since", "cause", "attention", "currency", "gross"),
                ],
                condition=models.Q(state__in=["held", "rejected"]) | ~models.Q(attention=""),
                name="entry_needs_a_person",
            ),
            models.Index(fields=["company", "organisation"], condition=UNTOLD, name="entry_untold"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def events(self) -> models.QuerySet[Event]:
        """Return its history, oldest first: its moves, and what was noted about it in between."""
        return telling.about(About(self.company_id, Subject.ENTRY, self.pk))

    @property
    def ledger(self) -> str:
        """Return the name of the ledger that it is for; its space of numbers begins with it, so that nothing is read."""
        return self.number_space.partition(":")[0] or self.organisation.ledger


class PostedOnDay(models.Model):
    """How many of a company's documents were posted on a day that is over (`daily.py`)."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    zone = models.CharField(max_length=64)
    """Whose day it is."""
    day = models.DateField()
    count = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "posted on days"
        constraints = [models.UniqueConstraint(fields=["company", "zone", "day"], name="posted_on_day_once")]

    def __str__(self) -> str:
        return f"{self.day}: {self.count}"


class PostedOnAccount(models.Model):
    """What documents of one day moved on an account, as last seen there; of days in `orders.MoneyNews` of before.

    Refunds of which their orders tell no money stand apart once more, posted or not (`reconciliation/counted.py: RESTS`).
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    day = models.DateField()
    """The documents' own."""
    kind = models.CharField(max_length=20)
    account = models.TextField(blank=True)
    """As the documents name it: a code, or the ledger's id."""
    currency = models.CharField(max_length=3, blank=True)
    count = models.PositiveIntegerField()
    amount = models.DecimalField(max_digits=24, decimal_places=4)

    class Meta:
        verbose_name_plural = "posted on accounts"
        indexes = [models.Index(fields=["company", "day"], name="posted_on_account")]

    def __str__(self) -> str:
        return f"{self.day}: {self.amount} {self.currency} on {self.account}"


class EntryNeed(models.Model):
    """A document that waits until another one has come as far as `until` says (`needs.py`)."""

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, related_name="needs", db_constraint=False, db_index=False
    )
    needed = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="needed_by", db_constraint=False)
    until = models.CharField(max_length=12, choices=[(until.value, until.value) for until in Until])
    met_at = models.DateTimeField(null=True)
    """When it came so far; null: not yet."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "needed", "until"], name="entry_need_once"),
            models.CheckConstraint(condition=~models.Q(entry=models.F("needed")), name="entry_needs_another"),
        ]
        indexes = [models.Index(fields=["company"], condition=models.Q(met_at=None), name="entry_need_open")]

    def __str__(self) -> str:
        return f"{self.entry} waits until {self.needed} is {self.until}"


class Assignment(models.Model):
    """Who is to take care of what waits for one cause at one connection (`assigning.py`)."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    cause = models.CharField(max_length=40)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    note = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "cause"], name="assignment_once")]

    def __str__(self) -> str:
        return f"{self.cause}: {self.person}"


class Attempt(models.Model):
    """One writing call, committed before it is made: exact bytes, key and token (how a document stays single, 3)."""

    class Result(models.TextChoices):
        """What became of the call as a whole; each entry has its own outcome."""

        PENDING = "pending", _("No answer yet")
        ANSWERED = "answered", _("The ledger answered")
        NOT_SENT = "not_sent", _("Not sent")
        UNKNOWN = "unknown", _("Outcome unknown")
        REFUSED = "refused", _("Refused as a whole")

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, related_name="attempts", db_constraint=False, db_index=False
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    public_id = models.CharField(max_length=32, unique=True, default=public_id)
    resource = models.CharField(max_length=20)
    """Invoices, PurchaseOrders or Items."""
    token_fingerprint = models.CharField(max_length=64)
    method = models.CharField(max_length=8, default="PUT")
    url = models.TextField()
    body = models.BinaryField()
    body_hash = models.CharField(max_length=64, blank=True, default="")
    """SHA-256 of the body, hex: what is left of it when the body itself is forgotten (`retention.py`)."""
    idempotency_key = models.CharField(max_length=128, unique=True)
    result = models.CharField(max_length=10, choices=Result, default=Result.PENDING)
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)
    """When its first sending began; null: it never left."""
    resent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    """When the last sending ended, however it ended."""
    http_status = models.PositiveSmallIntegerField(null=True)
    answer = models.BinaryField(default=bytes)
    correlation_id = models.CharField(max_length=100, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")
    """In plain words what happened, e.g. "connection reset before an answer"."""

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["company", "id"], name="attempt_of_company")]
        indexes = [
            models.Index(fields=["created_at"], condition=models.Q(result="pending"), name="attempt_pending"),
            models.Index(fields=["company", "-created_at"], name="attempt_newest"),
            models.Index(fields=["created_at"], condition=~models.Q(body=b"", answer=b""), name="attempt_bodies"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.resource} at {self.created_at:%H:%M:%S}"


class AttemptEntry(models.Model):
    """An entry's place in an attempt, and what became of it there."""

    class Outcome(models.TextChoices):
        PENDING = "pending", _("No answer yet")
        POSTED = "posted", _("Posted")
        REJECTED = "rejected", _("The ledger said no")
        NOT_SENT = "not_sent", _("Not sent")
        UNKNOWN = "unknown", _("Unknown")

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    attempt = models.ForeignKey(
        Attempt, on_delete=models.PROTECT, related_name="members", db_constraint=False, db_index=False
    )
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="memberships", db_constraint=False)
    position = models.PositiveSmallIntegerField()
    resolved = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    """What stood for what when it was claimed: `contact_id`, `currency`, and by supply the spelling there.

    The document may be mapped anew afterwards: what is ours there is told by this. Empty for files, and of before.
    """
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.PENDING)
    words = models.TextField(blank=True, default="")
    """The ledger's own words: errors and warnings, one a line."""

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "entry"], name="attempt_entry_once"),
            models.UniqueConstraint(fields=["attempt", "position"], name="attempt_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.entry}: {self.outcome}"


class Orphan(models.Model):
    """A document that stands in a ledger, bears a mark of ours, and is not in the day book: it is older than that.

    Where its order comes again it is recognised rather than made a second time (`orphans.py`).
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=kinds.choices)
    mark = models.CharField(max_length=32)
    """The public id of the entry that it was made of."""
    number = models.CharField(max_length=255)
    stem = models.CharField(max_length=255)
    """Its number in capitals, less what tells a later generation: "-R2"."""
    their_id = models.CharField(max_length=36)
    their_status = models.CharField(max_length=20, blank=True, default="")
    contact_id = models.CharField(max_length=36, blank=True, default="")
    currency = models.CharField(max_length=3, blank=True, default="")
    gross = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    stood_at = models.DateTimeField()
    """When the ledger had last changed it as it was found."""
    found_at = models.DateTimeField(default=clock.now)
    entry = models.ForeignKey(Entry, null=True, on_delete=models.PROTECT, related_name="+")
    """What it was recognised as; null: its order is unknown to us."""
    dismissed_at = models.DateTimeField(null=True)
    """When a person said that it is none of the orders that may come."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "kind", "their_id"], name="orphan_once")]
        indexes = [
            models.Index(
                fields=["organisation", "kind", "stem"],
                condition=models.Q(entry=None, dismissed_at=None),
                name="orphan_open",
            )
        ]

    def __str__(self) -> str:
        return self.number


class Arrivals(models.Model):
    """How many documents of a kind became ready for an organisation in an hour (`arrivals.py`)."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)
    hour = models.DateTimeField(db_index=True)
    """When it began, UTC."""
    documents = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "arrivals"
        constraints = [models.UniqueConstraint(fields=["organisation", "kind", "hour"], name="arrivals_of_an_hour")]

    def __str__(self) -> str:
        return f"{self.documents} x {self.kind} from {self.hour:%Y-%m-%d %H:%M}"
