"""What every source must bring; a new row of the table is judged by it, and fails by name."""

import re
from pathlib import Path

import pytest

import daybook
from daybook.sources.registry import SOURCES, with_doors
from daybook.sources.source import Holds, Message, Refusal
from tests.toys.shop.source import TOYSHOP

EVERY = [*SOURCES.values(), TOYSHOP]
DOORS = [(source, door) for source in EVERY for door in source.doors]
NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")


def named(values):
    return [
        getattr(each, "name", "") if not isinstance(each, tuple) else f"{each[0].name}-{each[1].name}"
        for each in values
    ]


@pytest.mark.parametrize("source", EVERY, ids=named(EVERY))
class TestEverySource:
    def test_has_a_name_for_rows_and_addresses_and_a_title_for_people(self, source):
        assert NAME.fullmatch(source.name)
        assert source.title
        assert source.title != source.name

    def test_names_fields_and_doors_once(self, source):
        for names in ([each.name for each in source.fields], [each.name for each in source.doors]):
            assert len(set(names)) == len(names)
            assert all(NAME.fullmatch(name) for name in names)

    def test_says_of_each_field_what_people_call_it_and_what_its_lack_means(self, source):
        for field in source.fields:
            assert field.label
            assert field.missing or field.holds is not Holds.SECRET, field.name

    def test_says_when_a_company_needs_it_if_it_has_doors(self, source):
        assert source.about or not source.doors


@pytest.mark.parametrize("source", with_doors(), ids=named(with_doors()))
def test_each_that_is_shipped_has_a_page_on_what_its_fields_mean(source):
    assert (Path(__file__).parents[3] / f"docs/{source.name}.md").exists()


@pytest.mark.parametrize(("source", "door"), DOORS, ids=named(DOORS))
class TestEveryDoor:
    def test_names_a_made_field_where_its_address_ends_with_a_secret(self, source, door):
        field = source.field(door.secret)
        assert (field is None) if not door.secret else (field is not None and field.holds is Holds.MADE)

    def test_is_found_by_its_own_address_alone(self, source, door):
        path = door.pattern.replace("{secret}", "x" * 32)
        assert [each.name for each in source.doors if each.secret_in(path) is not None] == [door.name]
        assert door.secret_in(f"{path}/") == ("x" * 32 if door.secret else "")
        assert door.secret_in(f"{path}/more") is None

    def test_opens_to_nobody_while_no_secret_is_set(self, source, door):
        stranger = Message(door=door.name, body=b"{}", signature="0" * 64, secret="x" * 32)
        assert door.is_genuine(stranger, {}) is False
        assert door.why_refused(stranger, {})

    @pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b"null", b'"x"', b"{", b"7"])
    def test_refuses_in_words_what_it_cannot_read(self, source, door, body):
        (read,) = door.read(body)
        assert isinstance(read, Refusal)
        assert all(problem.problem and problem.cure for problem in read.problems)

    def test_is_described_for_strangers(self, source, door):
        assert door.summary
        assert door.label
        assert door.schema["title"]
        assert bool(door.header) >= door.needs_header


@pytest.mark.parametrize("room", ["api", "feeds", "intake", "web"])
def test_behind_the_port_nobody_names_a_source(room):
    """A title or a name of one in there would be a special case; the page of what it sends may be cited."""
    named = {source.name for source in with_doors()} | {source.title for source in with_doors()}
    for path in sorted((Path(daybook.__file__).parent / room).rglob("*")):
        if path.suffix in {".py", ".html"} and "migrations" not in path.parts:
            text = re.sub(r"docs/\w+\.md", "", path.read_text())
            assert not [name for name in named if name in text], path
