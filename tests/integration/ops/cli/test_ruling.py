"""`daybook rules`: listed, tried, written out, and taken in as a whole or not at all."""

import json

import pytest

from daybook.connections import rulebook
from daybook.connections.models import PostingRule
from daybook.intake.receive import receive
from daybook.ops.cli import ruling
from daybook.ops.processes.stops import Stop
from localxero import LocalXero
from tests.world import Cast, connected

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]
ORDER = {"source": "shop", "dispatched": True, "dispatched_at": "2026-03-02T10:00:00Z", "currency": "GBP"}
GONE = "The account 999 is archived, gone, or not of a kind that can be used here."
MUG = {"id": "1", "sku": "MUG", "description": "Mug", "quantity": 2, "unit_price": "25", "tax_rate": "0"}


@pytest.fixture
def gb() -> Cast:
    return connected(LocalXero(limits="off"), untouched=True)


def ruled(cast: Cast, position: int, when: dict, **sets) -> PostingRule:
    return PostingRule.objects.create(connection=cast.connection, position=position, when=when, **sets)


def test_rules_are_listed_in_words_with_what_is_wrong(gb):
    ruled(gb, 1, {}, account="200")
    ruled(gb, 2, {"country": ["FR"]}, title="abroad", account="260")
    ruled(gb, 3, {"country": ["DE"]}, account="999")
    assert list(ruling.listed(gb.connection)) == [
        "Rule 1: Any sale -> account 200",
        "Rule 2 (abroad): Any sale sent to France -> account 260",
        "  can never apply: Rule 1 above is about all of these lines too, and sets the same.",
        "Rule 3: Any sale sent to Germany -> account 999",
        f"  cannot be used: {GONE} What it decides is held.",
    ]


def test_an_order_is_tried_line_by_line(gb):
    ruled(gb, 1, {"sku": ["M*"]}, account="260")
    receive(gb.company, ORDER | {"id": "T1", "lines": [MUG]})
    lines, needs_a_person = ruling.tried(gb.connection, "T1")
    assert "    account: 260 (Rule 1)" in lines
    assert "    tax: ZERORATEDOUTPUT (Tax rate for 0 %)" in lines
    assert not needs_a_person
    with pytest.raises(Stop, match="has no order 'nobody'"):
        ruling.tried(gb.connection, "nobody")


def test_what_was_written_out_is_taken_in_again_as_it_was(gb):
    ruled(gb, 1, {"country": ["FR"], "rate": ["0"]}, title="é", account="260", tax_type="ZERORATEDOUTPUT")
    ruled(gb, 2, {"liable": ["channel"]}, tax_type="NONE", tax_shape="left_out")
    written = list(ruling.exported(gb.connection))
    assert ruling.taken_in(gb.connection, [written[1], "", written[0]]) == 2
    assert list(ruling.exported(gb.connection)) == [written[1], written[0]]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{", "line 2, rule: This is no JSON"),
        ("[]", "line 2, rule: A rule is a JSON object"),
        ('{"acount": "200"}', "line 2, acount: A rule has no such field"),
        ('{"account": 200}', "line 2, account: This is a text of at most 10 characters."),
        ('{"account": "999"}', "line 2, account: The account 999 is archived, gone"),
        ('{"tax_type": "INPUT2"}', "line 2, tax_type: INPUT2 is no tax rate that the organisation uses for sales."),
        ('{"tax_type": "OUTPUT2", "when": {"rate": ["0"]}}', "line 2, tax_type: It is about lines that bear 0 %"),
        ('{"account": "200", "when": {"colour": ["red"]}}', "line 2, when: 'colour' is nothing that a rule can ask"),
        ('{"account": "200", "when": {"country": "FR"}}', "line 2, when: country wants a list"),
        ('{"account": "200", "when": []}', "line 2, when: A rule's conditions are a list of values for each fact."),
        ('{"account": "200", "when": {"country": ["FRANCE"]}}', "line 2, when: No order names a country FRANCE"),
        ('{"account": "200", "item": []}', "line 2, item: This is one of stock, none"),
        ('{"account": "200", "tax_shape": {}}', "line 2, tax_shape: This is one of apart"),
        ('{"tracking": [{"category_id": 1}]}', "line 2, tracking: A rule's tracking is a list of options"),
        ('{"account": "200", "tracking": "Web"}', "line 2, tracking: A rule's tracking is a list of options"),
        ('{"when": {"country": ["FR"]}}', "line 2, rule: It sets nothing"),
        ('{"tax_type": "NONE", "tax_shape": "left_out"}', "line 2, when: It takes tax off what the customer paid"),
    ],
)
def test_a_file_with_a_fault_changes_nothing_and_names_line_and_field(gb, line, fault):
    ruled(gb, 1, {}, account="260")
    with pytest.raises(ruling.RefusedError) as refused:
        ruling.taken_in(gb.connection, [json.dumps({"account": "200"}), line])
    assert any(str(each).startswith(fault) for each in refused.value.faults), refused.value.faults
    assert [rule.account for rule in rulebook.of(gb.connection)] == ["260"]
