from decimal import Decimal
from pathlib import Path

import pytest

from daybook.ops.cli import order_files


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "orders"


class TestReading:
    @pytest.mark.parametrize(
        ("text", "places"),
        [
            ('{"id": 1}\n{"id": 2}\n', ["line 1", "line 2"]),
            ('\n\n{"id": 1}\n\n{"id": 2}', ["line 3", "line 5"]),
            ('[{"id": 1}, {"id": 2}]', ["order 1 of the list", "order 2 of the list"]),
            ('[\n {"id": 1},\n {"id": 2}\n]\n', ["order 1 of the list", "order 2 of the list"]),
            ('\ufeff{"id": 1}\r\n{"id": 2}\r\n', ["line 1", "line 2"]),
            ('{\n"id": 1\n}\n', ["the file"]),
        ],
    )
    def test_finds_each_order_and_its_place(self, file: Path, text: str, places: list[str]) -> None:
        file.write_text(text)
        placed = list(order_files.read(file))
        assert [one.place for one in placed] == places
        assert [one.payload["id"] for one in placed] == list(range(1, len(places) + 1))

    @pytest.mark.parametrize("text", ["", "\n\n", "[]"])
    def test_of_nothing_finds_nothing(self, file: Path, text: str) -> None:
        file.write_text(text)
        assert list(order_files.read(file)) == []

    def test_keeps_numbers_exact(self, file: Path) -> None:
        file.write_text('{"id": 12345678901234567890.12}')
        assert next(order_files.read(file)).payload == {"id": Decimal("12345678901234567890.12")}

    def test_goes_on_after_a_line_that_is_no_json(self, file: Path) -> None:
        file.write_bytes(b'{"id": 1}\nnonsense\n\xff\xfe\n{"id": NaN}\n' + b"[" * 100_000 + b'\n{"id": 6}\n')
        placed = list(order_files.read(file))
        assert [bool(one.problems) for one in placed] == [False, True, True, True, True, False]
        assert placed[1].problems[0].problem.startswith("This is not JSON")

    @pytest.mark.parametrize("text", ["[", '{\n"id"', '[{"id": 1}'])
    def test_of_a_broken_whole_is_one_problem(self, file: Path, text: str) -> None:
        file.write_text(text)
        (placed,) = order_files.read(file)
        assert placed.problems
