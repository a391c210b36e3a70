from collections.abc import Callable

import pytest

from localxero.rules import contacts, documents, items, provenance

RULES: dict[str, Callable[..., object]] = {
    rule.__name__: rule
    for rules in (
        documents.INVOICE_RULES,
        documents.PURCHASE_ORDER_RULES,
        documents.INVOICE_WARNINGS,
        documents.PURCHASE_ORDER_WARNINGS,
        contacts.CONTACT_RULES,
        items.ITEM_RULES,
    )
    for rule in rules
}


@pytest.mark.parametrize("name", RULES)
def test_every_rule_names_its_source_and_how_sure_it_is(name):
    told = provenance(RULES[name])
    assert told.source
    assert told.certainty in {"sure", "likely", "unsure"}
