"""No field that a person can change goes untold: every column of the settings' tables is told, or it says why not.

A new column that neither `saving` reads nor the table below explains fails here by its name.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db import models, transaction

from daybook.companies import people
from daybook.companies import saving as companys
from daybook.companies.models import ApiKey, Company, CompanySettings, Invitation, ItemCost, Membership, Person
from daybook.connections import saving as connections
from daybook.connections.models import (
    ChannelContact,
    Connection,
    Gateway,
    LineAccount,
    Organisation,
    PostingRule,
    PostingSettings,
    TaxMapping,
)
from daybook.connections.outgoing import FileFormat, MailAccess
from daybook.connections.places import FileAccess
from daybook.connections.ssh_keys import made_for
from daybook.feeds import roster
from daybook.feeds import saving as feeds
from daybook.feeds.models import Backfill, Feed
from daybook.history.models import Event
from daybook.sources.kornitx.source import KORNITX
from localxero import LocalXero
from tests.world import Cast, connected

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]

OTHERWISE = {
    # by events of their own: made, revoked, joined, another role, invited, withdrawn, added, closed, opened again,
    # consent, connected, disconnected, kept, resumed, stopped, lifted, a company closed and reopened (`test_what_is_told.py`)
    ApiKey: {"name", "scopes", "expires_at", "revoked_at"},
    Company: {"closing_at", "closed_at", "closed_by", "kept_until", "deleting_at"},
    Membership: {"role"},
    Invitation: {"role", "answer", "answered_at"},
    Connection: {
        "closed_at",
        "organisation",
        "last_organisation",
        "holds",
        "status",
        "connected_at",
        "paused_until",
        "posting_stops",
        "let_through",
    },
    Feed: {"name", "closed_at", "paused_at", "pairing_hash", "pairing_until", "overlaps"},
    Backfill: {"since", "stopped_at"},
}
BY_ITSELF = {
    # what nobody types: ids, owners, moments, what was read or counted, what follows from the rest
    Company: {"id", "public_id", "created_at"},
    CompanySettings: {"company"},
    # in which language somebody reads is theirs alone, as their saved views and the mails that they choose
    Person: {"id", "date_joined", "last_login", "is_superuser", "language"},
    ApiKey: {"id", "company", "public_id", "hint", "key_hash", "created_by", "created_at", "last_used_at"},
    Membership: {"id", "person", "company", "created_at"},
    Invitation: {
        "id", "company", "public_id", "email", "token_hash", "invited_by", "is_mailed", "created_at", "expires_at",
    },
    Connection: {
        "id", "company", "public_id", "position", "ledger", "started_at", "status_reason", "link_id",
        "offered", "pause_reason", "pause_cause", "retry_at", "day_remaining", "minute_remaining", "minute_began_at",
        "limits_read_at", "checked_at", "looked_at", "is_look_due", "witnessed_at", "known_until", "has_orphans",
        "day_began_at", "calls_a_day", "post_at",
    },
    PostingSettings: {"connection", "updated_at", "updated_by"},
    TaxMapping: {"id", "connection", "rate", "first_seen_at"},
    LineAccount: {"id", "connection", "kind"},
    ChannelContact: {"id", "connection", "channel", "contact_id"},
    Gateway: {
        "id", "connection", "source", "name", "currency", "first_seen_at", "asked_code", "asked_name", "asked_at",
    },
    PostingRule: {"id", "connection", "position"},
    FileAccess: {"connection", "shown_key", "failures"},
    FileFormat: {"connection", "last_number", "next_run_at"},
    MailAccess: {"connection", "failures"},
    Feed: {
        "id", "company", "public_id", "source", "cursor", "last_received_at", "refused", "refused_at", "refused_why",
        "opened_at", "meets_others", "due_at", "asked_by", "pulled_at", "failures", "problem", "problem_at",
    },
}  # fmt: skip
SPECIAL = {
    "when": {"skus": ["MUG"]},
    "settings": {"shop": "another"},
    "status_table": {"packed": "dispatched"},
    "place": "folder",
    "currency": "EUR",
}
Telling = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def cast() -> Cast:
    return connected(LocalXero(limits="off"), untouched=True)


def rows(cast: Cast) -> dict[type[models.Model], tuple[models.Model, Telling]]:
    """One row of each table that is told by comparing, and who compares."""
    company, connection = cast.company, cast.connection
    ann = people.add_person("ann@example.com", password="mill pond lantern 7", name="Ann")
    people.join(company, ann, "viewer")
    feed = roster.own(company, KORNITX)
    private, public = made_for(connection.pk)
    to_connection: Telling = lambda: connections.saving(connection, ann)  # noqa: E731
    to_company: Telling = lambda: companys.saving(company, ann)  # noqa: E731
    return {
        Company: (company, to_company),
        CompanySettings: (CompanySettings.objects.get_or_create(company=company)[0], to_company),
        Person: (ann, lambda: companys.saving_person(ann, ann)),
        Connection: (connection, to_connection),
        PostingSettings: (PostingSettings.objects.get(connection=connection), to_connection),
        TaxMapping: (TaxMapping.objects.filter(connection=connection)[0], to_connection),
        ChannelContact: (ChannelContact.objects.create(connection=connection, channel="web"), to_connection),
        Gateway: (Gateway.objects.create(connection=connection, name="stripe", currency="GBP"), to_connection),
        LineAccount: (LineAccount.objects.create(connection=connection, kind="gift_wrap"), to_connection),
        PostingRule: (PostingRule.objects.create(connection=connection, position=1, account="200"), to_connection),
        FileAccess: (
            FileAccess.objects.create(connection=connection, private_key_sealed=private, public_key=public),
            to_connection,
        ),
        FileFormat: (FileFormat.objects.create(connection=connection), to_connection),
        MailAccess: (MailAccess.objects.create(connection=connection), to_connection),
        Feed: (feed, lambda: feeds.saving(feed, ann)),
    }


def another(field: Any, value: object) -> object:
    """A value of the field that is not the one it has."""
    if field.name in SPECIAL:
        return SPECIAL[field.name]
    if field.name == "password":
        return make_password("another lantern 8")
    if field.name == "address_proven_at":
        return date(2026, 1, 2).isoformat() + "T00:00:00Z" if value is None else None
    if field.name in {"host_key", "public_key"}:
        return made_for(999)[1]
    if field.name == "secrets":
        return {"hmac_key": "sealed otherwise"}
    if field.choices:
        return next(key for key, _ in field.choices if key != value)
    return ANOTHER[field.get_internal_type()](value)


ANOTHER: dict[str, Callable[[Any], object]] = {
    "BooleanField": lambda value: not value,
    "CharField": lambda value: f"{value}x"[-8:],
    "TextField": lambda value: f"{value}x",
    "EmailField": lambda value: f"x{value}",
    "PositiveSmallIntegerField": lambda value: (value or 0) + 1,
    "PositiveIntegerField": lambda value: (value or 0) + 1,
    "DateField": lambda value: date(2026, 1, 2) if value != date(2026, 1, 2) else None,
    "TimeField": lambda value: time(1, 2) if value != time(1, 2) else time(3, 4),
    "DateTimeField": lambda value: datetime(2026, 1, 2, tzinfo=UTC) if value is None else None,
    "DecimalField": lambda value: value + 1,
    "JSONField": lambda value: [["c1", "o1"]] if isinstance(value, list) else {**(value or {}), "else": "x"},
    "BinaryField": lambda value: bytes(value) + b"x",
}


def typed(model: type[models.Model]) -> Iterator[Any]:
    silent = BY_ITSELF[model] | OTHERWISE.get(model, set())
    names = {field.name for field in model._meta.concrete_fields}
    assert silent <= names, f"{model.__name__} has no {silent - names} any more"
    yield from (field for field in model._meta.concrete_fields if field.name not in silent)


TABLES = [
    Company, CompanySettings, Person, Connection, PostingSettings, TaxMapping, LineAccount, ChannelContact, Gateway, PostingRule,
    FileAccess, FileFormat, MailAccess,
    Feed,
]  # fmt: skip


@pytest.mark.parametrize(
    ("model", "name"), [(model, field.name) for model in TABLES for field in typed(model)], ids=lambda each: getattr(each, "__name__", each)
)  # fmt: skip
def test_is_told(cast: Cast, model: type[models.Model], name: str) -> None:
    row, telling = rows(cast)[model]
    field: Any = model._meta.get_field(name)
    before = Event.objects.latest("id").pk if Event.objects.exists() else 0
    with transaction.atomic(), telling():
        model._default_manager.filter(pk=row.pk).update(**{name: another(field, getattr(row, name))})
    told = Event.objects.filter(pk__gt=before, what="saved")
    assert told.count() == 1, f"{model.__name__}.{name} was changed, and nobody was told"
    said = told.get()
    assert (said.before or {}) != (said.after or {})


@pytest.mark.parametrize("model", [ApiKey, Membership, Invitation], ids=lambda model: model.__name__)
def test_has_events_of_its_own(model: type[models.Model]) -> None:
    assert not [field.name for field in typed(model)]


def test_no_table_of_the_settings_is_left_out() -> None:
    """What a layer below the orders keeps, and nobody judged here."""
    judged = {*TABLES, *OTHERWISE, ItemCost}
    kept = {Company, Feed, Connection}
    apps = {model._meta.app_config for model in kept}
    left = {model for app in apps for model in app.get_models()} - judged
    assert {model.__name__ for model in left} == {
        "SetupLink", "AddressChange", "Attempts",  # one-time links end in what is told; counts at the doors
        "TokenSet", "Consent", Organisation.__name__, "Home",  # what a consent gave, and what the ledger says of itself
        "SetUp",  # how far a person is with setting up: what its steps decide is told with the settings
        "SavedView",  # how one person looks at a list changes nothing for anybody
        "IncomingFile", "FilePiece", "WatchedPlace",  # what came in files; where from stands in the feed's settings
    }  # fmt: skip


class TestItemCosts:
    def test_are_told_by_sku_and_currency(self, cast: Cast) -> None:
        ann = people.add_person("ann@example.com")
        companys.keep_costs(cast.company, costs(cast, MUG="2.5", TRAY="1"), ann)
        companys.keep_costs(cast.company, costs(cast, MUG="2.75", TRAY="1.0000"), ann)
        companys.forget_cost(cast.company, ItemCost.objects.get(sku="TRAY"), ann)

        told = Event.objects.filter(subject_kind="company", what="saved").order_by("id")
        assert list(told.values_list("before", "after", "person_id")) == [
            ({}, {"cost.MUG.GBP": "2.5", "cost.TRAY.GBP": "1"}, ann.pk),
            ({"cost.MUG.GBP": "2.5"}, {"cost.MUG.GBP": "2.75"}, ann.pk),
            ({"cost.TRAY.GBP": "1"}, {}, ann.pk),
        ]

    def test_of_a_long_file_stand_in_several_events(self, cast: Cast) -> None:
        many = {f"S{number}": "1" for number in range(companys.COSTS_AN_EVENT + 1)}
        companys.keep_costs(cast.company, costs(cast, **many), None)
        told = Event.objects.filter(subject_kind="company", what="saved").order_by("id")
        assert [len(each.after) for each in told] == [companys.COSTS_AN_EVENT, 1]


def costs(cast: Cast, **by_sku: str) -> list[ItemCost]:
    return [
        ItemCost(company=cast.company, sku=sku, currency="GBP", unit_cost=Decimal(cost)) for sku, cost in by_sku.items()
    ]
