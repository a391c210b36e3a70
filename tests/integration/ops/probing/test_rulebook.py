"""The rulebook lists the questions that there are."""

from pathlib import Path

from daybook.ledgers.registry import LEDGERS
from daybook.ops.probing import rulebook

PAGE = Path(__file__).parents[4] / "docs" / "xero-rules.md"
PROBING = LEDGERS["xero"].probing


def test_the_rulebook_lists_every_question():
    text = PAGE.read_text().split(rulebook.BEGIN)[1].split(rulebook.END)[0]
    listed = [row.split("|")[1:3] for row in text.splitlines() if row.startswith("|")][2:]
    asked = [[f" {each.rule} ", f" {each.question} `{each.name}` "] for each in PROBING.probes]
    never = [[" ", f" `{name}` "] for name in PROBING.not_asked]
    assert listed == asked + never, "run daybook probe --rulebook docs/xero-rules.md"


def test_every_question_is_about_a_section_that_there_is():
    sections = {line.split()[1].rstrip(".") for line in PAGE.read_text().splitlines() if line.startswith("##")}
    assert {each.rule for each in PROBING.probes} <= sections
