"""How a command ends: the exit codes, and what becomes of each error.

0  all is well
1  something needs a person, or two sides disagree
2  the command was used wrongly: it names the argument and the cure
3  the environment: settings, keys, ports or the database
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

import click
from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseError

from daybook.companies.problems import PeopleError
from daybook.ops.postgres.postgres import PostgresError
from daybook.secrets.keyring import CannotOpenError, KeyRingError


class Exit(IntEnum):
    """The exit codes, as docs/operations.md lists them."""

    OK = 0
    NEEDS_A_PERSON = 1
    USAGE = 2
    ENVIRONMENT = 3


class Stop(click.ClickException):
    """Ends the command with a sentence for a person and an exit code."""

    def __init__(self, message: str, code: Exit) -> None:
        super().__init__(message)
        self.exit_code = code  # type: ignore[misc]  # click reads it from the instance


@contextmanager
def sentences() -> Iterator[None]:
    """Turn the errors that a person can cure into one clear sentence; everything else is a defect and shows itself."""
    try:
        yield
    except PeopleError as error:
        raise Stop(str(error), Exit.USAGE) from error
    except (PostgresError, ImproperlyConfigured, KeyRingError, CannotOpenError) as error:
        raise Stop(str(error), Exit.ENVIRONMENT) from error
    except DatabaseError as error:
        message = f"the database does not do as asked: {str(error).strip() or type(error).__name__}"
        raise Stop(message, Exit.ENVIRONMENT) from error
