"""The log: what people and machines did, whoever asks, and that it is whole."""

import csv
import io

import pytest
from django.urls import reverse

from daybook.catalog.models import Account
from daybook.companies import people
from daybook.feeds import opening, roster
from daybook.history import telling
from daybook.history.kinds import About, Subject, What
from daybook.history.models import Event
from daybook.history.sealing import seal_all
from tests.integration.history.test_events import beyond_the_laws
from tests.integration.web.conftest import take_in
from tests.world import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]


def page(name: str, cast: Cast) -> str:
    return reverse(f"web:{name}", args=[cast.company.public_id])


def words(answer) -> str:
    return " ".join(answer.content.decode().split())


def rows(answer) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


class TestTheLog:
    def test_tells_of_an_order_and_its_document_by_name(self, logged_in, acme):
        entry = take_in(acme)

        shown = words(logged_in().get(page("log", acme)))

        assert f'href="{reverse("web:document", args=[acme.company.public_id, entry.public_id])}"' in shown
        assert f"Document {entry.number}" in shown
        assert "Entered: Ready" in shown
        assert "Order ORD-1001" in shown

    def test_tells_who_changed_which_setting_from_what_to_what(self, logged_in, acme, person_with):
        client, who = logged_in(), person_with("accountant")
        about = About(acme.company.pk, Subject.CONNECTION, acme.connection.pk)
        telling.tell(about, What.SAVED, by=who, before={"number_prefix": "A-"}, after={"number_prefix": "B-"})

        shown = words(client.get(page("log", acme), {"group": "settings", "who": str(who.pk)}))

        assert 'Number prefix: <del class="db-quiet">A-</del> → B-' in shown
        assert str(who) in shown

    @pytest.mark.parametrize(
        ("name", "value", "said"),
        [
            ("role", "clerk", "Role: Clerk"),
            ("place_afterwards", "move", "What becomes of a file taken in: Move it to done/"),
            ("why", "first_look", "Why: Nobody has looked at a document yet"),
            ("post_when", "paid", "When the order has been paid in full"),
            ("scopes", "read orders", "Scopes: Read, Orders in"),
            ("start_date", "2026-11-30", "30 Nov 2026"),
            ("number_prefix", "paid", "Number prefix: paid"),
        ],
    )
    def test_tells_a_value_in_words(self, logged_in, acme, person_with, name, value, said):
        about = About(acme.company.pk, Subject.CONNECTION, acme.connection.pk)
        telling.tell(about, What.SAVED, by=person_with("accountant"), after={name: value})

        assert said in words(logged_in().get(page("log", acme), {"group": "settings"}))

    def test_tells_the_column_that_changed_in_words(self, logged_in, acme, person_with):
        client, feed = logged_in(), opening.add(acme.company, source="table", name="sheet")
        columns = {"id": "Order No", "lines.sku": "Article"}
        for sku, by in (("Article", None), ("=SKU", person_with("accountant"))):
            kept = {"mapping": {"columns": columns | {"lines.sku": sku}, "sheet": ""}}
            roster.change_fields(feed, secrets={}, settings=kept, by=by)

        shown = words(client.get(page("log", acme), {"who": "people"}))

        assert 'Columns, lines.sku: <del class="db-quiet">Article</del> → =SKU' in shown
        assert "Order No" not in shown
        assert "{&#x27;" not in shown

    def test_calls_an_account_by_code_and_name_and_none_of_another_company(self, logged_in, acme, birch):
        mine, theirs = (Account.objects.filter(organisation__company=each.company).first() for each in (acme, birch))
        about = About(acme.company.pk, Subject.CONNECTION, acme.connection.pk)
        told = {"gateway.stripe in gbp": mine.account_id, "gateway.paypal in gbp": "of-nobody"}
        telling.tell(about, What.SAVED, before={"gateway.paypal in gbp": theirs.account_id}, after=told)

        shown = words(logged_in().get(page("log", acme)))

        assert f"Gateway stripe in gbp: {mine}" in shown
        assert f'Gateway paypal in gbp: <del class="db-quiet">{theirs.account_id}</del> → of-nobody' in shown

    def test_leaves_out_what_was_empty_and_is(self, logged_in, acme):
        about = About(acme.company.pk, Subject.FEED, 1)
        told = {"place_host": "", "place_path": "/in", "gateway.stripe in gbp": ""}
        telling.tell(about, What.SAVED, after=told)

        shown = words(logged_in().get(page("log", acme)))

        assert "Folder: /in" in shown
        assert "Server" not in shown
        assert "Gateway stripe" not in shown

    def test_shows_nothing_of_another_company(self, logged_in, acme, birch):
        theirs = take_in(birch, 777)
        telling.tell(About(birch.company.pk, Subject.COMPANY, birch.company.pk), What.NOTED, reason="Their business")

        client = logged_in()

        assert "Their business" not in words(client.get(page("log", acme)))
        assert "Their business" not in str(rows(client.get(page("log-file", acme))))
        assert theirs.number not in words(client.get(page("log", acme), {"group": "documents"}))

    @pytest.mark.parametrize(
        ("asked", "is_there"),
        [({"group": "orders"}, False), ({"group": "settings"}, True), ({"who": "machines"}, True),
         ({"who": "people"}, False), ({"since": "2026-01-01"}, True), ({"since": "2999-01-01"}, False),
         ({"until": "2020-01-01"}, False), ({"since": "no day"}, True), ({"who": "9" * 30}, True),
         ({"group": "'; --"}, True), ({"before": "x"}, True)],
    )  # fmt: skip
    def test_is_narrowed_by_what_is_asked_and_by_nothing_else(self, logged_in, acme, asked, is_there):
        telling.tell(About(acme.company.pk, Subject.COMPANY, acme.company.pk), What.NOTED, reason="By the machine")

        answer = logged_in().get(page("log", acme), asked)

        assert answer.status_code == 200
        assert ("By the machine" in words(answer)) is is_there

    def test_goes_on_on_the_next_page(self, logged_in, acme):
        for number in range(130):
            telling.tell(About(acme.company.pk, Subject.COMPANY, 1), What.NOTED, reason=f"reason {number:03}")
        client = logged_in()

        first = client.get(page("log", acme))
        second = client.get(page("log", acme) + first.context["page"].older)

        assert "Reason 129" in words(first)
        assert "Reason 000" not in words(first)
        assert "Reason 000" in words(second)

    def test_as_a_file_holds_no_formula(self, logged_in, acme):
        about = About(acme.company.pk, Subject.COMPANY, acme.company.pk)
        telling.tell(about, What.NOTED, reason="=cmd|' /C calc'!A0")

        found = rows(logged_in().get(page("log-file", acme), {"group": "settings"}))

        assert [(row["Who"], row["Why"]) for row in found if "cmd" in row["Why"]] == [
            ("Command line", "'=cmd|' /C calc'!A0")
        ]

    def test_escapes_what_anybody_wrote(self, logged_in, acme):
        about = About(acme.company.pk, Subject.COMPANY, acme.company.pk)
        telling.tell(about, What.NOTED, reason="<script>alert(1)</script>")

        assert "<script>alert(1)" not in words(logged_in().get(page("log", acme)))


class TestVerifying:
    def verified(self, client, cast) -> str:
        return words(client.post(page("log-verify", cast), follow=True))

    def test_says_that_it_is_whole_and_where_it_ends(self, logged_in, acme, birch):
        take_in(acme), take_in(birch)
        seal_all()

        said = self.verified(logged_in(), acme)

        last = Event.objects.filter(company=acme.company).latest("position")
        assert "Whole: the newest" in said
        assert last.seal in said

    def test_finds_what_was_changed_behind_its_back(self, logged_in, acme):
        take_in(acme)
        seal_all()
        event = Event.objects.filter(company=acme.company).earliest("position")
        beyond_the_laws(f"UPDATE history_event SET reason = 'something else' WHERE id = {event.pk}")  # noqa: S608

        said = self.verified(logged_in(), acme)

        assert f"position {event.position} is not as it was sealed" in said

    def test_finds_what_is_gone_between_two_of_its_own(self, logged_in, acme):
        take_in(acme)
        seal_all()
        positions = list(
            Event.objects.filter(company=acme.company).order_by("position").values_list("position", flat=True)
        )
        beyond_the_laws(f"DELETE FROM history_event WHERE position = {positions[1]}")  # noqa: S608

        assert f"position {positions[1]} is not as it was sealed (it is missing)" in self.verified(logged_in(), acme)

    def test_is_the_owners_business(self, logged_in, acme):
        assert logged_in("accountant").post(page("log-verify", acme)).status_code == 403

    def test_of_a_company_that_people_left_names_nobody(self, logged_in, acme, person_with):
        client, leaver = logged_in(), person_with("accountant")
        telling.tell(About(acme.company.pk, Subject.COMPANY, acme.company.pk), What.NOTED, by=leaver, reason="bye")
        people.leave(acme.company, leaver)
        leaver.delete()

        assert "Somebody who left" in words(client.get(page("log", acme)))
