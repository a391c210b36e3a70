"""People, companies, who belongs where, and what a company decided about its documents."""

from decimal import Decimal
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from daybook.companies.settings_table import LABELS
from daybook.kit import clock
from daybook.kit.ids import public_id
from daybook.mapping.rules import ProcessMethod, WhenCostIsZero, WhenTaxDiffers


def canonical_address(email: str) -> str:
    """Return the one form in which an e-mail address is stored and compared: without spaces around, in lower case."""
    return email.strip().lower()


class PersonManager(BaseUserManager["Person"]):
    """Makes people; an e-mail address is known without regard to case."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "Person":
        """Store and return a new person; without a password they cannot log in yet."""
        person = self.model(email=canonical_address(email), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "Person":
        """Store and return a new operator."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "Person":
        """Find a person by e-mail address without regard to case.

        The stored form is compared: PostgreSQL's own upper case takes letters for equal that are not (\u017f for s).
        """
        return self.get(email=canonical_address(username or ""))


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody who can log in. `is_staff` marks an operator of the installation."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150, blank=True, default="")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField("operator", default=False)
    date_joined = models.DateTimeField(default=clock.now)
    address_proven_at = models.DateTimeField(null=True, blank=True)
    """When the address was shown to be theirs: a link mailed to it was opened, or the operator said so. Empty where
    only an owner of a company did: such an account is not taken for the address's owner anywhere else."""

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


class Invitation(models.Model):
    """An owner asks the holder of an e-mail address into the company; that person accepts or declines, once."""

    class Answer(models.TextChoices):
        NONE = "", "Open"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="invitations")
    public_id = models.CharField(max_length=32, unique=True, default=public_id)
    email = models.EmailField()
    role = models.CharField(max_length=16, choices=Membership.Role)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    is_mailed = models.BooleanField(default=False)
    """The link went to the address itself, so whoever opens it can read mail there."""
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    answer = models.CharField(max_length=16, choices=Answer, blank=True, default=Answer.NONE)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "email"], condition=models.Q(answer=""), name="invitation_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"invitation of {self.email} to {self.company}"


class AddressChange(models.Model):
    """A one-time link with which a person, logged in, takes another e-mail address."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="address_changes")
    email = models.EmailField()
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    is_mailed = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"change of {self.person} to {self.email}"


class Attempts(models.Model):
    """How often something failed at a door, by one address or for one account (`doors.py`)."""

    door = models.CharField(max_length=32)
    subject = models.CharField(max_length=64)
    """A SHA-256: addresses are nobody's to keep."""
    since = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["door", "subject"], name="attempts_once")]

    def __str__(self) -> str:
        return f"{self.door}: {self.count} since {self.since:%Y-%m-%d %H:%M}"


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

    class CostIsZero(models.TextChoices):
        HOLD = WhenCostIsZero.HOLD, "Hold the purchase order and ask"
        LEAVE_OUT = WhenCostIsZero.LEAVE_OUT, "Leave it out of the purchase order"

    company = models.OneToOneField(Company, on_delete=models.CASCADE, related_name="settings", primary_key=True)
    process_method = models.CharField(LABELS["process_method"], max_length=16, choices=Method, blank=True, default="")
    sales_account = models.CharField(LABELS["sales_account"], max_length=10, blank=True, default="")
    shipping_account = models.CharField(LABELS["shipping_account"], max_length=10, blank=True, default="")
    """Empty: shipping goes to the sales account."""
    cogs_account = models.CharField(LABELS["cogs_account"], max_length=10, blank=True, default="")
    inventory_account = models.CharField(LABELS["inventory_account"], max_length=10, blank=True, default="")
    contact_name = models.CharField(LABELS["contact_name"], max_length=255, blank=True, default="")
    contact_id = models.CharField(max_length=36, blank=True, default="")
    supplier_contact_name = models.CharField(LABELS["supplier_contact_name"], max_length=255, blank=True, default="")
    supplier_contact_id = models.CharField(max_length=36, blank=True, default="")
    purchase_tax_type = models.CharField(LABELS["purchase_tax_type"], max_length=50, blank=True, default="")
    document_status = models.CharField(
        LABELS["document_status"], max_length=16, choices=DocumentStatus, default=DocumentStatus.DRAFT
    )
    number_prefix = models.CharField(LABELS["number_prefix"], max_length=20, blank=True, default="")
    reference_template = models.CharField(
        LABELS["reference_template"], max_length=200, blank=True, default="{external_ref}"
    )
    payment_terms_days = models.PositiveSmallIntegerField(LABELS["payment_terms_days"], default=30)
    start_date = models.DateField(LABELS["start_date"], null=True, blank=True)
    post_when = models.CharField(LABELS["post_when"], max_length=16, choices=PostWhen, default=PostWhen.DISPATCHED)
    when_tax_differs = models.CharField(
        LABELS["when_tax_differs"], max_length=16, choices=TaxDiffers, default=TaxDiffers.HOLD
    )
    include_orders_with_errors = models.BooleanField(LABELS["include_orders_with_errors"], default=False)
    allow_backorders = models.BooleanField(LABELS["allow_backorders"], default=False)
    post_within_minutes = models.PositiveSmallIntegerField(LABELS["post_within_minutes"], default=0)
    """Documents may wait this long for others, so that calls go out full; 0: a few seconds."""
    default_currency = models.CharField(LABELS["default_currency"], max_length=3, blank=True, default="")
    """Empty: the organisation's base currency."""
    cost_currency = models.CharField(LABELS["cost_currency"], max_length=3, blank=True, default="")
    """Of unit costs for which the order names no currency; empty: the organisation's base currency."""
    not_stock = models.TextField(LABELS["not_stock"], max_length=20_000, blank=True, default="")
    """A SKU or a pattern in each line (`mapping/not_stock.py`)."""
    when_cost_is_zero = models.CharField(
        LABELS["when_cost_is_zero"], max_length=16, choices=CostIsZero, default=CostIsZero.HOLD
    )
    part_shipment_days = models.PositiveSmallIntegerField(LABELS["part_shipment_days"], default=14)
    """After so many days an order that was dispatched in part is shown to a person."""
    cash_steps = models.CharField(LABELS["cash_steps"], max_length=200, blank=True, default="")
    """By currency, where the OMS rounds more coarsely than the currency's smallest coin: "CHF 0.05, DKK 1"."""
    order_time_zone = models.CharField(LABELS["order_time_zone"], max_length=64, blank=True, default="")
    """IANA name; times of orders that carry no zone are read in it. Empty: the organisation's."""
    order_time_zone_confirmed = models.BooleanField(default=True)
    """No: it is UTC from when that was the default, and nobody has said yet whether that is right."""
    undated_days = models.PositiveSmallIntegerField(LABELS["undated_days"], null=True, blank=True, default=7)
    """An order that arrives dispatched and without a date of it is dated by its arrival if it was ordered at most so
    many days before; None: always."""
    require_second_factor = models.BooleanField(LABELS["require_second_factor"], default=False)
    """Members without one are led to set it up before they see the company's pages."""
    kornitx_hmac_key_sealed = models.BinaryField(default=bytes)
    kornitx_callback_secret_hash = models.CharField(max_length=64, blank=True, default="")
    kornitx_last_received_at = models.DateTimeField(null=True)
    kornitx_refused = models.PositiveIntegerField(default=0)
    """Pushes and callbacks to this company's address that showed no right signature or secret."""
    kornitx_refused_at = models.DateTimeField(null=True)
    kornitx_refused_why = models.CharField(max_length=200, blank=True, default="")
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
