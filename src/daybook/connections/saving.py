"""Telling the history what is changed of a connection's settings."""

from collections.abc import Iterator
from contextlib import contextmanager

from daybook.connections.models import Connection, PostingSettings, TaxMapping
from daybook.history import telling
from daybook.history.kinds import About, Subject
from daybook.history.telling import Secret, as_text

BY_ITSELF = frozenset({"connection", "updated_at", "updated_by"})


def about(connection: Connection) -> About:
    """Return how the history names the connection."""
    return About(connection.company_id, Subject.CONNECTION, connection.pk)


@contextmanager
def saving(connection: Connection, *, by: int | None) -> Iterator[None]:
    """Tell what the block changes: the app, what is posted and how, tax types. Wants an open transaction.

    `by`: the person's id; None: the command line.
    """
    with telling.saving(about(connection), lambda: values_of(connection), by=by):
        yield


def values_of(connection: Connection) -> dict[str, str]:
    """Return all settings of a connection as text, as they stand in the database now."""
    stands = Connection.objects.get(company=connection.company_id, pk=connection.pk)
    values = {"client_id": stands.client_id, "client_secret": Secret.of(stands.client_secret_sealed)}
    posting = PostingSettings.objects.filter(connection=connection).first() or PostingSettings(connection=connection)
    names = [field.name for field in PostingSettings._meta.concrete_fields if field.name not in BY_ITSELF]  # noqa: SLF001  # Django's public name
    values |= {name: as_text(getattr(posting, name)) for name in names}
    mappings = TaxMapping.objects.filter(connection=connection)
    return values | {f"tax.{mapping.rate.normalize():f}": mapping.tax_type for mapping in mappings}
