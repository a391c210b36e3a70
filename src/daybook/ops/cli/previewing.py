"""`daybook preview`: an order's documents as they would be, in words and figures for a terminal."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from daybook.companies import people
from daybook.companies.models import Company
from daybook.documents.kinds import Kind
from daybook.intake import preview
from daybook.intake.previewed import Preview, PreviewedConnection, PreviewedDocument
from daybook.ops.cli import order_files
from daybook.ops.cli.importing import Refusal
from daybook.ops.cli.order_files import Placed
from daybook.ops.processes.stops import Exit, Stop
from daybook.orders.models import Order
from daybook.sources.problems import NotAnOrderError

WIDTH = 110


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is printed of one order."""

    in_words: str
    as_json: str
    is_refused: bool = False
    needs_a_person: bool = False


class PreviewedInFile(Preview):
    """One order of a file, and what stands against it in the same file."""

    beside: list[str]


class Beside:
    """What the orders of one file that were previewed so far would be; each was looked at for itself."""

    def __init__(self) -> None:
        self._orders: dict[tuple[str, str], str] = {}
        self._numbers: dict[tuple[str, Kind, str], tuple[str, str]] = {}

    def told(self, found: Preview, place: str) -> list[str]:
        """Remember an order that stands at `place`, and return in words what an earlier one of the file has of it."""
        words = []
        earlier = self._orders.setdefault((found.source, found.id), place)
        if earlier != place:
            words.append(f"The same order stands at {earlier} too: taken in as it stands here, it replaces that one.")
        numbered = [(way, document) for way in found.connections for document in way.documents if document.number]
        for way, document in numbered:
            key = (way.connection, document.kind, document.number.upper())
            owner, first = self._numbers.setdefault(key, (found.id, place))
            if owner != found.id:
                words.append(_taken(document, first))
        return words


def _taken(document: PreviewedDocument, first: str) -> str:
    if document.kind is Kind.ORDER_FILE:
        return f"The order at {first} has the same number: of two files of one name, one waits until the other is collected."
    return (
        f"The order at {first} has the number {document.number} too: only the first to come gets it, the other is held."
    )


def company_of(name_or_id: str) -> Company:
    """Return the company of that name or id, or the only one there is. Raises Stop, NotFoundError."""
    if name_or_id:
        return people.find_company(name_or_id)
    found = list(Company.objects.all()[:2])
    if len(found) != 1:
        raise Stop("Say whose order it is with --company NAME; `daybook company list` shows all.", Exit.USAGE)
    return found[0]


def previews(company: Company, order_or_file: str, *, source: str, connection: str) -> Iterator[Shown]:
    """Yield what would become of a stored order, or of each order of a file. Raises Stop."""
    path = Path(order_or_file)
    if not path.is_file():
        yield _stored(company, order_or_file, connection)
        return
    beside = Beside()
    for placed in order_files.read(path):
        yield _given(company, placed, source, connection, beside)


def _stored(company: Company, name: str, connection: str) -> Shown:
    mine = Order.objects.filter(company=company)
    ids = list(mine.filter(public_id=name).values_list("public_id", flat=True)) or list(
        mine.filter(ref=name).order_by("id").values_list("public_id", flat=True)[:20]
    )
    if not ids:
        raise Stop(f"{company} has no order {name!r}, and there is no file of that name.", Exit.USAGE)
    if len(ids) > 1:
        raise Stop(f"{company} has several orders {name!r}; name one by its id: {', '.join(ids)}.", Exit.USAGE)
    try:
        found = preview.of_stored(company, ids[0], connection=connection)
    except NotAnOrderError as error:
        raise Stop("; ".join(str(Refusal(name, each)) for each in error.problems), Exit.USAGE) from error
    if found is None:
        raise Stop(f"{company} has no order {name!r} any more.", Exit.USAGE)
    return _shown(found)


def _given(company: Company, placed: Placed, source: str, connection: str, beside: Beside) -> Shown:
    if placed.problems:
        return _refused(placed)
    try:
        found = preview.of_given(company, placed.payload, source=source, connection=connection)
        return _shown(PreviewedInFile(**found.model_dump(), beside=beside.told(found, placed.place)))
    except NotAnOrderError as error:
        return _refused(placed._replace(problems=error.problems))


def _refused(placed: Placed) -> Shown:
    words = "\n".join(str(Refusal(placed.place, each)) for each in placed.problems)
    return Shown(in_words=words, as_json=words, is_refused=True, needs_a_person=True)


def _shown(found: Preview) -> Shown:
    beside = found.beside if isinstance(found, PreviewedInFile) else []
    stored = f"stored as {found.order}" if found.order else "not stored"
    head = f"Order {found.ref} ({found.source}, id {found.id}), {stored}"
    parts = [_connection(each) for each in found.connections] or ["  No connection takes it: it came before them."]
    held = Order.Standing.HELD
    return Shown(
        in_words="\n".join([head, *(f"  {words}" for words in beside), *parts]),
        as_json=found.model_dump_json(),
        needs_a_person=bool(beside)
        or any(held in {each.standing, *(document.state for document in each.documents)} for each in found.connections),
    )


def _connection(found: PreviewedConnection) -> str:
    name = f"{found.name} ({found.connection})" if found.connection else "No connection yet"
    says = f"{found.standing}. {found.explanation}" if found.cause or not found.documents else "documents:"
    head = f"  {name}: {says}"
    return "\n".join([head, *(_document(each) for each in found.documents)])


def _document(found: PreviewedDocument) -> str:
    kind = found.kind.replace("_", " ").capitalize()
    head = f"    {kind} {found.number}{'' if found.is_new else ' (in the day book)'}: {found.explanation}"
    if not found.lines:
        return head
    facts = f"dated {found.date}, {found.contact}, {found.reference!r}, {found.amounts.lower()} amounts ({found.form})"
    totals = f"net {found.net}, tax {found.tax}, total {found.gross} {found.currency}"
    sent = [f"      would be sent: {found.body}"] if found.body else []
    return "\n".join([head, f"      {facts}", _lines(found), f"      {totals}", *sent])


def _lines(found: PreviewedDocument) -> str:
    """Lay out the lines as a table, as wide as a terminal is in files and pipes too."""
    table = Table("quantity", "price", "off", "account", "tax type", "tax", "item", "description", box=None)
    for line in found.lines:
        price = line.unit_amount if line.unit_amount is not None else f"{line.line_amount} in all"
        table.add_row(
            line.quantity, price, line.discount_amount or "", line.account, line.tax_type, line.tax_amount or "",
            line.item, line.description,
        )  # fmt: skip
    console = Console(file=io.StringIO(), width=WIDTH)
    with console.capture() as captured:
        console.print(table)
    return "\n".join(f"      {each.rstrip()}" for each in captured.get().splitlines())
