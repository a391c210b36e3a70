"""The rulebook's table of questions: which rule each is about, and what was answered; kept between two marks."""

from collections.abc import Sequence
from pathlib import Path

from daybook.ledgers.probing import Probing
from daybook.ops.probing.sheet import NOT_ASKED, Said, Sheet
from daybook.ops.processes.stops import Exit, Stop

BEGIN, END = "<!-- questions: daybook probe --rulebook -->", "<!-- end of questions -->"
LONGEST = 160
"""Characters of the ledger's own words in the table; the sheet has them whole."""


def table(probing: Probing, sheet: Sheet | None) -> str:
    """Return the section in Markdown: with the answers of a sheet, or with none."""
    said = {each.name: each for each in sheet.answers} if sheet else {}
    asked = [each for each in said.values() if each.asked]
    when = max((each.asked for each in asked if each.asked), default=None)
    lead = f"Asked of a demo company, last on {when:%-d %B %Y}." if when else "Not asked yet of any demo company."
    rows = [_row(each.rule, each.question, each.name, said.get(each.name)) for each in probing.probes]
    rest = [f"| | `{name}` | not asked | {why} |" for name, why in probing.not_asked.items()]
    return "\n".join([lead, "", "| rule | question | answer | in its words |", "|---|---|---|---|", *rows, *rest])


def _row(rule: str, question: str, name: str, said: Said | None) -> str:
    answer = said.answer if said else ""
    day = f" ({said.asked:%Y-%m-%d})" if said and said.asked and said.answer != NOT_ASKED else ""
    words = " ".join(said.words.replace("|", "/").split()) if said else ""
    short = words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
    return f"| {rule} | {question} `{name}` | {answer}{day} | {short} |"


def put_into(page: Path, section: str) -> bool:
    """Put the section between the page's two marks; return whether that changed it. Raises Stop."""
    try:
        text = page.read_text()
    except OSError as error:
        message = f"{page} cannot be read: {error.strerror}"
        raise Stop(message, Exit.USAGE) from error
    parts = _around(text)
    if parts is None:
        message = f"{page} has no place for it: a line {BEGIN!r} and, below it, a line {END!r}"
        raise Stop(message, Exit.USAGE)
    before, after = parts
    made = f"{before}{BEGIN}\n{section}\n{END}{after}"
    if made == text:
        return False
    page.write_text(made)
    return True


def _around(text: str) -> Sequence[str] | None:
    before, is_begun, rest = text.partition(BEGIN)
    _, is_ended, after = rest.partition(END)
    return (before, after) if is_begun and is_ended else None
