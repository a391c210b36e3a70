"""What the tests of the documentation read: the pages, their headings, their links, and the code that cites them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(
    page for page in [*ROOT.glob("*.md"), *DOCS.rglob("*.md"), ROOT / "src/localxero/README.md"] if page.is_file()
)
CODE = sorted(
    path
    for folder in ("src", "tests")
    for suffix in ("*.py", "*.html", "*.toml")
    for path in (ROOT / folder).rglob(suffix)
    if "tests/docs" not in path.as_posix()
)

_NUMBER = r"\d+(?:\.\d+)?(?:\s*\([^)]*\))?"
_LIST = rf"{_NUMBER}(?:(?:,|\s+and|\s+to|\s+or)\s+{_NUMBER})*"
_RULES = re.compile(rf"xero-rules\.md[\s#(]+({_LIST})")
_SINGLE = re.compile(rf"how a document stays single,\s+({_LIST})")
_DECISION = re.compile(r"\bdecision (\d+)\b")
_PAGE = re.compile(r"(?<![\w/.])(?:docs/)?[\w./-]+\.md\b")
_ELSEWHERE = re.compile(r"\bdesign(?:\.md)?[: ]+(?:\d+(?:\.\d+)?\b|tokens|how|rule)")
_LINK = re.compile(r"(?<!!)\[[^\]\n]+\]\(([^)\s]+)\)")
_PATH = re.compile(r"`((?:src|tests)/[\w./-]+)")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


class Citation(NamedTuple):
    """A place in the code and the section it names."""

    path: str
    section: str


def text_of(name: str) -> str:
    return (DOCS / name).read_text()


def cited(pattern: re.Pattern[str]) -> Iterator[Citation]:
    """Yield every number in a citation; "10, 29" is item 29 of section 10, as "10.29" is."""
    for path in CODE:
        for match in pattern.finditer(path.read_text()):
            numbers = re.findall(r"\d+(?:\.\d+)?", re.sub(r"\([^)]*\)", "", match[1]))
            if numbers[0] == "10" and len(numbers) > 1:
                numbers = [f"10.{numbers[1]}", *numbers[2:]]
            yield from (Citation(path.relative_to(ROOT).as_posix(), number) for number in numbers)


def cited_rules() -> Iterator[Citation]:
    return cited(_RULES)


def cited_single() -> Iterator[Citation]:
    return cited(_SINGLE)


def cited_decisions() -> Iterator[Citation]:
    return cited(_DECISION)


def decisions() -> set[str]:
    return {str(int(page.name.split("-")[0])) for page in (DOCS / "decisions").glob("*.md")}


def cited_pages() -> Iterator[Citation]:
    for path in CODE:
        yield from (Citation(path.relative_to(ROOT).as_posix(), page) for page in _PAGE.findall(path.read_text()))


def is_there(page: str) -> bool:
    return any((folder / page).is_file() for folder in (ROOT, DOCS, ROOT / "src/localxero"))


def cited_elsewhere() -> Iterator[Citation]:
    """Yield citations of papers that the project does not hold."""
    for path in CODE:
        for match in _ELSEWHERE.finditer(path.read_text()):
            yield Citation(path.relative_to(ROOT).as_posix(), match[0])


def rule_sections() -> set[str]:
    """Return the numbered headings of the rulebook and, of a section that is a numbered list, its items."""
    sections, chapter = set(), ""
    for line in text_of("xero-rules.md").splitlines():
        if heading := re.match(r"#{2,3} (\d+(?:\.\d+)?)[. ]", line):
            sections.add(heading[1])
            chapter = heading[1]
        elif item := re.match(r"(\d+)\. ", line):
            sections.add(f"{chapter}.{item[1]}")
    return sections


def links(page: Path) -> Iterator[str]:
    """Yield the relative links of a page; strangers' addresses are not ours to check."""
    for target in _LINK.findall(_FENCE.sub("", page.read_text())):
        if not re.match(r"[a-z]+:", target):
            yield target


def paths_named(page: Path) -> set[str]:
    return {path.rstrip("./") for path in _PATH.findall(page.read_text())}


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    return {_slug(heading) for heading in _HEADING.findall(_FENCE.sub("", page.read_text()))}


def _slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
