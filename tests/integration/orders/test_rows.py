"""Whatever text or JSON a row holds comes back as it was, though many rows go as one literal."""

import json

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from psycopg.types.json import Jsonb

from daybook.orders import rows

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
AWKWARD = ["", "NULL", "null", "{a,b}", '"', "\\", '\\"', "a\nb", "'; --", "%s", " ", ","]
VALUES = st.recursive(st.none() | st.booleans() | st.integers(-(10**6), 10**6) | TEXTS, st.lists, max_leaves=5)


def returned(values: list, kind: str) -> list:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT coalesce(array_agg(x ORDER BY n), '{{}}') FROM unnest(%s::{kind}[]) WITH ORDINALITY t(x, n)",  # noqa: S608
            [rows._array(values)],
        )
        return cursor.fetchone()[0]


class TestALiteral(TestCase):
    @given(st.lists(TEXTS | st.sampled_from(AWKWARD)))
    def test_keeps_every_text(self, texts):
        assert returned(texts, "text") == texts

    @given(st.lists(VALUES))
    def test_keeps_all_json(self, values):
        kept = returned([Jsonb(value) for value in values], "jsonb")
        assert [json.loads(each) if isinstance(each, str) else each for each in kept] == values


@pytest.mark.django_db
@pytest.mark.parametrize("values", [["a", None], [None], [1, 2]])
def test_of_gaps_and_other_types_goes_as_a_list(values):
    assert rows._array(values) == values
