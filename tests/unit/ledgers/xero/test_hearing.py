"""What Xero tells unasked: believed only when signed, and never more than a hint."""

import base64
import hashlib
import hmac

import msgspec

from daybook.documents.kinds import Kind
from daybook.ledgers.xero.hearing import SIGNATURE, hears

KEY = "the-webhook-key"
EVENT = {
    "tenantId": "t", "eventCategory": "INVOICE", "resourceId": "i", "eventType": "UPDATE",
    "eventDateUtc": "2026-03-02T09:00:00.123",
}  # fmt: skip


def signed(body: bytes, key: str = KEY) -> dict[str, str]:
    return {SIGNATURE: base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest()).decode()}


class TestADelivery:
    def test_of_xero_names_what_changed(self):
        body = msgspec.json.encode({"events": [EVENT, EVENT | {"eventCategory": "SOMETHING_NEW"}]})
        heard = hears(signed(body), body, KEY)
        assert heard.is_genuine
        assert [(each.organisation, each.kind, each.their_id) for each in heard.changes] == [
            ("t", Kind.INVOICE, "i"),
            ("t", None, "i"),
        ]
        assert heard.changes[0].at is not None

    def test_without_events_asks_only_whether_signatures_are_checked(self):
        body = b'{"events":[]}'
        assert hears(signed(body), body, KEY).is_genuine
        assert not hears(signed(body, "another"), body, KEY).is_genuine

    def test_is_not_believed_without_a_signature_or_a_key(self):
        assert not hears({}, b"{}", KEY).is_genuine
        assert not hears(signed(b"{}", ""), b"{}", "").is_genuine

    def test_of_any_form_is_no_failure(self):
        for body in (b"", b"[]", b"{", b'{"events":{}}', b'{"events":[1]}'):
            assert hears(signed(body), body, KEY).changes == ()
