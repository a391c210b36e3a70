"""Re-sealing every stored secret under the first key of the ring.

Small transactions, one row lock at a time; a row already under the first key is left alone, so an interrupted rotation
goes on where it stopped.
"""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import models, transaction

from daybook.connections.models import Connection, Consent, TokenSet
from daybook.connections.outgoing import MailAccess
from daybook.connections.places import FileAccess
from daybook.feeds.models import Feed
from daybook.proving.models import ProofKey, context_of
from daybook.secrets import factors, known_keys, vault
from daybook.secrets.keyring import CannotOpenError, split_key_id


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """One column of secrets, and what each is bound to."""

    model: type[models.Model]
    column: str
    context: Callable[[Any], str]

    @property
    def name(self) -> str:
        """Return what a person calls it."""
        return f"{self.model._meta.verbose_name}.{self.column.removesuffix('_sealed')}"  # noqa: SLF001  # Django's name


COLUMNS = (
    SealedColumn(Connection, "client_secret_sealed", lambda row: f"company:{row.company_id}:client_secret"),
    SealedColumn(TokenSet, "access_token_sealed", lambda row: f"connection:{row.connection_id}:access_token"),
    SealedColumn(TokenSet, "refresh_token_sealed", lambda row: f"connection:{row.connection_id}:refresh_token"),
    SealedColumn(Consent, "code_verifier_sealed", lambda row: f"connection:{row.connection_id}:code_verifier"),
    SealedColumn(FileAccess, "private_key_sealed", lambda row: f"connection:{row.connection_id}:ssh_private_key"),
    SealedColumn(FileAccess, "password_sealed", lambda row: f"connection:{row.connection_id}:folder_password"),
    SealedColumn(MailAccess, "password_sealed", lambda row: f"connection:{row.connection_id}:mail_password"),
    SealedColumn(Consent, "tokens_sealed", lambda row: f"connection:{row.connection_id}:pending_tokens"),
    SealedColumn(ProofKey, "private_key_sealed", context_of),
)


@dataclass(slots=True)
class Tally:
    """What a rotation did."""

    resealed: int = 0
    current: int = 0
    unreadable: list[str] = field(default_factory=list)
    """Rows that no key of the ring opens, as a person calls them."""
    old_keys: set[str] = field(default_factory=set)
    """Ids of keys under which something was."""


def rotate() -> Tally:
    """Re-seal every stored secret that is not under the first key; where all are, no other key is asked for any more."""
    tally = Tally()
    for column in COLUMNS:
        for primary_key in _primary_keys(column.model):
            _reseal(column, primary_key, tally)
    for primary_key in _primary_keys(Feed):
        _reseal_feed(primary_key, tally)
    for primary_key in _primary_keys(Authenticator):
        _reseal_factor(primary_key, tally)
    if not tally.unreadable:
        known_keys.forget_all_but_first()
    return tally


def _primary_keys(model: type[models.Model]) -> Iterator[Any]:
    return model._default_manager.order_by("pk").values_list("pk", flat=True).iterator()  # noqa: SLF001  # Django's name


def _reseal(column: SealedColumn, primary_key: object, tally: Tally) -> None:
    with transaction.atomic():
        rows = column.model._default_manager.select_for_update()  # noqa: SLF001  # Django's name
        row = rows.filter(pk=primary_key).first()
        sealed = bytes(getattr(row, column.column)) if row else b""
        if not sealed:
            return
        try:
            key_id, _ = split_key_id(sealed)
            if key_id == vault.keyring().writing_key_id:
                tally.current += 1
                return
            context = column.context(row)
            setattr(row, column.column, vault.seal(vault.unseal(sealed, context=context), context=context))
        except CannotOpenError as error:
            tally.unreadable.append(f"{column.name} of row {primary_key}: {error}")
            return
        rows.filter(pk=primary_key).update(**{column.column: getattr(row, column.column)})
    tally.resealed += 1
    tally.old_keys.add(key_id)


def _reseal_feed(primary_key: int, tally: Tally) -> None:
    """The secrets of a feed stand in a JSON column, each under its field; those that open are sealed anew."""
    with transaction.atomic():
        row = Feed.objects.select_for_update().get(pk=primary_key)
        for field in list(row.secrets):
            _reseal_field(row, field, tally)
        row.save(update_fields=["secrets"])


def _reseal_field(row: Feed, field: str, tally: Tally) -> None:
    try:
        key_id = split_key_id(base64.b64decode(row.secrets[field]))[0]
        if key_id == vault.keyring().writing_key_id:
            tally.current += 1
            return
        row.keep_secret(field, row.open_secret(field))
    except CannotOpenError as error:
        tally.unreadable.append(f"feed.{field} of row {row.pk}: {error}")
        return
    tally.resealed += 1
    tally.old_keys.add(key_id)


def _reseal_factor(primary_key: object, tally: Tally) -> None:
    """Second factors stand in a JSON column of allauth's, one sealed text or a list of them to a key."""
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().filter(pk=primary_key).first()
        if row is None:
            return
        before = factors.sealed_texts(row.data)
        old = {split_key_id(factors.raw(text))[0] for text in before} - {vault.keyring().writing_key_id}
        if not old:
            tally.current += bool(before)
            return
        try:
            row.data = factors.changed(row.data, lambda text: factors.seal(factors.unseal(text)))
        except CannotOpenError as error:
            tally.unreadable.append(f"second factor of row {primary_key}: {error}")
            return
        row.save(update_fields=["data"])
    tally.resealed += 1
    tally.old_keys |= old
