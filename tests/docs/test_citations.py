"""What code and pages point at is there."""

from pathlib import Path

import pytest

from daybook.config import environment

from . import reading


class TestCitations:
    def test_of_the_rulebook_name_a_section_that_exists(self):
        sections = reading.rule_sections()
        assert [each for each in reading.cited_rules() if each.section not in sections] == []

    def test_of_the_rulebook_are_found_at_all(self):
        assert len({each.section for each in reading.cited_rules()}) > 20

    def test_of_how_a_document_stays_single_name_one_of_its_rules(self):
        heading = "## How a document stays single"
        rules = reading.text_of("states.md").split(heading)[1].split("\n## ")[0]
        numbers = {line.split(".")[0] for line in rules.splitlines() if line[:1].isdigit()}
        assert numbers == {str(number) for number in range(1, 12)}
        assert [each for each in reading.cited_single() if each.section not in numbers] == []

    def test_of_a_decision_name_one_that_was_written_down(self):
        assert [each for each in reading.cited_decisions() if each.section not in reading.decisions()] == []

    def test_of_a_page_name_a_page_that_exists(self):
        assert [each for each in reading.cited_pages() if not reading.is_there(each.section)] == []

    def test_name_no_paper_from_outside_the_project(self):
        assert list(reading.cited_elsewhere()) == []


class TestPages:
    @pytest.mark.parametrize("written", reading.PAGES, ids=lambda page: page.relative_to(reading.ROOT).as_posix())
    def test_link_only_to_what_exists(self, written: Path):
        broken = [target for target in reading.links(written) if not _leads_somewhere(written, target)]
        assert broken == []

    @pytest.mark.parametrize("written", reading.PAGES, ids=lambda page: page.relative_to(reading.ROOT).as_posix())
    def test_name_only_files_that_exist(self, written: Path):
        missing = [path for path in reading.paths_named(written) if not (reading.ROOT / path).exists()]
        assert missing == []

    def test_are_all_in_the_index(self):
        index = reading.DOCS / "README.md"
        listed = {(reading.DOCS / target.split("#")[0]).resolve() for target in reading.links(index)}
        pages = {page.resolve() for page in reading.DOCS.rglob("*.md")} - {index.resolve()}
        assert sorted(page.name for page in pages - listed) == []


class TestEnvironmentVariables:
    @pytest.mark.parametrize("name", environment.VARIABLES)
    def test_are_described_for_the_operator(self, name: str):
        assert f"`{name}`" in reading.text_of("operations.md")


def _leads_somewhere(page: Path, target: str) -> bool:
    path, _, anchor = target.partition("#")
    aim = (page.parent / path).resolve() if path else page
    if not aim.exists():
        return False
    return not anchor or aim.suffix != ".md" or anchor in reading.anchors(aim)
