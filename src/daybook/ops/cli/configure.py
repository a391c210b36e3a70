"""Changing a company's settings from the command line, with errors that name the setting."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import models, transaction

from daybook.catalog import contacts, facts, problems, refresh
from daybook.companies import saving as companys
from daybook.companies.models import Company, CompanySettings
from daybook.companies.settings_table import SETTINGS, Holds, Section, holding
from daybook.connections import calls, credentials, endpoints, roster
from daybook.connections.models import ChannelContact, Connection, LineAccount, PostingSettings, TaxMapping
from daybook.connections.saving import saving
from daybook.documents.line_kinds import WITH_OWN_ACCOUNT, LineKind
from daybook.feeds import roster as roster_of_feeds
from daybook.history.telling import as_text
from daybook.intake import curing
from daybook.kit import clock, zones
from daybook.ledgers.registry import title
from daybook.mapping import cash_steps
from daybook.ops.cli import configuring_feeds, configuring_gateways
from daybook.ops.processes.stops import Exit, Stop
from daybook.outbox import wake
from daybook.sources.registry import with_doors
from daybook.sources.source import Holds as FieldHolds
from daybook.wire.errors import WireError
from daybook.wire.http import HttpClient

FIELDS = tuple(one.name for one in SETTINGS if one.section is not Section.PEOPLE)
OF_COMPANY = tuple(one.name for one in SETTINGS if one.section is Section.PEOPLE)
"""Settings of the company as a whole; all others are of the connection that is meant."""
FOUND_THERE = {one.name: one.id_field for one in holding(Holds.CONTACT)}
"""The field of the id that is found in the ledger for the name."""
CLIENT_ID, CLIENT_SECRET = "client_id", "client_secret"
APP = (CLIENT_ID, CLIENT_SECRET)
"""Of the company's app; they stand on its connection."""
FEED_FIELDS = {
    f"{source.name}_{field.name}": (source, field)
    for source in with_doors()
    for field in source.fields
    if field.holds is not FieldHolds.MADE
}
"""Of the company's first feed of each source."""
LONGEST_OF_APP = {CLIENT_ID: 100, CLIENT_SECRET: 500}
JUST_NOW = timedelta(seconds=5)
TAX, LINE, GATEWAY, CHANNEL = "tax.", "line.", "gateway.", "channel."
POSTING = "posting"
"""On or off: no setting, and changed elsewhere (`stopping.py` here)."""
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
    ours = (*FIELDS, *OF_COMPANY, *APP, *FEED_FIELDS, POSTING)
    if key not in ours and not key.startswith((TAX, LINE, GATEWAY, CHANNEL)):
        known = ", ".join((POSTING, *FIELDS, *OF_COMPANY, *APP, *FEED_FIELDS))
        more = "tax.RATE, line.KIND, gateway.CURRENCY.NAME, channel.NAME"
        raise Stop(f"there is no setting {key!r}; there are: {known}, {more}", Exit.USAGE)
    if text.startswith("@"):
        try:
            text = Path(text[1:]).read_text().strip()
        except OSError as error:
            raise Stop(f"{key}: {text[1:]} cannot be read: {error.strerror}", Exit.USAGE) from error
    return Change(key, text)


def connection_of(company: Company, public_id: str = "") -> Connection:
    """Return the company's connection of this id, or its only one. Raises Stop."""
    try:
        return roster.chosen(company, public_id)
    except roster.NoSuchConnectionError as error:
        raise Stop(f"{error}. Say which with --connection ID.", Exit.USAGE) from error


def change(connection: Connection, changes: list[Change], *, client: HttpClient | None = None) -> list[str]:
    """Make all changes or none, look at the company's undecided orders again, and return what changed.

    A contact is looked up in the ledger as on the page, where an organisation is connected. Raises Stop.
    """
    company = connection.company
    found = _found_contacts(connection, changes, client)
    with transaction.atomic():
        settings, _ = PostingSettings.objects.select_for_update().get_or_create(connection=connection)
        with saving(connection, by=None), companys.saving(company, by=None):
            changed = [one.key for one in changes if _change(settings, one, found)]
            _validate(settings)
            settings.save()
        if changed:
            wake.wake_prepare(company.pk)
            curing.forget(company)
    if changed and connection.is_connected:  # what was cured in the ledger meanwhile counts too
        wake.wake_read_lists(connection.pk, older_than=JUST_NOW)
    return changed


def try_app(connection: Connection, *, client: HttpClient | None = None) -> None:
    """Ask the ledger whether it takes the app's Client ID and Secret. Raises Stop where it does not, or cannot say."""
    connection.refresh_from_db()
    if not connection.client_id or not connection.client_secret_sealed:
        return  # the other of the two is still to come
    try:
        refusal = credentials.try_app(connection, client=client)
    except WireError as error:
        message = f"saved, but {title(connection.ledger)} could not be asked whether it takes them: {error}"
        raise Stop(message, Exit.NEEDS_A_PERSON) from error
    if refusal:
        raise Stop(f"saved, but {title(connection.ledger)} does not take them: {refusal}", Exit.NEEDS_A_PERSON)
    wake.wake_drain(connection.pk)


def read_lists(connection: Connection, *, client: HttpClient | None = None) -> list[str]:
    """Read the organisation's lists again, let go what that cures, and return what is wrong with the settings.

    Raises Stop.
    """
    company = connection.company
    if not endpoints.can_be_asked(connection):
        raise Stop(f"{title(connection.ledger)} has no lists to read", Exit.USAGE)
    if not connection.is_connected:
        message = f"{company} is not connected to {title(connection.ledger)}: its page has the button Get Access Token"
        raise Stop(message, Exit.NEEDS_A_PERSON)
    calls.resume(connection.pk, clock.now())
    try:
        refresh.refresh(connection, client=client)
    except WireError as error:
        calls.react(connection.pk, error, clock.now(), client=client)
        raise Stop(f"{title(connection.ledger)} could not be read: {error}", Exit.NEEDS_A_PERSON) from error
    curing.forget(company)
    wake.wake_prepare(company.pk)
    return [problem.words for problem in problems.settings_problems(connection)]


def _found_contacts(connection: Connection, changes: list[Change], client: HttpClient | None) -> dict[str, str]:
    """Return the id of each contact that is named, by the setting; none before an organisation is connected."""
    named = [one for one in changes if (one.key in FOUND_THERE or one.key.startswith(CHANNEL)) and one.text.strip()]
    if not connection.is_connected or not named:
        return {}
    calls.resume(connection.pk, clock.now())
    try:
        return {one.key: contacts.look_up(connection, one.text, client=client) for one in named}
    except contacts.ContactNotFoundError as error:
        raise Stop(str(error), Exit.USAGE) from error
    except WireError as error:
        message = f"{title(connection.ledger)} could not be asked for the contact, so nothing was changed: {error}"
        raise Stop(message, Exit.NEEDS_A_PERSON) from error


def show(connection: Connection) -> dict[str, str]:
    """Return the settings as text; secrets only as set or not."""
    settings, company = roster.posting_of(connection), _of_company(connection)
    shown = {name: as_text(getattr(settings, name)) for name in FIELDS}
    shown |= {name: as_text(getattr(company, name)) for name in OF_COMPANY}
    shown[CLIENT_ID] = connection.client_id
    shown[CLIENT_SECRET] = "(set)" if connection.client_secret_sealed else ""
    shown |= {
        key: configuring_feeds.shown(roster_of_feeds.own_if_any(connection.company, source), field)
        for key, (source, field) in FEED_FIELDS.items()
    }
    for mapping in TaxMapping.objects.filter(connection=connection):
        shown[f"{TAX}{mapping.rate.normalize():f}"] = mapping.tax_type
    for each in ChannelContact.objects.filter(connection=connection):
        shown[f"{CHANNEL}{each.channel}"] = each.contact_name
    for row in LineAccount.objects.filter(connection=connection):
        shown[f"{LINE}{row.kind}"] = "/".join(filter(None, (row.account, row.tax_type)))
    return shown | configuring_gateways.shown(connection)


def _of_company(connection: Connection) -> CompanySettings:
    return CompanySettings.objects.get_or_create(company_id=connection.company_id)[0]


def _change(settings: PostingSettings, one: Change, found: Mapping[str, str]) -> bool:
    """Make one change; `found`: the ids of contacts, by the setting."""
    if one.key.startswith(TAX):
        return _map_tax(settings.connection, one)
    if one.key.startswith(LINE):
        return _book_lines(settings.connection, one)
    if one.key.startswith(GATEWAY):
        return configuring_gateways.choose(settings.connection, one.key, one.text)
    if one.key.startswith(CHANNEL):
        return _name_channel(settings.connection, one, found.get(one.key, ""))
    return _change_plain(settings, one, found)


def _change_plain(settings: PostingSettings, one: Change, found: Mapping[str, str]) -> bool:
    if one.key in APP:
        return _change_app(settings.connection, one)
    if one.key in FEED_FIELDS:
        source, field = FEED_FIELDS[one.key]
        return configuring_feeds.change_field(roster_of_feeds.own(settings.connection.company, source), field, one.text)
    if one.key in OF_COMPANY:
        return _change_company(_of_company(settings.connection), one)
    return _set(settings, one, found)


def _set(settings: PostingSettings, one: Change, found: Mapping[str, str]) -> bool:
    value = " ".join(one.text.split()) if one.key in FOUND_THERE else _value(PostingSettings, one)
    if one.key == "order_time_zone" and not settings.order_time_zone_confirmed:
        settings.order_time_zone, settings.order_time_zone_confirmed = str(value), True  # UTC too is an answer now
        return True
    is_same = getattr(settings, one.key) == value
    id_field = FOUND_THERE.get(one.key, "")
    if id_field and (not is_same or one.key in found):
        is_same = is_same and getattr(settings, id_field) == found.get(one.key, "")
        setattr(settings, id_field, found.get(one.key, ""))
    setattr(settings, one.key, value)
    return not is_same


def _change_company(settings: CompanySettings, one: Change) -> bool:
    value = _value(CompanySettings, one)
    is_same = getattr(settings, one.key) == value
    setattr(settings, one.key, value)
    settings.save(update_fields=[one.key])
    return not is_same


def _change_app(connection: Connection, one: Change) -> bool:
    if endpoints.has_own_page(connection):
        raise Stop(f"{one.key}: a connection of order files or of mail has no app", Exit.USAGE)
    connection = Connection.objects.select_for_update().get(company=connection.company_id, pk=connection.pk)
    if getattr(connection, one.key) == one.text:
        return False
    if re.search(r"\s", one.text) or len(one.text) > LONGEST_OF_APP[one.key]:
        raise Stop(f"{one.key}: it has blanks inside or is too long; copy it again", Exit.USAGE)
    setattr(connection, one.key, one.text)
    connection.save(update_fields=["client_id", "client_secret_sealed"])
    return True


def _value(model: type[models.Model], one: Change) -> object:
    field = model._meta.get_field(one.key)  # noqa: SLF001  # Django's public name
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


def _validate(settings: PostingSettings) -> None:
    try:
        settings.full_clean(exclude={field.name for field in settings._meta.fields} - set(FIELDS))  # noqa: SLF001  # Django's name
    except ValidationError as error:
        first, messages = next(iter(error.message_dict.items()))
        raise Stop(f"{first}: {' '.join(messages)}{_choices(first)}", Exit.USAGE) from error
    if not re.fullmatch(r"[A-Za-z0-9._-]*", settings.number_prefix):
        raise Stop("number_prefix: only letters, digits, dot, underscore and hyphen stand in a number", Exit.USAGE)
    for one in holding(Holds.CURRENCY):
        if not re.fullmatch(r"([A-Z]{3})?", getattr(settings, one.name)):
            raise Stop(f"{one.name}: three capital letters, such as GBP, or nothing", Exit.USAGE)
    try:
        settings.cash_steps = cash_steps.written(cash_steps.read(settings.cash_steps))
    except ValueError as error:
        raise Stop(f"cash_steps: {error}", Exit.USAGE) from error
    if settings.order_time_zone and settings.order_time_zone not in zones.NAMES:
        raise Stop(f"order_time_zone: {settings.order_time_zone!r} is no time zone; Europe/London is one", Exit.USAGE)


def _choices(name: str) -> str:
    field = PostingSettings._meta.get_field(name)  # noqa: SLF001  # Django's public name
    values = [str(value) for value, _ in getattr(field, "choices", None) or []]
    return f" It may be: {', '.join(value or '(empty)' for value in values)}." if values else ""


def _book_lines(connection: Connection, one: Change) -> bool:
    """Keep where lines of a kind are booked: ACCOUNT, or ACCOUNT/TAXTYPE. Raises Stop."""
    kind = one.key.removeprefix(LINE)
    if kind not in WITH_OWN_ACCOUNT:
        raise Stop(f"{one.key}: the kinds are {', '.join(WITH_OWN_ACCOUNT)}", Exit.USAGE)
    account, _, tax_type = (part.strip() for part in one.text.partition("/"))
    if account and not facts.line_accounts(connection, LineKind(kind)).filter(code=account).exists():
        raise Stop(f"{one.key}: {account} is no account that such lines may stand on", Exit.USAGE)
    if tax_type and not facts.sales_tax_rates(connection).filter(tax_type=tax_type).exists():
        raise Stop(f"{one.key}: {tax_type} is no tax rate of sales", Exit.USAGE)
    row, made = LineAccount.objects.get_or_create(connection=connection, kind=kind)
    if (row.account, row.tax_type) == (account, tax_type) and not made:
        return False
    row.account, row.tax_type = account, tax_type
    row.save()
    return True


def _name_channel(connection: Connection, one: Change, contact_id: str) -> bool:
    """Keep which contact stands for a channel; an empty one takes it away. Raises Stop."""
    channel, name = " ".join(one.key.removeprefix(CHANNEL).split()), " ".join(one.text.split())
    if not channel or len(channel) > 100:
        raise Stop(f"{one.key}: name the channel, such as channel.amazon=Amazon Sales", Exit.USAGE)
    mine = ChannelContact.objects.filter(connection=connection, channel__iexact=channel)
    if not name:
        return bool(mine.delete()[0])
    if mine.filter(contact_name=name, contact_id=contact_id).exists():
        return False
    if not mine.update(contact_name=name, contact_id=contact_id):
        ChannelContact.objects.create(
            connection=connection, channel=channel, contact_name=name[:255], contact_id=contact_id
        )
    return True


def _map_tax(connection: Connection, one: Change) -> bool:
    try:
        rate = Decimal(one.key.removeprefix(TAX))
    except InvalidOperation as error:
        raise Stop(f"{one.key}: the rate is a fraction, such as tax.0.2 for 20 %", Exit.USAGE) from error
    if not rate.is_finite() or not 0 <= rate < 1:
        raise Stop(f"{one.key}: the rate is a fraction between 0 and 1; 20 % is tax.0.2", Exit.USAGE)
    if rate != round(rate, 6):
        raise Stop(f"{one.key}: at most six decimals", Exit.USAGE)
    mapping, made = TaxMapping.objects.get_or_create(connection=connection, rate=rate)
    if mapping.tax_type == one.text and not made:
        return False
    mapping.tax_type = one.text
    try:
        mapping.full_clean()
    except ValidationError as error:
        raise Stop(f"{one.key}: {' '.join(error.messages)}", Exit.USAGE) from error
    mapping.save()
    return True
