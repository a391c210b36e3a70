import pytest

from daybook.sources import statuses
from daybook.sources.canonical import schema


def order(**said):
    return schema.parse_order({"source": "shop", "id": "1", "lines": [{"quantity": 1}]} | said)


class TestATable:
    def test_is_read_as_a_person_writes_it(self):
        table = statuses.read("Shipped = Dispatched\n\n a = b = on hold\n")
        assert table == {"shipped": "dispatched", "a = b": "on hold"}
        assert statuses.read(statuses.written(table)) == table

    @pytest.mark.parametrize("text", ["Shipped", "= dispatched", "Shipped = lost", "Shipped ="])
    def test_that_is_none_is_refused_with_what_would_do(self, text):
        with pytest.raises(ValueError, match="created, paid, part dispatched, dispatched, on hold, cancelled"):
            statuses.read(text)

    def test_of_too_many_is_refused(self):
        with pytest.raises(ValueError, match="at most 100"):
            statuses.read("\n".join(f"s{number} = dispatched" for number in range(101)))


class TestAStatus:
    @pytest.mark.parametrize(
        ("meaning", "said"),
        [
            ("goes on", (False, False, False, False, False)),
            ("created", (False, False, False, False, False)),
            ("paid", (True, False, False, False, False)),
            ("part dispatched", (False, True, False, False, False)),
            ("dispatched", (False, False, True, False, False)),
            ("on hold", (False, False, False, True, False)),
            ("cancelled", (False, False, False, False, True)),
        ],
    )
    def test_in_the_table_means_that_and_nothing_else(self, meaning, said):
        read = statuses.order_as_meant(order(status=" Odd ", on_hold=True), {"odd": meaning})
        stands = (read.paid, read.part_dispatched, read.dispatched, read.on_hold, read.cancelled)
        assert stands == said

    def test_not_in_the_table_means_what_the_order_says(self):
        given = order(status="Odd", on_hold=True)
        assert statuses.order_as_meant(given, {"even": "dispatched"}) is given

    def test_of_a_notice_is_read_so_too(self):
        notice = schema.parse_notice({"status": "Packed"})
        read = statuses.notice_as_meant(notice, {"packed": "on hold"})
        assert (read.dispatched, read.on_hold, read.cancelled) == (False, True, False)
        assert statuses.notice_as_meant(notice, {}) is notice
