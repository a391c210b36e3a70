"""A company's connections, the organisations that they reach, and what the company posts there and how."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from daybook.companies.models import Company, Person
from daybook.companies.settings_table import LABELS
from daybook.connections.consents import Consent as Consent  # noqa: PLC0414 - Django finds models here
from daybook.connections.outgoing import FileFormat as FileFormat  # noqa: PLC0414 - as above
from daybook.connections.outgoing import MailAccess as MailAccess  # noqa: PLC0414 - as above
from daybook.connections.places import FileAccess as FileAccess  # noqa: PLC0414 - as above
from daybook.connections.posting_rules import PostingRule as PostingRule  # noqa: PLC0414 - as above
from daybook.connections.posting_rules import check_when as check_when  # noqa: PLC0414 - a migration knows it by this name
from daybook.connections.setting_up import SetUp as SetUp  # noqa: PLC0414 - as above
from daybook.connections.whereabouts import Home as Home  # noqa: PLC0414 - as above
from daybook.documents.line_kinds import IN_WORDS, WITH_OWN_ACCOUNT
from daybook.kit import clock
from daybook.kit.ids import public_id
from daybook.kit.translation import gettext
from daybook.ledgers.registry import LEDGERS, USUAL, title
from daybook.mapping import gateways
from daybook.mapping.rules import ContactPer, ProcessMethod, WhenCostIsZero, WhenTaxDiffers
from daybook.secrets import vault


class Organisation(models.Model):
    """The books at the far side of a connection. All that was posted, and every law of it, hangs here."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="organisations")
    connection = models.ForeignKey("Connection", on_delete=models.PROTECT, related_name="organisations")
    """The one through which it is reached, and through which it was reached before; it never moves to another."""
    ledger = models.CharField(max_length=20, default=USUAL)
    their_id = models.CharField(max_length=200)
    """The ledger's own id of it."""
    name = models.CharField(max_length=255, blank=True, default="")
    country_code = models.CharField(max_length=2, blank=True, default="")
    base_currency = models.CharField(max_length=3, blank=True, default="")
    time_zone = models.CharField(max_length=64, blank=True, default="")
    """IANA name."""
    short_code = models.CharField(max_length=20, blank=True, default="")
    """For addresses of the ledger's own pages."""
    edition = models.CharField(max_length=20, blank=True, default="")
    can_invoice = models.BooleanField(default=True, db_default=True)
    """Some editions cannot."""
    lock_date = models.DateField(null=True)
    approvals_a_month = models.PositiveIntegerField(null=True)
    """Invoices that the plan lets be approved in a month; null: as many as one likes, or nobody knows."""
    sends_reminders = models.BooleanField(null=True)
    """Whether the ledger itself reminds customers of unpaid invoices; null: not asked yet, or it does not tell."""
    """Nothing there may be dated up to it."""
    facts_read_at = models.DateTimeField(null=True)
    """When these facts were last read there; null: not yet."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "ledger", "their_id"], name="organisation_once"),
            models.UniqueConstraint(fields=["company", "id"], name="organisation_of_company"),
        ]

    def __str__(self) -> str:
        return self.name or self.their_id

    @property
    def identity(self) -> str:
        """Return what names it beyond its company: its ledger, and the ledger's id of it."""
        return f"{self.ledger}:{self.their_id}"


class Connection(models.Model):
    """A company's way to one organisation of a ledger. Closed, never deleted. Secrets are sealed (`secrets/`)."""

    class Status(models.TextChoices):
        NOT_CONNECTED = "not_connected", gettext_noop("Not connected")
        CHOOSING = "choosing", gettext_noop("Choose an organisation")
        CONNECTED = "connected", gettext_noop("Connected")
        NEEDS_CONSENT = "needs_consent", gettext_noop("Consent is asked for again")

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="connections")
    public_id = models.CharField(max_length=32, unique=True, default=public_id)
    position = models.PositiveSmallIntegerField(default=1)
    """The company's first, second, ...: never given twice."""
    ledger = models.CharField(max_length=20, default=USUAL)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    """The one that it reaches; null: none."""
    last_organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    """The one of before, kept when disconnected: connecting another one is a decision, not a slip."""
    holds = models.CharField(max_length=221, blank=True, default="")
    """The organisation's identity while it is reached, so that the database lets nobody else reach it too."""
    started_at = models.DateTimeField(null=True)
    """Orders that come from then on are its own; null: it takes none yet."""
    closed_at = models.DateTimeField(null=True)
    """When a person ended it for good; what it posted stays."""
    client_id = models.CharField("Client ID", max_length=100, blank=True, default="")
    client_secret_sealed = models.BinaryField(default=bytes)
    status = models.CharField(max_length=16, choices=Status, default=Status.NOT_CONNECTED)
    status_reason = models.TextField(blank=True, default="")
    """Plain words: what happened and what to do, e.g. after consent was withdrawn."""
    link_id = models.CharField(max_length=36, blank=True, default="")
    """The ledger's own id of the app's way to the organisation, by which it is left; "" where it has none."""
    offered = models.JSONField(default=list, blank=True)
    """`[{"their_id", "name", "link_id"}]` while a person still has to choose."""
    connected_at = models.DateTimeField(null=True)
    # limits and pauses: rows, so that any worker can go on (how a document stays single, 8)
    paused_until = models.DateTimeField(null=True)
    pause_reason = models.CharField(max_length=200, blank=True, default="")
    pause_cause = models.CharField(max_length=12, blank=True, default="")
    """`standing.PauseCause`; that the ledger refuses the app stays known after the pause, until a token is given again."""
    retry_at = models.DateTimeField(null=True)
    """What the ledger itself said with Retry-After: before it no call goes, whoever asks; the windows begin anew then."""
    day_remaining = models.IntegerField(null=True)
    minute_remaining = models.IntegerField(null=True)
    limits_read_at = models.DateTimeField(null=True)
    minute_began_at = models.DateTimeField(null=True)
    """When a window of a minute began, as far as answers have told; the others do so many minutes before and after."""
    day_began_at = models.DateTimeField(null=True)
    """The same of a window of a day."""
    calls_a_day = models.PositiveIntegerField(null=True)
    """How many a day has, where answers have told; null: they have not."""
    post_at = models.DateTimeField(null=True)
    """What waits may go from then on, as its last drain saw it; null: a drain is to see. Only a hint for the sweep."""
    posting_stops = models.JSONField(default=dict, blank=True, db_default={})
    """By cause what stops posting: `{why: {"at", "by", "reason"}}`; empty: nothing does (`stopping.py` alone writes it)."""
    let_through = models.JSONField(default=list, blank=True, db_default=[])
    """Ids of the documents that a person approved while nothing posts by itself yet: they go all the same. Empty where
    anything else stops posting too (`stopping.py` alone writes it)."""
    is_look_due = models.BooleanField(default=False, db_default=False)
    """Before anything more is posted the ledger is asked whether it holds what the day book does not know."""
    witnessed_at = models.DateTimeField(null=True)
    """When the ledger was last asked that."""
    known_until = models.DateTimeField(null=True)
    """While a restore stops posting: what stood there until then is known; null: nothing tells."""
    has_orphans = models.BooleanField(default=False, db_default=False)
    """Documents stand there whose orders may still come again (`outbox/orphans.py`): each claim compares with them."""
    checked_at = models.DateTimeField(null=True)
    """When the ledger last answered us well."""
    looked_at = models.DateTimeField(null=True)
    """When the ledger was last asked what people did there with what was posted."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["holds"], condition=~models.Q(holds=""), name="organisation_connected_once"
            ),
            models.UniqueConstraint(fields=["company", "id"], name="connection_of_company"),
            models.UniqueConstraint(fields=["company", "position"], name="connection_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.company}: {self.facts.name or self.get_status_display()}"

    @property
    def facts(self) -> Organisation:
        """Return what is known of the organisation, or of the one of before; an empty one where there was none yet."""
        return self.organisation or self.last_organisation or Organisation(company_id=self.company_id)

    @property
    def name(self) -> str:
        """Return what a person calls it: its organisation, or its place among the company's and what it is."""
        what = gettext("Connection") if self.ledger == USUAL else gettext(title(self.ledger))
        return self.facts.name or f"{what} {self.position}"

    @property
    def is_ledger_known(self) -> bool:
        """Return whether this version of Daybook can post there: the database may be newer than the code."""
        return self.ledger in LEDGERS

    @property
    def client_secret(self) -> str:
        """Return the app's Client Secret in the clear; "" where none is stored."""
        return vault.unseal(self.client_secret_sealed, context=f"company:{self.company_id}:client_secret")

    @client_secret.setter
    def client_secret(self, secret: str) -> None:
        self.client_secret_sealed = vault.seal(secret, context=f"company:{self.company_id}:client_secret")

    @property
    def is_connected(self) -> bool:
        """Return whether calls may be made."""
        is_open = self.closed_at is None and self.is_ledger_known
        return is_open and self.status == self.Status.CONNECTED and self.organisation_id is not None

    @property
    def is_posting_stopped(self) -> bool:
        """Return whether documents do not go by themselves, as of when the row was read."""
        return bool(self.posting_stops)

    @property
    def is_shut(self) -> bool:
        """Return whether no writing call may be begun, as of when the row was read."""
        return self.is_posting_stopped and not self.let_through

    @property
    def only_these(self) -> list[int] | None:
        """Return the ids of the documents that may go, None: all, as of when the row was read."""
        return list(self.let_through) if self.is_posting_stopped else None


class PostingSettings(models.Model):
    """What a company posts through a connection, and how; the field names follow the original integration's settings."""

    class DocumentStatus(models.TextChoices):
        DRAFT = "DRAFT", _("Draft")
        SUBMITTED = "SUBMITTED", _("Awaiting approval")
        AUTHORISED = "AUTHORISED", _("Approved")

    class PostWhen(models.TextChoices):
        DISPATCHED = "dispatched", _("When the order has been dispatched")
        PART_DISPATCHED = "part_dispatched", _("Each part as it is dispatched")
        PAID = "paid", _("When the order has been paid in full")
        RECEIVED = "received", _("As soon as the order is received")

    class Method(models.TextChoices):
        NOTHING = "", _("(nothing selected: Untracked)")
        UNTRACKED = ProcessMethod.UNTRACKED, _("Untracked: invoices only")
        TRACKED = ProcessMethod.TRACKED, _("Tracked: purchase orders and invoices")

    class Contacts(models.TextChoices):
        ONE = ContactPer.ONE, _("The contact above, for every order")
        CHANNEL = ContactPer.CHANNEL, _("One for each channel; the contact above for the other channels")
        CUSTOMER = ContactPer.CUSTOMER, _("Each customer; the contact above for orders that name nobody")
        VAT_NUMBER = ContactPer.VAT_NUMBER, _("Each customer with a VAT number; the contact above for the others")

    class TaxDiffers(models.TextChoices):
        HOLD = WhenTaxDiffers.HOLD, gettext_noop("Hold the document and say why")
        KEEP_GROSS = WhenTaxDiffers.KEEP_GROSS, gettext_noop("Keep the gross, let {ledger}'s tax stand")

    class CostIsZero(models.TextChoices):
        HOLD = WhenCostIsZero.HOLD, _("Hold the purchase order and ask")
        LEAVE_OUT = WhenCostIsZero.LEAVE_OUT, _("Leave it out of the purchase order")

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="posting", primary_key=True)
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
    contact_per = models.CharField(
        LABELS["contact_per"], max_length=12, choices=Contacts, default=Contacts.ONE, db_default=ContactPer.ONE
    )
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
    post_credit_notes = models.BooleanField(LABELS["post_credit_notes"], default=False, db_default=False)
    post_payments = models.BooleanField(LABELS["post_payments"], default=False, db_default=False)
    rename_contacts = models.BooleanField(LABELS["rename_contacts"], default=False, db_default=False)
    make_accounts = models.BooleanField(LABELS["make_accounts"], default=False, db_default=False)
    post_within_minutes = models.PositiveSmallIntegerField(LABELS["post_within_minutes"], default=0)
    """Documents may wait this long for others, so that calls go out full; 0: they go at once while calls are plenty."""
    app_calls_a_day = models.PositiveIntegerField(LABELS["app_calls_a_day"], null=True, blank=True)
    """Of the app's plan; null: what the ledger's answers tell."""
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
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    """Who saved the form last; null: nobody, or the command line."""

    class Meta:
        verbose_name_plural = "posting settings"

    def __str__(self) -> str:
        return f"settings of {self.connection}"


class TaxMapping(models.Model):
    """A tax rate seen in a company's orders, and the tax type that a person gave it for one connection."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="tax_mappings")
    rate = models.DecimalField(max_digits=9, decimal_places=6)
    """A fraction: 0.2 is 20 %."""
    tax_type = models.CharField(max_length=50, blank=True, default="")
    """Empty: nobody has decided yet."""
    first_seen_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-rate"]
        constraints = [models.UniqueConstraint(fields=["connection", "rate"], name="tax_of_connection_once")]

    def __str__(self) -> str:
        return f"{self.rate} -> {self.tax_type or '?'}"

    @property
    def percent(self) -> Decimal:
        """Return the rate as people say it: 20, 5, 8.875."""
        return (self.rate * 100).normalize()


def kinds_with_own_account() -> list[tuple[str, str]]:
    """Return them as the field asks for them: a new kind is then no change of the field, and wants no migration."""
    return [(kind.value, gettext(IN_WORDS[kind])) for kind in WITH_OWN_ACCOUNT]


class ChannelContact(models.Model):
    """The contact that stands for one channel, as a person chose it for one connection."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="channel_contacts")
    channel = models.CharField(max_length=100)
    """As orders name it, or the name of their feed; compared without case."""
    contact_name = models.CharField(max_length=255)
    contact_id = models.CharField(max_length=36, blank=True, default="")

    class Meta:
        ordering = ["channel"]
        constraints = [
            models.UniqueConstraint("connection", models.functions.Lower("channel"), name="contact_of_channel_once")
        ]

    def __str__(self) -> str:
        return f"{self.channel} -> {self.contact_name}"


class LineAccount(models.Model):
    """Where lines of a kind that is no sale of goods are booked, as a person chose for one connection."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="line_accounts")
    kind = models.CharField(max_length=20, choices=kinds_with_own_account)
    account = models.CharField(max_length=10, blank=True, default="")
    """Empty: nobody has decided yet."""
    tax_type = models.CharField(max_length=50, blank=True, default="")
    """Empty: as the line's own rate is mapped; of a gift card, that nobody has decided yet."""

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["connection", "kind"], name="account_of_kind_once")]

    def __str__(self) -> str:
        return f"{self.kind} -> {self.account or '?'}"


class Gateway(models.Model):
    """Who carried money, as orders say, and the account on which it then stands, as a person chose for one connection."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="gateways")
    source = models.CharField(max_length=40, blank=True, default="")
    """Of the orders that it is about; empty: of all."""
    name = models.CharField(max_length=gateways.LONGEST_NAME, blank=True, default="")
    """As `mapping/gateways.py: name_of` gives it; empty: the order names none."""
    currency = models.CharField(max_length=3)
    account_id = models.CharField(max_length=36, blank=True, default="")
    """The ledger's id of the account; empty: nobody has decided yet."""
    first_seen_at = models.DateTimeField(default=clock.now)
    asked_code = models.CharField(max_length=10, blank=True, default="", db_default="")
    asked_name = models.CharField(max_length=150, blank=True, default="", db_default="")
    """Of the account that the ledger was asked to make for it, while nobody knows what came of that."""
    asked_at = models.DateTimeField(null=True, blank=True)
    fees_since = models.DateField(null=True, blank=True)
    """The first day of payouts whose fees become a bill each; null: they are left to the bank's lines."""
    fees_contact_id = models.CharField(max_length=36, blank=True, default="", db_default="")
    fees_contact_name = models.CharField(max_length=255, blank=True, default="", db_default="")
    """Who bills them."""
    fees_account = models.CharField(max_length=10, blank=True, default="", db_default="")
    fees_tax_type = models.CharField(max_length=50, blank=True, default="", db_default="")

    class Meta:
        ordering = ["name", "currency", "source"]
        constraints = [
            models.UniqueConstraint(fields=["connection", "source", "name", "currency"], name="gateway_once")
        ]

    def __str__(self) -> str:
        return f"{self.said} -> {self.account_id or '?'}"

    @property
    def said(self) -> str:
        """Return how people call it: "stripe in GBP"."""
        of = f", of {self.source} only" if self.source else ""
        return f"{gateways.title_of(self.name)} in {self.currency}{of}"


class TokenSet(models.Model):
    """The tokens of one consent: one row, refreshed under a row lock, stored before use (decision 10)."""

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="token_set")
    access_token_sealed = models.BinaryField()
    refresh_token_sealed = models.BinaryField()
    expires_at = models.DateTimeField()
    """When the access token ends."""
    fingerprint = models.CharField(max_length=64)
    """SHA-256 of the access token, hex: attempts name the token they go out under."""
    scope = models.TextField(blank=True, default="")
    refreshed_at = models.DateTimeField(default=clock.now)
    refused_at = models.DateTimeField(null=True)
    """When the ledger last refused one of these tokens before its time."""

    def __str__(self) -> str:
        return f"tokens until {self.expires_at:%H:%M:%S}"

    @property
    def access_token(self) -> str:
        """Return the access token in the clear."""
        return vault.unseal(self.access_token_sealed, context=self._context("access_token"))

    @property
    def refresh_token(self) -> str:
        """Return the refresh token in the clear."""
        return vault.unseal(self.refresh_token_sealed, context=self._context("refresh_token"))

    def seal_tokens(self, *, access_token: str, refresh_token: str) -> None:
        """Put a new pair into the row (not saved)."""
        self.access_token_sealed = vault.seal(access_token, context=self._context("access_token"))
        self.refresh_token_sealed = vault.seal(refresh_token, context=self._context("refresh_token"))

    def _context(self, field: str) -> str:
        return f"connection:{self.connection_id}:{field}"
