"""Lines that a person can read: of the documentation at most 120 characters, of templates at most 200."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from . import reading

OF_PAGES, OF_TEMPLATES = 120, 200
FOLDERS = ("src/daybook/web/templates", "src/localxero/templates")
TEMPLATES = sorted(page for folder in FOLDERS for page in (reading.ROOT / folder).rglob("*.html"))


def too_long(text: str) -> Iterator[str]:
    """Yield lines of prose that are too long: rows of tables, code, and a single long word cannot be wrapped."""
    is_code = False
    for line in text.splitlines():
        is_code ^= line.lstrip().startswith("```")
        is_whole = line.lstrip().startswith(("|", "`", "#"))
        if len(line) > OF_PAGES and not is_code and not is_whole:
            yield line


@pytest.mark.parametrize("page", reading.PAGES, ids=lambda page: page.relative_to(reading.ROOT).as_posix())
def test_of_pages(page: Path):
    assert list(too_long(page.read_text())) == []


def test_of_templates():
    lines = {
        page.relative_to(reading.ROOT).as_posix(): max(map(len, page.read_text().splitlines()), default=0)
        for page in TEMPLATES
    }
    assert {name: longest for name, longest in lines.items() if longest > OF_TEMPLATES} == {}


def test_a_long_line_would_be_seen():
    assert len(list(too_long("a " * 61 + "\n" + "| a " * 61 + "\n```\n" + "a " * 61 + "\n```\n"))) == 1
