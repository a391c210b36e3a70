"""Which organisation is connected to which app by whom (xero-rules.md 1.6). Not locked: Identity holds the lock."""

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from localxero.oauth.records import Connection, Grant
from localxero.oauth.scopes import APP_CONNECTIONS


class Connections:
    """The connections of all apps."""

    def __init__(self) -> None:
        self.by_id: dict[str, Connection] = {}

    def load(self, connections: Iterable[Connection]) -> None:
        """Hold these and no others."""
        self.by_id = {each.connection_id: each for each in connections}

    def connect(self, grant: Grant, tenant_id: str, *, now_ms: int, new_id: Callable[[], str]) -> Connection:
        """Connect an organisation; again for one connected before."""
        had = self.find(grant, tenant_id)
        if had:
            made = replace(had, auth_event_id=grant.auth_event_id, updated_ms=now_ms)
        else:
            made = Connection(
                connection_id=new_id(),
                client_id=grant.client_id,
                person_id=grant.person_id,
                tenant_id=tenant_id,
                auth_event_id=grant.auth_event_id,
                created_ms=now_ms,
                updated_ms=now_ms,
            )
        self.by_id[made.connection_id] = made
        return made

    def of(self, grant: Grant) -> list[Connection]:
        """Return what this person has connected to this app."""
        return [
            each
            for each in self.by_id.values()
            if (each.client_id, each.person_id) == (grant.client_id, grant.person_id)
        ]

    def seen_by(self, grant: Grant) -> list[Connection]:
        """Return what /connections shows: the app's own token sees those of all people (1.2, unsure)."""
        if APP_CONNECTIONS in grant.scopes:
            return [each for each in self.by_id.values() if each.client_id == grant.client_id]
        return self.of(grant)

    def find(self, grant: Grant, tenant_id: str) -> Connection | None:
        """Find the connection that lets this grant into that organisation."""
        return next((each for each in self.of(grant) if each.tenant_id == tenant_id), None)

    def tenants_of(self, client_id: str) -> set[str]:
        """Return the organisations connected to an app by anybody."""
        return {each.tenant_id for each in self.by_id.values() if each.client_id == client_id}

    def apps_of(self, tenant_id: str) -> set[str]:
        """Return the apps connected to an organisation by anybody."""
        return {each.client_id for each in self.by_id.values() if each.tenant_id == tenant_id}

    def drop(self, is_gone: Callable[[Connection], bool]) -> int:
        """Forget connections; tell how many went."""
        gone = [each.connection_id for each in self.by_id.values() if is_gone(each)]
        for connection_id in gone:
            del self.by_id[connection_id]
        return len(gone)
