"""What a connection sends out by itself, in which form and how often: order files, and invoices by mail."""

from datetime import time

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from daybook.connections.schedules import Every
from daybook.ledgers.files import formats, sage
from daybook.secrets import vault

_MIDNIGHT = time(0, 0)


def _fits(pattern: str, words: str) -> RegexValidator:
    return RegexValidator(rf"^(?:{pattern})$", words)


class Scheduled(models.Model):
    """How often something goes out."""

    every = models.CharField("How often", max_length=8, choices=Every, default=Every.AT_ONCE)
    run_at = models.TimeField("At", default=_MIDNIGHT)
    """Of daily, weekly (on Sunday) and monthly (on the first) runs, by the clock of the OMS."""
    next_run_at = models.DateTimeField("Next run", null=True, blank=True)
    """Null: at once, or nobody has worked it out yet."""
    is_together = models.BooleanField("Together", default=False)
    """What is due in a run goes as one; no: each by itself."""

    class Meta:
        abstract = True


class FileFormat(Scheduled):
    """What a connection's order files look like, and when they are written; where none is stored: XML, at once."""

    connection = models.OneToOneField(
        "connections.Connection", on_delete=models.CASCADE, related_name="file_format", primary_key=True
    )
    format = models.CharField(
        "What the files look like", max_length=12, choices=formats.choices, default=formats.XML.name
    )
    ending = models.CharField(
        "Names of the files end in",
        max_length=9,
        blank=True,
        default="",
        validators=[_fits(formats.ENDING.pattern, "A dot and up to eight small letters or digits, such as .csv")],
    )
    template = models.TextField("Template", blank=True, default="", max_length=50_000)
    account = models.CharField(
        "Account number",
        max_length=8,
        blank=True,
        default="",
        validators=[_fits(sage.ACCOUNT.pattern, "Up to eight capital letters and digits, as Sage shows it.")],
    )
    department = models.CharField(
        "Department",
        max_length=3,
        blank=True,
        default="",
        validators=[_fits(sage.DEPARTMENT.pattern, "A number of up to three digits.")],
    )
    with_headings = models.BooleanField("First row contains headings", default=True)
    last_number = models.PositiveIntegerField(default=0)
    """Of the files that hold a run."""

    def __str__(self) -> str:
        return f"{self.format}, {self.every}"


class MailAccess(Scheduled):
    """By which server a connection mails invoices, from whom, and what stands on them; the password is sealed."""

    class Security(models.TextChoices):
        STARTTLS = "starttls", _("STARTTLS (port 587)")
        TLS = "tls", _("TLS from the first byte (port 465)")
        NONE = "none", _("None: only for a server on this machine")

    class Paper(models.TextChoices):
        A4 = "A4", "A4"
        LETTER = "Letter", _("US Letter")

    connection = models.OneToOneField(
        "connections.Connection", on_delete=models.CASCADE, related_name="mail", primary_key=True
    )
    is_enabled = models.BooleanField("Enabled", default=True)
    host = models.CharField("Mail server", max_length=255, blank=True, default="")
    """Empty: the installation's own."""
    port = models.PositiveIntegerField("Port", default=587)
    security = models.CharField("Encryption", max_length=8, choices=Security, default=Security.STARTTLS)
    username = models.CharField("User", max_length=255, blank=True, default="")
    password_sealed = models.BinaryField(default=bytes)
    sender = models.EmailField("From", blank=True, default="")
    sender_name = models.CharField("Name of the sender", max_length=100, blank=True, default="")
    bcc = models.CharField("Email BCC", max_length=1000, blank=True, default="")
    """Addresses with commas between them."""
    subject = models.CharField("Subject", max_length=150, blank=True, default="Invoice {number}")
    text = models.TextField(
        "Text",
        max_length=5000,
        blank=True,
        default="Dear {customer},\n\nplease find your invoice {number} attached.\n\n{seller}\n",
    )
    seller = models.TextField("Your name and address", max_length=1000, blank=True, default="")
    """The first line is the name."""
    vat_number = models.CharField("Your VAT number", max_length=50, blank=True, default="")
    footer = models.TextField("At the foot", max_length=1000, blank=True, default="")
    title = models.CharField("Title", max_length=60, blank=True, default="Invoice")
    paper = models.CharField("Paper", max_length=8, choices=Paper, default=Paper.A4)
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name_plural = "mail accesses"

    def __str__(self) -> str:
        return self.sender

    @property
    def password(self) -> str:
        """Return the password in the clear; "" where none is stored."""
        return vault.unseal(self.password_sealed, context=self._context) if self.password_sealed else ""

    @password.setter
    def password(self, password: str) -> None:
        self.password_sealed = vault.seal(password, context=self._context) if password else b""

    @property
    def _context(self) -> str:
        return f"connection:{self.connection_id}:mail_password"
