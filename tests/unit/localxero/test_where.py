"""The language of `where`, over records that are plain dicts: what it means is worked out beside it in Python."""

import contextlib
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localxero.queries.lists import QueryParseError
from localxero.queries.where import where

FIELDS = {
    "Name": lambda record: record["Name"],
    "Contact.Name": lambda record: record["Contact.Name"],
    "ContactID": lambda record: record["ContactID"],
    "Total": lambda record: record["Total"],
    "Date": lambda record: record["Date"],
    "IsPaid": lambda record: record["IsPaid"],
    "Reference": lambda record: record["Reference"],
}
RECORDS = st.fixed_dictionaries(
    {
        "Name": st.sampled_from(["ab", "AB", "abc", "", 'say "x"', "Müller", "muller"]),
        "Contact.Name": st.sampled_from(["ab", "c"]),
        "ContactID": st.sampled_from(["11111111-2222-3333-4444-555555555555", "other"]),
        "Total": st.decimals(-5, 5, places=2),
        "Date": st.dates(date(2026, 1, 1), date(2026, 12, 31)),
        "IsPaid": st.booleans(),
        "Reference": st.sampled_from([None, "", "ref"]),
    }
)
SIGNS = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">=": lambda a, b: a >= b,
}


def folded(text):
    return text.casefold().replace("ü", "u")


TEXTS = st.sampled_from(["ab", "b", "AB", 'say "x"', "MÜLLER"])
# An expression as it is written, with what it means.
TERMS = st.one_of(
    st.tuples(st.sampled_from(list(SIGNS)), TEXTS).map(
        lambda both: (
            'Name {} "{}"'.format(both[0], both[1].replace('"', '""')),
            lambda record: SIGNS[both[0]](folded(record["Name"]), folded(both[1])),
        )
    ),
    st.tuples(st.sampled_from(list(SIGNS)), st.decimals(-5, 5, places=2)).map(
        lambda both: (f"{both[1]}{both[0]}Total", lambda record: SIGNS[both[0]](both[1], record["Total"]))
    ),
    st.tuples(st.sampled_from(list(SIGNS)), st.dates(date(2026, 1, 1), date(2026, 12, 31))).map(
        lambda both: (
            f"date {both[0]} DateTime({both[1].year}, {both[1].month}, {both[1].day})",
            lambda record: SIGNS[both[0]](record["Date"], both[1]),
        )
    ),
    TEXTS.map(
        lambda text: (
            'contact.name.TOUPPER().StartsWith("{}")'.format(text.replace('"', '""')),
            lambda record: folded(record["Contact.Name"]).startswith(folded(text)),
        )
    ),
    st.just(("IsPaid", lambda record: record["IsPaid"])),
    st.just(("Reference != null", lambda record: bool(record["Reference"]))),
    st.just(("Date.Month>6", lambda record: record["Date"].month > 6)),
    st.just(("Name.Length == 2", lambda record: len(record["Name"]) == 2)),
    st.just(
        (
            'ContactID=guid("11111111-2222-3333-4444-555555555555")',
            lambda record: record["ContactID"].startswith("1111"),
        )
    ),
)
EXPRESSIONS = st.recursive(
    TERMS,
    lambda inner: st.one_of(
        inner.map(lambda one: (f"!({one[0]})", lambda record: not one[1](record))),
        st.tuples(inner, st.sampled_from(["AND", "&&", "and"]), inner).map(
            lambda three: (
                f"({three[0][0]}) {three[1]} ({three[2][0]})",
                lambda record: three[0][1](record) and three[2][1](record),
            )
        ),
        st.tuples(inner, st.sampled_from(["OR", "||", "or"]), inner).map(
            lambda three: (
                f"({three[0][0]}) {three[1]} ({three[2][0]})",
                lambda record: three[0][1](record) or three[2][1](record),
            )
        ),
    ),
    max_leaves=6,
)


@given(EXPRESSIONS, RECORDS)
def test_means_what_it_says(expression, record):
    text, meaning = expression
    assert where(text, FIELDS).test(record) == meaning(record)


@given(st.text(max_size=30), RECORDS)
def test_is_read_or_refused_whatever_it_says(text, record):
    with contextlib.suppress(QueryParseError):
        where(text, FIELDS).test(record)


def test_binds_and_closer_than_or():
    record = {"Total": Decimal(1), "IsPaid": True}
    assert where("IsPaid OR IsPaid AND Total==2", FIELDS).test(record)
    assert not where("(IsPaid OR IsPaid) AND Total==2", FIELDS).test(record)


def test_tells_which_fields_it_asks_for():
    assert where('contact.name=="x" AND TOTAL>1', FIELDS).fields == {"Contact.Name", "Total"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('Nope=="x"', "No property or field 'Nope' exists in type 'Invoice'"),
        ('ContactID=="x"', "Operator '==' incompatible with operand types 'Guid' and 'String'"),
        ('Total>"x"', "Operator '>' incompatible with operand types 'Decimal' and 'String'"),
        ('Date>"2026-01-01"', "Operator '>' incompatible with operand types 'DateTime' and 'String'"),
        ("IsPaid==1", "Operator '==' incompatible with operand types 'Boolean' and 'UInt32'"),
        ("Total", "Expression of type 'Boolean' expected"),
        ('Reference.Contains("x")', "Where clause invocation error: a field has no value"),
        ('Contact.Foo=="x"', "No property or field 'Foo' exists in type 'Contact'"),
        ('Name.Foo("x")', "No applicable method 'Foo' exists in type 'String'"),
        ('Name.Contains("a").Contains("b")', "No applicable method 'Contains' exists in type 'Boolean'"),
        ("Name.Contains(1)", "No applicable method 'Contains' exists in type 'String'"),
        ('ContactID==Guid("x")', "Guid should contain 32 digits"),
        ("Total==1 Total==2", "Unexpected 'Total'"),
        ("(Total==1", "Unexpected end"),
        ('Name=="x', "Syntax error at position 6"),
        ("!" * 60 + "IsPaid", "The expression is nested too deeply"),
    ],
)
def test_refuses_in_dynamic_linqs_words(text, words):
    record = {
        "Total": Decimal(1),
        "Date": date(2026, 1, 1),
        "IsPaid": True,
        "Reference": None,
        "ContactID": "x",
        "Name": "",
    }
    with pytest.raises(QueryParseError) as refused:
        where(text, FIELDS, "Invoice").test(record)
    assert words in str(refused.value)


def test_knows_whether_something_is_there_at_all():
    assert where("Contact!=null", FIELDS).test({"Contact.Name": "x"})
    assert where("Contact==null", FIELDS).test({"Contact.Name": None})


def test_knows_instants_and_their_days():
    fields = {"At": lambda _: datetime(2026, 11, 20, 13, 30, tzinfo=UTC)}
    assert where("At>DateTime(2026,11,20,13,0,0) AND At.Date==DateTime(2026,11,20)", fields).test({})
    assert where('At==DateTime.Parse("2026-11-20T13:30:00Z")', fields).test({})
