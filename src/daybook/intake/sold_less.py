"""PURE: refunds on what goes out as files or mails: off the sale before it has left, and as Sage's credit afterwards."""

from collections.abc import Sequence
from dataclasses import replace

from daybook.documents import keys
from daybook.documents.causes import Cause, Hold
from daybook.documents.kinds import Kind, Paper
from daybook.documents.order_file import OrderFile
from daybook.documents.sale import Sale
from daybook.intake.lowering import FROZEN, real
from daybook.intake.material import Made, Maker, Material
from daybook.ledgers.files.formats import SAGE
from daybook.ledgers.files.ledger import as_file
from daybook.mapping import sales, sold_back
from daybook.mapping.numbers import Numbering
from daybook.mapping.refunds import GivenBack
from daybook.outbox.needs import Until
from daybook.outbox.states import State


def sale_of(of: Material, kind: Kind) -> Sale | Hold:
    """Return what an order comes to, less what was given back before its document of this kind has left."""
    whole = sales.map_sale(of.order, of.prices)
    backs = [each for each in real(of, None) if not each.is_covered or each.of_cancelled]
    if isinstance(whole, Hold) or _has_left(of, kind) or not backs:
        return whole
    less = sold_back.lowered(whole, backs, currency=of.order.currency)
    return Hold(Cause.REFUNDED_BEFORE_POSTING) if less is None else less


def is_anything_left(of: Material, kind: Kind) -> bool:
    """Tell whether an order becomes such a document: not where all of it was given back before."""
    if not of.refunds:
        return True
    found = sale_of(of, kind)
    return not (isinstance(found, Hold) and found.cause is Cause.REFUNDED_BEFORE_POSTING)


def _has_left(of: Material, kind: Kind) -> bool:
    found = _live(of, kind)
    return bool(found) and found[-1].state in FROZEN


def _live(of: Material, kind: Kind) -> list[Made]:
    return [each for each in of.made if each.kind == kind and each.state != State.CANCELLED]


def _file(of: Material) -> Made | None:
    """Return the order's file, once it has left in a form that can say what is given back."""
    found = [each for each in _live(of, Kind.ORDER_FILE) if each.state in FROZEN]
    is_said = of.rules.file.format == SAGE.name and found and isinstance(found[-1].paper, OrderFile)
    return found[-1] if is_said else None


def _sold(of: Material) -> tuple[OrderFile, Sale] | None:
    file = _file(of)
    paper = file.paper if file is not None else None
    return (paper, paper.sale) if isinstance(paper, OrderFile) and paper.sale is not None else None


def _backs(of: Material) -> dict[str, GivenBack]:
    """Return, by key, what is given back that the file is not lowered by."""
    sold = _sold(of)
    if sold is None:
        return {}
    paper, sale = sold
    return {
        keys.of(each.id): each for each in real(of, paper) if each.id not in sale.lowered_by and not each.is_covered
    }


def _credit(of: Material, number: str) -> Paper | Hold:
    sold, back = _sold(of), _backs(of).get(of.key)
    if sold is None or back is None:
        return Hold(Cause.NEEDED_ENDED, number)
    paper, sale = sold
    made = sold_back.credit(sale, _before(of), back, currency=of.order.currency, today=of.today)
    if isinstance(made, Hold):
        return made
    credit = replace(paper, items=(), sale=made)
    written = as_file(number, credit, of.rules.file)
    return written if isinstance(written, Hold) else credit


def _before(of: Material) -> Sequence[Sale]:
    """Return what was given back before this one."""
    notes = _live(of, Kind.CREDIT_FILE)
    place = next((place for place, each in enumerate(notes) if each.key == of.key), len(notes))
    papers = [each.paper for each in notes[:place]]
    return [each.sale for each in papers if isinstance(each, OrderFile) and each.sale is not None]


def _number(of: Material, _numbering: Numbering) -> str | Hold:
    file = _file(of)
    burnt = {each.number for each in of.made if each.kind == Kind.CREDIT_FILE and not each.is_number_free}
    stem = file.number if file is not None else of.order.ref
    return next(each for count in range(1, len(burnt) + 2) if (each := f"{stem}-CR{count}") not in burnt)


def _about(of: Material) -> str:
    file = _file(of)
    return file.mark if file is not None else ""


CREDIT_FILE = Maker(
    make=_credit,
    why_not_due="the order does not tell of this refund any more",
    keys=lambda of: tuple(_backs(of)),
    named=_number,
    about=_about,
    after=_file,
    needs=lambda of: ((_about(of), Until.POSTED),),
)
