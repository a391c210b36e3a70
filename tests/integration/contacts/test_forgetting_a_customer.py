"""A customer is forgotten in every table: a name that came in by every door stands nowhere afterwards."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection as database
from django.db import models, transaction

import daybook.ops.demo
from daybook.companies import keys
from daybook.connections.models import PostingSettings
from daybook.ending import persons, tables
from daybook.feeds import roster
from daybook.feeds.models import Feed, FilePiece, IncomingFile
from daybook.history import sealing, verifying
from daybook.intake import replaying
from daybook.intake.deliveries import Arrival, Door
from daybook.intake.prepare import prepare_overdue
from daybook.intake.receive import receive, receive_many
from daybook.kit import clock
from daybook.orders.contents import content_hash
from daybook.orders.models import Delivery, Order, Revision
from daybook.outbox.models import Entry
from daybook.sources.kornitx import signature
from tests.integration.contacts.orders import LINE, an_order, made, names_of, post, stands
from tests.world import connected, take_from_kornitx

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]

NAME, STREET, MAIL = "Zebedee Quüx", "77 Quagmire Lane", "zebedee@quux.example"
ZEBEDEE = {"id": "Z-9", "name": NAME, "email": MAIL, "vat_number": "GB999QUUX9"}
HOUSE = {"name": NAME, "lines": [STREET], "city": "Leeds", "phone": "0113 4960000", "country_code": "GB"}
SAMPLES = Path(daybook.ops.demo.__file__).parent / "samples"
KEY, SECRET = "example-hmac-key", "a-random-secret"
TEXTS = (models.CharField, models.TextField, models.JSONField, models.BinaryField)


def of_zebedee(number: str, **more: object) -> dict:
    line = LINE | {"description": f"Mug, engraved for {NAME}"}
    return an_order(
        number, ZEBEDEE, billing_address=HOUSE, shipping_address=HOUSE, external_ref=f"Gift of {NAME}", lines=[line]
    ) | more  # fmt: skip


def where_it_stands(*words: str) -> list[str]:
    """Every text, JSON and bytes column of every table that holds one of these words."""
    found = []
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' AND "
            "data_type IN ('text', 'character varying', 'json', 'jsonb', 'bytea')"
        )
        for table, column, kind in cursor.fetchall():
            for word in words:
                escaped = json.dumps(word)[1:-1]
                if kind == "bytea":
                    cursor.execute(
                        f'SELECT count(*) FROM "{table}" WHERE position(%s in "{column}") + position(%s in "{column}") > 0',  # noqa: S608
                        [word.encode(), escaped.encode()],
                    )
                else:
                    cursor.execute(f'SELECT count(*) FROM "{table}" WHERE "{column}"::text ILIKE %s', [f"%{word}%"])  # noqa: S608
                if cursor.fetchone()[0]:
                    found.append(f"{table}.{column}: {word}")
    return found


class TestANameThatCameByEveryDoor:
    def test_stands_nowhere_once_it_is_forgotten(self, acme, client):
        PostingSettings.objects.update(reference_template="{external_ref} {customer}", rename_contacts=True)
        receive(acme.company, of_zebedee("A-1", customer=ZEBEDEE | {"name": f"Old {NAME}"}))
        post(acme)
        receive(acme.company, of_zebedee("A-1"))
        list(receive_many(acme.company, [of_zebedee("A-2"), an_order("B-1")]))
        post(acme)
        push_to_kornitx(acme, client)
        send_by_api(acme, client)
        refuse_by_api(acme, client)
        post(acme)
        receive(acme.company, of_zebedee("A-1", lines=[LINE | {"quantity": 3}]))  # changed after it was posted
        assert where_it_stands(NAME, STREET, MAIL)
        assert names_of(acme)["A-1"] == NAME
        numbers = sorted(Entry.objects.values_list("number", flat=True))
        done = persons.forget(acme.company, persons.find(acme.company, customer_id="Z-9", email=MAIL))
        assert where_it_stands(NAME, STREET, MAIL, "GB999QUUX9", "4960000") == []
        assert done.kept == []
        assert done.orders == 4
        assert sorted(Entry.objects.values_list("number", flat=True)) == numbers
        assert Entry.objects.get(number="A-1").gross is not None
        assert Order.objects.get(ref="B-1").customer_name == "Jo Bloggs"
        sealing.seal_all()
        assert not verifying.verify().broken_at

    def test_is_found_by_one_of_the_orders(self, acme):
        receive(acme.company, of_zebedee("A-1"))
        receive(acme.company, of_zebedee("A-2"))
        receive(acme.company, an_order("B-1"))
        assert persons.find(acme.company, order="A-2") == sorted(
            Order.objects.exclude(ref="B-1").values_list("pk", flat=True)
        )

    def test_of_one_id_in_two_feeds_is_asked_for_better(self, acme):
        receive(acme.company, of_zebedee("A-1"))
        receive(acme.company, of_zebedee("A-2", source="till"))
        with pytest.raises(persons.NobodyFoundError, match="shop, till"):
            persons.find(acme.company, customer_id="Z-9")
        assert len(persons.find(acme.company, order="A-1")) == 2  # of one e-mail address

    def test_of_nobody_is_said(self, acme):
        with pytest.raises(persons.NobodyFoundError, match=r"No order of Acme is of the customer nobody@example\.com"):
            persons.find(acme.company, email="nobody@example.com")


class TestADocumentThatWaits:
    def test_goes_to_the_contact_that_stands_for_the_rest(self, acme):
        receive(acme.company, of_zebedee("A-1"))
        persons.forget(acme.company, persons.find(acme.company, customer_id="Z-9"))
        assert stands("A-1") == ("held", "customer_forgotten")
        prepare_overdue(before=clock.now() + timedelta(minutes=1))
        post(acme)
        assert names_of(acme) == {"A-1": "Custom Gateway Orders"}
        assert made(acme) == []

    def test_that_is_in_doubt_is_said_and_forgotten_once_it_is_settled(self, acme):
        receive(acme.company, of_zebedee("A-1"))
        post(acme)
        Entry.objects.update(state="unknown")
        orders = persons.find(acme.company, customer_id="Z-9")
        assert persons.forget(acme.company, orders).kept == [
            "1 call whose outcome nobody knows yet: run this again once it is settled."
        ]
        Entry.objects.update(state="posted")
        assert persons.forget(acme.company, orders).kept == []


class TestAnOrderThatIsSentAgain:
    def test_stays_nobodys(self, acme):
        receive(acme.company, of_zebedee("A-1"))
        post(acme)
        persons.forget(acme.company, persons.find(acme.company, customer_id="Z-9"))
        before = Revision.objects.count()
        receive(acme.company, of_zebedee("A-1"), raw=json.dumps(of_zebedee("A-1")).encode())
        assert Revision.objects.count() == before
        receive(acme.company, of_zebedee("A-1", status="Returned"))
        assert Revision.objects.count() == before + 1
        assert where_it_stands(NAME, STREET, MAIL) == []

    def test_in_a_file_leaves_the_others_of_it_to_be_corrected(self, acme):
        receive(acme.company, of_zebedee("A-1"))
        persons.forget(acme.company, persons.find(acme.company, customer_id="Z-9"))
        arrival = Arrival(door=Door.FILE, request="the-file")
        of_file = {"company": acme.company, "door": "file", "result": "refused", "request": "the-file"}
        others = Delivery.objects.create(**of_file, position=0, raw=b"cells of others")
        theirs = Delivery.objects.create(**of_file, position=1, raw=NAME.encode())
        receive(acme.company, of_zebedee("A-1", status="Returned"), arrival=arrival)
        receive(acme.company, of_zebedee("A-1"), arrival=replace(arrival, raw=NAME.encode(), corrects=theirs))
        assert bytes(Delivery.objects.get(pk=others.pk).raw) == b"cells of others"
        assert where_it_stands(NAME, STREET, MAIL) == []

    def test_of_the_same_customer_but_new_is_theirs_again(self, acme):
        receive(acme.company, of_zebedee("A-1"))
        persons.forget(acme.company, persons.find(acme.company, customer_id="Z-9"))
        receive(acme.company, of_zebedee("A-9"))
        assert Order.objects.get(ref="A-9").customer_name == NAME


class TestWhatIsNotTakenInYet:
    def test_keeps_its_bytes_and_is_named_until_it_is(self, acme, client):
        """A paused feed's orders are nowhere else: their sender was told that they are kept."""
        receive(acme.company, of_zebedee("A-1"))
        feed = take_from_kornitx(acme.company, key=KEY, callback_secret=SECRET)
        roster.pause(feed)
        body = push_to_kornitx(acme, client)
        kept = list(Delivery.objects.filter(result="waiting").order_by("pk"))
        done = persons.forget(acme.company, persons.find(acme.company, customer_id="Z-9"))
        assert done.kept == [
            f"Delivery {each.pk}, which is not taken in yet: resume its feed or put it aside, then run this again."
            for each in kept
        ]
        assert bytes(Delivery.objects.get(pk=kept[0].pk).raw) == body
        roster.resume(feed)
        assert replaying.take_waiting() == len(kept) == 2
        done = persons.forget(acme.company, persons.find(acme.company, email=MAIL))
        assert done.kept == []
        assert where_it_stands(NAME, STREET, MAIL) == []

    def test_that_was_put_aside_loses_them(self, acme, client):
        receive(acme.company, of_zebedee("A-1"))
        feed = take_from_kornitx(acme.company, key=KEY, callback_secret=SECRET)
        roster.pause(feed)
        push_to_kornitx(acme, client)
        assert all(replaying.put_aside(each) for each in Delivery.objects.filter(result="waiting"))
        assert persons.forget(acme.company, persons.find(acme.company, customer_id="Z-9")).kept == []
        assert where_it_stands(NAME, STREET, MAIL) == []

    def test_of_others_in_the_same_file_can_still_be_corrected(self, acme):
        receive(acme.company, of_zebedee("A-1"))
        mine = Delivery.objects.get()
        Delivery.objects.create(
            company=acme.company, feed=mine.feed, door="file", result="refused", request=mine.request, position=1,
            raw=b"cells of others", problems=[{"field": "row 2", "problem": f"Not {NAME}", "cure": ""}],
        )  # fmt: skip
        persons.forget(acme.company, persons.find(acme.company, customer_id="Z-9"))
        assert bytes(Delivery.objects.get(result="refused").raw) == b"cells of others"
        assert where_it_stands(NAME) == []

    def test_is_locked_before_its_order_as_replaying_does(self, acme):
        """Each waiting for what the other holds, one of them would be thrown out."""
        receive(acme.company, of_zebedee("A-1"))
        found = persons.find(acme.company, customer_id="Z-9")
        refused = Delivery.objects.create(
            company=acme.company, door="api", result="refused", request="r", raw=NAME.encode()
        )
        with ThreadPoolExecutor(1) as others:
            with transaction.atomic():
                Delivery.objects.select_for_update().get(pk=refused.pk)  # replaying begins
                forgetting = others.submit(_in_a_thread, acme, found)
                _until_somebody_waits()
                assert Order.objects.select_for_update(nowait=True).get()  # and takes its order in
            assert forgetting.result().orders == 1


def _in_a_thread(acme, found) -> persons.Forgotten:
    try:
        return persons.forget(acme.company, found)
    finally:
        database.close()


def _until_somebody_waits() -> None:
    ends = time.monotonic() + 20
    with database.cursor() as cursor:
        while time.monotonic() < ends:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    raise AssertionError("nobody waits")


class TestAnotherCompany:
    def test_keeps_its_customers(self, acme, xero):
        birch = connected(xero, "Birch", country="AU")
        receive(acme.company, of_zebedee("A-1"))
        receive(birch.company, of_zebedee("A-1"))
        orders = Order.objects.values_list("pk", flat=True)
        persons.forget(acme.company, list(orders))
        assert Order.objects.get(company=birch.company).customer_name == NAME


class TestFiles:
    def test_lose_their_bytes_and_one_that_waits_is_named(self, acme):
        receive(acme.company, of_zebedee("A-1"))
        feed = Feed.objects.get(company=acme.company)
        files = {}
        for state, content in {
            "taken": b"A-1;x",
            "aside": NAME.encode(),
            "refused": b"of others",
            "shown": NAME.encode(),
        }.items():
            files[state] = IncomingFile.objects.create(
                company=acme.company, feed=feed, name=f"{NAME}.csv", size=9, digest="d", reading="r", state=state
            )
            FilePiece.objects.create(company=acme.company, file=files[state], number=0, content=content)
        Delivery.objects.update(request=files["taken"].public_id)
        done = persons.forget(acme.company, list(Order.objects.values_list("pk", flat=True)))
        left = set(FilePiece.objects.values_list("file__state", flat=True))
        assert left == {"refused", "shown"}
        assert not IncomingFile.objects.exclude(state="shown").filter(name__contains=NAME).exists()
        assert any(files["shown"].public_id in each for each in done.kept)


class TestTheListOfPlaces:
    def test_names_every_table_with_texts_of_a_company(self):
        """A table that comes later is decided here, or this fails by its name."""
        settings_of = {"companies", "connections"}
        undecided = [
            table.model._meta.label
            for table in tables.tables()
            if any(isinstance(field, TEXTS) for field in table.model._meta.concrete_fields)
            and table.model._meta.app_label not in settings_of
            and table.model._meta.label not in {*persons.PLACES, *persons.NO_CUSTOMER}
        ]
        assert undecided == []

    def test_names_only_what_there_is(self):
        labels = {model._meta.label for model in apps.get_models()}
        assert {*persons.PLACES, *persons.NO_CUSTOMER} <= labels


def send_by_api(acme, client) -> None:
    _, key = keys.create_api_key(acme.company, "shop")
    answer = client.post(
        "/api/v1/orders", json.dumps(of_zebedee("A-3")), content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )  # fmt: skip
    assert answer.status_code in {200, 201, 202}, answer.content


def refuse_by_api(acme, client) -> None:
    _, key = keys.create_api_key(acme.company, "till")
    answer = client.post(
        "/api/v1/orders", json.dumps(of_zebedee("A-4") | {"lines": "none"}), content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )  # fmt: skip
    assert answer.status_code == 422
    assert Delivery.objects.filter(order=None).exists()


def push_to_kornitx(acme, client) -> bytes:
    """Push one of Kornit X's own samples with his name in place of its customer's, and call back on it."""
    take_from_kornitx(acme.company, key=KEY, callback_secret=SECRET)
    pushed = json.loads((SAMPLES / "kornitx-order.json").read_bytes())
    pushed |= {
        "customer_name": NAME,
        "customer_email": MAIL,
        "shipping_address_1": STREET,
        "billing_customer_email": MAIL,
        "billing_customer_name": NAME,
    }
    body = json.dumps(pushed).encode()
    path = f"/api/v1/intake/kornitx/{acme.company.public_id}"
    answer = client.post(path, body, "application/json", headers={signature.HEADER: signature.sign(KEY, body)})
    assert answer.status_code == 200, answer.content
    told = json.dumps({"id": pushed["id"], "ref": pushed["ref"], "status": "Dispatched", "customer": NAME})
    client.put(f"{path}/status/{SECRET}", told, "application/json")
    return body


def test_the_print_of_a_content_follows_it(acme):
    receive(acme.company, of_zebedee("A-1"))
    persons.forget(acme.company, persons.find(acme.company, customer_id="Z-9"))
    revision = Revision.objects.get()
    assert revision.content_hash == content_hash(revision.content)
