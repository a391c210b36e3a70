# ruff: noqa: PLC0415  # see the package
import click

from daybook.ops.processes.installation import Installation
from daybook.ops.processes.stops import Exit, Stop

STAYS = (
    "What stands in the ledger stays there: erase the contact there, too.",
    "Files that were delivered, and backups made before now, still say it.",
)


@click.group()
def forget() -> None:
    """Forget a customer of a company who has a right to that."""


@forget.command("customer")
@click.argument("name_or_id", metavar="COMPANY")
@click.option("--id", "customer_id", default="", metavar="ID", help="The shop's own id of the customer.")
@click.option("--email", default="", metavar="EMAIL", help="Their e-mail address, as orders say it.")
@click.option("--order", default="", metavar="ORDER", help="One of their orders: its id, number or Daybook's own.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.pass_obj
def customer(  # one parameter for each option
    installation: Installation,
    name_or_id: str,
    customer_id: str,
    email: str,
    order: str,
    yes: bool,  # noqa: FBT001
) -> None:
    """Forget who a customer of COMPANY was: names, addresses, e-mail, in their orders and all that was made of them.

    Numbers, amounts, dates and goods stay. What waits goes to the contact that stands for the rest. Orders of theirs
    that are sent again lose their persons as they come in; orders that are new are somebody's again. There is no way
    back, but from a backup.

    Example: daybook forget customer Acme --email jo@example.com
    """
    if not (customer_id or email or order):
        raise Stop("say whom: --id, --email or --order", Exit.USAGE)
    with installation.opened_current():
        from daybook.companies import people
        from daybook.ending import persons

        company = people.find_company(name_or_id)
        try:
            found = persons.find(company, customer_id=customer_id, email=email, order=order)
        except persons.NobodyFoundError as error:
            raise Stop(str(error), Exit.USAGE) from error
        if not yes:
            click.confirm(
                f"Forget whose {len(found)} order{'s' * (len(found) != 1)} of {company} are, for good?", abort=True
            )
        done = persons.forget(company, found)
    click.echo(
        f"Forgotten in {done.orders} orders, {done.documents} documents and {done.events} events of the history; its "
        "chain holds."
    )
    for words in (*done.kept, *STAYS):
        click.echo(words)
