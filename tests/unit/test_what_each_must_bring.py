"""What every kind of document and every ledger must bring; what one lacks is said by its name."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from daybook.documents.document import Document
from daybook.documents.kinds import SPECS, Kind, KindSpec
from daybook.documents.order_file import OrderFile
from daybook.documents.words import WORDS
from daybook.ledgers import registry
from daybook.ledgers.ledger import Form, KnownBy, Ledger, Wire
from tests.toys.ledger import SLATE
from tests.toys.note import SLATE_WITH_NOTES, SPEC, ToyKind

AN_ORDINARY_NUMBER = "DB-100.2_R2"


def kind_lacks(kind: str, specs: Mapping[str, KindSpec], ledgers: Mapping[str, Ledger]) -> Iterator[str]:
    spec = specs.get(kind)
    if spec is None:
        yield f"{kind}: a row in SPECS"
        return
    if not spec.title:
        yield f"{kind}: a title for people"
    if spec.type is Document or not (issubclass(spec.type, Document) or spec.type is OrderFile):
        yield f"{kind}: a class of its own"
    if not any(kind in ledger.forms for ledger in ledgers.values()):
        yield f"{kind}: a form in at least one ledger"


def ledger_lacks(name: str, ledger: Ledger) -> Iterator[str]:
    must = {
        "its own name as key, in small letters": ledger.name == name and re.fullmatch(r"[a-z]{1,20}", name),
        "a title for people": ledger.title,
        "a form of at least one kind": ledger.forms,
        "terms that allow a call": ledger.terms.calls_at_once > 0 and ledger.terms.bytes_a_call > 0,
        "words for a refusal that it does not recognise": ledger.wire is Wire.FILES
        or ledger.why(("never said",)).cause in {**WORDS, **ledger.reasons},
        "what a person did who ended a document": ledger.statuses.dead <= ledger.statuses.done.keys(),
    }
    yield from (f"{name}: {what}" for what, there in must.items() if not there)
    for kind, form in ledger.forms.items():
        yield from form_lacks(f"{name}, {kind}", kind, form, ledger)
    for supply in ledger.supplies.values():
        if not supply.named_by.startswith("$") or not supply.listed_in:
            yield f"{name}, {supply.name}: where documents name it, and the list that shows it"


def form_lacks(who: str, kind: str, form: Form, ledger: Ledger) -> Iterator[str]:
    if form.kind != kind:
        yield f"{who}: its own kind as key"
    if ledger.wire is Wire.CALLS and form.route not in ledger.routes:
        yield f"{who}: its route {form.route!r}"
    if ledger.wire is Wire.FILES and form.file is None:
        yield f"{who}: how it is written as a file"
    if (ledger.wire is Wire.CALLS and not form.number_space) or form.number_length < 1:
        yield f"{who}: a number space and the length of its numbers"
    if not all(re.fullmatch(form.number_alphabet, letter) for letter in AN_ORDINARY_NUMBER):
        yield f"{who}: an alphabet that takes an ordinary number"
    if form.known_by is not KnownBy.NOTHING and not ledger.terms.can_look:
        yield f"{who}: a way to look, or known by nothing"
    if form.seekable_at_once < 1:
        yield f"{who}: how many can be looked for at once"


class TestEachKind:
    @pytest.mark.parametrize("kind", Kind)
    def test_brings_all_that_a_kind_must(self, kind):
        assert list(kind_lacks(kind, SPECS, registry.LEDGERS)) == []

    def test_is_named_with_what_it_lacks(self):
        assert list(kind_lacks("note", SPECS, registry.LEDGERS)) == ["note: a row in SPECS"]
        ours = {**SPECS, ToyKind.NOTE: SPEC}
        assert list(kind_lacks("note", ours, registry.LEDGERS)) == ["note: a form in at least one ledger"]
        assert list(kind_lacks("note", ours, {"slate": SLATE_WITH_NOTES})) == []


class TestEachLedger:
    @pytest.mark.parametrize("name", [*registry.LEDGERS, "slate"])
    def test_brings_all_that_a_ledger_must(self, name):
        assert list(ledger_lacks(name, {"slate": SLATE_WITH_NOTES, **registry.LEDGERS}[name])) == []

    def test_is_named_with_what_it_lacks(self):
        broken = replace(SLATE, routes={}, title="", terms=replace(SLATE.terms, can_look=False))
        assert list(ledger_lacks("slate", broken))[:3] == [
            "slate: a title for people",
            "slate, invoice: its route 'slate'",
            "slate, invoice: a way to look, or known by nothing",
        ]

    def test_that_nobody_knows_is_answered_clearly(self):
        with pytest.raises(registry.UnknownLedgerError, match=r"no ledger named 'sage'. It has: .*xero"):
            registry.ledger("sage")
