"""People, companies, who belongs where, and what a company decided about its documents."""

from decimal import Decimal
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from daybook.kit import clock
from daybook.kit.ids import public_id
from daybook.mapping.rules import ProcessMethod, WhenTaxDiffers


class PersonManager(BaseUserManager["Person"]):
    """Makes people; an e-mail address is known without regard to case."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "Person":
        """Store and return a new person; without a password they cannot log in yet."""
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "Person":
        """Store and return a new operator."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "Person":
        """Find a person by e-mail address without regard to case."""
        return self.get(email__iexact=username)


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody who can log in. `is_staff` marks an operator of the installation."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150, blank=True, default="")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField("operator", default=False)
    date_joined = models.DateTimeField(default=clock.now)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name_plural = "people"
        constraints = [models.UniqueConstraint(Lower("email"), name="person_email_once")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """Return the name to greet with."""
        return self.name or self.email


class Company(models.Model):
    """One tenant: a company whose orders go to one Xero organisation."""

    public_id = models.CharField(max_length=32, unique=True, default=public_id)
    name = models.CharField(max_length=200)
    people: "models.ManyToManyField[Person, Membership]" = models.ManyToManyField(
        Person, through="Membership", related_name="companies"
    )
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "companies"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's place in a company."""

    class Role(models.TextChoices):
        OWNER = "owner", "Owner: everything, people and keys too"
        ACCOUNTANT = "accountant", "Accountant: settings and documents"
        VIEWER = "viewer", "Viewer: looks only"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "company"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.person} in {self.company}: {self.role}"


class ApiKey(models.Model):
    """A key that a machine shows to the REST API. Only its SHA-256 is stored: it has 256 bits of its own."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="api_keys")
    public_id = models.CharField(max_length=32, unique=True, default=public_id)
    name = models.CharField(max_length=100)
    hint = models.CharField(max_length=16)
    """The first characters, to tell keys apart."""
    key_hash = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}...)"


class SetupLink(models.Model):
    """The one-time link with which the first operator makes their account."""

    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"set-up link of {self.created_at:%Y-%m-%d}"


class CompanySettings(models.Model):
    """What a company decided about its documents; the field names follow the original integration's settings."""

    class DocumentStatus(models.TextChoices):
        DRAFT = "DRAFT", "Draft"
        SUBMITTED = "SUBMITTED", "Awaiting approval"
        AUTHORISED = "AUTHORISED", "Approved"

    class PostWhen(models.TextChoices):
        DISPATCHED = "dispatched", "When the order has been dispatched"
        RECEIVED = "received", "As soon as the order is received"

    class Method(models.TextChoices):
        NOTHING = "", "(nothing selected: Untracked)"
        UNTRACKED = ProcessMethod.UNTRACKED, "Untracked: invoices only"
        TRACKED = ProcessMethod.TRACKED, "Tracked: purchase orders and invoices"

    class TaxDiffers(models.TextChoices):
        HOLD = WhenTaxDiffers.HOLD, "Hold the document and say why"
        KEEP_GROSS = WhenTaxDiffers.KEEP_GROSS, "Keep the gross, let Xero's tax stand"

    company = models.OneToOneField(Company, on_delete=models.CASCADE, related_name="settings", primary_key=True)
    process_method = models.CharField("Process Method", max_length=16, choices=Method, blank=True, default="")
    sales_account = models.CharField("Sales Account", max_length=10, blank=True, default="")
    shipping_account = models.CharField("Shipping Account", max_length=10, blank=True, default="")
    """Empty: shipping goes to the sales account."""
    cogs_account = models.CharField("Cost of Goods Sold Expense Account", max_length=10, blank=True, default="")
    inventory_account = models.CharField("Inventory Asset Account", max_length=10, blank=True, default="")
    contact_name = models.CharField("Contact Name", max_length=255, blank=True, default="")
    contact_id = models.CharField(max_length=36, blank=True, default="")
    supplier_contact_name = models.CharField("Supplier Contact Name", max_length=255, blank=True, default="")
    supplier_contact_id = models.CharField(max_length=36, blank=True, default="")
    purchase_tax_type = models.CharField("Tax on purchase orders", max_length=50, blank=True, default="")
    document_status = models.CharField(
        "Document status", max_length=16, choices=DocumentStatus, default=DocumentStatus.DRAFT
    )
    number_prefix = models.CharField("Number prefix", max_length=20, blank=True, default="")
    reference_template = models.CharField("Reference", max_length=200, blank=True, default="{external_ref}")
    payment_terms_days = models.PositiveSmallIntegerField("Payment terms (days)", default=30)
    start_date = models.DateField("Start date", null=True, blank=True)
    post_when = models.CharField("Post when", max_length=16, choices=PostWhen, default=PostWhen.DISPATCHED)
    when_tax_differs = models.CharField(
        "When tax cannot be met", max_length=16, choices=TaxDiffers, default=TaxDiffers.HOLD
    )
    include_orders_with_errors = models.BooleanField("Include Orders with Errors", default=False)
    allow_backorders = models.BooleanField("Allow backorders", default=False)
    post_within_minutes = models.PositiveSmallIntegerField("Post within (minutes)", default=0)
    """Documents may wait this long for others, so that calls go out full; 0: a few seconds."""
    default_currency = models.CharField("Currency of orders that name none", max_length=3, blank=True, default="")
    """Empty: the organisation's base currency."""
    order_time_zone = models.CharField("Time zone of the OMS", max_length=64, default="UTC")
    """IANA name; times of orders that carry no zone are read in it (docs/kornitx.md)."""
    kornitx_hmac_key_sealed = models.BinaryField(default=bytes)
    kornitx_callback_secret_hash = models.CharField(max_length=64, blank=True, default="")
    kornitx_last_received_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    """Who saved the form last; null: nobody, or the command line."""

    class Meta:
        verbose_name_plural = "company settings"

    def __str__(self) -> str:
        return f"settings of {self.company}"


class TaxMapping(models.Model):
    """A tax rate seen in a company's orders, and the Xero TaxType a person gave it."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="tax_mappings")
    rate = models.DecimalField(max_digits=9, decimal_places=6)
    """A fraction: 0.2 is 20 %."""
    tax_type = models.CharField(max_length=50, blank=True, default="")
    """Empty: nobody has decided yet."""
    first_seen_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-rate"]
        constraints = [models.UniqueConstraint(fields=["company", "rate"], name="tax_mapping_once")]

    def __str__(self) -> str:
        return f"{self.rate} -> {self.tax_type or '?'}"

    @property
    def percent(self) -> Decimal:
        """Return the rate as people say it: 20, 5, 8.875."""
        return (self.rate * 100).normalize()


class ItemCost(models.Model):
    """What one unit of a SKU costs the company, for purchase orders whose order does not say."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="item_costs")
    sku = models.CharField(max_length=100)
    currency = models.CharField(max_length=3)
    unit_cost = models.DecimalField(max_digits=18, decimal_places=4)

    class Meta:
        ordering = ["sku", "currency"]
        constraints = [
            models.UniqueConstraint(fields=["company", "sku", "currency"], name="item_cost_once"),
            models.CheckConstraint(condition=models.Q(unit_cost__gte=0), name="item_cost_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.sku}: {self.unit_cost} {self.currency}"
