"""What stays of a company whose data was deleted."""

from django.db import models

from daybook.kit import clock
from daybook.kit.ids import public_id


class Certificate(models.Model):
    """What a company was: written before the first of its rows is deleted, and kept for good."""

    public_id = models.CharField(max_length=32, unique=True, default=public_id)
    company_public_id = models.CharField(max_length=32, unique=True)
    company_name = models.CharField(max_length=200)
    begun_at = models.DateTimeField(default=clock.now)
    """When deleting began."""
    deleted_at = models.DateTimeField(null=True)
    """When the last row was gone; null: it is being deleted."""
    says = models.JSONField()
    """`certificates.Says`, as plain values."""

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.company_name} ({self.company_public_id})"
