# ruff: noqa: PLC0415  # see the package
from datetime import datetime
from pathlib import Path

import click

from daybook.ops.processes.installation import Installation
from daybook.ops.processes.stops import Exit, Stop
from daybook.proving import signing

DAY = click.DateTime(["%Y-%m-%d"])
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def proof() -> None:
    """The proof of a period: what orders, day book and ledger come to, signed."""


@proof.command("make")
@click.argument("name_or_id", metavar="COMPANY")
@click.option("--since", type=DAY, required=True, help="The first day.")
@click.option("--until", type=DAY, required=True, help="The last day.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write."
)
@click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path), help="Also print it, into this PDF.")
@click.pass_obj
def make(
    installation: Installation, name_or_id: str, since: datetime, until: datetime, output: Path, pdf: Path | None
) -> None:
    """Make the proof of a period of COMPANY and sign it.

    Asks the ledger for its side as `daybook reconcile` does: a call for each thousand documents.
    """
    if since > until:
        message = f"--since {since:%Y-%m-%d} is after --until {until:%Y-%m-%d}: no day lies between them"
        raise Stop(message, Exit.USAGE)
    with installation.opened_current():
        from daybook.companies import people
        from daybook.ops.cli import proving
        from daybook.wire.errors import WireError

        company = people.find_company(name_or_id)
        try:
            file = proving.make(company, since.date(), until.date())
        except WireError as error:
            raise Stop(f"the ledger cannot be read: {error}", Exit.NEEDS_A_PERSON) from error
        output.write_bytes(file)
        if pdf is not None:
            from daybook.proving.printed import proof_pdf

            pdf.write_bytes(proof_pdf(file))
    click.echo(f"Signed with the key {signing.check(file).public_key}: {output}")


@proof.command("verify")
@click.argument("file", type=FILE)
@click.option("--key", default="", help="The public key that it must be signed with, as the page of proofs shows it.")
@click.option(
    "--books", is_flag=True, help="Also compare it with this installation: key, history, and the books of today."
)
@click.pass_context
def verify(context: click.Context, file: Path, key: str, books: bool) -> None:  # noqa: FBT001
    """Check the signature of a proof: one byte changed is noticed.

    Needs no database; without --key the key that the file itself names is used, and only whoever knows that key by
    another way knows who signed. Ends with 1 unless the proof is valid.
    """
    content = file.read_bytes()
    if content.startswith(b"%PDF"):
        message = f"{file} is for people to read: the signed file is inside it. Save what is attached there (.json), and give that"
        raise Stop(message, Exit.NEEDS_A_PERSON)
    checked = signing.check(content, key)
    if checked.outcome is signing.Outcome.CHANGED:
        raise Stop(f"changed: {file} is not what was signed", Exit.NEEDS_A_PERSON)
    if checked.outcome is signing.Outcome.UNKNOWN_KEY:
        message = f"unknown key: {file} is signed with {checked.public_key or 'none'}, not with the key given"
        raise Stop(message, Exit.NEEDS_A_PERSON)
    if books:
        _beside_books(context.obj, checked)
    says = checked.says or {}
    click.echo(f"valid: {says.get('company')}, {says.get('since')} to {says.get('until')}, made {says.get('made_at')}")
    if not key and not books:
        click.echo(
            f"It names the key {checked.public_key}: compare it with the one on the page of proofs, or give it with --key."
        )


def _beside_books(installation: Installation, checked: signing.Checked) -> None:
    with installation.opened_current():
        from daybook.proving import books

        if not books.is_ours(checked.public_key):
            message = f"unknown key: {checked.public_key} is not this installation's"
            raise Stop(message, Exit.NEEDS_A_PERSON)
        said = books.differences(checked.says or {})
    for sentence in said:
        click.echo(sentence)
    if said:
        raise Stop("the signature is good, but the books say otherwise today", Exit.NEEDS_A_PERSON)
    click.echo("The history still holds what it held then, and the day book says the same of the period today.")
