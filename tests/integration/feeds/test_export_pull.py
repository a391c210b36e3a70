"""Orders asked for at the OMS's export, by a real HTTP server that can misbehave."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from daybook.feeds import dues, roster
from daybook.feeds.models import Backfill, Feed
from daybook.feeds.roster import FeedError
from daybook.intake import backfilling, pulling, receive
from daybook.kit import clock
from daybook.orders.models import Delivery, Order, Revision
from daybook.outbox.models import Entry
from daybook.sources.kornitx.source import KORNITX
from tests import export_server
from tests.integration.api.conftest import *  # noqa: F403 - Acme and its API key

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]


def ago(**span) -> str:
    return (datetime.now(UTC) - timedelta(**span)).strftime("%Y-%m-%d %H:%M:%S")


@pytest.fixture
def oms(settings):
    settings.FEEDS_REACH_NEIGHBOURS = True
    with export_server.running() as server:
        yield server


@pytest.fixture
def feed(acme, oms) -> Feed:
    made = roster.own(acme, KORNITX)
    secrets = {"export_client_secret": export_server.SECRET}
    roster.change_fields(made, secrets=secrets, settings=export_server.settings_of(oms))
    return of(made)


def of(feed: Feed) -> Feed:
    return Feed.objects.select_related("company").get(pk=feed.pk)


def due(feed: Feed) -> Feed:
    """The feed as it is claimed when its time has come."""
    Feed.objects.filter(pk=feed.pk).update(due_at=clock.now())
    claimed = dues.claim(clock.now())
    assert claimed == feed
    return claimed


def stood() -> dict[str, tuple[int, str]]:
    """By ref: how many lines each order has, and what its invoice comes to."""
    lines = {order.ref: len(order.current_revision.content["lines"]) for order in Order.objects.all()}
    return {entry.order.ref: (lines[entry.order.ref], str(entry.net)) for entry in Entry.objects.all()}


class TestAPull:
    def test_takes_in_what_changed_and_a_second_one_changes_nothing(self, feed, oms):
        oms.sells(1, changed=ago(hours=1), lines=2)
        oms.sells(2, changed=ago(hours=2), lines=1)
        oms.sells(3, changed=ago(hours=1), status=4)

        first = pulling.pull(due(feed))
        again = pulling.pull(due(feed))

        assert (first.results, first.problem) == ({"accepted": 2}, "")
        assert again.results == {}
        assert stood() == {"K1": (2, "20.00"), "K2": (1, "10.00")}
        assert set(Delivery.objects.values_list("door", "answered")) == {("kornitx_pull", 200)}
        assert Delivery.objects.filter(raw=b"").count() == 0

    def test_asks_only_for_what_changed_since_a_little_before_the_last_one(self, feed, oms):
        oms.sells(1, changed=ago(hours=1))
        pulling.pull(due(feed))
        oms.asked.clear()
        oms.sells(1, changed=ago(seconds=1), price="12")
        pulling.pull(due(feed))

        assert oms.asked[0]["filter[updated_at:gte]"] >= ago(minutes=6)
        assert stood() == {"K1": (1, "12.00")}

    def test_is_the_same_order_as_the_one_that_was_pushed(self, feed, oms, acme):
        pushed = {"id": 1, "ref": "K1", "status": 8, "currency_code": "GBP"}
        body = json.dumps(pushed | {"items": [{"id": 100, "quantity": 1, "unit_sale_price": 10}]}).encode()
        receive.take(feed, KORNITX.door("push"), body)
        oms.sells(1, changed=ago(hours=1))
        pulling.pull(due(feed))

        assert Order.objects.count() == 1

    def test_rests_afterwards_and_logs_in_once_a_pull(self, feed, oms):
        begun = clock.now()
        for number in range(1, 4):
            oms.sells(number, changed=ago(hours=number))
        feed.settings["export_page_size"] = "1"
        feed.save()
        pulling.pull(due(feed))

        feed = of(feed)
        assert oms.logins == 1
        assert timedelta(minutes=14) < feed.due_at - begun < timedelta(minutes=16)
        assert feed.pulled_at >= begun
        assert dues.claim(clock.now()) is None

    def test_takes_an_order_whose_rows_stand_on_two_pages_whole(self, feed, oms):
        oms.switches.most_rows = 3  # whatever we ask for
        oms.sells(1, changed=ago(hours=3), lines=2)
        oms.sells(2, changed=ago(hours=2), lines=3)
        oms.sells(3, changed=ago(hours=1), lines=2)
        pulling.pull(due(feed))

        assert stood() == {"K1": (2, "20.00"), "K2": (3, "30.00"), "K3": (2, "20.00")}


class TestAnOrderThatChangesBetweenTwoPages:
    def test_is_read_again_so_that_none_is_missed_and_none_is_cut(self, feed, oms):
        oms.switches.most_rows = 2
        for number in range(1, 6):
            oms.sells(number, changed=ago(hours=10 - number), lines=2)

        def moves(page: int) -> None:
            oms.switches.between = None
            oms.sells(1, changed=ago(seconds=0), lines=2, price="11")  # leaves the window: all others move up

        oms.switches.between = moves
        outcome = pulling.pull(due(feed))
        assert outcome.problem == ""
        assert {ref: lines for ref, (lines, _) in stood().items()} == {f"K{number}": 2 for number in range(2, 6)}

        time.sleep(1.1)  # the vendor writes whole seconds
        pulling.pull(due(feed))
        assert stood() == {"K1": (2, "22.00")} | {f"K{number}": (2, "20.00") for number in range(2, 6)}

    def test_that_never_rest_are_not_taken_in_by_halves(self, feed, oms):
        oms.switches.most_rows = 2
        for number in range(1, 4):
            oms.sells(number, changed=ago(hours=10 - number), lines=2)
        oms.switches.between = lambda _page: oms.sells(3, changed=ago(hours=1, seconds=len(oms.asked)), lines=2)
        outcome = pulling.pull(due(feed))

        assert "changed while it was read" in outcome.problem
        assert (Order.objects.count(), of(feed).cursor) == (0, "")
        oms.switches.between = None
        pulling.pull(due(feed))
        assert set(stood()) == {"K1", "K2", "K3"}


class TestAnExportThat:
    @pytest.mark.parametrize(
        ("status", "headers", "at_least", "words"),
        [
            (429, {"Retry-After": "1800"}, 1790, "less often"),
            (429, {}, 50, "less often"),
            (500, {}, 50, "out of order"),
            (
                503,
                {"Retry-After": "Wed, 21 Oct 2026 07:48:00 GMT", "Date": "Wed, 21 Oct 2026 07:28:00 GMT"},
                1190,
                "out",
            ),
            (404, {}, 50, "Check the settings"),
            (403, {}, 50, "does not let Daybook in"),
            (302, {"Location": "http://127.0.0.1:1/"}, 50, "unforeseen"),
        ],
    )
    def test_says_no_is_left_alone_for_a_while_and_loses_nothing(self, feed, oms, status, headers, at_least, words):
        oms.sells(1, changed=ago(hours=1))
        oms.switches.answers = [(status, headers)]
        now = clock.now()
        outcome = pulling.pull(due(feed))

        failed = of(feed)
        assert words in outcome.problem
        assert failed.problem == outcome.problem
        assert timedelta(seconds=at_least) <= failed.due_at - now <= timedelta(seconds=at_least + 40)
        assert (failed.cursor, Order.objects.count()) == ("", 0)
        pulling.pull(due(feed))
        assert (set(stood()), of(feed).problem, of(feed).failures) == ({"K1"}, "", 0)

    def test_says_no_again_and_again_is_asked_less_and_less_often(self, feed, oms):
        oms.switches.answers = [(500, {})] * 8
        waits = []
        for _ in range(8):
            now = clock.now()
            pulling.pull(due(feed))
            waits.append(round((of(feed).due_at - now) / timedelta(minutes=1)))
        assert waits == [1, 2, 4, 8, 16, 32, 60, 60]

    def test_answers_half_a_page_is_asked_again_and_the_half_is_kept_once(self, feed, oms):
        oms.sells(1, changed=ago(hours=1))
        oms.switches.half = 2
        assert "cannot be read" in pulling.pull(due(feed)).problem
        pulling.pull(due(feed))
        (kept,) = Delivery.objects.all()
        assert (kept.result, kept.order) == ("refused", None)
        assert bytes(kept.raw).startswith(b'{"data"')
        assert "JSON" in kept.problems[0]["problem"]

        pulling.pull(due(feed))
        assert set(stood()) == {"K1"}

    def test_drops_the_line_in_the_middle_is_asked_again(self, feed, oms):
        oms.sells(1, changed=ago(hours=1))
        oms.switches.cut = 1
        assert "no whole answer" in pulling.pull(due(feed)).problem
        pulling.pull(due(feed))
        assert set(stood()) == {"K1"}

    def test_always_answers_the_first_page_is_found_out(self, feed, oms):
        oms.switches.forgets_pages, oms.switches.most_rows = True, 1
        oms.sells(1, changed=ago(hours=1), lines=3)
        outcome = pulling.pull(due(feed))
        assert "is page 1 again" in outcome.problem
        assert Order.objects.count() == 0

    @pytest.mark.parametrize("words", [b"<html>maintenance</html>", b'{"data": 7}', b'"x"', b"\xff\xfe", b"[1, 2]"])
    def test_answers_what_is_no_page_has_it_kept_with_words(self, feed, oms, words):
        oms.switches.words = words
        assert pulling.pull(due(feed)).problem
        assert bytes(Delivery.objects.get().raw) == words

    def test_is_not_there_is_said_to_be_out_of_reach(self, feed):
        roster.change_fields(feed, secrets={}, settings={"export_token_url": "http://127.0.0.1:1/token"})
        assert "could not be reached" in pulling.pull(due(of(feed))).problem

    def test_lets_us_in_no_more_says_which_secret(self, feed):
        roster.change_fields(feed, secrets={"export_client_secret": "wrong"}, settings={})
        assert "Check the secrets" in pulling.pull(due(of(feed))).problem

    def test_has_more_rows_than_one_time_takes_is_asked_for_shorter_times(self, feed, oms, monkeypatch):
        roster.change_fields(feed, secrets={}, settings={"export_page_size": "400"})
        for number in range(1, 31):
            oms.sells(number, changed=ago(minutes=40 * number), lines=100)
        pulling.pull(due(of(feed)))
        assert len(stood()) == 30
        assert {lines for lines, _ in stood().values()} == {100}


class TestARowThatNamesNoOrder:
    def test_is_kept_refused_beside_the_good_ones(self, feed, oms):
        oms.sells(1, changed=ago(hours=1))
        oms.rows.append({**oms.rows[0], "order_id": "", "order_ref": "", "id": 9})
        outcome = pulling.pull(due(feed))

        assert outcome.results == {"accepted": 1, "refused": 1}
        refused = Delivery.objects.get(result="refused")
        assert refused.problems[0]["field"] == "order.id"
        assert json.loads(bytes(refused.raw))["rows"][0]["id"] == 9
        Feed.objects.filter(pk=feed.pk).update(cursor="")
        assert pulling.pull(due(feed)).results == {"unchanged": 1, "refused": 1}
        assert Delivery.objects.filter(result="refused").count() == 1

    def test_is_understood_once_a_person_maps_its_fields(self, feed, oms):
        oms.sells(7, changed=ago(hours=1))
        row = oms.rows[0]
        row["Nr"], row["Menge"] = row.pop("order_id"), row.pop("quantity")
        row.pop("order_ref")
        roster.change_fields(
            feed, secrets={}, settings={"export_fields": "order.id = Nr\norder.ref = Nr\nitem.quantity = Menge"}
        )
        pulling.pull(due(of(feed)))
        assert stood() == {"7": (1, "10.00")}


class TestWhoDies:
    """Between two lines of a pull, as often as there are statements that write."""

    def test_before_the_commit_asks_for_the_same_page_again_and_after_it_goes_on(self, feed, oms):
        oms.sells(1, changed=ago(hours=1), lines=2)
        deaths = 0
        for step in range(1, 200):
            if not _pull_and_die(due(feed), step):
                break
            deaths += 1
            assert Order.objects.count() == Entry.objects.count() == Revision.objects.count()
            assert Order.objects.count() in {0, 1}
        assert deaths > 10
        assert stood() == {"K1": (2, "20.00")}
        assert of(feed).cursor

    def test_leaves_a_claim_that_runs_out(self, feed):
        now = clock.now()
        assert dues.claim(now) == feed
        assert dues.claim(now + timedelta(minutes=5)) is None
        assert dues.claim(now + dues.LEASE + timedelta(seconds=1)) == feed

    def test_is_replaced_by_the_next_job_of_its_lane(self, feed, oms):
        oms.sells(1, changed=ago(hours=47))
        backfilling.begin(feed, clock.now() - timedelta(days=2))
        Feed.objects.update(due_at=None)
        with pytest.raises(_Death):
            _die_over_a_page(lambda: pulling.pull_due(seconds=20, lane=1))
        now = clock.now()
        assert dues.claim_backfill(now + timedelta(minutes=5)) is None

        dues.recover(0, now)  # another lane's
        assert dues.claim_backfill(now) is None
        dues.recover(1, now)
        left = Backfill.objects.get()
        assert (left.due_at, left.asked_by, left.failures) == (now, None, 1)

    def test_over_and_over_is_asked_for_less_and_less_often(self, feed, oms):
        now = clock.now()
        Feed.objects.update(due_at=now)
        waits = []
        for _ in range(4):
            assert dues.claim(now, 0) == feed
            dues.recover(0, now)
            feed.refresh_from_db()
            waits.append((feed.due_at - now) // timedelta(minutes=1))
            now = feed.due_at
        assert waits == [0, 1, 2, 4]

    def test_and_ended_well_leaves_nothing_to_the_next_one(self, feed, oms):
        oms.sells(1, changed=ago(hours=1))
        Feed.objects.update(due_at=clock.now())
        assert pulling.pull_due(seconds=20, lane=1) == 1
        rests = of(feed).due_at
        dues.recover(1, clock.now())
        assert of(feed).due_at == rests > clock.now()

    def test_after_another_lane_claimed_it_leaves_that_ones_mark(self, feed, oms):
        """Its turn ends with pages left, or a person presses Pull now: it is due, and another lane has it at once."""
        now = clock.now()
        Feed.objects.update(due_at=now)
        mine = dues.claim(now, 0)
        dues.goes_on(mine, now)
        assert dues.claim(now, 1) == feed
        dues.let_go(mine, 0)
        assert of(feed).asked_by == 1
        dues.recover(0, now)
        assert of(feed).due_at == now + dues.LEASE
        dues.recover(1, now)
        assert of(feed).due_at == now


class _Death(BaseException):
    pass


def _die_over_a_page(work) -> None:
    """Die as a process that is killed does: no statement comes after the first that a page is stored with."""
    is_dead = False

    def dies(execute, sql, params, many, context):
        nonlocal is_dead
        is_dead = is_dead or sql.startswith('INSERT INTO "orders_')
        if is_dead and "SAVEPOINT" not in sql:
            raise _Death
        return execute(sql, params, many, context)

    with connection.execute_wrapper(dies):
        work()


def _pull_and_die(feed: Feed, step: int) -> bool:
    """Pull, and die before the statement of that number; True where there was one."""
    said = 0

    def dies(execute, sql, params, many, context):
        nonlocal said
        said += 1
        if said == step:
            raise _Death
        return execute(sql, params, many, context)

    try:
        with connection.execute_wrapper(dies):
            pulling.pull(feed)
    except _Death:
        return True
    return False


class TestTwoWhoPullAtOnce:
    def test_store_a_page_once(self, feed, oms):
        oms.sells(1, changed=ago(hours=1))
        mine, theirs = due(feed), of(feed)
        pulling.pull(theirs)
        stands = of(feed).cursor
        outcome = pulling.pull(mine)
        assert outcome.results == {}
        assert of(feed).cursor == stands
        assert Delivery.objects.count() == 1


class TestAPausedFeed:
    def test_is_not_asked_until_it_is_resumed(self, feed, oms):
        oms.sells(1, changed=ago(hours=1))
        roster.pause(feed)
        assert of(feed).due_at is None
        assert dues.claim(clock.now() + timedelta(days=1)) is None
        roster.resume(feed)
        assert pulling.pull_due(seconds=10) == 1
        assert set(stood()) == {"K1"}

    @pytest.mark.django_db(transaction=True)
    def test_paused_while_it_is_asked_stores_nothing_more(self, feed, oms):
        def paused(_page: int) -> None:
            roster.pause(feed)
            connection.close()  # of the server's thread

        oms.sells(1, changed=ago(hours=1))
        oms.switches.between = paused
        pulling.pull(due(feed))
        assert (Order.objects.count(), of(feed).due_at) == (0, None)


class TestABackfill:
    @pytest.fixture
    def past(self, feed, oms):
        for day in range(1, 6):
            oms.sells(day, changed=ago(days=day), lines=2)
        pulling.pull(due(feed))
        return backfilling.begin(of(feed), clock.now() - timedelta(days=7))

    def fill(self, backfill: Backfill) -> Backfill:
        Backfill.objects.filter(pk=backfill.pk, due_at__isnull=False).update(due_at=clock.now())
        claimed = dues.claim_backfill(clock.now())
        assert claimed is not None
        pulling.fill(claimed)
        return Backfill.objects.get(pk=backfill.pk)

    def test_brings_the_past_page_by_page_and_tells_how_far_it_is(self, past):
        seen = []
        while past.ended_at is None:
            past = self.fill(past)
            seen.append(past.percent)
        assert seen == sorted(seen)
        assert len(seen) in {7, 8}  # the last one may be of a moment only
        assert seen[-1] == 100
        assert set(stood()) == {f"K{day}" for day in range(1, 6)}
        assert (past.accepted + past.unchanged, past.refused) == (5, 0)

    def test_twice_changes_nothing(self, feed, past):
        while past.ended_at is None:
            past = self.fill(past)
        before = stood()
        again = backfilling.begin(of(feed), clock.now() - timedelta(days=7))
        while again.ended_at is None:
            again = self.fill(again)
        assert (again.accepted, again.unchanged, stood()) == (0, 5, before)

    def test_waits_for_what_is_due_now(self, feed, past):
        Feed.objects.filter(pk=feed.pk).update(due_at=clock.now())
        assert dues.claim(clock.now()) == feed
        assert Backfill.objects.get(pk=past.pk).cursor == past.cursor

    def test_goes_on_where_it_was_stopped_or_failed(self, past, oms):
        past = self.fill(past)
        backfilling.stop(past)
        assert dues.claim_backfill(clock.now() + timedelta(days=1)) is None
        backfilling.go_on(past)
        oms.switches.answers = [(500, {})]
        failed = self.fill(past)
        assert ("out of order" in failed.problem, failed.cursor) == (True, past.cursor)
        done = self.fill(failed)
        assert (done.problem, done.cursor > past.cursor) == ("", True)

    def test_is_one_at_a_time_and_of_the_past(self, feed, past):
        with pytest.raises(FeedError, match="under way already"):
            backfilling.begin(of(feed), clock.now() - timedelta(days=2))
        with pytest.raises(FeedError, match="day in the past"):
            backfilling.begin(of(feed), clock.now() + timedelta(days=2))


class TestATest:
    def test_says_what_works(self, feed, oms):
        oms.sells(1, changed=ago(hours=1), lines=2)
        found = pulling.test(feed)
        assert found.wrong == ""
        assert list(found.works) == [
            "The login works: a token was given.",
            "The export answers: the first page holds 2 rows.",
            "They are understood, as 1 order.",
        ]
        assert Delivery.objects.count() == 0

    def test_counts_one_row_as_one(self, feed, oms):
        oms.sells(1, changed=ago(hours=1))
        assert "The export answers: the first page holds 1 row." in pulling.test(feed).works

    def test_says_what_does_not(self, feed, oms):
        roster.change_fields(feed, secrets={"export_client_secret": "wrong"}, settings={})
        assert "does not let Daybook in" in pulling.test(of(feed)).wrong

    def test_lets_nobody_look_into_our_own_network(self, feed, settings):
        settings.FEEDS_REACH_NEIGHBOURS = False
        wrong = pulling.test(feed).wrong
        assert "not encrypted" in wrong
        assert wrong.startswith("Daybook did not ask")  # whoever would have answered said nothing
        roster.change_fields(feed, secrets={}, settings={"export_token_url": "https://127.0.0.1:1/"})
        assert "own network" in pulling.test(of(feed)).wrong
