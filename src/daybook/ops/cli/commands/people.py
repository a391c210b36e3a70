# ruff: noqa: PLC0415  # see the package
import sys

import click

from daybook.ops.processes.installation import Installation
from daybook.ops.processes.stops import Exit, Stop

ROLES = click.Choice(["owner", "accountant", "clerk", "viewer"])


@click.group()
def person() -> None:
    """People who log in: add one, give one a new password, forget one."""


@person.command("add")
@click.argument("email")
@click.option("--name", default="", help="The name to greet with.")
@click.option("--operator", is_flag=True, help="Also runs the installation: sees the operator's pages.")
@click.option("--company", "company_name", metavar="NAME_OR_ID", help="Give them a place in this company.")
@click.option("--role", type=ROLES, default="accountant", show_default=True, help="Their role there.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
@click.pass_obj
def add(  # one parameter for each option
    installation: Installation,
    email: str,
    name: str,
    operator: bool,  # noqa: FBT001
    company_name: str | None,
    role: str,
    password_stdin: bool,  # noqa: FBT001
) -> None:
    """Add the person with this EMAIL address, who logs in with it and a password.

    Example: daybook person add ann@example.com --company Acme --role owner
    """
    with installation.opened_current():
        from django.db import transaction

        from daybook.companies import people

        password = _ask_password(from_stdin=password_stdin)
        with transaction.atomic():
            company = people.find_open_company(company_name) if company_name else None
            added = people.add_person(email, password=password, name=name, operator=operator)
            if company:
                people.join(company, added, role)
    place = f", {role} of {company}" if company else ""
    click.echo(f"Added {added.email}{place}.")


@person.command("password")
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
@click.option("--forget-second-factor", is_flag=True, help="Also take their second factor away: the telephone is lost.")
@click.pass_obj
def password(
    installation: Installation,
    email: str,
    password_stdin: bool,  # noqa: FBT001
    forget_second_factor: bool,  # noqa: FBT001
) -> None:
    """Give the person with this EMAIL address a new password. They are logged out everywhere."""
    with installation.opened_current():
        from daybook.companies import people, second_factor
        from daybook.companies.saving import saving_person

        found = people.find_person(email)
        people.set_password(found, _ask_password(from_stdin=password_stdin))
        with saving_person(found, by=None):
            forgotten = forget_second_factor and second_factor.forget(found)
    click.echo(f"{found.email} has a new password{' and no second factor' if forgotten else ''}.")


@person.command("forget")
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.pass_obj
def forget(installation: Installation, email: str, yes: bool) -> None:  # noqa: FBT001
    """Forget who the person with this EMAIL address was: their places, name, address, log-ins and second factor.

    The history keeps what they did, by a number that tells nobody who it was. API keys they made go on. There is no
    way back, but from a backup.
    """
    with installation.opened_current():
        from daybook.companies import forgetting, people

        found = people.find_person(email)
        if not yes:
            click.confirm(f"Forget {found.email} for good?", abort=True)
        said = forgetting.forget_person(found)
    events = f"{said} event{'' if said == 1 else 's'}"
    click.echo(f"{email} is forgotten, and so is what the history said of them: {events}. Its chain holds.")


def _ask_password(*, from_stdin: bool) -> str:
    if not from_stdin:
        answer: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        return answer
    text = sys.stdin.readline().rstrip("\r\n")
    if not text:
        raise Stop("standard input holds no password", Exit.USAGE)
    return text
