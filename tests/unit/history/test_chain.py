"""Whoever changes, takes away or slips in an event breaks the chain there; whoever forgets what one said does not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.history import chain
from daybook.history.chain import GENESIS, Fixed, Link, Said

NOON = datetime(2026, 11, 28, 12, 0, 0, 123456, tzinfo=UTC)
SALT = b"0123456789abcdef"


def fixed(position: int = 1, **changes: object) -> Fixed:
    made = Fixed(
        position=position, id=10 + position, company_id=1, at=NOON, subject_kind="entry", subject_id=7, what="moved",
        old_state="ready", new_state="sending", mover="posting", person_id=None, attempt_id=3, cause="",
    )  # fmt: skip
    return replace(made, **changes)


def link(before: str = GENESIS, said: Said | None = None, **changes: object) -> Link:
    said, mine = said or Said(reason="Xero took it"), fixed(**changes)
    digest = chain.digest(said, SALT)
    return Link(fixed=mine, said=said, salt=SALT, digest=digest, seal=chain.seal(before, mine, digest))


def test_what_stands_as_it_was_written_has_no_fault():
    first = link()
    second = link(first.seal, position=2)
    assert chain.faults(first, before=GENESIS) == []
    assert chain.faults(second, before=first.seal) == []


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("position", 2), ("id", 12), ("company_id", 2), ("at", NOON + timedelta(microseconds=1)),
        ("subject_kind", "key"), ("subject_id", 8), ("what", "noted"), ("old_state", "held"), ("new_state", "posted"),
        ("mover", "person"), ("person_id", 4), ("attempt_id", None), ("cause", "sku_missing"),
    ],
)  # fmt: skip
def test_every_fixed_field_is_sealed(name, changed):
    stands = link()
    altered = replace(stands, fixed=replace(stands.fixed, **{name: changed}))
    assert len(chain.faults(altered, before=GENESIS)) == 1


@given(reason=st.text(max_size=5), value=st.text(max_size=5))
def test_what_was_said_is_sealed(reason, value):
    stands = link(said=Said(reason="why", after={"prefix": "DB-"}))
    altered = replace(stands, said=Said(reason=reason, after={"prefix": value}))
    is_same = altered.said == stands.said
    assert (chain.faults(altered, before=GENESIS) == []) is is_same


def test_what_was_said_can_be_forgotten_but_not_exchanged():
    stands = link(said=Said(reason="Note: Ann rang"))
    forgotten = replace(stands, said=Said(), salt=b"")
    assert forgotten.is_forgotten
    assert chain.faults(forgotten, before=GENESIS) == []
    assert chain.faults(replace(forgotten, said=Said(reason="Nothing happened")), before=GENESIS)


def test_the_same_words_have_another_digest_in_each_event():
    said = Said(reason="Note: Ann rang")
    assert chain.digest(said, SALT) != chain.digest(said, b"another-salt-16b")
    assert chain.digest(Said(), SALT) == ""


def test_an_event_taken_away_or_slipped_in_breaks_what_follows():
    first = link()
    third = link(link(first.seal, position=2).seal, position=3)
    assert chain.faults(third, before=first.seal)


def test_a_moment_is_the_same_in_every_zone():
    there = timezone(timedelta(hours=5, minutes=30))
    assert chain.seal(GENESIS, fixed(at=NOON.astimezone(there)), "") == chain.seal(GENESIS, fixed(), "")
