"""Changing a company's settings from the command line, with errors that name the setting."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models, transaction

from daybook.companies.models import Company, CompanySettings, TaxMapping
from daybook.mapping import cash_steps
from daybook.ops.stops import Exit, Stop
from daybook.outbox import wake
from daybook.secrets import vault

FIELDS = (
    "process_method",
    "sales_account",
    "shipping_account",
    "cogs_account",
    "inventory_account",
    "contact_name",
    "supplier_contact_name",
    "purchase_tax_type",
    "document_status",
    "number_prefix",
    "reference_template",
    "payment_terms_days",
    "start_date",
    "post_when",
    "when_tax_differs",
    "include_orders_with_errors",
    "allow_backorders",
    "post_within_minutes",
    "default_currency",
    "order_time_zone",
    "cost_currency",
    "not_stock",
    "when_cost_is_zero",
    "part_shipment_days",
    "cash_steps",
    "undated_days",
    "require_second_factor",
)
FOUND_IN_XERO = {"contact_name": "contact_id", "supplier_contact_name": "supplier_contact_id"}
"""A new name ends the id that was found for the old one."""
HMAC_KEY = "kornitx_hmac_key"
TAX = "tax."
YES = {"yes": True, "true": True, "on": True, "1": True, "no": False, "false": False, "off": False, "0": False}


@dataclass(frozen=True, slots=True)
class Change:
    """One setting and the text it shall have."""

    key: str
    text: str


def parse(pair: str) -> Change:
    """Read KEY=VALUE or KEY=@FILE. Raises Stop."""
    key, equals, text = pair.partition("=")
    if not equals:
        raise Stop(f"{pair!r} is not of the form KEY=VALUE", Exit.USAGE)
    if key not in (*FIELDS, HMAC_KEY) and not key.startswith(TAX):
        raise Stop(f"there is no setting {key!r}; there are: {', '.join((*FIELDS, HMAC_KEY))}, tax.RATE", Exit.USAGE)
    if text.startswith("@"):
        try:
            text = Path(text[1:]).read_text().strip()
        except OSError as error:
            raise Stop(f"{key}: {text[1:]} cannot be read: {error.strerror}", Exit.USAGE) from error
    return Change(key, text)


def change(company: Company, changes: list[Change]) -> list[str]:
    """Make all changes or none, look at the company's undecided orders again, and return what changed. Raises Stop."""
    with transaction.atomic():
        settings, _ = CompanySettings.objects.select_for_update().get_or_create(company=company)
        changed = [one.key for one in changes if _change(settings, one)]
        _validate(settings)
        settings.save()
        if changed:
            wake.wake_prepare(company.pk)
    return changed


def show(company: Company) -> dict[str, str]:
    """Return the settings as text; the HMAC key only as set or not."""
    settings = CompanySettings.objects.get_or_create(company=company)[0]
    shown = {name: _text(getattr(settings, name)) for name in FIELDS}
    shown[HMAC_KEY] = "(set)" if settings.kornitx_hmac_key_sealed else ""
    for mapping in TaxMapping.objects.filter(company=company):
        shown[f"{TAX}{mapping.rate.normalize():f}"] = mapping.tax_type
    return shown


def _change(settings: CompanySettings, one: Change) -> bool:
    if one.key.startswith(TAX):
        return _map_tax(settings.company, one)
    if one.key == HMAC_KEY:
        settings.kornitx_hmac_key_sealed = vault.seal(one.text, context=f"company:{settings.company_id}:{HMAC_KEY}")
        return True
    value = _value(one)
    if one.key == "order_time_zone" and not settings.order_time_zone_confirmed:
        settings.order_time_zone, settings.order_time_zone_confirmed = str(value), True  # UTC too is an answer now
        return True
    if getattr(settings, one.key) == value:
        return False
    setattr(settings, one.key, value)
    if one.key in FOUND_IN_XERO:
        setattr(settings, FOUND_IN_XERO[one.key], "")
    return True


def _value(one: Change) -> object:
    field = CompanySettings._meta.get_field(one.key)  # noqa: SLF001  # Django's public name
    assert isinstance(field, models.Field)  # noqa: S101  # for the type checker: FIELDS names no relation
    if isinstance(field, models.BooleanField):
        if one.text.lower() not in YES:
            raise Stop(f"{one.key}: say yes or no, not {one.text!r}", Exit.USAGE)
        return YES[one.text.lower()]
    if one.text == "" and field.null:
        return None
    try:
        value: object = field.to_python(one.text)
    except ValidationError as error:
        raise Stop(f"{one.key}: {' '.join(error.messages)}", Exit.USAGE) from error
    return value


def _validate(settings: CompanySettings) -> None:
    try:
        settings.full_clean(exclude={field.name for field in settings._meta.fields} - set(FIELDS))  # noqa: SLF001  # Django's name
    except ValidationError as error:
        first, messages = next(iter(error.message_dict.items()))
        raise Stop(f"{first}: {' '.join(messages)}{_choices(first)}", Exit.USAGE) from error
    if not re.fullmatch(r"[A-Za-z0-9._-]*", settings.number_prefix):
        raise Stop("number_prefix: only letters, digits, dot, underscore and hyphen stand in a number", Exit.USAGE)
    for name in ("default_currency", "cost_currency"):
        if not re.fullmatch(r"([A-Z]{3})?", getattr(settings, name)):
            raise Stop(f"{name}: three capital letters, such as GBP, or nothing", Exit.USAGE)
    try:
        settings.cash_steps = cash_steps.written(cash_steps.read(settings.cash_steps))
    except ValueError as error:
        raise Stop(f"cash_steps: {error}", Exit.USAGE) from error
    try:
        ZoneInfo(settings.order_time_zone or "UTC")
    except (KeyError, ValueError, OSError) as error:
        raise Stop(
            f"order_time_zone: {settings.order_time_zone!r} is no time zone; Europe/London is one", Exit.USAGE
        ) from error


def _choices(name: str) -> str:
    field = CompanySettings._meta.get_field(name)  # noqa: SLF001  # Django's public name
    values = [str(value) for value, _ in getattr(field, "choices", None) or []]
    return f" It may be: {', '.join(value or '(empty)' for value in values)}." if values else ""


def _map_tax(company: Company, one: Change) -> bool:
    try:
        rate = Decimal(one.key.removeprefix(TAX))
    except InvalidOperation as error:
        raise Stop(f"{one.key}: the rate is a fraction, such as tax.0.2 for 20 %", Exit.USAGE) from error
    if not rate.is_finite() or not 0 <= rate < 1:
        raise Stop(f"{one.key}: the rate is a fraction between 0 and 1; 20 % is tax.0.2", Exit.USAGE)
    if rate != round(rate, 6):
        raise Stop(f"{one.key}: at most six decimals", Exit.USAGE)
    mapping, made = TaxMapping.objects.get_or_create(company=company, rate=rate)
    if mapping.tax_type == one.text and not made:
        return False
    mapping.tax_type = one.text
    try:
        mapping.full_clean()
    except ValidationError as error:
        raise Stop(f"{one.key}: {' '.join(error.messages)}", Exit.USAGE) from error
    mapping.save()
    return True


def _text(value: object) -> str:
    if value is None:
        return ""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
