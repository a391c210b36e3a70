"""Who did what: settings, consent, connections, people and keys stand in one history, by id and without secrets."""

from typing import Any

import pytest
from django.db import transaction

from daybook.companies import invitations, keys, people
from daybook.connections import calls, consent, reaching, roster, standing
from daybook.connections.models import Connection
from daybook.connections.places import FileAccess
from daybook.connections.saving import saving
from daybook.connections.ssh_keys import made_for
from daybook.feeds import opening
from daybook.feeds import roster as roster_of_feeds
from daybook.history.models import Event
from daybook.kit import clock
from daybook.ops.cli import configure
from daybook.wire import ssh_keys
from localxero import LocalXero
from tests.integration.connections.browser import decide
from tests.world import Cast, client_of, connected

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(db):
    return people.add_person("ann@example.com", name="Ann Miller")


@pytest.fixture
def cast(db) -> Cast:
    return connected(LocalXero(limits="off"), untouched=True)


def told(*names: str) -> list[Any]:
    return list(Event.objects.order_by("id").values_list(*names, flat=len(names) == 1))


class TestPeople:
    def test_come_change_and_go(self, ann):
        acme = people.create_company("Acme", owner=ann, by=ann)
        made, token = invitations.invite(acme, "bob@example.com", "viewer", ann)
        bob = people.add_person("bob@example.com")
        invitations.accept(token, bob)
        people.join(acme, bob, "accountant", by=ann)
        people.join(acme, bob, "accountant", by=ann)
        people.leave(acme, bob, by=ann)

        assert told("what", "subject_kind", "subject_id", "person_id", "before", "after") == [
            ("made", "company", acme.pk, ann.pk, None, {"name": "Acme"}),
            ("joined", "person", ann.pk, ann.pk, None, {"role": "owner"}),
            ("invited", "invitation", made.pk, ann.pk, None, {"role": "viewer"}),
            ("joined", "person", bob.pk, bob.pk, None, {"role": "viewer"}),
            ("role_changed", "person", bob.pk, ann.pk, {"role": "viewer"}, {"role": "accountant"}),
            ("removed", "person", bob.pk, ann.pk, None, None),
        ]

    def test_decline_and_are_asked_no_more(self, ann):
        acme = people.create_company("Acme", owner=ann)
        first, token = invitations.invite(acme, "bob@example.com", "viewer", ann)
        invitations.decline(token)
        second, _ = invitations.invite(acme, "bob@example.com", "viewer", ann)
        assert invitations.withdraw(second, ann)
        assert not invitations.withdraw(second, ann)

        assert told("what", "subject_id", "mover")[2:] == [
            ("invited", first.pk, "person"),
            ("declined", first.pk, "daybook"),
            ("invited", second.pk, "person"),
            ("withdrawn", second.pk, "person"),
        ]

    def test_are_named_by_id_only(self, ann):
        acme = people.create_company("Acme", owner=ann)
        invitations.invite(acme, "bob@example.com", "viewer", ann)
        keys.create_api_key(acme, "shop", ann)
        everything = " ".join(str(row) for row in Event.objects.values_list())
        assert "bob" not in everything
        assert "Miller" not in everything


def test_a_key_is_made_and_revoked_once(ann):
    acme = people.create_company("Acme")
    key, plaintext = keys.create_api_key(acme, "shop", ann)
    keys.revoke(key, ann)
    keys.revoke(key, ann)
    assert told("what", "subject_id", "person_id")[1:] == [("made", key.pk, ann.pk), ("revoked", key.pk, ann.pk)]
    assert plaintext not in " ".join(str(row) for row in Event.objects.values_list())


class TestAConnection:
    def test_is_given_consent_connected_and_left(self, cast, ann):
        connection, xero = Connection.objects.get(), cast.xero
        name = connection.facts.name
        way_back = decide(xero, consent.begin(connection, ann), connection.organisation.their_id)
        consent.finish(way_back, ann, documents_in_flight=lambda _: False, client=client_of(xero))
        calls.disconnect(connection, client=cast.client, by=ann)

        assert told("what", "person_id") == [
            ("consent_given", ann.pk), ("connected", ann.pk), ("disconnected", ann.pk),
        ]  # fmt: skip
        assert told("before", "after")[1:] == [(None, {"organisation": name}), ({"organisation": name}, None)]

    def test_loses_its_consent_once(self, cast):
        standing.mark_needs_consent(cast.connection.pk, "It was withdrawn.")
        standing.mark_needs_consent(cast.connection.pk, "It was withdrawn.")
        assert told("what", "mover", "reason") == [("consent_lost", "daybook", "It was withdrawn.")]

    def test_goes_on_because_a_person_says_so(self, cast, ann):
        now = clock.now()
        standing.pause(cast.connection.pk, now + standing.MINUTE_PAUSE, "Busy.")
        standing.resume(cast.connection.pk, now)
        assert told("what") == []
        standing.pause(cast.connection.pk, now + standing.MINUTE_PAUSE, "Busy.")
        standing.resume(cast.connection.pk, now, by=ann)
        assert told("what", "person_id", "reason") == [("resumed", ann.pk, "Busy.")]

    def test_is_added_closed_and_opened_again(self, cast, ann):
        added = roster.add(cast.company, by=ann)
        roster.close(added, by=ann)
        roster.reopen(added, by=ann)
        roster.reopen(added, by=ann)
        assert told("what", "subject_id") == [("added", added.pk), ("closed", added.pk), ("reopened", added.pk)]


class TestAFolder:
    def test_is_said_trusted_connected_and_left(self, cast, ann, tmp_path, settings):
        settings.FILES_ROOT = str(tmp_path)
        connection = roster.add(cast.company, ledger="files")
        place = FileAccess(place="folder", path=str(tmp_path))
        with transaction.atomic(), saving(connection, ann):
            reaching.save(connection, place)
        for _ in range(2):
            reaching.check(connection, by=ann)
        for _ in range(2):
            reaching.disconnect(connection, by=ann)

        added, saved, connected_, left = Event.objects.filter(subject_id=connection.pk).order_by("id")
        assert saved.after["folder.path"] == str(tmp_path)
        assert saved.after["folder.private_key"] == "changed"
        assert saved.after["folder.public_key"].startswith("SHA256:")
        assert [(each.what, each.person) for each in (added, connected_, left)] == [
            ("added", None), ("connected", ann), ("disconnected", ann),
        ]  # fmt: skip
        assert connected_.after == left.before == {"organisation": f"Files in {tmp_path}"}

    def test_has_its_servers_key_trusted_by_somebody(self, cast, ann):
        connection = roster.add(cast.company, ledger="files")
        shown = made_for(connection.pk)[1]
        FileAccess.objects.create(connection=connection, place="server", host="files.example", shown_key=shown)
        reaching.trust(connection, ssh_keys.fingerprint(shown), by=ann)
        told = Event.objects.latest("id")
        assert (told.what, told.person, told.before) == ("saved", ann, {"folder.host_key": ""})
        assert told.after == {"folder.host_key": ssh_keys.fingerprint(shown)}


class TestSettings:
    def test_are_told_by_field_and_secrets_as_changed_only(self, cast):
        changes = [
            configure.parse(pair)
            for pair in ("number_prefix=WEB-", "tax.0.2=ZERORATEDOUTPUT", "client_secret=quite-secret", "kornitx_hmac_key=k3y")
        ]  # fmt: skip
        configure.change(cast.connection, changes)

        connection, added, feed = Event.objects.order_by("subject_kind", "id")
        assert (added.what, added.after) == ("added", {"name": "kornitx"})
        assert (connection.what, connection.mover, connection.person) == ("saved", "command line", None)
        assert connection.before == {"number_prefix": "", "tax.0.2": "OUTPUT2"}
        assert connection.after == {
            "number_prefix": "WEB-", "tax.0.2": "ZERORATEDOUTPUT", "client_secret": "changed",
        }  # fmt: skip
        assert (feed.subject_kind, feed.before, feed.after) == ("feed", {}, {"hmac_key": "changed"})

    def test_of_a_feed_too(self, cast, ann):
        feed = opening.add(cast.company, "kornitx", "north", "N-", by=ann)
        opening.change_rules(feed, {"number_prefix": "NO-", "statuses": "Packed = dispatched"}, by=ann)
        roster_of_feeds.make_secret(feed, "callback", by=ann)
        roster_of_feeds.close(feed, by=ann)
        roster_of_feeds.close(feed, by=ann)

        assert told("what", "subject_id", "before", "after") == [
            ("added", feed.pk, None, {"name": "north"}),
            ("saved", feed.pk, {"number_prefix": "N-"}, {"number_prefix": "NO-", "status.packed": "dispatched"}),
            ("saved", feed.pk, {}, {"callback": "changed"}),
            ("closed", feed.pk, None, None),
        ]

    def test_that_stay_as_they_were_are_no_news(self, cast):
        configure.change(cast.connection, [configure.parse("number_prefix=")])
        assert told("what") == []
