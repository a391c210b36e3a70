# ruff: noqa: PLC0415  # see the package
import click

from daybook.ops.processes.installation import Installation
from daybook.ops.processes.stops import Exit, Stop


@click.group()
def audit() -> None:
    """The history: everything that happened, and whether it is whole."""


@audit.command("verify")
@click.option("--company", "name_or_id", metavar="NAME_OR_ID", help="Only the events of this company.")
@click.option(
    "--head", metavar="POSITION:SEAL", help="Also: whether the chain has this seal there, noted from a mail or earlier."
)
@click.option("--quiet", is_flag=True, help="Say nothing where the history is whole.")
@click.pass_context
def verify(context: click.Context, name_or_id: str | None, head: str | None, quiet: bool) -> None:  # noqa: FBT001
    """Walk the chain of seals over the history: whatever was changed, taken away or slipped in shows.

    Ends with 1 if the chain is broken, and says where and what differs. Note the last position and its seal somewhere
    else from time to time: that the end was cut off shows only beside such a note.
    """
    installation: Installation = context.obj
    position, seal = _noted(head) if head else (0, "")
    with installation.opened_current():
        from daybook.companies import people
        from daybook.history import verifying

        company = people.find_company(name_or_id) if name_or_id else None
        verdict = verifying.verify(company.pk if company else None)
        stands = verifying.stands_at(position, seal) if head else True
    if verdict.broken_at:
        click.echo(f"Broken at position {verdict.broken_at}: {'; '.join(verdict.faults)}.")
        click.echo("Everything before it is as it was sealed. Compare it with a backup, and find out who changed it.")
    elif not quiet:
        click.echo(f"Whole: {verdict.events} events{f' of {company}' if company else ''} are as they were sealed.")
        click.echo(f"The last position is {verdict.position}, its seal {verdict.seal}.")
        if verdict.removed:
            click.echo(
                f"{verdict.removed} went with their companies: `daybook company certificates` says what they were."
            )
        if verdict.forgotten:
            click.echo(f"What {verdict.forgotten} of them said was forgotten, as the database allows.")
        if verdict.unsealed:
            click.echo(f"{verdict.unsealed} more are not sealed yet; a worker does that within seconds.")
    if stands is False:
        click.echo(
            f"Rewritten: position {position} has another seal than the one noted. Find out who did it, and when."
        )
    elif stands is None:
        click.echo(f"Nothing has position {position}: the end was cut off, or it went with its company.")
    context.exit(Exit.OK if stands and not verdict.broken_at else Exit.NEEDS_A_PERSON)


def _noted(head: str) -> tuple[int, str]:
    position, _, seal = head.partition(":")
    if not position.isascii() or not position.isdigit() or len(position) > 18 or not seal.strip():
        raise Stop(
            "--head wants a position and its seal, with a colon between, as a summary's mail has them", Exit.USAGE
        )
    return int(position), seal
