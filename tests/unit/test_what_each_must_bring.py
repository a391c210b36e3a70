"""What every kind of document and every ledger must bring; what one lacks is said by its name.

Sources have theirs in `sources/test_what_each_must_bring.py`. That each cause of a ledger has its words stands in
`documents/test_causes.py`, and that nobody else names a ledger in `test_who_names_whom.py`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from daybook.documents.causes import Cause, LedgerCause
from daybook.documents.document import Document, Settlement
from daybook.documents.kinds import SPECS, Kind, KindSpec
from daybook.documents.mailed_invoice import MailedInvoice
from daybook.documents.order_file import OrderFile
from daybook.documents.words import WORDS
from daybook.intake.making import MAKERS, Maker
from daybook.ledgers import registry
from daybook.ledgers.ledger import Address, Form, KnownBy, Ledger, Wire
from daybook.ledgers.lists import ListName
from daybook.mapping.numbers import LONGEST
from daybook.posting.ground import CHANCE
from tests.toys import ledger as slate
from tests.toys.ledger import SLATE
from tests.toys.note import MAKER, SLATE_WITH_NOTES, SPEC, ToyKind

DOCS = Path(__file__).parents[2] / "docs"
ACCOUNTS_AND_RATES = {ListName.ACCOUNTS, ListName.TAX_RATES}
WORDS_OF_CONSENT = ("over", "app_cure", "scope_cure", "nothing_reached")
AN_ORDINARY_NUMBER = "DB-100.2_R2"


def kind_lacks(
    kind: str, specs: Mapping[str, KindSpec], makers: Mapping[str, Maker], ledgers: Mapping[str, Ledger]
) -> Iterator[str]:
    spec = specs.get(kind)
    if not re.fullmatch("[a-z_]{1,20}", kind):
        yield f"{kind}: a value that its column takes, in small letters"
    if spec is None:
        yield f"{kind}: a row in SPECS"
        return
    if not spec.title:
        yield f"{kind}: a title for people"
    if spec.type is Document or not (
        issubclass(spec.type, Document | Settlement) or spec.type in {OrderFile, MailedInvoice}
    ):
        yield f"{kind}: a class of its own"
    if kind not in makers:
        yield f"{kind}: how it is made of an order, a row in MAKERS"
    if not any(kind in ledger.forms for ledger in ledgers.values()):
        yield f"{kind}: a form in at least one ledger"


def ledger_lacks(name: str, ledger: Ledger) -> Iterator[str]:
    causes = {cause.value for each in (Cause, *LedgerCause.__subclasses__()) for cause in each}
    must = {
        "its own name as key, in small letters": ledger.name == name and re.fullmatch(r"[a-z]{1,20}", name),
        "a title for people": ledger.title,
        "a form of at least one kind": ledger.forms,
        "terms that allow a call": ledger.terms.calls_at_once > 0 and ledger.terms.bytes_a_call > 0,
        "words for a refusal that it does not recognise": ledger.wire is not Wire.CALLS
        or ledger.why(("never said",)).cause in {**WORDS, **ledger.reasons},
        "causes that are listed, for its words": ledger.reasons.keys() <= causes,
        "what a person did who ended a document": ledger.statuses.dead <= ledger.statuses.done.keys(),
        "keys with room for 24 characters of chance": ledger.terms.key_length >= CHANCE,
        "what a consent must cover": bool(ledger.scopes) is (ledger.consent is not None),
        "lists with accounts and tax rates": ledger.lists is None or ledger.lists.whole.keys() >= ACCOUNTS_AND_RATES,
    }
    yield from (f"{name}: {what}" for what, there in must.items() if not there)
    for address in addresses_of(ledger):
        if not ledger.addresses.get(address, "").startswith("https://"):
            yield f"{name}: where it lives, {address.variable(name)}"
    if ledger.consent is not None and not all(getattr(ledger.consent, words) for words in WORDS_OF_CONSENT):
        yield f"{name}: all words about its consent"
    yield from spaces_lack(name, ledger)
    for kind, form in ledger.forms.items():
        yield from form_lacks(f"{name}, {kind}", kind, form, ledger)
    for supply in ledger.supplies.values():
        if not supply.named_by.startswith("$") or not supply.listed_in:
            yield f"{name}, {supply.name}: where documents name it, and the list that shows it"


def addresses_of(ledger: Ledger) -> tuple[Address, ...]:
    if ledger.wire is not Wire.CALLS:
        return ()
    return tuple(Address) if ledger.consent is not None else (Address.API, Address.LINK)


def spaces_lack(name: str, ledger: Ledger) -> Iterator[str]:
    """An order has one document of each kind; in one space of numbers only their suffixes tell them apart."""
    specs: Mapping[str, KindSpec] = {**SPECS, ToyKind.NOTE: SPEC}
    for space in {form.number_space for form in ledger.forms.values()} - {""}:
        kinds = [kind for kind, form in ledger.forms.items() if form.number_space == space]
        if len({specs[kind].suffix for kind in kinds}) < len(kinds):
            yield f"{name}, {space}: a suffix for each of {', '.join(kinds)}"


def form_lacks(who: str, kind: str, form: Form, ledger: Ledger) -> Iterator[str]:
    if form.kind != kind:
        yield f"{who}: its own kind as key"
    if ledger.wire is Wire.CALLS and form.route not in ledger.routes:
        yield f"{who}: its route {form.route!r}"
    if len(form.route) > 20 or len(form.listed_in) > 20:
        yield f"{who}: names of its route and its list that their columns take"
    if ledger.wire is Wire.FILES and form.file is None:
        yield f"{who}: how it is written as a file"
    is_numbered = ledger.wire is Wire.CALLS and form.known_by is KnownBy.NUMBER
    if (is_numbered and not form.number_space) or not 1 <= form.number_length <= LONGEST:
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
        assert list(kind_lacks(kind, SPECS, MAKERS, registry.LEDGERS)) == []

    @pytest.mark.parametrize("kind", Kind)
    def test_is_a_word_of_the_glossary(self, kind):
        assert SPECS[kind].title.lower() in (DOCS / "glossary.md").read_text().lower()

    def test_is_named_with_what_it_lacks(self):
        specs, makers = {**SPECS, ToyKind.NOTE: SPEC}, {**MAKERS, ToyKind.NOTE: MAKER}
        assert list(kind_lacks("note", SPECS, MAKERS, registry.LEDGERS)) == ["note: a row in SPECS"]
        assert list(kind_lacks("note", specs, MAKERS, registry.LEDGERS)) == [
            "note: how it is made of an order, a row in MAKERS",
            "note: a form in at least one ledger",
        ]
        assert list(kind_lacks("note", specs, makers, {"slate": SLATE_WITH_NOTES})) == []


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

    def test_is_named_with_what_its_people_and_its_operator_would_miss(self):
        broken = replace(
            SLATE, addresses={}, scopes={}, reasons={**SLATE.reasons, "bare_text": SLATE.reasons["slate_full"]}
        )
        assert list(ledger_lacks("slate", broken)) == [
            "slate: causes that are listed, for its words",
            "slate: what a consent must cover",
            *(f"slate: where it lives, SLATE_{which}_BASE" for which in ("API", "IDENTITY", "LOGIN", "LINK")),
        ]

    def test_of_one_space_of_numbers_tells_its_kinds_apart(self):
        twins = {Kind.INVOICE: SLATE.forms[Kind.INVOICE], Kind.ORDER_FILE: slate.form(Kind.ORDER_FILE)}
        assert list(ledger_lacks("slate", replace(SLATE, forms=twins))) == [
            "slate, slate: a suffix for each of invoice, order_file"
        ]

    @pytest.mark.parametrize("name", registry.LEDGERS)
    def test_has_a_page_on_what_we_believe_of_it(self, name):
        assert list(DOCS.glob(f"{name}*.md"))

    def test_that_nobody_knows_is_answered_clearly(self):
        with pytest.raises(registry.UnknownLedgerError, match=r"no ledger named 'sage'. It has: .*xero"):
            registry.ledger("sage")
