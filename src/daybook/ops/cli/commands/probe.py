# ruff: noqa: PLC0415  # see the package
from pathlib import Path
from typing import TYPE_CHECKING

import click

from daybook.ops.processes.installation import Installation
from daybook.ops.processes.stops import Exit, Stop

if TYPE_CHECKING:
    from daybook.connections.models import Connection
    from daybook.ledgers.probing import Probing
    from daybook.ops.probing.running import Run
    from daybook.ops.probing.sheet import File, Sheet


@click.command()
@click.argument("name_or_id", required=False, metavar="[COMPANY]")
@click.option("--connection", "public_id", default="", help="Which of its connections, where it has several.")
@click.option(
    "--file",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("daybook-probe.json"),
    show_default=True,
    help="The sheet of answers: read where it is there, and whole after every step.",
)
@click.option("--only", multiple=True, metavar="NAME", help="Only this question; may be repeated.")
@click.option("--again", is_flag=True, help="Also what has its answer already.")
@click.option("--list", "is_listed", is_flag=True, help="List the questions and their answers so far; asks nothing.")
@click.option("--undo", "is_undone", is_flag=True, help="Only take out what an earlier run left there.")
@click.option(
    "--rulebook",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Only write the answers so far into this copy of docs/xero-rules.md; asks nothing.",
)
@click.option("--yes", is_flag=True, help="Do not ask before the first call.")
@click.pass_context
def probe(  # noqa: PLR0913, PLR0917  # one parameter an option
    context: click.Context,
    name_or_id: str | None,
    public_id: str,
    path: Path,
    only: tuple[str, ...],
    again: bool,  # noqa: FBT001
    is_listed: bool,  # noqa: FBT001
    is_undone: bool,  # noqa: FBT001
    rulebook: Path | None,
    yes: bool,  # noqa: FBT001
) -> None:
    """Ask a ledger what its documentation leaves open, in a demo company, and write the answers to a file.

    Makes small documents, each named DBPROBE-..., sees what becomes of them, and voids, deletes or archives them again. It
    refuses any organisation that is no demo company before it writes anything. A run that was broken off goes on where it
    was; --undo takes out what it left. A local
    ledger that is given the file behaves as that organisation did.

    Ends with 1 where a question has no answer, or something could not be undone.
    """
    installation: Installation = context.obj
    with installation.opened_current():
        from daybook.ops.probing import rulebook as book
        from daybook.ops.probing import running
        from daybook.ops.probing.sheet import File
        from daybook.wire.errors import WireError

        connection = _connection(name_or_id, public_id)
        probing, file = running.probing_of(connection), File(path)
        sheet = _sheet(connection, file)
        if is_listed:
            click.echo(book.table(probing, sheet))
            return
        if rulebook:
            changed = book.put_into(rulebook, book.table(probing, sheet))
            click.echo(f"{rulebook} {'has the answers now' if changed else 'had them already'}.")
            return
        try:
            _run(_begun(connection, sheet, file), only, again=again, is_undone=is_undone, is_agreed=yes)
        except WireError as error:
            message = f"the ledger does not answer: {error}. {path} has what was answered; ask again to go on."
            raise Stop(message, Exit.NEEDS_A_PERSON) from error
        context.exit(_summed_up(sheet, probing, only, is_undone=is_undone))


def _connection(name_or_id: str | None, public_id: str) -> "Connection":
    from daybook.companies import people
    from daybook.connections import roster

    try:
        if name_or_id:
            return roster.chosen(people.find_company(name_or_id), public_id)
        mine = list(roster.called().select_related("company", "organisation"))
    except roster.NoSuchConnectionError as error:
        raise Stop(str(error), Exit.USAGE) from error
    found = [each for each in mine if public_id in {"", each.public_id}]
    if len(found) == 1:
        return found[0]
    names = ", ".join(sorted({each.company.name for each in mine})) or "none is connected"
    message = f"Name one of the connected companies ({names}), and with --connection which of its connections."
    raise Stop(message, Exit.USAGE)


def _sheet(connection: "Connection", file: "File") -> "Sheet":
    from daybook.ops.probing import sheet

    own = connection.facts
    found = file.read() or sheet.new(connection.ledger, own.name, own.their_id)
    if (found.ledger, found.their_id) != (connection.ledger, own.their_id):
        message = f"{file.path} speaks of {found.organisation}, not of {own.name}: name another file with --file"
        raise Stop(message, Exit.USAGE)
    return found


def _begun(connection: "Connection", sheet: "Sheet", file: "File") -> "Run":
    from daybook.connections import endpoints
    from daybook.ops.probing import running

    return running.started(connection, sheet, file, endpoints.client(), click.echo)


def _run(run: "Run", only: tuple[str, ...], *, again: bool, is_undone: bool, is_agreed: bool) -> None:
    from daybook.ops.probing import running

    if is_undone:
        running.refuse(run, run.probing.calls)
        running.undo(run)
        return
    probes = running.chosen(run.probing, run.sheet, only, again=again)
    if not probes:
        click.echo("Every question has its answer; --again asks anew.")
        return
    needed = running.calls_needed(run.probing, probes)
    click.echo(
        f"{len(probes)} question{'' if len(probes) == 1 else 's'} to {run.sheet.organisation}, at most {needed} calls. What is made there bears the mark "
        f"{run.sheet.mark} and is taken out again; {run.file.path} keeps the answers."
    )
    if not is_agreed:
        click.confirm("Is this an organisation for trials, and shall they be asked?", abort=True, err=True)
    running.refuse(run, needed)
    running.ask_all(run, probes)


def _summed_up(sheet: "Sheet", probing: "Probing", only: tuple[str, ...], *, is_undone: bool) -> Exit:
    from daybook.ops.probing.sheet import NO, YES

    for each in sheet.made:
        click.echo(f"Still there: {each.list} {each.name}{f': {each.words}' if each.words else ''}")
    if is_undone:
        click.echo("Nothing of ours is left there." if not sheet.made else "The rest is for a person to take out.")
        return Exit.NEEDS_A_PERSON if sheet.made else Exit.OK
    asked = [each for each in probing.probes if not only or each.name in only]
    answered = [each for each in asked if (said := sheet.answer_to(each.name)) and said.answer in {YES, NO}]
    click.echo(f"{len(answered)} of {len(asked)} questions answered.")
    return Exit.OK if len(answered) == len(asked) and not sheet.made else Exit.NEEDS_A_PERSON
