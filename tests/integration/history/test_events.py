"""The history is only added to; its events are numbered as their commits are seen, and sealed in a chain."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from daybook.companies.models import Company
from daybook.history import forgetting, telling
from daybook.history.kinds import About, Subject, What
from daybook.history.models import Event
from daybook.history.sealing import seal_all
from daybook.history.verifying import verify
from tests.world import beyond_the_laws


@pytest.fixture
def acme(db):
    return Company.objects.create(name="Acme")


def tell(company: Company, reason: str = "", subject: int = 1) -> Event:
    telling.tell(About(company.pk, Subject.CONNECTION, subject), What.SAVED, reason=reason, after={"prefix": "DB-"})
    return Event.objects.latest("id")


def positions() -> list[int | None]:
    return list(Event.objects.order_by("id").values_list("position", flat=True))


class TestTheDatabaseRefuses:
    @pytest.mark.parametrize("is_sealed", [True, False])
    @pytest.mark.parametrize(
        "change",
        [
            {"subject_id": 2}, {"what": "closed"}, {"mover": "daybook"}, {"cause": "defect"}, {"reason": "another"},
            {"after": {"prefix": "X-"}}, {"old_state": "held"}, {"person_id": 5}, {"reason": "", "after": None},
        ],
        ids=str,
    )  # fmt: skip
    def test_to_change_what_happened(self, acme, change, is_sealed):
        tell(acme, "because")
        if is_sealed:
            seal_all()
        with pytest.raises(IntegrityError), transaction.atomic():
            Event.objects.update(**change)

    def test_to_delete_it(self, acme):
        tell(acme)
        with pytest.raises(IntegrityError), transaction.atomic():
            Event.objects.all().delete()

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("table", ["history_event", "companies_company"])
    def test_to_empty_it(self, table):
        tell(Company.objects.create(name="Acme"))
        with pytest.raises(IntegrityError, match="not deleted"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {table} CASCADE")  # what hangs on it goes with it
        assert Event.objects.count() == 1

    @pytest.mark.parametrize("change", [{"position": 9}, {"seal": "f" * 64}, {"digest": ""}, {"salt": b"s"}], ids=str)
    def test_to_seal_it_anew(self, acme, change):
        tell(acme)
        seal_all()
        with pytest.raises(IntegrityError), transaction.atomic():
            Event.objects.update(**change)


class TestNumbering:
    def test_goes_on_where_it_was(self, acme):
        tell(acme), tell(acme)
        assert seal_all(size=1) == 2
        tell(acme)
        assert seal_all() == 1
        assert positions() == [1, 2, 3]
        assert seal_all() == 0

    @pytest.mark.django_db(transaction=True)
    def test_never_passes_over_a_transaction_that_commits_late(self):
        acme = Company.objects.create(name="Acme")
        told, may_commit = threading.Event(), threading.Event()
        late = threading.Thread(target=_tell_and_wait, args=(acme, told, may_commit))
        late.start()
        assert told.wait(10)
        tell(acme, "on time")
        seal_all()
        read_up_to = Event.objects.get(reason="on time").position
        may_commit.set()
        late.join(10)
        seal_all()

        latecomer = Event.objects.get(reason="late")
        assert latecomer.pk < Event.objects.get(reason="on time").pk
        assert list(Event.objects.filter(position__gt=read_up_to)) == [latecomer]
        assert not verify().broken_at

    @pytest.mark.django_db(transaction=True)
    def test_by_two_workers_at_once_gives_each_event_one_place(self):
        acme = Company.objects.create(name="Acme")
        over = threading.Event()
        workers = [threading.Thread(target=_seal_until, args=(over,)) for _ in range(2)]
        for worker in workers:
            worker.start()
        for number in range(60):
            tell(acme, f"reason {number}")
        over.set()
        for worker in workers:
            worker.join(30)
        seal_all()

        assert sorted(positions()) == list(range(1, 61))
        assert (verify().events, verify().broken_at) == (60, 0)

    @pytest.mark.django_db(transaction=True)
    def test_that_dies_before_its_commit_is_done_again_whole(self):
        acme = Company.objects.create(name="Acme")
        tell(acme, "one"), tell(acme, "two")
        with transaction.atomic():
            assert seal_all() == 2
            transaction.set_rollback(True)  # the process ends between the statement and the commit
        assert positions() == [None, None]
        assert not Event.objects.exclude(seal="", salt=b"", digest="").exists()  # number and seal are one statement's
        assert seal_all() == 2
        assert not verify().broken_at


def _seal_until(over: threading.Event) -> None:
    while not over.is_set():
        seal_all(size=3)
    connection.close()


def _tell_and_wait(company: Company, told: threading.Event, may_commit: threading.Event) -> None:
    with transaction.atomic():
        tell(company, "late")
        told.set()
        may_commit.wait(10)
    connection.close()


class TestTheAudit:
    @pytest.fixture
    def chain(self, acme):
        for number in range(5):
            tell(acme, f"reason {number}", subject=number)
        seal_all()

    def test_finds_a_chain_whole(self, chain):
        verdict = verify()
        assert (verdict.events, verdict.broken_at, verdict.position) == (5, 0, 5)
        assert verdict.seal == Event.objects.get(position=5).seal

    @pytest.mark.parametrize(
        ("column", "value"),
        [("subject_id", "77"), ("reason", "'reason X'"), ("after", """'{"prefix": "DB_"}'"""), ("seal", "repeat('0', 64)"), ("at", "now()")],
    )  # fmt: skip
    def test_finds_one_byte_changed(self, chain, column, value):
        beyond_the_laws(f"UPDATE history_event SET {column} = {value} WHERE position = 3")  # noqa: S608
        verdict = verify()
        assert verdict.broken_at == 3
        assert verdict.faults

    def test_finds_one_taken_away(self, chain):
        beyond_the_laws("DELETE FROM history_event WHERE position = 3")
        verdict = verify()
        assert (verdict.broken_at, verdict.faults) == (3, ["it is missing: the next one that is there is 4"])

    def test_of_one_company_looks_at_its_events_alone(self, chain, acme):
        birch = Company.objects.create(name="Birch")
        tell(birch)
        seal_all()
        beyond_the_laws("UPDATE history_event SET reason = 'no' WHERE position = 2")
        assert verify(birch.pk).broken_at == 0
        assert verify(birch.pk).events == 1
        assert verify(acme.pk).broken_at == 2

    def test_counts_what_waits_for_its_seal(self, chain, acme):
        tell(acme)
        assert verify().unsealed == 1


class TestForgetting:
    def test_takes_what_was_said_and_leaves_the_chain_whole(self, acme):
        tell(acme, "Note: ask Mrs Miller"), tell(acme, "stays", subject=2)
        seal_all()
        assert forgetting.forget(telling.about(About(acme.pk, Subject.CONNECTION, 1))) == 1

        gone, kept = Event.objects.order_by("id")
        assert (gone.reason, gone.after, bytes(gone.salt)) == ("", None, b"")
        assert kept.reason == "stays"
        verdict = verify()
        assert (verdict.broken_at, verdict.forgotten) == (0, 1)

    def test_is_over_when_it_is_done(self, acme):
        tell(acme)
        forgetting.forget(telling.about(About(acme.pk, Subject.CONNECTION, 1)))
        tell(acme, "said later")
        with pytest.raises(IntegrityError), transaction.atomic():
            Event.objects.filter(reason="said later").update(reason="", after=None, salt=b"")
