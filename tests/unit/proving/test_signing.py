"""A signed file is the one that was signed, to the byte."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.proving.signing import Outcome, check, new_key, signed

PRIVATE, PUBLIC = new_key()
SAYS = {"company": "Müller & Söhne", "sums": [{"gross": "1234.50", "documents": 3}], "none": None}
FILE = signed(SAYS, PRIVATE)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_whatever_was_signed_is_valid_and_says_the_same(says):
    checked = check(signed(says, PRIVATE), PUBLIC)
    assert (checked.outcome, checked.public_key, checked.says) == (Outcome.VALID, PUBLIC, says)


@given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
def test_any_other_byte_is_noticed(place, other):
    changed = FILE[:place] + bytes([FILE[place] ^ other]) + FILE[place + 1 :]
    assert check(changed).outcome is Outcome.CHANGED
    assert check(changed, PUBLIC).outcome is not Outcome.VALID


@given(st.integers(0, len(FILE)), st.binary(min_size=1, max_size=3))
def test_bytes_put_in_or_taken_out_are_noticed(place, more):
    assert check(FILE[:place] + more + FILE[place:]).outcome is Outcome.CHANGED
    assert check(FILE[:place]).outcome is (Outcome.VALID if place == len(FILE) else Outcome.CHANGED)


def test_another_s_key_is_unknown_and_the_same_in_capitals_is_not():
    other = signed(SAYS, new_key()[0])
    assert check(other).outcome is Outcome.VALID
    assert check(other, PUBLIC).outcome is Outcome.UNKNOWN_KEY
    assert check(FILE, f" {PUBLIC.upper()}\n").outcome is Outcome.VALID


def resigned(**changes) -> bytes:
    """The file with its signature's parts, or more beside them, written otherwise."""
    whole = json.loads(FILE)
    whole["signature"] |= changes
    return (json.dumps(whole, sort_keys=True, indent=1) + "\n").encode()


@pytest.mark.parametrize(
    "file",
    [
        b"", b"null", b"[" * 100_000, b'{"proof": {}}', b"\xff" * 9, b" " * 6_000_000, b"1" * 5_000, FILE + FILE,
        json.dumps(json.loads(FILE)).encode(), resigned(more=1), resigned(algorithm="none"), resigned(value=""),
        resigned(value=json.loads(FILE)["signature"]["value"].upper()), resigned(public_key="00" * 31),
        resigned(public_key="é" * 64), resigned(value=5),
    ],
)  # fmt: skip
def test_what_is_no_proof_is_changed_and_never_an_error(file):
    assert check(file).outcome is Outcome.CHANGED


def test_a_signature_of_other_people_s_making_holds():
    """RFC 8032, 7.1, TEST 1: the same private key gives the public key that stands there."""
    private = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
    public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert json.loads(signed({}, private))["signature"]["public_key"] == public
