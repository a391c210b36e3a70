"""People, companies, who belongs where, and what holds for a company as a whole."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower

from daybook.companies.settings_table import LABELS
from daybook.kit import clock
from daybook.kit.ids import public_id


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

    language = models.CharField(max_length=10, blank=True, default="", db_default="")
    """In which pages and mails speak to them, one of `LANGUAGES`; empty: as their browser asks, and mails in English."""

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
    """One tenant: a company whose orders go to the organisations that it is connected to."""

    public_id = models.CharField(max_length=32, unique=True, default=public_id)
    name = models.CharField(max_length=200)
    people: "models.ManyToManyField[Person, Membership]" = models.ManyToManyField(
        Person, through="Membership", related_name="companies"
    )
    created_at = models.DateTimeField(default=clock.now)
    closing_at = models.DateTimeField(null=True)
    """Since when it is being closed: posting is stopped, and what is under way settles."""
    closed_at = models.DateTimeField(null=True)
    """Since when it is closed: it is read and exported, and nothing else."""
    closed_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    """Null, and closed: the command line."""
    kept_until = models.DateTimeField(null=True)
    """When all of it is deleted; until then the operator can open it again."""
    deleting_at = models.DateTimeField(null=True)
    """Since when it is being deleted: nothing brings it back."""

    class Meta:
        verbose_name_plural = "companies"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closed_at=None) | models.Q(kept_until__isnull=False), name="company_closed_until"
            )
        ]
        indexes = [
            models.Index(fields=["kept_until"], condition=models.Q(kept_until__isnull=False), name="company_kept_until")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_closed(self) -> bool:
        """Return whether it is read and exported, and nothing else."""
        return self.closed_at is not None


class Membership(models.Model):
    """A person's place in a company."""

    class Role(models.TextChoices):
        OWNER = "owner", "Owner: everything, people and keys too"
        ACCOUNTANT = "accountant", "Accountant: settings and documents"
        CLERK = "clerk", "Clerk: prepares, and releases nothing"
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

    class Scope(models.TextChoices):
        READ = "read", "Read: how orders stand, forecasts, previews"
        ORDERS = "orders", "Orders in: send orders"
        ACT = "act", "Act: whatever else changes something"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="api_keys")
    public_id = models.CharField(max_length=32, unique=True, default=public_id)
    name = models.CharField(max_length=100)
    hint = models.CharField(max_length=16)
    """The first characters, to tell keys apart."""
    key_hash = models.CharField(max_length=64, unique=True)
    scopes = models.CharField(max_length=60, default="read orders act", db_default="read orders act")
    """What it opens, with spaces between, as OAuth writes scopes; keys of before there were any open all."""
    expires_at = models.DateTimeField(null=True)
    """From then on it opens nothing; null: it does not end by itself."""
    created_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}...)"

    @property
    def opens(self) -> list[str]:
        """Return its scopes."""
        return self.scopes.split()

    @property
    def last_moment(self) -> datetime | None:
        """Return the moment up to which it works, which falls on the day that a person chose."""
        return None if self.expires_at is None else self.expires_at - timedelta(seconds=1)

    def is_over(self, now: datetime) -> bool:
        """Return whether its day has come."""
        return self.expires_at is not None and self.expires_at <= now


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
    """What holds for a company as a whole; what it posts, and how, is each connection's (`PostingSettings`)."""

    company = models.OneToOneField(Company, on_delete=models.CASCADE, related_name="settings", primary_key=True)
    require_second_factor = models.BooleanField(LABELS["require_second_factor"], default=False)
    """Members without one are led to set it up before they see the company's pages."""
    keep_deliveries_days = models.PositiveSmallIntegerField(
        LABELS["keep_deliveries_days"],
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(3660)],
    )
    """Null: as the installation says."""

    class Meta:
        verbose_name_plural = "company settings"

    def __str__(self) -> str:
        return f"settings of {self.company}"


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


class SavedView(models.Model):
    """A list as one person wants to come back to it: filters, search and turn, under a name of their own."""

    class Page(models.TextChoices):
        """The list that it is of; the values are names of addresses."""

        ORDERS = "orders", "Orders"
        DOCUMENTS = "documents", "Documents"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=20, choices=Page)
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=1000)
    """What stands behind the list's address, without the "?"."""
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["company", "person", "page", "name"], name="saved_view_once"),
        ]

    def __str__(self) -> str:
        return self.name
