# ruff: noqa: PLC0415  # see the package
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from daybook.ops.processes.installation import Installation
from daybook.ops.processes.stops import Exit, Stop

if TYPE_CHECKING:
    from daybook.ops.postgres.obstacles import Obstacle


@click.command()
@click.option("--check", "only_check", is_flag=True, help="Change nothing; say what stands in the way, if anything.")
@click.pass_obj
def migrate(installation: Installation, only_check: bool) -> None:  # noqa: FBT001
    """Make or change the database's tables for this version of Daybook.

    Looks first for everything that stands in the way, and changes nothing if there is any; processes that use the
    database do. Safe to repeat: what was done stays done, also where it is killed, and the next run goes on there.
    Until all is done no process of Daybook starts. `daybook up` does it by itself.
    """
    with installation.opened():
        from daybook.ops.postgres import migrations

        if only_check:
            click.echo(_checked(*migrations.check()))
            return
        count = migrations.apply()
    click.echo(f"The database is up to date ({count} changes made)." if count else "The database was up to date.")


def _checked(count: int, in_the_way: "Sequence[Obstacle]") -> str:
    """Raises Stop where something stands in the way."""
    from daybook.ops.postgres import migrations

    if in_the_way:
        message = f"{count} changes are to be made, and cannot be made now.\n{migrations.told(in_the_way)}"
        raise Stop(message, Exit.ENVIRONMENT)
    return f"Nothing stands in the way; {count} changes are to be made." if count else "The database is up to date."
