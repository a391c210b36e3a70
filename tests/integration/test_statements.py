"""How many statements PostgreSQL executes for what is done most: held, so that it grows by decision only."""

import pytest

from tests.bench.bench_house import House, statements_of

pytestmark = pytest.mark.django_db(transaction=True)

# The API key's check and the deferral of jobs are counted,
# BEGIN, COMMIT and SAVEPOINT are not (see `outside.counted`).
MOST = {
    "one API order": 15,  # 14 where the company has one feed of sales: with several it is asked what the order may be
    "a list of 100": 25,
    "a drain and settling of 50 documents": 30,
    "a page of 100 orders": 16,
    "a page of 100 documents": 15,
}


def test_no_more_statements_are_executed_than_were_agreed() -> None:
    house = House()
    house.warm_up()
    found = statements_of(house)
    assert {name: count for name, count in found.items() if count > MOST[name]} == {}
