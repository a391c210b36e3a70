"""What becomes of an order, as one value: an order's stand goes in, intents come out. No database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daybook.documents import stored
from daybook.documents.causes import Cause, Hold
from daybook.documents.document import Invoice
from daybook.documents.kinds import SPECS, Kind
from daybook.intake.due import Timing
from daybook.intake.intents import (
    Asked,
    CompanyRules,
    Enter,
    EntryStand,
    Flag,
    HoldBack,
    OrderRow,
    Plan,
    Received,
    Remap,
    Stand,
    Withdraw,
)
from daybook.intake.making import MAKERS
from daybook.intake.parts import Told
from daybook.intake.plan import plan
from daybook.mapping.numbers import Numbering
from daybook.mapping.rules import ProcessMethod
from daybook.outbox.states import State
from daybook.sources.canonical.moments import Zones
from daybook.sources.canonical.schema import parse_notice, parse_order
from tests.toys import note
from tests.unit.mapping.shops import RULES

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOME = 7
RULES_OF_ACME = CompanyRules(
    company_id=1,
    connection_id=1,
    organisation_id=HOME,
    identity="xero:acme",
    obstacle=None,
    timing=Timing(zones=Zones(sender=UTC, documents=UTC)),
    default_currency="GBP",
    mapping=RULES,
    numbering={Kind.INVOICE: Numbering(space="invoices"), Kind.PURCHASE_ORDER: Numbering(space="orders")},
    seen_rates=frozenset(),
    order_pages="https://daybook.example/c/acme/orders",
)
TRACKED = replace(RULES_OF_ACME, mapping=replace(RULES, process_method=ProcessMethod.TRACKED))
UNWRITTEN = OrderRow(
    standing="waiting",
    cause="",
    subject="",
    detail="",
    ordered_at=None,
    dispatched_at=None,
    dispatched_seen_at=None,
    undispatched_seen_at=None,
    on_hold_since=None,
    currency="",
    net=None,
    tax=None,
    gross=None,
    written_from={},
    unprepared_since=NOW,
)
NEW = Stand(
    public_id="order1",
    received_at=NOW,
    revision=1,
    revision_received_at=NOW,
    typed_date=None,
    row=UNWRITTEN,
)


def an_order(**changes: object) -> Received:
    line = {
        "id": "1",
        "sku": "MUG",
        "description": "Mug",
        "quantity": 2,
        "unit_price": "6.25",
        "tax_rate": "0.2",
        "unit_cost": "2",
    }
    values = {
        "source": "shop",
        "id": "1",
        "number": "A-1",
        "currency": "GBP",
        "dispatched": True,
        "dispatched_at": "2026-11-19T10:00:00Z",
        "lines": [line],
    }
    return Received(parse_order(values | changes))


def planned(
    received: Received, stand: Stand = NEW, rules: CompanyRules = RULES_OF_ACME, *, asked: Asked | None = None
) -> Plan:
    marks = (f"mark{serial}" for serial in count(1))
    return plan(received, stand, rules, NOW, marks=lambda: next(marks), asked=asked or Asked())


def after(stand: Stand, made: Plan) -> Stand:
    """How the order stands once its plan was carried out, as the day book would tell."""
    entries = {entry.id: entry for entry in stand.entries}
    for intent in made.intents:
        match intent:
            case Enter():
                pk = max(entries, default=0) + 1
                entries[pk] = entered(intent, pk)
            case Remap(entry=pk, mapped=mapped):
                entries[pk] = mapped_as(entries[pk], mapped)
            case HoldBack(entry=pk, why=why):
                entries[pk] = because(replace(entries[pk], state=State.HELD), why)
            case Withdraw(entry=pk):
                entries[pk] = replace(because(entries[pk], None), state=State.CANCELLED, is_number_free=True)
            case Flag(entry=pk, attention=attention, detail=detail):
                entries[pk] = replace(entries[pk], attention=attention, attention_detail=detail)
    return replace(stand, row=made.row, entries=tuple(entries.values()))


def entered(intent: Enter, pk: int) -> EntryStand:
    blank = EntryStand(
        id=pk,
        public_id=intent.mark,
        kind=intent.kind,
        key=intent.key,
        generation=intent.generation,
        organisation_id=HOME,
        number=intent.number,
        is_number_free=False,
        state=State.READY,
        cause="",
        subject="",
        detail="",
        document=None,
        date=None,
        attention=intent.attention,
        attention_detail=intent.attention_detail,
        attention_done={},
        is_given_up=False,
        may_still_appear=False,
    )
    return mapped_as(blank, intent.mapped)


def mapped_as(entry: EntryStand, mapped: Invoice | Hold) -> EntryStand:
    if isinstance(mapped, Hold):
        return because(replace(entry, state=State.HELD, document=None), mapped)
    return replace(because(entry, None), state=State.READY, document=stored.dump(mapped), date=mapped.date)


def because(entry: EntryStand, why: Hold | None) -> EntryStand:
    why = why or Hold("")
    return replace(entry, cause=str(why.cause), subject=why.subject[:500], detail=why.detail)


def stands(received: Received | None = None, rules: CompanyRules = RULES_OF_ACME, **changes: object) -> Stand:
    """How an order stands whose plan was carried out, and whose documents have moved on since."""
    stand = after(NEW, planned(received or an_order(), NEW, rules))
    return replace(stand, entries=tuple(replace(entry, **changes) for entry in stand.entries))


def kinds(made: Plan) -> list[str]:
    return [type(intent).__name__ for intent in made.intents]


class TestAnOrderThatIsDue:
    def test_gets_an_invoice_that_bears_its_mark(self):
        (enter,) = planned(an_order()).intents
        assert isinstance(enter, Enter)
        assert (enter.kind, enter.number, enter.generation) == (Kind.INVOICE, "A-1", 1)
        assert enter.mapped.reference.endswith("[db:mark1]")
        assert enter.mapped.date == date(2026, 11, 19)

    def test_stands_in_the_day_book_with_what_it_comes_to(self):
        row = planned(an_order()).row
        assert (row.standing, row.cause, row.unprepared_since) == ("documented", "", None)
        assert (row.net, row.tax, row.gross) == (Decimal("12.5"), Decimal("2.5"), 15)

    def test_names_the_rates_that_it_bears(self):
        assert planned(an_order()).rates == {Decimal("0.2")}

    def test_of_a_tracked_company_gets_a_purchase_order_first(self):
        assert [intent.kind for intent in planned(an_order(), rules=TRACKED).intents] == ["purchase_order", "invoice"]

    def test_gets_no_document_of_a_kind_that_the_ledger_does_not_take(self):
        only_invoices = replace(TRACKED, numbering={Kind.INVOICE: Numbering(space="invoices")})
        assert [intent.kind for intent in planned(an_order(), rules=only_invoices).intents] == ["invoice"]

    def test_gets_what_a_new_row_of_the_makers_makes_of_it(self, monkeypatch):
        monkeypatch.setitem(SPECS, note.ToyKind.NOTE, note.SPEC)
        monkeypatch.setitem(MAKERS, note.ToyKind.NOTE, note.MAKER)
        shared = {
            kind: Numbering(space="slate", suffix=SPECS[kind].suffix) for kind in (Kind.INVOICE, note.ToyKind.NOTE)
        }
        rules = replace(RULES_OF_ACME, numbering=shared)
        given_back = [{"id": "r1", "lines": [{"line": "1", "quantity": 1}]}]
        assert [each.number for each in planned(an_order(), rules=rules).intents] == ["A-1"]
        assert [each.number for each in planned(an_order(refunds=given_back), rules=rules).intents] == ["A-1", "A-1-N"]

    def test_waits_without_document_where_nothing_is_connected(self):
        nowhere = replace(RULES_OF_ACME, organisation_id=None, obstacle=Hold(Cause.NOT_CONNECTED))
        made = planned(an_order(), rules=nowhere)
        assert (made.intents, made.row.standing, made.row.cause) == ((), "held", "not_connected")

    def test_whose_number_another_has_is_held_and_says_whose(self):
        stand = replace(NEW, taken={("invoices", "A-1"): "It belongs to order B."})
        made = planned(an_order(), stand)
        assert made.intents == ()
        assert (made.row.cause, made.row.subject, made.row.detail) == (
            "number_taken_in_daybook",
            "A-1",
            "It belongs to order B.",
        )

    def test_that_cannot_be_mapped_is_entered_held(self):
        (enter,) = planned(an_order(currency="USD")).intents
        assert enter.mapped == Hold(Cause.CURRENCY_NOT_ENABLED, "USD")


class TestAnOrderThatIsNotDue:
    def test_waits_until_it_is_dispatched(self):
        made = planned(an_order(dispatched=False, dispatched_at=None))
        assert (made.intents, made.row.standing, made.row.cause) == ((), "waiting", "not_dispatched")
        assert made.row.undispatched_seen_at == NOW

    def test_put_on_hold_takes_its_document_back(self):
        told = Told(parse_notice({"on_hold": True, "dispatched": False}), is_newer=True, at=NOW - timedelta(days=2))
        held = replace(an_order(), told=(told,))
        stand = stands()
        before = stand.row._replace(dispatched_seen_at=None)
        made = planned(replace(held, order=an_order(dispatched=False).order), replace(stand, row=before))
        assert kinds(made) == ["HoldBack"]
        assert made.row.standing == "held"

    def test_that_is_free_is_skipped_and_withdraws_what_was_not_sent(self):
        free = {"unit_price": "0", "quantity": 1, "id": "1", "sku": "MUG"}
        made = planned(an_order(is_free_of_charge=True, lines=[free]), stands())
        assert kinds(made) == ["Withdraw"]
        assert made.row.standing == "skipped"


class TestADocumentThatWaits:
    def test_is_left_alone_where_nothing_changed(self):
        assert planned(an_order(), stands()).intents == ()

    def test_is_written_anew_where_the_order_changed(self):
        made = planned(an_order(external_ref="WEB-2"), stands())
        assert kinds(made) == ["Remap"]

    def test_made_for_another_organisation_is_held(self):
        made = planned(an_order(), stands(organisation_id=HOME + 1))
        assert made.intents == (HoldBack(entry=1, why=Hold(Cause.OTHER_ORGANISATION, "A-1")),)

    @pytest.mark.parametrize("asked", [Asked(cured=frozenset({"contact_archived"})), Asked(again=1)])
    def test_that_was_refused_goes_again_after_a_cure_or_when_a_person_wants_it(self, asked):
        refused = stands(state=State.REJECTED, cause="contact_archived")
        assert planned(an_order(), refused).intents == ()
        (remap,) = planned(an_order(), refused, asked=asked).intents
        assert remap.is_wanted is (asked.again == 1)

    def test_is_withdrawn_with_its_order(self):
        made = planned(an_order(cancelled=True), stands())
        assert made.intents == (Withdraw(entry=1, reason="the order was cancelled"),)
        assert made.row.standing == "cancelled"

    def test_that_may_still_appear_is_held_until_that_is_over(self):
        made = planned(an_order(cancelled=True), stands(may_still_appear=True))
        assert [intent.why.cause for intent in made.intents] == ["waits_to_be_cancelled"]
        assert made.row.unprepared_since is not None

    def test_that_a_person_gave_up_stays_so(self):
        assert planned(an_order(), stands(state=State.CANCELLED, is_given_up=True)).intents == ()

    @pytest.mark.parametrize(("is_number_free", "number"), [(True, "A-1"), (False, "A-1-R2")])
    def test_that_was_cancelled_is_followed_by_another(self, is_number_free, number):
        (enter,) = planned(an_order(), stands(state=State.CANCELLED, is_number_free=is_number_free)).intents
        assert (enter.generation, enter.number) == (2, number)


class TestADocumentUnderWay:
    @pytest.mark.parametrize("state", [State.SENDING, State.UNKNOWN])
    def test_is_waited_for_where_the_order_changed(self, state):
        made = planned(an_order(external_ref="WEB-2", rounding="0.01"), stands(state=state))
        assert made.intents == ()
        assert made.row.unprepared_since == NOW


class TestADocumentThatIsPosted:
    def test_is_flagged_once_where_the_order_has_left_it_behind(self):
        posted = stands(state=State.POSTED)
        dearer = an_order(lines=[{"id": "1", "sku": "MUG", "quantity": 3, "unit_price": "6.25", "tax_rate": "0.2"}])
        made = planned(dearer, posted)
        assert [(flag.attention, "22.50" in flag.detail) for flag in made.intents] == [("changed_after_posting", True)]
        settled = after(posted, made)
        settled = replace(settled, entries=tuple(replace(each, attention="") for each in settled.entries))
        assert planned(dearer, settled).intents == ()

    def test_loses_the_flag_once_the_order_is_back(self):
        posted = stands(state=State.POSTED)
        changed = after(posted, planned(an_order(cancelled=True), posted))
        assert changed.entries[0].attention == "credit_note_needed"
        assert planned(an_order(), changed).intents == (Flag(entry=1, attention="", detail=""),)


WORDS = st.fixed_dictionaries(
    {},
    optional={
        "dispatched": st.booleans(),
        "cancelled": st.booleans(),
        "on_hold": st.booleans(),
        "has_error": st.booleans(),
        "is_free_of_charge": st.booleans(),
        "currency": st.sampled_from(["GBP", "EUR", "USD"]),
        "external_ref": st.sampled_from(["", "WEB-1", "gift voucher"]),
        "rounding": st.sampled_from(["0", "0.01"]),
    },
)


class TestThePlan:
    @settings(max_examples=150, deadline=None)
    @given(
        history=st.lists(WORDS, min_size=1, max_size=4),
        moves=st.lists(st.sampled_from([None, State.REJECTED, State.SENDING, State.POSTED]), min_size=4, max_size=4),
        rules=st.sampled_from([RULES_OF_ACME, TRACKED]),
    )
    def test_once_carried_out_has_nothing_left_to_do(self, history, moves, rules):
        stand = NEW
        for number, (words, move) in enumerate(zip(history, moves, strict=False), start=1):
            received, stand = an_order(**words), replace(stand, revision=number)
            stand = after(stand, planned(received, stand, rules))
            again = planned(received, stand, rules)
            assert (again.intents, again.row) == ((), stand.row)
            if move is not None:
                ready = [replace(each, state=move) if each.state == State.READY else each for each in stand.entries]
                stand = replace(stand, entries=tuple(ready))


class TestAKindThatIsKeptBack:
    """By a consent that does not cover it: a document of that kind is held, all others go on."""

    WHY = Hold(Cause.CONSENT_LACKS, "Notes")

    def test_is_held_with_why(self, monkeypatch):
        monkeypatch.setitem(SPECS, note.ToyKind.NOTE, note.SPEC)
        monkeypatch.setitem(MAKERS, note.ToyKind.NOTE, note.MAKER)
        numbering = {**RULES_OF_ACME.numbering, note.ToyKind.NOTE: Numbering(space="notes", suffix="-N")}
        rules = replace(RULES_OF_ACME, numbering=numbering, kept_back={note.ToyKind.NOTE: self.WHY})
        refunded = an_order(refunds=[{"id": "r1", "lines": [{"line": "1", "quantity": 1}]}])
        made = {each.kind: each.mapped for each in planned(refunded, rules=rules).intents if isinstance(each, Enter)}
        assert made[note.ToyKind.NOTE] == self.WHY
        assert isinstance(made[Kind.INVOICE], Invoice)

    def test_goes_once_it_is_not(self):
        kept = replace(RULES_OF_ACME, kept_back={Kind.INVOICE: self.WHY})
        held = after(NEW, planned(an_order(), rules=kept))
        assert [each.cause for each in held.entries] == [Cause.CONSENT_LACKS]
        (again,) = planned(an_order(), held).intents
        assert isinstance(again, Remap)
        assert isinstance(again.mapped, Invoice)
