"""What control calls send."""

from datetime import datetime

import msgspec

from localxero.webhooks.events import CATEGORIES
from localxero.webhooks.post import BATCH


class Body(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a control call sends."""


class ClockBody(Body):
    """How the clock shall run."""

    freeze: bool | None = None
    at: datetime | None = None
    advance_seconds: float | None = None
    speed: float | None = None
    reset: bool = False


class AppBody(Body):
    """An app to register; registering a client_id again replaces it. Without one, id and secret are made here.

    `tenant_id` makes it a custom connection; no secret makes it a PKCE app; `broad_scopes` one from before 2 March 2026.
    """

    client_id: str | None = None
    client_secret: str | None = None
    name: str | None = None
    redirect_uris: list[str] = []
    broad_scopes: bool = False
    tier: str = "core"
    company_url: str = ""
    tenant_id: str | None = None


class LimitsBody(Body):
    """A mode, and single ceilings that differ from it."""

    mode: str | None = None
    rapid_sync: bool | None = None
    concurrent: int | msgspec.UnsetType | None = msgspec.UNSET
    minute: int | msgspec.UnsetType | None = msgspec.UNSET
    day: int | msgspec.UnsetType | None = msgspec.UNSET
    app_minute: int | msgspec.UnsetType | None = msgspec.UNSET


class OrganisationBody(Body):
    """Settings of an organisation that tests like to change."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    period_lock_date: "str | msgspec.UnsetType | None" = msgspec.UNSET
    end_of_year_lock_date: "str | msgspec.UnsetType | None" = msgspec.UNSET
    edition: str | msgspec.UnsetType = msgspec.UNSET
    offline: bool | msgspec.UnsetType = msgspec.UNSET
    not_allowed: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    plan: str | msgspec.UnsetType = msgspec.UNSET
    invoice_cap: int | msgspec.UnsetType | None = msgspec.UNSET
    bill_cap: int | msgspec.UnsetType | None = msgspec.UNSET
    is_demo_company: bool | msgspec.UnsetType = msgspec.UNSET
    sends_reminders: bool | msgspec.UnsetType = msgspec.UNSET


class DisconnectBody(Body):
    """Which organisation is disconnected, and from which app (all where left out)."""

    tenant_id: str
    client_id: str | None = None


class MergeBody(Body):
    """Which contact is merged into which other one, as a person does in Xero."""

    tenant_id: str
    contact_id: str
    into: str


class SeedBody(Body):
    """Another seed: other identifiers, the same organisations."""

    name: str = "localxero"


class SignInBody(Body):
    """Whom to connect without the consent page."""

    client_id: str = "client"
    tenant_ids: list[str] = []
    scope: str | None = None


class WebhookBody(Body):
    """An app's webhook; without a key one is made. The last four make its deliveries late, repeated or out of order."""

    url: str
    client_id: str = "client"
    key: str = ""
    categories: tuple[str, ...] = CATEGORIES
    delay_seconds: float = 0.0
    copies: int = 1
    shuffled: bool = False
    batch_size: int = BATCH


class DeliverBody(Body):
    """Whether waiting events and retries shall be due at once."""

    release: bool = False
