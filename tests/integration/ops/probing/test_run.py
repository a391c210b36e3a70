"""What a run refuses, survives and takes out again."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from daybook.connections.models import Connection, TokenSet
from daybook.kit import clock
from daybook.ops.cli.app import daybook
from daybook.ops.probing import running
from daybook.ops.processes.stops import Stop
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from daybook.wire.errors import Offline, Paused
from localxero.cli import parser, prepared

ONE = "post_updates_invoice_by_number"
PAYMENTS = "payments_may_precede_their_invoice"


def writes(demo) -> list:
    """What was sent there since the beginning that is no reading."""
    return list(demo.xero.state.journal.entries(lambda entry: entry.method != "GET" and entry.tenant_id))


class TestRefusal:
    def test_of_an_organisation_that_is_no_demo_company_comes_before_any_write(self, demo):
        demo.xero.configure(demo.cast.tenant_id, is_demo_company=False)
        before = len(writes(demo))
        with pytest.raises(Stop, match="is not a demo company"):
            demo.ask(ONE)
        assert len(writes(demo)) == before
        assert demo.sheet.answers == demo.sheet.made == []

    @pytest.mark.parametrize("state", [State.SENDING, State.UNKNOWN])
    def test_while_a_document_is_on_its_way(self, demo, state):
        entry = demo.cast.ready_invoice()
        Entry.objects.filter(pk=entry.pk).update(state=state)
        with pytest.raises(Stop, match="on their way"):
            demo.ask(ONE)

    def test_of_a_run_for_which_the_day_has_too_few_calls(self, demo):
        demo.xero.state.limits.set("live", day=110)
        with pytest.raises(Stop, match="calls are left of this day"):
            demo.ask(ONE, PAYMENTS)

    def test_of_a_name_that_no_question_has(self, demo):
        with pytest.raises(Stop, match="no question is named of_the_moon"):
            demo.ask("of_the_moon")

    def test_of_a_connection_that_is_not_connected(self, demo):
        Connection.objects.update(status=Connection.Status.NEEDS_CONSENT)
        demo.cast.connection.refresh_from_db()
        with pytest.raises(Stop, match="is not connected"):
            demo.ask(ONE)


class TestWhatCannotBeAsked:
    def test_for_want_of_a_scope_is_said_and_disturbs_nothing(self, demo):
        tokens = TokenSet.objects.get()
        tokens.scope = tokens.scope.replace("accounting.payments", "")
        tokens.save()
        sheet = demo.ask(ONE, PAYMENTS)
        assert sheet.answer_to(PAYMENTS).answer == "not asked"
        assert "accounting.payments" in sheet.answer_to(PAYMENTS).words
        assert sheet.answer_to(ONE).answer == "yes"
        assert Connection.objects.get().status == Connection.Status.CONNECTED

    def test_for_want_of_a_setting_is_said_and_asked_another_time(self, demo):
        demo.xero.configure(demo.cast.tenant_id, period_lock_date=None)
        assert demo.ask("drafts_respect_lock_dates").answer_to("drafts_respect_lock_dates").answer == "not asked"
        demo.xero.configure(demo.cast.tenant_id, period_lock_date=clock.now().date() - timedelta(30))
        assert demo.ask("drafts_respect_lock_dates").switches == {"drafts_respect_lock_dates": True}


class TestGoingOn:
    def test_asks_only_what_has_no_answer(self, demo):
        demo.ask(ONE)
        first = demo.sheet.answer_to(ONE)
        before = len(writes(demo))
        probes = running.chosen(demo.run().probing, demo.sheet, [ONE], again=False)
        assert probes == []
        demo.xero.state.switches.post_updates_invoice_by_number = False
        assert demo.ask(ONE, again=True).switches == {ONE: False}
        assert len(writes(demo)) > before
        assert demo.sheet.answer_to(ONE) != first

    @pytest.mark.drawn
    @pytest.mark.parametrize("calls", range(1, 16))
    def test_after_the_ledger_went_away_at_any_call_leaves_nothing(self, demo, calls):
        """It goes away for good after so many calls; the next run undoes what stands there, and answers."""
        rule = demo.xero.add_fault("organisation_offline", path="/api.xro/", skip=calls, times=10_000)
        try:
            demo.ask("credits_cross_contacts")
        except Offline:
            assert demo.sheet.made or calls == 1
        demo.xero.state.faults.clear(rule.id)
        Connection.objects.update(paused_until=None, retry_at=None)
        sheet = demo.ask("credits_cross_contacts")
        assert sheet.switches == {"credits_cross_contacts": False}
        running.undo(demo.run())
        assert demo.left() == demo.sheet.made == []

    def test_after_answers_were_lost_leaves_nothing(self, demo):
        """What was booked all the same is found by its mark, though its answer never came."""
        demo.xero.add_fault("reset_after", path="/api.xro/2.0/Invoices", method="PUT", times=1)
        sheet = demo.ask(PAYMENTS)
        assert sheet.answer_to(PAYMENTS).answer == "neither"
        assert "no clear answer" in sheet.answer_to(PAYMENTS).words
        assert demo.left() == sheet.made == []
        assert demo.ask(PAYMENTS).switches == {PAYMENTS: True}

    def test_waits_where_the_ledger_asks_to_wait(self, demo):
        demo.xero.add_fault("status_429", path="/api.xro/2.0/Invoices", retry_after=1, times=1)
        assert demo.ask(ONE).switches == {ONE: True}
        assert demo.left() == []

    def test_stops_where_few_calls_are_left_of_the_day(self, demo):
        run = demo.run()
        running.refuse(run, 0)
        Connection.objects.update(day_remaining=100, day_began_at=clock.now(), limits_read_at=clock.now())
        with pytest.raises(Paused, match="kept for posting"):
            running.ask_all(run, running.chosen(run.probing, run.sheet, [ONE], again=False))


def test_what_cannot_be_undone_is_named(demo):
    """An item that documents name stays: the ledger says so."""
    sheet = demo.ask("returns_come_back_at_average_cost")
    assert sheet.switches == {"returns_come_back_at_average_cost": True}
    (left,) = sheet.made
    assert left.list == "Items"
    assert "used in a transaction" in left.words


class TestTheCommand:
    @pytest.fixture
    def command(self, demo, settings):
        def run(*options, typed=""):
            return CliRunner().invoke(daybook, ["probe", "--file", str(demo.file.path), *options], input=typed)

        return run

    def test_says_how_many_calls_and_asks_before_the_first(self, demo, command):
        before = len(writes(demo))
        said = command("--only", ONE, typed="n\n")
        assert "1 question to Birch & Bell Ltd" in said.output
        assert "at most 17 calls" in said.output
        assert said.exit_code == 1
        assert len(writes(demo)) == before

    def test_writes_answers_that_the_local_ledger_reads(self, demo, command):
        demo.xero.state.switches.post_updates_invoice_by_number = False
        said = command("--only", ONE, "--yes")
        assert said.exit_code == 0, said.output
        assert f"{ONE}: no: Invoice # must be unique." in said.output
        assert "1 of 1 questions answered" in said.output
        made = prepared(parser().parse_args(["serve", "--answers", str(demo.file.path)]))
        assert made.state.switches == demo.xero.state.switches

    def test_undoes_what_an_earlier_run_left(self, demo, command):
        rule = demo.xero.add_fault("organisation_offline", path="/api.xro/", skip=11, times=10_000)
        said = command("--only", "credits_cross_contacts", "--yes")
        assert said.exit_code == 1
        assert "ask again to go on" in said.output
        assert demo.left()
        demo.xero.state.faults.clear(rule.id)
        Connection.objects.update(paused_until=None, retry_at=None)
        said = command("--undo")
        assert said.exit_code == 0, said.output
        assert "Nothing of ours is left there." in said.output
        assert demo.left() == []

    def test_lists_the_questions_and_writes_the_rulebook(self, demo, command, tmp_path):
        demo.ask(ONE)
        assert f"`{ONE}` | yes (" in command("--list").output
        page = tmp_path / "book"
        page.write_text("# Rules\n")
        assert "has no place for it" in command("--rulebook", str(page)).output
        page.write_text("# Rules\n<!-- questions: daybook probe --rulebook -->\n<!-- end of questions -->\nmore\n")
        assert command("--rulebook", str(page)).exit_code == 0
        text = page.read_text()
        assert text.startswith("# Rules\n<!-- questions")
        assert text.endswith("<!-- end of questions -->\nmore\n")
        assert f"`{ONE}` | yes (" in text
        assert "had them already" in command("--rulebook", str(page)).output

    @pytest.mark.parametrize("content", ["{}", "no JSON", '{"ledger": 5}'])
    def test_refuses_a_file_that_is_none_of_its_own(self, demo, command, content):
        demo.file.path.write_text(content)
        said = command("--list")
        assert said.exit_code == 2
        assert "--file" in said.output

    def test_refuses_a_file_of_another_organisation(self, demo, command):
        demo.ask(ONE)
        sheet = json.loads(demo.file.path.read_text())
        demo.file.path.write_text(json.dumps(sheet | {"their_id": "another", "organisation": "Elsewhere"}))
        assert "speaks of Elsewhere" in command("--only", ONE).output
