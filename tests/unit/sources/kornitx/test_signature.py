"""Signatures of pushes."""

from pathlib import Path

import pytest

import daybook.ops
from daybook.sources.kornitx import signature

BODY = (Path(daybook.ops.__file__).parent / "demo" / "samples" / "kornitx-order.min.json").read_bytes()
HEX = "549a64ce5164d0896b66385456f190641d0e502c51d2039ad11ca071af53febd"
BASE64 = "VJpkzlFk0IlrZjhUVvGQZB0OUCxR0gOa0Rygca9T/r0="


class TestASignature:
    @pytest.mark.parametrize("given", [HEX, HEX.upper(), BASE64, f" {HEX} "])
    def test_is_taken_as_hex_and_as_base64(self, given):
        assert signature.is_valid("example-hmac-key", BODY, given)

    @pytest.mark.parametrize("given", ["", HEX[:-1], BASE64.lower(), "ü", "\udcff", HEX + HEX])
    def test_that_is_another_is_not_taken(self, given):
        assert not signature.is_valid("example-hmac-key", BODY, given)

    def test_is_of_the_raw_bytes(self):
        assert not signature.is_valid("example-hmac-key", BODY + b"\n", HEX)

    def test_under_no_key_is_never_taken(self):
        assert not signature.is_valid("", BODY, signature.sign("", BODY))
