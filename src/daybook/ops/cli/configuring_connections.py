"""A company's connections on the command line: where order files go, whose server it is, and how each stands."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction

from daybook.companies.models import Company
from daybook.connections import calls, endpoints, folders, reaching, roster, standing, stopping
from daybook.connections.models import Connection
from daybook.connections.places import FileAccess
from daybook.connections.saving import saving
from daybook.kit import clock
from daybook.ledgers.registry import LEDGERS, title
from daybook.ops.cli.configure import connection_of
from daybook.ops.processes.stops import Exit, Stop
from daybook.outbox import wake
from daybook.wire import ssh_keys
from daybook.wire.errors import WireError
from daybook.wire.http import HttpClient

T = TypeVar("T")
OURS = (
    "The server shows the key {}. Compare it with its operator's (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub); "
    "only where both are the same: check again with --trust {}"
)
ANOTHER = "Another server answers than the one that was confirmed, whose key was {}. Nothing was shown to it. "
NOT_THAT_ONE = "Nothing was trusted: the server shows the key {}, and not {}"
NOT_CLOSED = "Nothing was closed: disconnect it first. A company keeps at least one connection."


def add(company: Company, ledger: str) -> Connection:
    """Make one more connection of the company, to a ledger by its name. Raises Stop."""
    if ledger not in LEDGERS:
        raise Stop(f"there is no ledger {ledger!r}; there are: {', '.join(LEDGERS)}", Exit.USAGE)
    return roster.add(company, ledger=ledger)


def of_files(company: Company, public_id: str = "") -> Connection:
    """Return the company's connection of order files of this id, or its only one. Raises Stop."""
    mine = [each for each in roster.of_company(company) if endpoints.is_of_files(each)]
    found = [each for each in mine if public_id in {"", each.public_id}]
    if len(found) == 1:
        return found[0]
    known = ", ".join(each.public_id for each in mine) or "none; `daybook connection add` makes one"
    raise Stop(f"{company} has these connections of order files, name one by --connection ID: {known}", Exit.USAGE)


def put_into(connection: Connection, said: FileAccess) -> FileAccess:
    """Keep where the connection puts its files, with a key pair of its own. Raises Stop, with nothing changed."""
    said.tidy()
    problems = reaching.problems_of(said)
    try:
        said.clean_fields(exclude=["connection", *problems])
    except ValidationError as error:
        problems |= {name: " ".join(words) for name, words in error.message_dict.items()}
    if problems:
        raise Stop("; ".join(f"{name}: {words}" for name, words in problems.items()), Exit.USAGE)
    with transaction.atomic(), saving(connection, by=None):
        access = _reached(partial(reaching.save, connection, said))
    wake.wake_prepare(connection.company_id)
    return access


def check(connection: Connection, trusted: str = "") -> None:
    """List the folder, and connect it. Raises Stop, with the fingerprint where the server's key is still to be compared.

    `trusted`: the fingerprint that a person compared, as `SHA256:...`; a key is believed only where it has this one.
    """
    shown = _reached(partial(reaching.check, connection))
    if shown is not None and trusted:
        if shown.fingerprint != trusted:
            raise Stop(NOT_THAT_ONE.format(shown.fingerprint, trusted), Exit.NEEDS_A_PERSON)
        _reached(partial(reaching.trust, connection, trusted))
        shown = _reached(partial(reaching.check, connection))
    if shown is not None:
        another = ANOTHER.format(shown.expected) if shown.expected else ""
        raise Stop(another + OURS.format(shown.fingerprint, shown.fingerprint), Exit.NEEDS_A_PERSON)
    wake.wake_prepare(connection.company_id)
    wake.wake_drain(connection.pk)


def resume(connection: Connection) -> str:
    """End the connection's pause, and return what stands then in words."""
    bound = calls.resume(connection.pk, clock.now())
    wake.wake_drain(connection.pk)
    if bound is not None:
        return f"{title(connection.ledger)} itself asked Daybook to wait until {bound:%Y-%m-%d %H:%M:%S} UTC."
    return (
        "What waits goes out now."
        if not connection.is_posting_stopped
        else "What waits goes once posting is let go on."
    )


def disconnect(connection: Connection, *, client: HttpClient | None = None) -> None:
    """End what the connection reaches; what was posted, its settings and keys stay. Raises Stop."""
    if endpoints.has_own_page(connection):
        reaching.disconnect(connection)
        return
    try:
        calls.disconnect(connection, client=client)
    except WireError as error:
        message = f"nothing was disconnected, because {title(connection.ledger)} gave no clear answer: {error}"
        raise Stop(message, Exit.NEEDS_A_PERSON) from error


def close(connection: Connection) -> None:
    """End a connection for good. Raises Stop where it reaches something, or is the last one."""
    if not roster.close(connection):
        raise Stop(NOT_CLOSED, Exit.NEEDS_A_PERSON)


def reopen(company: Company, public_id: str) -> None:
    """Take a closed connection up again. Raises Stop."""
    closed = {each.public_id: each for each in roster.closed(company)}
    if public_id not in closed:
        raise Stop(f"{company} has no closed connection {public_id!r}; closed are: {', '.join(closed)}", Exit.USAGE)
    roster.reopen(closed[public_id])


def show(company: Company, public_id: str = "") -> dict[str, str]:
    """Return how one connection stands, as text; of keys the public ones and fingerprints. Raises Stop."""
    connection = connection_of(company, public_id)
    blocked = standing.blocked(connection, clock.now())
    until = f" until {blocked.until:%Y-%m-%d %H:%M:%S} UTC" if blocked is not None and blocked.until else ""
    shown = {
        "id": connection.public_id,
        "ledger": connection.ledger,
        "name": connection.name,
        "stands": connection.get_status_display(),
        "waits": f"{blocked.title}{until}: {blocked.words}" if blocked is not None else "",
        "stopped": " ".join(stopping.said(connection)),
    }
    return shown | (_place(folders.access_of(connection)) if endpoints.is_of_files(connection) else {})


def _place(access: FileAccess) -> dict[str, str]:
    if not access.is_server:
        return {"folder": access.path}
    return {
        "server": access.host,
        "port": str(access.port),
        "user": access.username,
        "folder": access.path,
        "public_key": access.public_key,
        "confirmed_key": ssh_keys.fingerprint(access.host_key) if access.host_key else "",
        "shown_key": ssh_keys.fingerprint(access.shown_key) if access.shown_key else "",
    }


def _reached(reach: Callable[[], T]) -> T:
    try:
        return reach()
    except reaching.ReachError as error:
        raise Stop(str(error), Exit.NEEDS_A_PERSON) from error
