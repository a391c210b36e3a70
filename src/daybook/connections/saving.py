"""Telling the history what is changed of a connection's settings."""

from contextlib import AbstractContextManager

from daybook.connections.models import Connection, LineAccount, PostingSettings, TaxMapping
from daybook.history import telling
from daybook.history.kinds import About, Subject
from daybook.history.telling import Secret, Somebody, as_text

BY_ITSELF = frozenset({"connection", "updated_at", "updated_by"})


def about(connection: Connection) -> About:
    """Return how the history names the connection."""
    return About(connection.company_id, Subject.CONNECTION, connection.pk)


def saving(connection: Connection, by: Somebody | None) -> AbstractContextManager[None]:
    """Tell what the block changes: the app, what is posted and how, tax types, accounts. Wants an open transaction.

    `by`: None: the command line.
    """
    return telling.saving(about(connection), lambda: values_of(connection), by=by)


def values_of(connection: Connection) -> dict[str, str]:
    """Return all settings of a connection as text, as they stand in the database now."""
    stands = Connection.objects.get(company=connection.company_id, pk=connection.pk)
    values = {"client_id": stands.client_id, "client_secret": Secret.of(stands.client_secret_sealed)}
    posting = PostingSettings.objects.filter(connection=connection).first() or PostingSettings(connection=connection)
    names = [field.name for field in PostingSettings._meta.concrete_fields if field.name not in BY_ITSELF]  # noqa: SLF001  # Django's public name
    values |= {name: as_text(getattr(posting, name)) for name in names}
    return values | _of_lines(connection)


def _of_lines(connection: Connection) -> dict[str, str]:
    rates = TaxMapping.objects.filter(connection=connection)
    kinds = LineAccount.objects.filter(connection=connection)
    return (
        {f"tax.{rate.rate.normalize():f}": rate.tax_type for rate in rates}
        | {f"account.{kind.kind}": kind.account for kind in kinds}
        | {f"account_tax.{kind.kind}": kind.tax_type for kind in kinds}
    )
