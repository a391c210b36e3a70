"""What guards /metrics is long enough, and no secret is repeated."""

import pytest

from daybook.config import environment

RIGHT = {
    "DATABASE_URL": "postgresql://daybook@db/daybook",
    "DAYBOOK_SECRET_KEY": "s",
    "DAYBOOK_ENCRYPTION_KEYS": "k1:" + "A" * 43 + "=",
}


def test_a_token_is_taken_as_it_is():
    assert environment.read(RIGHT | {"DAYBOOK_METRICS_TOKEN": "x" * 20}).metrics_token == "x" * 20
    assert environment.read(RIGHT).metrics_token == ""


@pytest.mark.parametrize("token", ["short", "with a blank in it, though", "ümläute-ümläute-ümläute", "x" * 19])
def test_one_that_is_short_or_cannot_be_sent_is_refused_without_being_repeated(token):
    with pytest.raises(environment.EnvironmentIncompleteError, match="DAYBOOK_METRICS_TOKEN wants") as refused:
        environment.read(RIGHT | {"DAYBOOK_METRICS_TOKEN": token})
    assert token not in str(refused.value)
