"""What an organisation has, as last read: copies, refreshed from there, never the truth."""

from django.db import models

from daybook.connections.models import Organisation
from daybook.kit import clock


class CatalogRow(models.Model):
    """What every copied row shares."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField(default=clock.now)

    class Meta:
        abstract = True


class Account(CatalogRow):
    """An account of the chart."""

    account_id = models.CharField(max_length=36)
    code = models.CharField(max_length=10, blank=True)
    name = models.CharField(max_length=150)
    type = models.CharField(max_length=20)
    """In the ledger's own word, for people."""
    use = models.CharField(max_length=10, blank=True, default="")
    """`ledgers.lists.AccountUse`: what may be booked on it."""
    tax_type = models.CharField(max_length=50, blank=True)
    status = models.CharField(max_length=20)
    takes_payments = models.BooleanField(default=False, db_default=False)
    """A document may be paid into it, or out of it."""
    currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    """Of a bank account; empty: the organisation's own."""

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["organisation", "account_id"], name="account_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class TaxRate(CatalogRow):
    """A tax rate; the tax type is its key, a person may edit the name."""

    tax_type = models.CharField(max_length=50)
    name = models.CharField(max_length=100)
    status = models.CharField(max_length=20)
    effective_rate = models.DecimalField(max_digits=12, decimal_places=6)
    """A percentage: 20.0000."""
    applies_to_revenue = models.BooleanField(default=True)
    applies_to_expenses = models.BooleanField(default=True)
    applies_to_assets = models.BooleanField(default=True)
    applies_to_liabilities = models.BooleanField(null=True)
    """Null: the ledger does not say, or nobody has read it yet."""

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["organisation", "tax_type"], name="tax_rate_once")]

    def __str__(self) -> str:
        return f"{self.name} ({self.effective_rate.normalize():f} %)"


class Currency(CatalogRow):
    """A currency the organisation is subscribed to."""

    code = models.CharField(max_length=3)
    name = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name_plural = "currencies"
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["organisation", "code"], name="currency_once")]

    def __str__(self) -> str:
        return self.code


class Contact(CatalogRow):
    """One of the contacts that the company's settings name; no other is copied."""

    contact_id = models.CharField(max_length=36)
    name = models.CharField(max_length=255, blank=True)
    status = models.CharField(max_length=20)
    """ACTIVE, ARCHIVED or another word of the ledger's; GONE where it has none of this id any more."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "contact_id"], name="contact_once")]

    def __str__(self) -> str:
        return self.name


class CustomerContact(CatalogRow):
    """Which contact stands for a customer: found there or made for them, and then remembered."""

    key = models.CharField(max_length=50)
    """Ours, of the customer (`documents.Party`); it stands as the contact's number where we made it."""
    contact_id = models.CharField(max_length=36)
    name = models.CharField(max_length=255, blank=True)
    """As it was found or made there; "" once the customer was forgotten."""
    status = models.CharField(max_length=20)
    """As `Contact` has it; "" where a refusal says that it is another by now: it is looked at before it is named again."""
    merged_from = models.CharField(max_length=36, blank=True, default="")
    """The id of before, where a person merged it into this one."""
    shop_name = models.CharField(max_length=255, blank=True, default="", db_default="")
    """As the newest document named them; kept only while contacts are renamed. "" once the customer was forgotten."""
    named_on = models.DateField(null=True)
    """The day of that document: an older one that goes later renames nobody back."""
    renamed_at = models.DateTimeField(null=True)
    """When their contact was last renamed from here."""
    rename_refused_at = models.DateTimeField(null=True)
    """When the ledger last refused it the new name; null: it did not, or the contact was renamed since."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "key"], name="customer_contact_once")]
        indexes = [models.Index(fields=["organisation", "contact_id"], name="customer_contact_by_id")]

    def __str__(self) -> str:
        return self.name or self.key


class Item(CatalogRow):
    """An item of the organisation, known by its code."""

    item_id = models.CharField(max_length=36)
    code = models.CharField(max_length=30)
    name = models.CharField(max_length=50, blank=True)
    is_tracked = models.BooleanField()
    purchase_price = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    on_hand = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    """How many there were when it was read; null: it is not counted there, or nobody has read it yet."""
    stock_value = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    """What all of them cost, in the base currency."""

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["organisation", "code"], name="item_once")]

    def __str__(self) -> str:
        return self.code


class TrackingOption(CatalogRow):
    """An option of one of the organisation's tracking categories; read only once somebody makes use of them."""

    option_id = models.CharField(max_length=36)
    category_id = models.CharField(max_length=36)
    category = models.CharField(max_length=255, blank=True)
    name = models.CharField(max_length=255, blank=True)
    status = models.CharField(max_length=20)
    """ACTIVE only where its category is active too."""

    class Meta:
        ordering = ["category", "name"]
        constraints = [models.UniqueConstraint(fields=["organisation", "option_id"], name="tracking_option_once")]

    def __str__(self) -> str:
        return f"{self.category}: {self.name}"


class CatalogRead(models.Model):
    """When each list was last read, by the server's clock, so that only changes are asked for."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    resource = models.CharField(max_length=30)
    read_at = models.DateTimeField()
    """When it was answered, less a small overlap."""
    asked_at = models.DateTimeField(null=True)
    """When it was asked for, by our own clock."""
    whole_at = models.DateTimeField(null=True)
    """When the whole list was last read, rather than its changes: only that shows what was deleted."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "resource"], name="catalog_read_once")]

    def __str__(self) -> str:
        return f"{self.resource} at {self.read_at:%Y-%m-%d %H:%M}"
