"""Sections of sentences and tables as a PDF, with the file that they were read from inside it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fpdf.enums import Align, TableBordersLayout, WrapMode, XPos, YPos
from fpdf.fonts import FontFace

from daybook.kit.translation import gettext
from daybook.printing import fonts
from daybook.printing.pages import BLACK, BODY, GREY, LARGE, LINE, MAIN, RULE, SHADE, SMALL, Pages, add_fonts
from daybook.printing.sections import Section, Table

Groups = Sequence[tuple[str, Sequence[Section]]]
_NUMBER_AT_LEAST, _TEXT_AT_MOST = 7, 34
"""Characters that a column is as wide as, at least and at most."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file inside the PDF."""

    name: str
    content: bytes


def tables_pdf(title: str, facts: Sequence[tuple[str, str]], groups: Groups, attached: Attached) -> bytes:
    """Return the PDF. `facts`: label and value, below the title. Raises fonts.NoFontError."""
    with fonts.cut("".join([title, *(part for fact in facts for part in fact), *_texts(groups)])) as faces:
        pages = Pages("", orientation="landscape", numbered=gettext("Page {number} of {count}"))
        add_fonts(pages, faces)
        _draw(pages, title, facts, groups)
        pages.embed_file(bytes=attached.content, basename=attached.name, mime_type="application/json")
        pages.add_feet()
        return bytes(pages.output())


def _draw(pages: Pages, title: str, facts: Sequence[tuple[str, str]], groups: Groups) -> None:
    pages.set_title(title)
    pages.add_page()
    pages.running[pages.page] = title
    pages.set_font(MAIN, "B", LARGE)
    pages.multi_cell(0, 10, title, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    for label, value in facts:
        _fact(pages, label, value)
    for name, sections in groups:
        _heading(pages, name, 13)
        for section in sections:
            _section(pages, section)


def _texts(groups: Groups) -> Iterator[str]:
    for name, sections in groups:
        yield name
        for section in sections:
            yield section.title
            yield from section.sentences
            for row in (section.table.head, *section.table.rows) if section.table is not None else ():
                yield from row


def _fact(pages: Pages, label: str, value: str) -> None:
    pages.set_font(MAIN, size=BODY)
    pages.set_text_color(*GREY)
    pages.cell(38, LINE + 0.6, label)
    pages.set_text_color(*BLACK)
    pages.multi_cell(0, LINE + 0.6, value, align="L", wrapmode=WrapMode.CHAR, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _heading(pages: Pages, text: str, size: float) -> None:
    """Print a heading, on the page that has room for what comes first below it."""
    if pages.will_page_break(36):
        pages.add_page()
    pages.ln(4)
    pages.set_font(MAIN, "B", size)
    pages.multi_cell(0, size * 0.5, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pages.ln(1)


def _section(pages: Pages, section: Section) -> None:
    _heading(pages, section.title, 10.5)
    for place, sentence in enumerate(section.sentences):
        is_verdict = place == 0 and section.is_good is not None
        pages.set_font(MAIN, "B" if is_verdict else "", BODY if is_verdict else SMALL + 0.5)
        pages.multi_cell(0, LINE, sentence, align="L", wrapmode=WrapMode.WORD, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    if section.table is not None:
        pages.ln(1)
        _table(pages, section.table)


def _table(pages: Pages, table: Table) -> None:
    pages.set_draw_color(*RULE)
    pages.set_font(MAIN, size=SMALL)
    aligns = [Align.L if place < table.numbers_from else Align.R for place in range(len(table.head))]
    widths = _widths(table)
    with pages.table(
        width=pages.epw, col_widths=widths, text_align=aligns, borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        headings_style=FontFace(emphasis="BOLD", fill_color=SHADE), line_height=4, padding=(0.9, 1.2),
        wrapmode=WrapMode.WORD,
    ) as drawn:  # fmt: skip
        drawn.row(table.head)
        for place, row in enumerate(table.rows):
            drawn.row(row, style=FontFace(emphasis="BOLD") if place in table.strong else None)


def _widths(table: Table) -> tuple[int, ...]:
    """Return the columns' widths, in parts: by the longest line of each."""
    columns = zip(table.head, *table.rows, strict=True)
    longest = [max(len(line) for cell in column for line in cell.split("\n")) for column in columns]
    return tuple(min(max(each, _NUMBER_AT_LEAST), _TEXT_AT_MOST) for each in longest)
