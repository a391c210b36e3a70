"""What is wrong is said in the sender's own words."""

import json

from tests.toys.shop import reading


def refused(**sold: object) -> list[str]:
    (refusal,) = reading.read(json.dumps({"sold": [sold]}).encode())
    return [problem.field for problem in refusal.problems]


class TestARefusal:
    def test_names_the_field_as_the_sender_does(self):
        assert refused(no="", pence=500) == ["no"]

    def test_names_a_field_that_the_sender_has_elsewhere(self):
        assert refused(no=1, pence=10**13) == ["pence"]

    def test_names_a_field_that_is_called_alike_by_its_own_name(self):
        assert refused(no=1, pence=500, status="x" * 101) == ["status"]
