"""Orders as they were received, for all stages to read. Nothing accepted is ever overwritten: revisions and notices pile up."""

from django.db import models

from daybook.companies.models import Company
from daybook.kit import clock
from daybook.kit.ids import public_id


class Order(models.Model):
    """An order, known by (company, source, source id)."""

    class Standing(models.TextChoices):
        """What will happen to the order; the documents have states of their own."""

        WAITING = "waiting", "Waiting"
        """Not due yet: not dispatched, on hold, ..."""
        HELD = "held", "Needs a person"
        """Due, but no document can be made of it yet; `cause` says why."""
        DOCUMENTED = "documented", "In the day book"
        SKIPPED = "skipped", "Skipped"
        """Never becomes a document by rule: free of charge, before the start date."""
        CANCELLED = "cancelled", "Cancelled"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="orders")
    public_id = models.CharField(max_length=32, unique=True, default=public_id)
    source = models.CharField(max_length=40)
    """Which OMS: `kornitx`, or what the API's caller names."""
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
    standing = models.CharField(max_length=16, choices=Standing, default=Standing.WAITING)
    cause = models.CharField(max_length=40, blank=True, default="")
    subject = models.CharField(max_length=500, blank=True, default="")
    detail = models.TextField(blank=True, default="")
    current_revision = models.ForeignKey(
        "Revision", null=True, on_delete=models.PROTECT, related_name="+", db_constraint=True
    )
    unprepared_since = models.DateTimeField(null=True)
    """Set in the transaction that stored something new; cleared once documents were made of it, or why not."""
    written_from = models.JSONField(default=dict, blank=True)
    """By kind of document: the order's money and quantities as last written, to tell later changes by."""
    first_received_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "source", "source_id"], name="order_once"),
            models.UniqueConstraint(fields=["company", "id"], name="order_of_company"),
        ]
        indexes = [
            models.Index(fields=["company", "-first_received_at"], name="order_newest"),
            models.Index(fields=["company", "standing", "cause"], name="order_standing"),
            models.Index(fields=["company", "ref"], name="order_ref"),
            models.Index(
                fields=["unprepared_since"], condition=models.Q(unprepared_since__isnull=False), name="order_unprepared"
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class Revision(models.Model):
    """One content an order had; equal content is stored once."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="revisions")
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
            models.UniqueConstraint(fields=["order", "content_hash"], name="revision_content_once"),
            models.UniqueConstraint(fields=["company", "id"], name="revision_of_company"),
        ]

    def __str__(self) -> str:
        return f"{self.order} revision {self.number}"


class Notice(models.Model):
    """A message about an order that carries no prices: shipments and cancellations of a status callback."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="notices")
    content = models.JSONField()
    """`{"status", "dispatched", "cancelled", "shipments": [{"dispatched_at", "lines": [{"line", "quantity"}]}], ...}`."""
    content_hash = models.CharField(max_length=64)
    raw = models.BinaryField(default=bytes)
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["order", "content_hash"], name="notice_once")]

    def __str__(self) -> str:
        return f"notice on {self.order}"


class OrderNote(models.Model):
    """What happened to an order, for the page: received, changed, late retry ignored, put on hold, remapped."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="notes")
    text = models.CharField(max_length=500)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text
