"""Two inventories are compared: what the upgrade tests would say if something were lost."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.upgrade.inventory import lost, plain, section

STOOD = {"documents": section([{"key": "a", "net": Decimal("1.50"), "state": "ready"}])}


class TestWhatIsLost:
    @pytest.mark.parametrize(
        ("stands", "said"),
        [
            ([{"key": "a", "net": Decimal("1.5000"), "state": "ready", "more": 1}], []),
            ([], ["documents: a is gone"]),
            ([{"key": "a", "net": Decimal("1.51"), "state": "ready"}], ["documents: a: net was '1.5', is '1.51'"]),
            ([{"key": "a", "net": Decimal("1.5")}], ["documents: a: state was 'ready', is '(not read)'"]),
            (
                [{"key": "a", "net": Decimal("1.5"), "state": "ready"}, {"key": "b"}],
                ["documents: b is new"],
            ),
        ],
    )
    def test_is_said_row_by_row_and_fact_by_fact(self, stands, said):
        assert lost(STOOD, {"documents": section(stands)}) == said

    def test_is_nothing_where_only_the_form_differs(self):
        at = datetime(2026, 3, 5, 14, 2, tzinfo=UTC)
        assert plain([Decimal("0.00"), at, memoryview(b"")]) == ["0", "2026-03-05T14:02:00+00:00", ""]
