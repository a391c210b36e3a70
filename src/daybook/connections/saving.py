"""Telling the history what is changed of a connection's settings."""

from collections.abc import Iterator
from contextlib import AbstractContextManager

from daybook.connections.models import (
    ChannelContact,
    Connection,
    Gateway,
    LineAccount,
    PostingRule,
    PostingSettings,
    TaxMapping,
)
from daybook.connections.outgoing import FileFormat, MailAccess
from daybook.connections.places import FileAccess
from daybook.history import telling
from daybook.history.kinds import About, Subject
from daybook.history.telling import Secret, Somebody, as_text
from daybook.wire import ssh_keys

_COUNTED = frozenset({"connection", "last_number", "failures"})
_BY_ITSELF_OF_RUNS = {"files": _COUNTED | {"next_run_at"}, "mail": _COUNTED}
"""Of mails a person may say when the next run is."""
BY_ITSELF = frozenset({"connection", "updated_at", "updated_by"})


def about(connection: Connection) -> About:
    """Return how the history names the connection."""
    return About(connection.company_id, Subject.CONNECTION, connection.pk)


def saving(connection: Connection, by: Somebody | None, mover: str = "") -> AbstractContextManager[None]:
    """Tell what the block changes: the app, what is posted and how, tax types, accounts. Wants an open transaction.

    `by`: None, and no `mover`: the command line.
    """
    return telling.saving(about(connection), lambda: values_of(connection), by=by, mover=mover)


def values_of(connection: Connection) -> dict[str, str]:
    """Return all settings of a connection as text, as they stand in the database now."""
    stands = Connection.objects.get(company=connection.company_id, pk=connection.pk)
    values = {"client_id": stands.client_id, "client_secret": Secret.of(stands.client_secret_sealed)}
    posting = PostingSettings.objects.filter(connection=connection).first() or PostingSettings(connection=connection)
    names = [field.name for field in PostingSettings._meta.concrete_fields if field.name not in BY_ITSELF]  # noqa: SLF001  # Django's public name
    values |= {name: as_text(getattr(posting, name)) for name in names}
    for each in Gateway.objects.filter(connection=connection):
        values |= {f"gateway.{each.said}": each.account_id} | _of_fees(each)
    return values | _of_lines(connection) | _of_rules(connection) | _of_folder(connection) | _of_runs(connection)


def _of_fees(gateway: Gateway) -> dict[str, str]:
    """Return how its fees are billed, in one line; nothing where they never were."""
    said = (gateway.fees_contact_name, gateway.fees_contact_id, gateway.fees_account, gateway.fees_tax_type)
    if gateway.fees_since is None and not any(said):
        return {}
    since = "left to the bank" if gateway.fees_since is None else f"billed from {gateway.fees_since} on"
    return {f"fees.{gateway.said}": f"{since}: {', '.join(filter(None, said))}"}


def _of_lines(connection: Connection) -> dict[str, str]:
    rates = TaxMapping.objects.filter(connection=connection)
    channels = ChannelContact.objects.filter(connection=connection)
    kinds = LineAccount.objects.filter(connection=connection)
    return (
        {f"tax.{rate.rate.normalize():f}": rate.tax_type for rate in rates}
        | {f"channel.{each.channel}": each.contact_name for each in channels}
        | {f"account.{kind.kind}": kind.account for kind in kinds}
        | {f"account_tax.{kind.kind}": kind.tax_type for kind in kinds}
    )


def _of_rules(connection: Connection) -> dict[str, str]:
    """Of each rule, by its place, all that it says in one line."""
    rules = PostingRule.objects.filter(connection=connection)
    return {f"rule.{rule.position}": "; ".join(_of_rule(rule)) for rule in rules}


def _of_rule(rule: PostingRule) -> Iterator[str]:
    names = ("account", "tax_type", "item", "tracking", "tax_shape", "tax_account")
    said = {"title": rule.title, **rule.when, **{name: getattr(rule, name) for name in names}}
    for name, value in said.items():
        if value:
            words = ", ".join(map(str, value)) if isinstance(value, list) else value
            yield f"{name.replace('_', ' ')}: {words}"


def _of_runs(connection: Connection) -> dict[str, str]:
    """What goes out by itself, in which form and how often; nothing where nobody has said any."""
    found: dict[str, str] = {}
    for model, name in ((FileFormat, "files"), (MailAccess, "mail")):
        row = model._default_manager.filter(connection=connection).first()  # noqa: SLF001  # Django's public name
        for field in model._meta.concrete_fields if row is not None else ():  # noqa: SLF001  # as above
            if field.name not in _BY_ITSELF_OF_RUNS[name]:
                value = getattr(row, field.attname)
                is_secret = field.name.endswith("_sealed")
                found[f"{name}.{field.name}"] = Secret.of(value) if is_secret else as_text(value)
    return found


def _of_folder(connection: Connection) -> dict[str, str]:
    """Where order files go; of keys the fingerprints. Nothing where the connection has no folder."""
    access = FileAccess.objects.filter(connection=connection).first()
    if access is None:
        return {}
    named = {f"folder.{name}": as_text(getattr(access, name)) for name in ("place", "path", "host", "port", "username")}
    public = ssh_keys.fingerprint(access.public_key) if access.public_key else ""
    keys = {"folder.host_key": access.trusted_fingerprint, "folder.public_key": public}
    own = {
        "folder.private_key": Secret.of(access.private_key_sealed),
        "folder.password": Secret.of(access.password_sealed),
    }
    return named | own | keys
