"""The call that adds a currency, and what each answer says of it."""

import json

import pytest

from daybook.ledgers.exchange import NotSent, Posted, Rejected, Unknown
from daybook.ledgers.xero import currencies
from daybook.wire.asks import Answer

REFUSED = {"Elements": [{"Code": "CHF", "ValidationErrors": [{"Message": "Not with your plan."}]}]}


def answer(status: int, said: object) -> Answer:
    return Answer(status, {"content-type": "application/json"}, json.dumps(said).encode())


def test_names_one_currency_and_leaves_its_name_to_xero():
    asked = currencies.write("CHF")
    assert (asked.method, json.loads(asked.body)) == ("PUT", {"Code": "CHF"})
    assert asked.url.endswith("/Currencies")


@pytest.mark.parametrize(
    ("said", "is_resent", "outcome"),
    [
        (answer(200, {"Currencies": [{"Code": "CHF", "Description": "Swiss Franc"}]}), False, Posted),
        (answer(200, {"Currencies": [{"Code": "CHF"}]}), True, Posted),
        (answer(200, {"Currencies": []}), False, Unknown),
        (answer(200, {"Currencies": [{"Description": "Swiss Franc"}]}), False, Unknown),
        (answer(400, REFUSED), False, Rejected),
        (answer(400, REFUSED), True, Unknown),
        (answer(429, {}), False, NotSent),
        (answer(500, {}), False, Unknown),
    ],
)
def test_an_answer_means(said, is_resent, outcome):
    assert isinstance(currencies.read(said, is_resent), outcome)


def test_a_refusal_bears_xeros_own_words():
    assert currencies.read(answer(400, REFUSED), False) == Rejected(("Not with your plan.",))
