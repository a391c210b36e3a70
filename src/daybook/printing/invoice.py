"""An invoice as a page: who, to whom, what, the taxes and the total; as many pages as it needs, each with its number."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from fpdf.enums import TableBordersLayout, WrapMode, XPos, YPos
from fpdf.fonts import FontFace

from daybook.documents.mailed_invoice import MailedInvoice
from daybook.documents.order_file import Address
from daybook.kit.money import decimals, plain
from daybook.printing import fonts
from daybook.printing.pages import BLACK, BODY, GREY, LARGE, LINE, MAIN, RULE, SHADE, SMALL, Pages, add_fonts

_WIDTHS = (46, 11, 19, 10, 20)
"""Of the table's columns, in parts."""
_OF_A_ROW, _OF_A_LINE = 600, 40
"""Characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """What a company has printed on all its invoices."""

    seller: str = ""
    """Name and address; the first line is the name."""
    vat_number: str = ""
    footer: str = ""
    """Payment details and whatever else the law wants."""
    title: str = "Invoice"
    paper: str = "A4"


def invoice_pdf(invoices: Sequence[MailedInvoice], head: Letterhead) -> bytes:
    """Return one PDF of these invoices, each on pages of its own. Raises fonts.NoFontError."""
    with fonts.cut("".join(texts(invoices, head))) as faces:
        pages = Pages(head.footer, head.paper)
        add_fonts(pages, faces)
        pages.set_title(", ".join(each.number for each in invoices[:5]))
        for each in invoices:
            _draw(pages, each, head)
        pages.add_feet()
        return bytes(pages.output())


def texts(invoices: Sequence[MailedInvoice], head: Letterhead) -> list[str]:
    """Return all that may be printed."""
    found = [head.seller, head.vat_number, head.footer, head.title]
    for each in invoices:
        found += [each.number, each.customer_name, each.customer_vat_number, each.order_ref, each.external_ref]
        found += [each.shipping_method, each.email, *_lines_of(each.billing_address), *_lines_of(each.shipping_address)]
        found += [text for line in each.sale.lines for text in (line.sku, line.description)]
    return found


def _draw(pages: Pages, invoice: MailedInvoice, head: Letterhead) -> None:
    pages.add_page()
    pages.running[pages.page] = f"{head.title} {invoice.number}"
    _seller(pages, head)
    _parties(pages, invoice, head)
    _table(pages, invoice)
    _sums(pages, invoice)


def _seller(pages: Pages, head: Letterhead) -> None:
    name, _, address = head.seller.strip().partition("\n")
    pages.set_font(MAIN, "B", 12)
    pages.multi_cell(0, 6, name, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pages.set_font(MAIN, size=SMALL)
    vat = f"VAT number {head.vat_number}" if head.vat_number else ""
    pages.multi_cell(
        0, 3.8, "\n".join(filter(None, (address.strip(), vat))), align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT
    )
    pages.ln(6)


def _parties(pages: Pages, invoice: MailedInvoice, head: Letterhead) -> None:
    top, half = pages.get_y(), (pages.epw - 8) / 2
    pages.set_font(MAIN, size=BODY)
    billed = _with_name(invoice.billing_address, invoice.customer_name)
    vat = [f"VAT number {invoice.customer_vat_number}"] if invoice.customer_vat_number else []
    pages.multi_cell(half, LINE, "\n".join([*billed, *vat]) or " ", align="L")
    bottom = pages.get_y()
    pages.set_xy(pages.l_margin + half + 8, top)
    pages.set_font(MAIN, "B", LARGE)
    pages.multi_cell(half, 9, head.title, align="L")
    for label, value in _facts(invoice):
        pages.set_x(pages.l_margin + half + 8)
        pages.set_font(MAIN, size=BODY)
        pages.set_text_color(*GREY)
        pages.cell(26, LINE, label)
        pages.set_text_color(*BLACK)
        pages.multi_cell(half - 26, LINE, value, align="L", wrapmode=WrapMode.CHAR)
    pages.set_y(max(bottom, pages.get_y()) + 8)
    pages.set_x(pages.l_margin)


def _facts(invoice: MailedInvoice) -> list[tuple[str, str]]:
    shipped = _with_name(invoice.shipping_address, "")
    is_elsewhere = shipped and shipped != _with_name(invoice.billing_address, "")
    said = [
        ("Number", invoice.number),
        ("Date", f"{invoice.date:%d %B %Y}"),
        ("Due", f"{invoice.due_date:%d %B %Y}"),
        ("Order", invoice.order_ref if invoice.order_ref != invoice.number else ""),
        ("Your reference", invoice.external_ref),
        ("Delivered to", "\n".join(shipped) if is_elsewhere else ""),
        ("By", invoice.shipping_method),
    ]
    return [(label, value) for label, value in said if value]


def _with_name(address: Address, name: str) -> list[str]:
    return list(dict.fromkeys(filter(None, (name, *_lines_of(address)))))


def _lines_of(address: Address) -> list[str]:
    return [each for each in (address.company, *address.lines, address.postcode, address.country) if each]


def _table(pages: Pages, invoice: MailedInvoice) -> None:
    pages.set_draw_color(*RULE)
    heads = FontFace(emphasis="BOLD", fill_color=SHADE)
    pages.set_font(MAIN, size=BODY)
    with pages.table(
        width=int(pages.epw), col_widths=_WIDTHS, text_align=("LEFT", "RIGHT", "RIGHT", "RIGHT", "RIGHT"),
        borders_layout=TableBordersLayout.HORIZONTAL_LINES, headings_style=heads, line_height=LINE, padding=(1.1, 1.2),
        wrapmode=WrapMode.WORD,
    ) as table:  # fmt: skip
        table.row(("Description", "Quantity", "Unit price", "Tax", f"Net {invoice.currency}"))
        for line in invoice.sale.lines:
            is_with_tax = line.unit_price is None and line.unit_price_inc_tax is not None
            unit = line.unit_price_inc_tax if is_with_tax else line.unit_price
            price = "" if unit is None else _amount(unit) + (" incl. tax" if is_with_tax else "")
            taken = f"\nless discount {_amount(line.discount)}" if line.discount else ""
            sku = f"\n{line.sku}" if line.sku and line.sku != line.description else ""
            what = f"{line.description or line.sku or 'Goods'}{sku}{taken}"
            first, *rest = _pieces(what)
            table.row((first, plain(line.quantity), price, f"{plain(line.rate * 100)} %", _amount(line.net)))
            for piece in rest:
                table.row((piece, "", "", "", ""))


def _pieces(text: str) -> list[str]:
    """Return a text in pieces of which each finds room on a page."""
    lines = [
        line[start : start + _OF_A_ROW] for line in text.split("\n") for start in range(0, len(line) or 1, _OF_A_ROW)
    ]
    pieces, size = [lines[0]], len(lines[0])
    for line in lines[1:]:
        size += len(line) + _OF_A_LINE
        if size > _OF_A_ROW:
            pieces.append(line)
            size = len(line)
        else:
            pieces[-1] += f"\n{line}"
    return pieces


def _sums(pages: Pages, invoice: MailedInvoice) -> None:
    """Print taxes by rate and the total, together on one page."""
    rows = [("Net", _amount(invoice.sale.net), "")]
    rows += [
        (f"Tax {plain(row.rate * 100)} % of {_amount(row.net)}", _amount(row.tax), "")
        for row in invoice.sale.taxes
        if row.rate or row.tax or len(invoice.sale.taxes) > 1
    ]
    if len(invoice.sale.taxes) > 2:
        rows.append(("Tax together", _amount(invoice.sale.tax), ""))
    rows.append((f"Total {invoice.currency}", _amount(invoice.sale.gross), "B"))
    needed = 6 * len(rows) + 8
    if pages.will_page_break(needed):
        pages.add_page()
    pages.ln(4)
    for label, amount, style in rows:
        pages.set_font(MAIN, style, 11 if style else BODY)
        pages.set_x(pages.l_margin + pages.epw - 90)
        pages.cell(58, 6, label, border="T" if style else 0)
        pages.cell(32, 6, amount, align="R", border="T" if style else 0, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _amount(amount: Decimal) -> str:
    """Return 1,234.50: two decimals, or as many as it has."""
    return f"{amount:,.{max(2, decimals(amount))}f}"
