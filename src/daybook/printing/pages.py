"""Pages in Daybook's fonts, each with its foot and its number."""

from collections.abc import Sequence
from typing import Any

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from daybook.printing import fonts

MARGIN = 18.0
"""Millimetres."""
BODY, SMALL, LARGE = 9.5, 8.0, 18.0
"""Points."""
LINE = 4.8
GREY, BLACK, SHADE, RULE = (95, 95, 95), (0, 0, 0), (242, 242, 242), (190, 190, 190)
MAIN = "main"
_OF_SHAPING = ("GSUB", "GPOS", "GDEF", "BASE", "JSTF", "DSIG", "kern", "vhea", "vmtx", "VORG")


class Pages(FPDF):
    """Pages with a foot of several lines, if any, and their own numbers."""

    def __init__(
        self, foot: str, paper: str = "A4", orientation: str = "portrait", numbered: str = "Page {number} of {count}"
    ) -> None:
        super().__init__(orientation, format=paper.lower())
        self.foot = foot
        self.numbered = numbered
        self.running: dict[int, str] = {}
        """By page what stands in its foot from there on; its pages are counted for themselves."""
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(True, margin=MARGIN + LINE * (2 + _rows_of(self.foot)))
        self.set_creator("Daybook")

    def add_page(self, *arguments: Any, **named: Any) -> None:
        """Begin a page, which names its font at once."""
        super().add_page(*arguments, **named)
        self._name_font()

    def _render_styled_text_line(self, *arguments: Any, **named: Any) -> Any:
        """Print a line, in a page that has named its font.

        Else a line that begins in a fallback font would name it for itself alone (fpdf2 2.8.9 puts both between q and Q),
        and what follows would be printed in whatever font was named before.
        """
        self._name_font()
        return super()._render_styled_text_line(*arguments, **named)

    def _preload_bidirectional_text(self, text: str, markdown: bool) -> Any:  # noqa: FBT001 - as it is there
        """Let each line run its own way, as Unicode says of paragraphs (UAX 9, P1).

        Else an address below an Arabic name would run as the name does: "Low Road 2" (fpdf2 2.8.9 asks the text's beginning).
        """
        *lines, last = text.split("\n")
        each = [f"{line}\n" for line in lines] + [last] * bool(last or not lines)
        return tuple(found for line in each for found in super(Pages, self)._preload_bidirectional_text(line, markdown))

    def _name_font(self) -> None:
        if self.page and self.current_font is not None and not self.current_font_is_set_on_page:
            self._out(self._set_font_for_page(self.current_font, self.font_size_pt))

    def add_feet(self) -> None:
        """Print what each foot holds, and which page of how many it is: known once all are there."""
        rows, running, first, count = _rows_of(self.foot), "", 1, self.pages_count
        self.set_auto_page_break(False)
        for number in range(1, self.pages_count + 1):
            self.page = number
            if number in self.running:
                running, first, count = self.running[number], number, self._end_of(number) - number
            self.set_xy(self.l_margin, -(MARGIN + LINE * rows))
            self.set_font(MAIN, "B", LARGE)  # so that this page names its font: it is told changes only
            self.set_font(MAIN, "", SMALL)
            self.set_text_color(*GREY)
            if self.foot:
                self.multi_cell(0, 3.8, self.foot, align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
            self.cell(self.epw / 2, 5, running, align="L")
            self.cell(
                self.epw / 2,
                5,
                self.numbered.format(number=number - first + 1, count=count),
                align="R",
            )

    def _end_of(self, first: int) -> int:
        """Return the page behind those that share the foot of one."""
        return min((each for each in self.running if each > first), default=self.pages_count + 1)


def add_fonts(pages: Pages, faces: Sequence[fonts.Face]) -> None:
    """Let the pages be written in these fonts, the first of them for most."""
    for place, face in enumerate(faces):
        name = MAIN if place == 0 else f"other{place}"
        pages.add_font(name, "", face.path, collection_font_number=face.index)
        pages.add_font(name, "B", face.bold or face.path, collection_font_number=face.index)
    for font in pages.fonts.values():
        _lighten(font)
    pages.set_fallback_fonts([f"other{place}" for place in range(1, len(faces))], exact_match=False)
    pages.set_text_shaping(use_shaping_engine=True)
    pages.set_font(MAIN, size=BODY)


def _lighten(font: Any) -> None:
    """Take off what only shaping needs, which reads the file itself: no PDF holds it, and going through it takes longest."""
    for table in _OF_SHAPING:
        if table in font.ttfont:
            del font.ttfont[table]


def _rows_of(footer: str) -> int:
    return footer.count("\n") + 1 if footer else 0
