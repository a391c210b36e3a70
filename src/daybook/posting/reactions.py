"""What a failed call means for the connection: wait, get a new token, or find out whether consent is gone."""

from datetime import timedelta

from daybook.connections import calls, tokens
from daybook.connections.models import Connection
from daybook.connections.tokens import Token
from daybook.kit import clock
from daybook.xero import errors
from daybook.xero.client import XeroClient

BRIEF_PAUSE = timedelta(seconds=15)
"""After a call without an answer: its documents are looked for later, the others need not wait long."""


def react(connection: Connection, error: errors.XeroError, *, client: XeroClient, token: Token | None = None) -> None:
    """Write down what `error` means for the connection. Never raises XeroError: what cannot be found out is a pause."""
    now = clock.now()
    try:
        match error:
            case errors.TokenExpired() if token is not None:
                tokens.current_token(connection.id, now=now, client=client, rejected=token.fingerprint)
            case errors.ConsentNeeded():
                calls.confirm_consent_lost(connection, error, client=client)
            case errors.Refused(http_status=400):
                return  # about the documents, not about the connection
            case errors.OutcomeUnknown():
                calls.pause(connection.id, now + BRIEF_PAUSE, calls.pause_for(error, now)[1])
            case _:
                calls.pause(connection.id, *calls.pause_for(error, now))
    except errors.XeroError as second:
        calls.pause(connection.id, *calls.pause_for(second, now))
