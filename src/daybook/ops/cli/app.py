"""The command line `daybook`."""

import sys
from pathlib import Path

import click
from click.core import ParameterSource

from daybook.ops.cli.commands import (
    audit,
    backups,
    closing,
    companies,
    connections,
    database,
    demo,
    feeds,
    forgetting,
    orders,
    people,
    probe,
    processes,
    proof,
    rehearsing,
    rules,
    secrets,
    state,
)
from daybook.ops.processes.installation import Installation, default_data
from daybook.ops.processes.stops import sentences

COMMANDS: tuple[click.Command, ...] = (
    processes.up,
    processes.web,
    processes.worker,
    database.migrate,
    backups.backup,
    backups.restore,
    people.person,
    companies.company,
    companies.apikey,
    connections.connection,
    feeds.feed,
    rules.rules,
    orders.import_orders,
    orders.preview,
    rehearsing.dry_run,
    orders.orders,
    forgetting.forget,
    state.status,
    state.reconcile,
    audit.audit,
    proof.proof,
    probe.probe,
    secrets.secrets_group,
    demo.demo,
)
"""In the order in which people meet them."""


class Commands(click.Group):
    """Lists the commands in our order, and ends them with one sentence where a person can cure the error."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Return the names in the order people meet them."""
        return [command.name or "" for command in COMMANDS]

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        with sentences():
            return super().invoke(ctx)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=default_data,
    show_default="your user data folder",
    help="Folder of the embedded database. Not used where DATABASE_URL names a PostgreSQL.",
)
@click.version_option(package_name="daybook-oms", prog_name="daybook")
@click.pass_context
def daybook(context: click.Context, data: Path) -> None:
    """Post the orders of an order management system to their ledgers: exactly once, to the penny, with proof.

    `daybook demo` shows everything against a local ledger; `daybook up` is the real thing.

    \b
    Exit codes:
      0  all is well
      1  something needs a person, or two sides disagree
      2  the command was used wrongly
      3  the environment: settings, keys, ports or the database
    """  # noqa: D301  # \b is click's mark for lines that stay as they are
    named = context.get_parameter_source("data") is ParameterSource.COMMANDLINE
    context.obj = Installation(data, is_named=named)


for _command in closing.OF_A_COMPANY:
    companies.company.add_command(_command)
for _command in COMMANDS:
    daybook.add_command(_command)


def main() -> None:
    """Run the command line."""
    if sys.platform == "win32":
        sys.exit("Daybook runs on Linux and macOS; on Windows use WSL.")
    daybook(prog_name="daybook")
