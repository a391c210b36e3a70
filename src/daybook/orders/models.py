"""Orders as they were received, for all stages to read. Nothing accepted is ever overwritten: revisions and notices pile up.

A column without a constraint of its own (`db_constraint=False`) is held by one over (company, column) that the migrations
write: of two for the same thing PostgreSQL would ask both for every row. One without an index is led by another index.
"""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from daybook.companies.models import Company, Person
from daybook.connections.models import Connection
from daybook.feeds.models import Feed
from daybook.kit import clock
from daybook.kit.ids import public_id
from daybook.tables.searching import grams

SOUGHT = ("ref", "external_ref", "customer_name")
"""By what people look for an order."""
BEFORE_ITS_INVOICE = models.Q(invoiced_on=None) | models.Q(invoiced_on__gt=models.F("day"))
"""Money that moved before its order was invoiced, or of which that is not known yet."""


class Order(models.Model):
    """An order, known by (company, feed, source id)."""

    class Standing(models.TextChoices):
        """What will happen to the order; the documents have states of their own."""

        WAITING = "waiting", gettext_noop("Waiting")
        """Not due yet: not dispatched, on hold, ..."""
        HELD = "held", gettext_noop("Needs a person")
        """Due, but no document can be made of it yet; `cause` says why."""
        DOCUMENTED = "documented", gettext_noop("In the day book")
        SKIPPED = "skipped", gettext_noop("Skipped")
        """Never becomes a document by rule: free of charge, before the start date."""
        CANCELLED = "cancelled", gettext_noop("Cancelled")

    class Sameness(models.TextChoices):
        """Whether an order that looks like one of another feed is the same sale, as a person says."""

        UNDECIDED = "", _("Nobody has said")
        ANOTHER = "another", _("Another sale")
        SAME = "same", _("The same sale")

    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="orders", db_constraint=False, db_index=False
    )
    public_id = models.CharField(max_length=32, default=public_id)
    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    """Where it comes from."""
    source_id = models.CharField(max_length=200)
    ref = models.CharField(max_length=200)
    """The OMS's own reference; document numbers are made of it."""
    external_ref = models.CharField(max_length=500, blank=True, default="")
    customer_name = models.CharField(max_length=500, blank=True, default="")
    currency = models.CharField(max_length=3, blank=True, default="")
    net = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    tax = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    gross = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    """As its sender counts, to four decimals; what the ledger makes of it stands in the day book."""
    status = models.CharField(max_length=100, blank=True, default="")
    """As the OMS last said it, in its own words."""
    ordered_at = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    """The moment the order itself names: dispatch, else completion."""
    dispatched_seen_at = models.DateTimeField(null=True)
    """When Daybook first saw it dispatched; never taken back."""
    undispatched_seen_at = models.DateTimeField(null=True)
    """When Daybook first had it without its dispatch: then the dispatch is as old as the word of it, however old the order."""
    on_hold_since = models.DateTimeField(null=True)
    """When the OMS told that it is on hold, while it is; after the dispatch that holds nothing."""
    typed_date = models.DateField(null=True)
    """The day of dispatch that a person typed; dates the documents whatever the OMS says."""
    typed_refunds = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    """By refund what a person typed of its amounts: `content` as the canonical refund has it, by whom and when."""
    same_as = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="+", db_constraint=False, db_index=False
    )
    """The order of another feed that it looks like, or is."""
    sameness = models.CharField(max_length=8, choices=Sameness, blank=True, default="", db_default="")
    """What a person said of that."""
    current_revision = models.ForeignKey(
        "Revision", null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    forgotten_at = models.DateTimeField(null=True)
    """When its customer was forgotten: what it says of persons is dropped, also when it is sent again; null: never."""
    first_received_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "feed", "source_id"], name="order_once"),
            models.UniqueConstraint(fields=["public_id"], name="orders_order_public_id_key"),
            models.UniqueConstraint(fields=["company", "id"], name="order_of_company"),
        ]
        indexes = [
            models.Index(
                fields=["company", "-first_received_at"], include=["id", "gross", "feed"], name="order_newest"
            ),
            models.Index(fields=["feed", "-first_received_at"], name="order_newest_of_feed"),
            models.Index(fields=["company", "ref"], name="order_ref"),
            models.Index(
                fields=["company", "external_ref"], condition=models.Q(external_ref__gt=""), name="order_external_ref"
            ),
            models.Index(fields=["company", "currency"], condition=models.Q(currency__gt=""), name="order_currency"),
            GinIndex(grams(*SOUGHT), name="order_grams"),
            models.Index(fields=["company", "gross", "id"], name="order_by_gross"),
            models.Index(
                fields=["current_revision"], include=["company", "id", "currency", "feed"], name="order_by_content"
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def source(self) -> str:
        """Return what it names as its source."""
        return self.feed.name


class ReceivedOnDay(models.Model):
    """How many orders of a company came for the first time on a day that is over (`daily.py`)."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    zone = models.CharField(max_length=64)
    """Whose day it is."""
    day = models.DateField()
    count = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "received on days"
        constraints = [models.UniqueConstraint(fields=["company", "zone", "day"], name="received_on_day_once")]

    def __str__(self) -> str:
        return f"{self.day}: {self.count}"


class OrderStanding(models.Model):
    """How an order stands toward one of its company's connections: what will become of it there."""

    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    order = models.ForeignKey(
        Order, on_delete=models.CASCADE, related_name="standings", db_constraint=False, db_index=False
    )
    connection = models.ForeignKey(
        Connection, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    standing = models.CharField(max_length=16, choices=Order.Standing, default=Order.Standing.WAITING)
    cause = models.CharField(max_length=40, blank=True, default="")
    subject = models.CharField(max_length=500, blank=True, default="")
    detail = models.TextField(blank=True, default="")
    unprepared_since = models.DateTimeField(null=True)
    """Set in the transaction that stored something new; cleared once documents were made of it, or why not."""
    written_from = models.JSONField(default=dict, blank=True)
    """By kind of document: the order's money and quantities as its document says them, to tell later changes by; under
    `told`, by kind: what a person was last told of, so that it is told once."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "connection"], name="order_standing_once")]
        indexes = [
            models.Index(fields=["company", "standing", "cause"], name="order_standing"),
            models.Index(fields=["connection", "standing", "cause"], name="order_standing_there"),
            models.Index(
                fields=["company", "standing", "connection"],
                include=["id", "order"],
                condition=models.Q(standing__in=["waiting", "held"]),
                name="order_standing_open",
            ),
            models.Index(
                fields=["unprepared_since"], condition=models.Q(unprepared_since__isnull=False), name="order_unprepared"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order}: {self.standing}"


class Revision(models.Model):
    """One content that came to stand; a change taken back is a new revision with the content of an earlier one."""

    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    order = models.ForeignKey(
        Order, on_delete=models.CASCADE, related_name="revisions", db_constraint=False, db_index=False
    )
    number = models.PositiveIntegerField()
    content = models.JSONField()
    """The canonical order (docs/orders.md), amounts as text."""
    content_hash = models.CharField(max_length=64)
    """SHA-256 of the canonical content, hex."""
    raw = models.BinaryField(default=bytes)
    """The bytes as they came, where they were not canonical."""
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="revision_number_once"),
            models.UniqueConstraint(fields=["company", "id"], name="revision_of_company"),
        ]

    def __str__(self) -> str:
        return f"{self.order} revision {self.number}"


class MoneyMoved(models.Model):
    """Money of which a content says that it moved; what counts is what the content that stands says."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    refund = models.CharField(max_length=200, blank=True)
    """The refund that it paid back; empty: the customer paid it."""
    payment = models.CharField(max_length=200)
    """The shop's own id of it."""
    gateway = models.CharField(max_length=100, blank=True, default="")
    """As `mapping/gateways.py: name_of` gives it."""
    currency = models.CharField(max_length=3, blank=True, default="")
    """Empty: the order's own."""
    amount = models.DecimalField(max_digits=20, decimal_places=4)
    """Below 0 where it was paid back."""
    fee = models.DecimalField(max_digits=20, decimal_places=4)
    """What the gateway kept."""
    day = models.DateField()
    payout = models.CharField(max_length=200, blank=True, default="")
    payout_day = models.DateField(null=True)
    """When the gateway paid it out; null: not yet, or nobody said."""
    invoiced_on = models.DateField(null=True)
    """From when on its order was invoiced when that was last counted (`reconciliation/counted.py`); null: not yet counted.
    Of an order that is not invoiced a day after all days, of a content that stands no more one before them."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "id"], name="money_of_company")]
        indexes = [
            models.Index(fields=["company", "day"], name="money_by_day"),
            models.Index(fields=["company", "payout_day"], name="money_by_payout_day"),
            models.Index(
                fields=["company", "invoiced_on", "day"],
                condition=BEFORE_ITS_INVOICE,
                name="money_paid_first",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} by {self.gateway or '?'} on {self.day}"


class MoneyOfDay(models.Model):
    """What the contents that stand say of one day's money, added up; of days in `MoneyNews` it may be of before."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    gateway = models.CharField(max_length=100, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    """The money's, else the order's."""
    is_refund = models.BooleanField()
    payout = models.CharField(max_length=200, blank=True)
    payout_day = models.DateField(null=True)
    count = models.PositiveIntegerField()
    amount = models.DecimalField(max_digits=24, decimal_places=4)
    fee = models.DecimalField(max_digits=24, decimal_places=4)

    class Meta:
        verbose_name_plural = "money of days"
        indexes = [models.Index(fields=["company", "day"], name="money_of_day")]

    def __str__(self) -> str:
        return f"{self.day}: {self.amount} {self.currency} by {self.gateway or '?'}"


class MoneyNews(models.Model):
    """What sums of money are to be counted anew, each row for one reason: the database writes it with what changes them.

    So whoever writes need not think of it, and no sum is written by two at once (`reconciliation/counted.py`).
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    day = models.DateField(null=True)
    """Of which orders now say other money."""
    posted_day = models.DateField(null=True)
    """Of which documents that move money came, went or changed in the ledger."""
    order = models.ForeignKey(
        Order, null=True, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    """Whose sale was posted, or is no longer there."""

    class Meta:
        verbose_name_plural = "money news"

    def __str__(self) -> str:
        return f"{self.day or self.posted_day or self.order_id}"


class Notice(models.Model):
    """A message about an order that carries no prices: shipments and cancellations of a status callback."""

    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="notices", db_constraint=False)
    content = models.JSONField()
    """`{"status", "dispatched", "cancelled", "on_hold", "shipments": [{"dispatched_at", "lines": [{"line", "quantity"}]}], ...}`."""
    content_hash = models.CharField(max_length=64)
    raw = models.BinaryField(default=bytes)
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["company", "id"], name="notice_of_company")]

    def __str__(self) -> str:
        return f"notice on {self.order}"


class Delivery(models.Model):
    """Something that reached us about one order, whatever became of it: what counts is the last accepted one."""

    class Result(models.TextChoices):
        """What became of it."""

        ACCEPTED = "accepted", _("Accepted")
        UNCHANGED = "unchanged", _("What stands already")
        LATE_RETRY = "late_retry", _("A repeat, or older than what stands")
        REFUSED = "refused", _("Refused")
        IGNORED = "ignored", _("Nothing about an order")
        WAITING = "waiting", _("Kept, not taken in yet")
        """Its feed is paused, or it is news about an order that has not come yet."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    feed = models.ForeignKey(
        Feed, null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    """None: it was refused, and named no source that there is."""
    source = models.CharField(max_length=40, blank=True, default="")
    """As it was named; may be no source at all where it was refused."""
    order = models.ForeignKey(
        Order, null=True, on_delete=models.CASCADE, related_name="deliveries", db_constraint=False, db_index=False
    )
    """None: it was refused."""
    door = models.CharField(max_length=80)
    """By which way it came: `api`, `file`, or the source's name and its door's: `shop_push`."""
    result = models.CharField(max_length=16, choices=Result)
    revision = models.ForeignKey(Revision, null=True, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    """The content that stood after it, where it carried one and counted."""
    notice = models.ForeignKey(
        Notice, null=True, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    body_hash = models.CharField(max_length=64)
    """SHA-256, hex, of its own bytes, or of its content where it came among others."""
    request = models.CharField(max_length=32)
    """What all deliveries of one request or file share; `raw` stands with the first of them."""
    request_hash = models.CharField(max_length=64, blank=True, default="")
    """SHA-256, hex, of the request's body, where the request carried a key."""
    request_key = models.CharField(max_length=200, blank=True, default="")
    """The request's `Idempotency-Key`."""
    position = models.PositiveIntegerField(default=0)
    """Its place in the request, from 0."""
    delivery_id = models.CharField(max_length=200, blank=True, default="")
    """The sender's own id of the message."""
    sequence = models.BigIntegerField(null=True)
    """The sender's own: grows with each change."""
    updated_at = models.DateTimeField(null=True)
    """The sender's own time of the change."""
    received_at = models.DateTimeField(default=clock.now)
    answered = models.PositiveSmallIntegerField(null=True)
    """The HTTP status it was answered with; None: not answered, so that the sender repeats it."""
    raw = models.BinaryField(default=bytes)
    """The request's bytes, with the first delivery of each request, or its own; forgotten after a while
    (`orders/retention.py`)."""
    ref = models.CharField(max_length=200, blank=True, default="", db_default="")
    """What it called itself, where it belongs to no order (yet)."""
    external_ref = models.CharField(max_length=500, blank=True, default="", db_default="")
    """The shop's reference, where it waits for its order."""
    is_whole = models.BooleanField(default=False, db_default=False)
    """It stands for all of its request, which could not be read."""
    problems = models.JSONField(null=True)
    """Why it was refused or waits: `[{"field", "problem", "cure"}]`, as its sender was told."""
    corrects = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="+", db_constraint=False, db_index=False
    )
    """A person took that one in again, as it was or corrected; both stay."""
    by = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+", db_constraint=False, db_index=False
    )
    """Who did."""
    settled_at = models.DateTimeField(null=True)
    """When what was refused or waited was taken in after all, or a person put it aside."""

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["company", "id"], name="delivery_of_company")]
        indexes = [
            models.Index(fields=["order", "id"], name="delivery_order"),
            models.Index(
                fields=["company", "request_key"], condition=~models.Q(request_key=""), name="delivery_request_key"
            ),
            models.Index(fields=["received_at"], condition=~models.Q(raw=b""), name="delivery_raw"),
            models.Index(fields=["notice"], condition=models.Q(notice__isnull=False), name="delivery_notice"),
            models.Index(
                fields=["company", "result", "-id"],
                condition=models.Q(result__in=["refused", "waiting"], settled_at=None),
                name="delivery_open",
            ),
            models.Index(fields=["feed", "-id"], name="delivery_of_feed"),
            models.Index(fields=["corrects"], condition=models.Q(corrects__isnull=False), name="delivery_corrects"),
            models.Index(
                fields=["company", "result", "-id"],
                condition=models.Q(result__in=["unchanged", "late_retry", "refused", "ignored", "waiting"]),
                name="delivery_by_result",
            ),
            models.Index(fields=["company", "ref"], condition=models.Q(ref__gt=""), name="delivery_ref"),
            models.Index(
                fields=["company", "external_ref"],
                condition=models.Q(external_ref__gt=""),
                name="delivery_external_ref",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.door} of {self.received_at:%Y-%m-%d %H:%M}: {self.result}"
