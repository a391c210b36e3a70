from pathlib import Path

import msgspec
import pytest

from localkit.rules import provenance
from localxero.gate.faults import KINDS
from localxero.rules.catalogue import as_markdown, by_subject
from localxero.switches import Switches

DOCS = (Path(__file__).parents[3] / "docs" / "localxero.md").read_text()
RULES = {rule.__name__: rule for rules in by_subject().values() for rule in rules}


@pytest.mark.parametrize("name", RULES)
def test_every_rule_names_its_source_and_how_sure_it_is(name):
    told = provenance(RULES[name])
    assert told.source
    assert told.certainty in {"sure", "likely", "unsure"}


def test_the_docs_show_every_rule():
    assert as_markdown() in DOCS, "run python -m localxero.rules.catalogue and put its table into docs/localxero.md"


@pytest.mark.parametrize("word", [*msgspec.structs.asdict(Switches()), *KINDS])
def test_the_docs_name_every_switch_and_fault(word):
    assert f"`{word}`" in DOCS
