"""Whatever a row holds comes back as it was, though many rows go as one text."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.db import DataError
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from daybook.companies.models import Company
from daybook.feeds.models import Feed
from daybook.history.models import Event
from daybook.orders.models import Order
from daybook.tables import reading, writing

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=500)
AWKWARD = ["", "NULL", "null", "{a,b}", '"', "\\", '\\"', "a\nb", "'; --", "%s", " ", ",", "\\x00", "\u2028"]
VALUES = st.recursive(st.none() | st.booleans() | st.integers(-(10**6), 10**6) | TEXTS, st.lists, max_leaves=5)
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
AMOUNTS = st.decimals(Decimal("-9999999999999999.9999"), Decimal("9999999999999999.9999"), places=4)


def an_event(company: Company, **fields: object) -> Event:
    usual = {"at": datetime.now(UTC), "subject_kind": "order", "subject_id": 1, "what": "received", "mover": "sender"}
    return Event(company=company, **usual | fields)


class TestRowsOfEvents(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.company = Company.objects.create(name="Acme")

    @given(st.lists(st.tuples(TEXTS | st.sampled_from(AWKWARD), VALUES, st.binary(max_size=64), MOMENTS), max_size=4))
    def test_keep_every_text_json_bytes_and_moment(self, given):
        rows = [an_event(self.company, reason=text, after=value, salt=salt, at=at) for text, value, salt, at in given]
        writing.insert(rows)
        there = [Event.objects.get(pk=row.pk) for row in rows]
        assert [(row.reason, row.after, bytes(row.salt), row.at) for row in there] == given


class TestRowsOfOrders(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.company = Company.objects.create(name="Acme")
        cls.feed = Feed.objects.create(company=cls.company, source="canonical", name="shop")

    @given(
        st.lists(st.tuples(AMOUNTS | st.none(), st.dates(date(1, 1, 1), date(9999, 12, 31)) | st.none()), max_size=4)
    )
    def test_keep_every_amount_and_day(self, given):
        Order.objects.all().delete()
        now = datetime.now(timezone(timedelta(hours=13)))
        rows = [
            Order(company=self.company, feed=self.feed, source_id=str(place), changed_at=now, first_received_at=now)
            for place, _ in enumerate(given)
        ]
        writing.insert(rows)
        for row, (net, day) in zip(rows, given, strict=True):
            row.net, row.typed_date = net, day
        writing.save(rows, ("net", "typed_date"), company_id=self.company.pk)
        there = [Order.objects.get(pk=row.pk) for row in rows]
        assert [(row.net, row.typed_date) for row in there] == given
        assert all(row.changed_at == now for row in there)


@pytest.mark.django_db
def test_a_text_too_long_for_its_column_is_refused_not_cut():
    company = Company.objects.create(name="Acme")
    with pytest.raises(DataError):
        writing.insert([an_event(company, reason="x" * 501)])


@pytest.mark.django_db
def test_what_is_saved_of_another_company_is_left_alone():
    company, other = Company.objects.create(name="Acme"), Company.objects.create(name="Birch")
    event = an_event(company, reason="before")
    writing.insert([event])
    event.reason = "after"
    writing.save([event], ("reason",), company_id=other.pk)
    assert Event.objects.get(pk=event.pk).reason == "before"


@pytest.mark.django_db
def test_a_value_that_no_column_holds_is_refused():
    with pytest.raises(TypeError, match="set"):
        writing.insert([an_event(Company.objects.create(name="Acme"), after={"a": {1, 2}})])


@pytest.mark.django_db
def test_rows_that_are_found_are_what_the_orm_finds():
    company = Company.objects.create(name="Acme")
    Feed.objects.create(company=company, source="canonical", name="shop", status_table={"done": "dispatched"})
    Feed.objects.create(company=Company.objects.create(name="Birch"), source="canonical", name="shop")
    [found] = reading.find(Feed, "company_id = %s AND name = ANY(%s)", [company.pk, ["shop", "other"]])
    there = Feed.objects.get(company=company)
    assert {each.attname: getattr(found, each.attname) for each in Feed._meta.concrete_fields} == {
        each.attname: getattr(there, each.attname) for each in Feed._meta.concrete_fields
    }
    found.name = "till"
    found.save()
    assert Feed.objects.get(pk=found.pk).name == "till"
