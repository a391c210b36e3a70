import base64
from typing import Any

import pytest
from django.apps import apps

from daybook.companies import people
from daybook.connections.models import Connection, Consent, TokenSet
from daybook.feeds import roster
from daybook.feeds.models import Feed
from daybook.kit import clock
from daybook.ops.cli import rotation
from daybook.secrets import keyring, vault
from daybook.secrets.keyring import split_key_id
from daybook.sources.kornitx.source import KORNITX

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed() -> Connection:
    """A company with a secret in every sealed column."""
    ann = people.add_person("ann@example.com")
    company = people.create_company("Acme", owner=ann)
    connection = Connection(company=company)
    connection.client_secret = "client-secret"
    connection.save()
    tokens = TokenSet(connection=connection, expires_at=clock.now(), fingerprint="f")
    tokens.seal_tokens(access_token="access", refresh_token="refresh")
    tokens.save()
    roster.change_fields(roster.own(company, KORNITX), secrets={"hmac_key": "hmac"}, settings={})
    consent = Consent(state_hash="s", connection=connection, person=ann)
    consent.code_verifier = "verifier"
    consent.tokens = "granted"
    consent.save()
    return connection


def key_ids() -> set[str]:
    sealed = [
        bytes(value)
        for column in rotation.COLUMNS
        for value in column.model._default_manager.values_list(column.column, flat=True)
    ]
    sealed += [base64.b64decode(text) for feed in Feed.objects.all() for text in feed.secrets.values()]
    return {split_key_id(each)[0] for each in sealed}


class TestRotating:
    def test_seals_everything_under_the_first_key_and_loses_nothing(self, sealed: Connection, settings: Any) -> None:
        old, new = settings.ENCRYPTION_KEYS, keyring.new_key()
        settings.ENCRYPTION_KEYS = f"{new},{old}"

        tally = rotation.rotate()
        assert (tally.resealed, tally.current, tally.unreadable) == (6, 0, [])
        assert tally.old_keys == {"test"}
        assert key_ids() == {new.partition(":")[0]}

        settings.ENCRYPTION_KEYS = new
        sealed.refresh_from_db()
        assert sealed.client_secret == "client-secret"
        assert (sealed.token_set.access_token, sealed.token_set.refresh_token) == ("access", "refresh")
        consent = sealed.consents.get()
        assert (consent.code_verifier, consent.tokens) == ("verifier", "granted")
        assert Feed.objects.get().open_secrets() == {"hmac_key": "hmac"}

    def test_goes_on_where_it_was_interrupted(self, sealed: Connection, settings: Any) -> None:
        settings.ENCRYPTION_KEYS = f"{keyring.new_key()},{settings.ENCRYPTION_KEYS}"
        sealed.client_secret = "client-secret"
        sealed.save()

        tally = rotation.rotate()
        assert (tally.resealed, tally.current) == (5, 1)

    def test_names_what_it_cannot_open_and_does_the_rest(self, sealed: Connection, settings: Any) -> None:
        Connection.objects.update(client_secret_sealed=vault.seal("moved", context="company:0:client_secret"))
        settings.ENCRYPTION_KEYS = f"{keyring.new_key()},{settings.ENCRYPTION_KEYS}"

        tally = rotation.rotate()
        assert tally.resealed == 5
        assert [line.split(" of row")[0] for line in tally.unreadable] == ["connection.client_secret"]


def test_every_sealed_column_of_every_model_is_rotated() -> None:
    sealed_columns = {
        (model, column.name)
        for model in apps.get_models()
        if model.__module__.startswith("daybook.")
        for column in model._meta.get_fields()
        if column.name.endswith("_sealed")
    }
    assert sealed_columns == {(column.model, column.column) for column in rotation.COLUMNS}
