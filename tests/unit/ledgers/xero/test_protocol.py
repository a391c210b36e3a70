"""Every status and body of xero-rules.md 4.4 and 4.5, and the error it stands for."""

import json
from datetime import UTC, datetime

import pytest

from daybook.ledgers.exchange import Access, RemainingCalls
from daybook.ledgers.xero import protocol
from daybook.wire.asks import Answer
from daybook.wire.errors import ConsentNeeded, Offline, OutcomeUnknown, Refused, Throttled, TokenExpired, Unexpected


def answer(status: int, body: object = None, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, named, b"" if body is None else json.dumps(body).encode())


class TestAFailingAnswer:
    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            (answer(401, {"Title": "Unauthorized", "Detail": "TokenExpired: token expired at 1"}), TokenExpired),
            (answer(401, {"Detail": "AuthorizationUnsuccessful"}), ConsentNeeded),
            (answer(401, www_authenticate="insufficent_scope"), ConsentNeeded),
            (answer(401, www_authenticate='Bearer error="insufficient_scope"'), ConsentNeeded),
            (answer(403, {"Title": "Forbidden", "Detail": "AuthenticationUnsuccessful"}), ConsentNeeded),
            (answer(400, {"Type": "ValidationException"}), Refused),
            (Answer(404, {}, b"The resource you're looking for cannot be found"), Refused),
            (answer(429), Throttled),
            (Answer(503, {}, b"The Organisation is offline"), Offline),
            (answer(500), OutcomeUnknown),
            (answer(502), OutcomeUnknown),
            (answer(504), OutcomeUnknown),
            (answer(405), Unexpected),
            (answer(412), Unexpected),
            (answer(302), Unexpected),
        ],
    )
    def test_is_named_for_what_to_do_next(self, given, expected):
        with pytest.raises(expected) as caught:
            protocol.raise_for_status(given)
        assert type(caught.value) is expected
        assert caught.value.http_status == given.status

    def test_carries_every_validation_message(self):
        body = {
            "Message": "A validation exception occurred",
            "Elements": [
                {"ValidationErrors": [{"Message": "one"}, {"Description": "two"}]},
                {"ValidationErrors": None},
                {"ValidationErrors": [{"Message": "three"}]},
            ],
        }
        error = protocol.error_in(answer(400, body))
        assert isinstance(error, Refused)
        assert error.messages == ("one", "two", "three")

    def test_without_elements_carries_its_top_message(self):
        error = protocol.error_in(answer(400, {"Type": "QueryParseException", "Message": "No such field"}))
        assert isinstance(error, Refused)
        assert error.messages == ("No such field",)


class TestALimit:
    @pytest.mark.parametrize(
        ("said", "problem"),
        [
            ("minute", "minute"),
            ("Minute", "minute"),
            ("day", "day"),
            ("daily", "day"),
            ("concurrent", "concurrent"),
            ("appminute", "appminute"),
            ("app-minute", "appminute"),
            ("", "minute"),
            ("other", "minute"),
        ],
    )
    def test_is_told_apart_however_it_is_spelt(self, said, problem):
        error = protocol.error_in(answer(429, x_rate_limit_problem=said, retry_after="12"))
        assert isinstance(error, Throttled)
        assert (error.problem, error.retry_after) == (problem, 12)

    def test_without_a_time_says_so(self):
        error = protocol.error_in(answer(429, x_rate_limit_problem="concurrent"))
        assert isinstance(error, Throttled)
        assert error.retry_after is None

    @pytest.mark.parametrize(
        ("said", "seconds"),
        [
            ("7", 7),
            (" 0 ", 0),
            ("Mon, 02 Mar 2026 09:00:40 GMT", 40),
            ("Mon, 02 Mar 2026 08:59:00 GMT", 0),
            ("soon", None),
            ("-5", None),
            ("", None),
        ],
    )
    def test_waits_as_long_as_xero_says_with_a_503_too(self, said, seconds):
        away = answer(503, retry_after=said, date="Mon, 02 Mar 2026 09:00:00 GMT")
        error = protocol.error_in(away)
        assert isinstance(error, Offline)
        assert error.retry_after == seconds

    def test_is_counted_down_in_the_headers_of_each_answer(self):
        headers = {"x_daylimit_remaining": "4988", "x_minlimit_remaining": "58", "x_appminlimit_remaining": "x"}
        assert protocol.remaining_calls(answer(200, **headers)) == RemainingCalls(4988, 58, None)


class TestARequest:
    ACCESS = Access("https://api.xero.com", "t", "n")

    def test_for_reading_names_token_tenant_and_age(self):
        asked = protocol.ask("/Accounts", modified_since=datetime(2026, 3, 2, tzinfo=UTC))
        request = protocol.dress(asked, self.ACCESS, "")
        assert request.headers == {
            "Authorization": "Bearer t",
            "xero-tenant-id": "n",
            "Accept": "application/json",
            "If-Modified-Since": "2026-03-02T00:00:00",
        }

    def test_for_writing_carries_its_key_and_says_what_its_body_is(self):
        request = protocol.dress(protocol.ask("/Invoices", method="PUT", body=b"{}"), self.ACCESS, "key")
        assert (request.headers["Idempotency-Key"], request.headers["Content-Type"]) == ("key", "application/json")

    def test_has_its_whole_question_encoded_and_an_address_only_when_dressed(self):
        asked = protocol.ask("/Contacts", {"where": 'Name=="A & B"'})
        assert asked.url == "/api.xro/2.0/Contacts?where=Name%3D%3D%22A%20%26%20B%22"
        assert protocol.dress(asked, self.ACCESS, "").url == f"https://api.xero.com{asked.url}"

    def test_keeps_an_address_that_was_committed(self):
        once = protocol.dress(protocol.ask("/Invoices", method="PUT", body=b"{}"), self.ACCESS, "")
        assert protocol.dress(once, Access("https://elsewhere.example", "t", "n"), "").url == once.url
